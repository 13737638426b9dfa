#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "eval/benchmarks/paired_tests.h"

namespace wordbridge {

/// A word and the gain of the second of two language models on it.
struct WordDifference {
  std::string word;
  std::int64_t count = 0;
  double nats = 0;  // gain of the second model, summed over all occurrences
};

/// The words on which two runs differ most.
struct WordDifferences {
  std::size_t first = 0, second = 0;         // positions of the runs
  std::vector<WordDifference> gained, lost;  // by the second run, largest differences first
  std::string why;                           // why the words are not known; empty: they are
};

/// For each pair of runs whose tokens are comparable, the `options.words` words of the split on
/// which the second run gains most, summed over all occurrences, and as many on which it loses
/// most. The words are read from the corpus of the first run; if it is no longer at the path of its
/// configuration, `why` is set.
std::vector<WordDifferences> word_differences(const std::vector<RunEvidence>& runs,
                                              const ComparisonOptions& options);

}  // namespace wordbridge
