#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "data/vectors/embedding_table.h"

namespace wordbridge {

struct Moments;  // eval/properties/moments.h, one per fold

/// How much the vectors encode word frequency. A table has no counts, but its words are sorted by
/// frequency, and by Zipf's law the logarithm of the frequency decreases linearly with the
/// logarithm of the rank. ln(rank), with ranks counted from 1 in the full table, is therefore used
/// as a proxy for frequency.
struct FrequencyBias {
  /// Spearman's correlation of the vectors' lengths with ln(rank): above 0 if rare words have
  /// longer vectors. NaN if all lengths are equal (up to a relative difference of 1e-6).
  double norm_correlation = std::numeric_limits<double>::quiet_NaN();
  /// R^2 of ln(rank) predicted from the vector: log_rank_r2().
  double r2 = std::numeric_limits<double>::quiet_NaN();
  /// Mean over the words of |ln(rank) - ln(rank of the nearest word)|, and its expected value for
  /// shuffled ranks: a lower value means that words of similar frequency are neighbours.
  double neighbor_distance = std::numeric_limits<double>::quiet_NaN();
  double neighbor_distance_by_chance = std::numeric_limits<double>::quiet_NaN();
};

/// `rows` (ascending): the words included. `nearest`: the row nearest to each of them; empty:
/// unknown.
FrequencyBias frequency_bias(const EmbeddingTable& table, const std::vector<std::int64_t>& rows,
                             const std::vector<Moments>& folds,
                             const std::vector<std::int64_t>& nearest);

/// R^2 of a ridge regression of ln(rank) on the vector, for words that the regression has not seen
/// (five folds; with many dimensions, R^2 on the words of the fit would always be near 1):
///
///     w = (C + penalty tr(C)/d I)^-1 c,   R^2 = 1 - sum (y - w . v - b)^2 / sum (y - mean y)^2
///
/// with the covariance C of the vectors and the covariance c of vectors and ln(rank) over the other
/// folds; the constant b is not penalised. Below 0 if the prediction is worse than the mean.
/// Invariant to rotating and scaling the vectors. NaN for fewer than ten words, or if all vectors
/// are equal.
double log_rank_r2(const std::vector<Moments>& folds, double penalty = 1e-3);

/// Mean of |x_i - x_j| over all pairs i != j of ascending values; NaN for fewer than two values.
double mean_difference(const std::vector<double>& ascending);

}  // namespace wordbridge
