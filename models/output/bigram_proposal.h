#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/rng.h"
#include "models/output/own_samples.h"
#include "models/sampling/discrete_distribution.h"
#include "models/training_state.h"

// Shapes: B batch, V vocabulary, F pairs of a word and one that followed it in the training text.

namespace wordbridge {

/// What samples are drawn from by the word h before:
///
///     Q(w | h) = s(h w) + (1 - sum over v of s(h v)) P(w),
///
/// with a share s for each word that followed h in a text, and a distribution P of all words. It
/// starts as the interpolation of Witten and Bell (1991): s(h w) = c(h w) / (c(h .) + number of
/// different followers of h).
///
/// With a rate r > 0 the shares follow the network (Bengio and Senecal, IEEE Trans. Neural Networks
/// 19(4), 2008, section IV): what lowers the divergence KL(P_network || Q) is a step of expectation
/// and maximisation in the mixture that Q is (Cappe and Moulines, J. R. Statist. Soc. B 71, 2009,
/// "on-line"), its expectation taken over the samples w_j by their importances i_j, which sum to
/// one:
///
///     s(h w) <- (1 - r) s(h w) + r sum over j with w_j = w of i_j s(h w) / Q(w | h),
///
/// and P keeps a tenth: words that are hardly ever drawn would not be told apart any more.
class BigramProposal : public TrainingState {
 public:
  /// ids [size] in [0, words.size()); a null text has no followers.
  BigramProposal(const std::int32_t* ids, std::int64_t size, DiscreteDistribution words,
                 double rate);

  double probability(std::int64_t word, std::int64_t before) const;
  std::int64_t draw(std::int64_t before, Rng& rng) const;

  bool adapts() const { return rate_ > 0; }
  /// What updated() learns from: the words before_B, and for each example's samples (its target,
  /// the first of its list, left out) exp(score) / Q in any common scale, in importance [B K].
  void observe(std::vector<std::int64_t> before_B, RowLists lists, std::vector<float> importance);

  std::vector<std::pair<std::string, torch::Tensor>> tensors() override;
  void restored() override;
  void updated() override;

 private:
  struct Observed {
    std::vector<std::int64_t> before;  // [B]
    RowLists lists;
    std::vector<float> importance;
  };

  /// The sum of the shares of what follows `before`.
  double following(std::int64_t before) const;
  /// The place of a pair in the shares; -1 if it is none.
  std::int64_t find(std::int64_t word, std::int64_t before) const;
  void add_up(std::int64_t before);
  /// A step for the examples (at least one) that have the same word before.
  void learn(const std::int64_t* examples, std::int64_t count);

  DiscreteDistribution words_;
  double rate_;
  std::vector<std::int64_t> begin_;  // [V+1] of a word's followers in:
  std::vector<std::int32_t> word_;   // [F] the followers, ascending
  std::vector<float> share_;         // [F] s
  std::vector<double> sum_;          // [F] of the shares up to here of the same word before
  Observed observed_;
};

}  // namespace wordbridge
