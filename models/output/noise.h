#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/rng.h"
#include "data/discrete_distribution.h"

namespace wordbridge {

// Distributions that output layers draw negative samples from. Every word has a chance.

/// By name: uniform; log_uniform, P(rank r) = ln((r+2)/(r+1)) / ln(V+1) of the words by descending
/// count, from rank 0; unigram, P(w) in proportion to (count + 1)^power.
DiscreteDistribution noise_distribution(const std::string& name,
                                        const std::vector<std::int64_t>& counts, double power);

/// P(w | h) = lambda(h) c(h w) / c(h .) + (1 - lambda(h)) P(w): what followed the word h in a text,
/// interpolated with a distribution of all words as by Witten and Bell (1991):
/// lambda(h) = c(h .) / (c(h .) + number of different followers).
class BigramNoise {
 public:
  /// ids [size] in [0, words.size()); a null text has no followers.
  BigramNoise(const std::int32_t* ids, std::int64_t size, DiscreteDistribution words);

  double probability(std::int64_t word, std::int64_t before) const;
  std::int64_t draw(std::int64_t before, Rng& rng) const;

 private:
  double lambda(std::int64_t before) const;
  /// Occurrences of what follows `before`.
  std::int64_t total(std::int64_t before) const;

  DiscreteDistribution words_;
  std::vector<std::int64_t> begin_;   // [V+1] of a word's followers in:
  std::vector<std::int32_t> word_;    // the followers, ascending
  std::vector<std::int64_t> counts_;  // [followers + 1] sums of counts before each, of all words
};

}  // namespace wordbridge
