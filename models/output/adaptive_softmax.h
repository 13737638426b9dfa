#pragma once

#include <cstdint>
#include <vector>

#include "models/output/adaptive_softmax_options.h"
#include "models/output/linear_cross_entropy.h"
#include "models/output/output_layer.h"

// Shapes: B batch size, V vocabulary size, E total width of the feature vectors.

namespace wordbridge {

/// The adaptive softmax (Grave et al. 2017, ICML, section 4). The head is a softmax over the most
/// frequent words and one entry per cluster of rarer words. Cluster i is a softmax over its words,
/// computed from the features projected to E / factor^i dimensions, rounded down, at least 1.
class AdaptiveSoftmax : public OutputLayer {
 public:
  /// Error if a cut-off is not less than the vocabulary size.
  AdaptiveSoftmax(const AdaptiveSoftmaxOptions& options, const OutputShape& shape,
                  const ModelInputs& inputs);

  torch::Tensor loss(const BodyOutput& body, const torch::Tensor& targets_B) override;
  torch::Tensor log_prob(const BodyOutput& body, const torch::Tensor& targets_B) override;
  torch::Tensor logits(const BodyOutput& body) override;
  void structure_restored() override;
  double flops_per_word() const override;

  /// A cluster. Its words have the ranks begin .. begin + weight.size(0) - 1.
  struct Tail {
    std::int64_t begin;
    torch::Tensor projection;  // [D,E] "tail1_projection", ...
    torch::Tensor weight, b;   // [words,D] "tail1", [words] "b_tail1"
  };
  torch::Tensor head, b_head;  // [H,E], [H]: H = begin of the first tail + number of tails
  std::vector<Tail> tails;
  torch::Tensor word_order;  // [V] int64, a buffer: the words by rank

 private:
  void add_tail(std::int64_t begin, std::int64_t end, std::int64_t width, const OutputShape& shape,
                std::uint64_t seed);
  /// The concatenated feature vectors [B,E].
  torch::Tensor features(const BodyOutput& body) const;
  /// Ranks of the words, on the same device.
  torch::Tensor ranks(const torch::Tensor& words_B) const;
  /// The head entries of the ranks.
  torch::Tensor head_targets(const torch::Tensor& ranks_B) const;
  static LinearTerm tail_term(const Tail& tail, const torch::Tensor& x_BE);
  /// Positions in the batch whose ranks are in the tail.
  static torch::Tensor members(const Tail& tail, const torch::Tensor& ranks_B);
  void start_biases(double smoothing);

  std::vector<std::int64_t> counts_;  // [V] in the training split
  torch::Tensor rank_V_;              // rank of each word
};

}  // namespace wordbridge
