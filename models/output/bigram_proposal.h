#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/rng.h"
#include "models/output/own_samples.h"
#include "models/sampling/discrete_distribution.h"
#include "models/training_state.h"

// Shapes: B batch size, V vocabulary size, F distinct bigrams of the training split.

namespace wordbridge {

/// Proposal distribution of the samples, given the preceding word h:
///
///     Q(w | h) = s(h w) + (1 - sum over v of s(h v)) P(w),
///
/// with a share s for each word that follows h in the training split, and a distribution P over all
/// words. Initially this is the interpolation of Witten and Bell (1991): s(h w) = c(h w) / (c(h .)
/// + number of distinct followers of h).
///
/// With a rate r > 0 the shares adapt to the network (Bengio and Senecal, IEEE Trans. Neural
/// Networks 19(4), 2008, section IV). Q is a mixture, and a step of online EM (Cappe and Moulines,
/// J. R. Statist. Soc. B 71, 2009) decreases the divergence KL(P_network || Q). The expectation is
/// estimated from the samples w_j with importance weights i_j that sum to one:
///
///     s(h w) <- (1 - r) s(h w) + r sum over j with w_j = w of i_j s(h w) / Q(w | h).
///
/// P keeps a weight of at least one tenth, because the probability of words that are hardly ever
/// sampled would no longer be learned.
class BigramProposal : public TrainingState {
 public:
  /// ids [size] in [0, words.size()); if null, no word has followers. `words` is P, `rate` is r.
  BigramProposal(const std::int32_t* ids, std::int64_t size, DiscreteDistribution words,
                 double rate);

  double probability(std::int64_t word, std::int64_t before) const;
  std::int64_t draw(std::int64_t before, Rng& rng) const;

  bool adapts() const { return rate_ > 0; }
  /// Stores the observations for updated(): the preceding words before_B, and for the samples of
  /// each example (the target, first in its list, is ignored) exp(score) / Q up to a common factor,
  /// in importance [B K].
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

  /// Sum of the shares of the words that follow `before`.
  double following(std::int64_t before) const;
  /// Index of a bigram in the shares; -1 if it does not occur.
  std::int64_t find(std::int64_t word, std::int64_t before) const;
  void add_up(std::int64_t before);
  /// Makes a step for the examples (at least one) with the same preceding word.
  void learn(const std::int64_t* examples, std::int64_t count);

  DiscreteDistribution words_;
  double rate_;
  std::vector<std::int64_t> begin_;  // [V+1] start of each word's followers in the next arrays
  std::vector<std::int32_t> word_;   // [F] the followers, ascending
  std::vector<float> share_;         // [F] s
  std::vector<double> sum_;          // [F] cumulative shares of the same preceding word
  Observed observed_;
};

}  // namespace wordbridge
