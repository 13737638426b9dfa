#pragma once

#include <cstdint>
#include <limits>

#include "data/text/word_groups.h"
#include "eval/benchmarks/word_lookup.h"

namespace wordbridge {

/// Separation of groups of words by distance. AUC is the probability that a pair of words of the
/// same group is nearer (in Euclidean distance) than a pair of words of different groups, with ties
/// counted as half. It is the area under the ROC curve, and Mann-Whitney's U divided by the number
/// of comparisons. 1: every pair within a group is nearer than every pair across groups; 0.5:
/// chance level.
struct GroupScores {
  double auc = std::numeric_limits<double>::quiet_NaN();
  /// One-sided p-value of a permutation test: the share of `permutations` random assignments of the
  /// words to the groups, plus the observed one, that reach this AUC. It is never 0. The distances
  /// share words and are not independent, so the usual formulas for U do not apply.
  double p = std::numeric_limits<double>::quiet_NaN();
  std::int64_t used = 0, total = 0;     // words; those without a vector are dropped
  std::int64_t within = 0, across = 0;  // pairs
};

/// Scores groups of words. AUC and p are NaN if there is no pair within a group or no pair across
/// groups. The result depends only on the table, the groups and `permutations`. Throws Error for
/// more than 8,192 known words. Throws Interrupted.
GroupScores score_groups(const WordLookup& words, const WordGroups& groups,
                         std::int64_t permutations = 9999);

}  // namespace wordbridge
