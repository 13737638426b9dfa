#pragma once

#include <cstdint>
#include <limits>

#include "data/text/word_groups.h"
#include "eval/benchmarks/word_lookup.h"

namespace wordbridge {

/// "Similar words have similar embeddings", as a number: the probability that a pair of words of
/// one group is nearer (Euclidean) than a pair of words of two groups, ties counting half (the area
/// under the ROC curve; Mann-Whitney's U over the number of comparisons). 1: every pair within a
/// group is nearer than every pair across groups; .5: chance.
struct GroupScores {
  double auc = std::numeric_limits<double>::quiet_NaN();
  /// Share of `permutations` shuffles of the words among the groups that reach this AUC, itself
  /// counted (one-sided; never 0). Distances share words, so that no formula for U would do.
  double p = std::numeric_limits<double>::quiet_NaN();
  std::int64_t used = 0, total = 0;     // words; those without a vector are dropped
  std::int64_t within = 0, across = 0;  // pairs
};

/// NaN where there is no pair within a group or none across. Depends on nothing but the table and
/// the groups. Error for more than 8,192 known words; Interrupted.
GroupScores score_groups(const WordLookup& words, const WordGroups& groups,
                         std::int64_t permutations = 9999);

}  // namespace wordbridge
