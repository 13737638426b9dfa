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
/// computed from the features projected to E / factor^i dimensions, rounded down, at least 1. With
/// weight tying, the words' rows in the head and in the clusters are their feature vectors, and
/// features are not projected.
class AdaptiveSoftmax : public OutputLayer {
 public:
  /// Error if a cut-off is not less than the vocabulary size. Weight tying requires a single input.
  AdaptiveSoftmax(const AdaptiveSoftmaxOptions& options, const OutputShape& shape,
                  const ModelInputs& inputs);

  torch::Tensor loss(const BodyOutput& body, const torch::Tensor& targets_B) override;
  torch::Tensor log_prob(const BodyOutput& body, const torch::Tensor& targets_B) override;
  torch::Tensor logits(const BodyOutput& body) override;
  void structure_restored() override;
  double flops_per_word() const override;

  /// A cluster. Its words have the ranks begin .. begin + b.size(0) - 1.
  struct Tail {
    std::int64_t begin;
    torch::Tensor projection;  // [D,E] "tail1_projection", ...; undefined with weight tying
    torch::Tensor weight;      // [words,D] "tail1", ...; undefined with weight tying
    torch::Tensor b;           // [words] "b_tail1", ...
  };
  torch::Tensor head;    // [H,E]: H = begin of the first tail + number of tails; with weight tying,
                         // [number of tails,E]: the rows of the clusters only
  torch::Tensor b_head;  // [H]
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
  /// The feature vectors of the words of these ranks, only with weight tying.
  torch::Tensor tied_rows(std::int64_t begin, std::int64_t count) const;
  LinearTerm head_term(const torch::Tensor& x_BE) const;
  LinearTerm tail_term(const Tail& tail, const torch::Tensor& x_BE) const;
  std::int64_t frequent() const;  // words in the head
  /// Positions in the batch whose ranks are in the tail.
  static torch::Tensor members(const Tail& tail, const torch::Tensor& ranks_B);
  void start_biases(double smoothing);

  std::vector<std::int64_t> counts_;  // [V] in the training split
  torch::Tensor tied_;                // [V,E], undefined without weight tying
  torch::Tensor rank_V_, word_V_;     // rank of each word, and word of each rank
};

}  // namespace wordbridge
