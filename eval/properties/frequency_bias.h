#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "data/vectors/embedding_table.h"

namespace wordbridge {

struct Moments;  // of eval/properties/moments.h, one for each fold

/// How much of a word's frequency its vector tells. A table knows no counts, but its words are in
/// order of frequency; by Zipf's law the logarithm of the frequency falls in a straight line with
/// that of the rank. So ln(rank), the rank counted from 1 in the whole table, stands for frequency.
struct FrequencyBias {
  /// Spearman's correlation of the vectors' lengths with ln(rank): above 0 if rare words' are
  /// longer.
  double norm_correlation = std::numeric_limits<double>::quiet_NaN();
  /// R^2 of ln(rank) foretold from the vector: log_rank_r2().
  double r2 = std::numeric_limits<double>::quiet_NaN();
  /// Mean over the words of |ln(rank) - ln(rank of the nearest word)|, and its expectation if the
  /// ranks were shuffled: below it, words of like frequency are neighbours.
  double neighbor_distance = std::numeric_limits<double>::quiet_NaN();
  double neighbor_distance_by_chance = std::numeric_limits<double>::quiet_NaN();
};

/// `rows` (ascending): the words that take part. `nearest`: the row nearest to each, empty:
/// unknown.
FrequencyBias frequency_bias(const EmbeddingTable& table, const std::vector<std::int64_t>& rows,
                             const std::vector<Moments>& folds,
                             const std::vector<std::int64_t>& nearest);

/// R^2 of a ridge regression of ln(rank) on the vector, of words that the regression has not seen
/// (the mean over five folds of the words would be near 1 of itself where dimensions are many):
///
///     w = (C + penalty tr(C)/d I)^-1 c,   R^2 = 1 - sum (y - w . v - b)^2 / sum (y - mean y)^2
///
/// with the covariance C of the vectors and c of vectors and ln(rank) in the other folds; the
/// constant b is not penalised. Below 0 if it foretells worse than the mean. Does not change when
/// vectors are turned or scaled. NaN for fewer than ten words, or vectors that are all equal.
double log_rank_r2(const std::vector<Moments>& folds, double penalty = 1e-3);

/// Mean of |x_i - x_j| over all pairs i != j of ascending values; NaN for fewer than two.
double mean_difference(const std::vector<double>& ascending);

}  // namespace wordbridge
