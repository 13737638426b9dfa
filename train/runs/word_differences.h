#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "eval/benchmarks/paired_tests.h"

namespace wordbridge {

/// A word, and how much better the second of two language models is on it.
struct WordDifference {
  std::string word;
  std::int64_t count = 0;
  double nats = 0;  // gained by the second model over all occurrences
};

/// The words on which two runs differ most.
struct WordDifferences {
  std::size_t first = 0, second = 0;         // positions of the runs
  std::vector<WordDifference> gained, lost;  // by the second; the largest differences first
  std::string why;                           // why they are unknown; empty: they are known
};

/// For each pair of runs whose tokens can be compared, the `options.words` words of the split by
/// which the second gains the most over all their occurrences, and the same number that cost it the
/// most. The words come from the first run's text, which must be where its configuration says;
/// where it is not, `why` is set.
std::vector<WordDifferences> word_differences(const std::vector<RunEvidence>& runs,
                                              const ComparisonOptions& options);

}  // namespace wordbridge
