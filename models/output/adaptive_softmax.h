#pragma once

#include <cstdint>
#include <vector>

#include "models/output/adaptive_softmax_options.h"
#include "models/output/linear_cross_entropy.h"
#include "models/output/output_layer.h"

// Shapes: B batch, V vocabulary, E width of all features together.

namespace wordbridge {

/// The adaptive softmax (Grave et al. 2017, ICML, section 4): a head, the softmax over the most
/// frequent words and one entry for each cluster of rarer ones; in cluster i a softmax over its
/// words from the features projected to E / factor^i dimensions, rounded down, at least 1.
class AdaptiveSoftmax : public OutputLayer {
 public:
  /// Error for cutoffs that are not below the size of the vocabulary.
  AdaptiveSoftmax(const AdaptiveSoftmaxOptions& options, const OutputShape& shape,
                  const ModelInputs& inputs);

  torch::Tensor loss(const BodyOutput& body, const torch::Tensor& targets_B) override;
  torch::Tensor log_prob(const BodyOutput& body, const torch::Tensor& targets_B) override;
  torch::Tensor logits(const BodyOutput& body) override;
  void structure_restored() override;
  double flops_per_word() const override;

  /// Words of a cluster have the ranks begin .. begin + weight.size(0) - 1.
  struct Tail {
    std::int64_t begin;
    torch::Tensor projection;  // [D,E] "tail1_projection", ...
    torch::Tensor weight, b;   // [words,D] "tail1", [words] "b_tail1"
  };
  torch::Tensor head, b_head;  // [begin of the first tail + tails,E], likewise [...]
  std::vector<Tail> tails;
  torch::Tensor word_order;  // [V] int64, a buffer: the words by rank

 private:
  void add_tail(std::int64_t begin, std::int64_t end, std::int64_t width, const OutputShape& shape,
                std::uint64_t seed);
  /// The features side by side [B,E].
  torch::Tensor features(const BodyOutput& body) const;
  /// Ranks of words, on their device.
  torch::Tensor ranks(const torch::Tensor& words_B) const;
  /// The entries of the head that ranks fall into.
  torch::Tensor head_targets(const torch::Tensor& ranks_B) const;
  static LinearTerm tail_term(const Tail& tail, const torch::Tensor& x_BE);
  /// Where the ranks of a tail are in the batch.
  static torch::Tensor members(const Tail& tail, const torch::Tensor& ranks_B);
  void start_biases(double smoothing);

  std::vector<std::int64_t> counts_;  // [V] in the training split
  torch::Tensor rank_V_;              // of each word
};

}  // namespace wordbridge
