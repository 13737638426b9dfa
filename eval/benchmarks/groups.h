#pragma once

#include <cstdint>
#include <limits>

#include "data/text/word_groups.h"
#include "eval/benchmarks/word_lookup.h"

namespace wordbridge {

/// How well distances separate groups of words. AUC is the probability that a pair of words of one
/// group is nearer (Euclidean) than a pair of words of two groups, ties counting half (the area
/// under the ROC curve; Mann-Whitney's U divided by the number of comparisons). 1: every pair
/// within a group is nearer than every pair across groups; 0.5: chance level.
struct GroupScores {
  double auc = std::numeric_limits<double>::quiet_NaN();
  /// Share of `permutations` shuffles of the words among the groups that reach this AUC, including
  /// the observed one (one-sided; never 0). The distances share words and are not independent, so
  /// the usual formulas for U do not apply.
  double p = std::numeric_limits<double>::quiet_NaN();
  std::int64_t used = 0, total = 0;     // words; those without a vector are dropped
  std::int64_t within = 0, across = 0;  // pairs
};

/// NaN if there is no pair within a group or no pair across groups. Depends only on the table and
/// the groups. Error for more than 8,192 known words. Throws Interrupted.
GroupScores score_groups(const WordLookup& words, const WordGroups& groups,
                         std::int64_t permutations = 9999);

}  // namespace wordbridge
