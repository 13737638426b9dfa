#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "eval/benchmarks/word_lookup.h"

namespace wordbridge {

/// A benchmark without a score.
struct NoScore {
  std::string benchmark;  // its path
  std::string items;      // "pairs"
  std::int64_t used = 0, total = 0;
  std::string needed;              // what a score needs: "two pairs with different cosines"
  std::vector<std::string> words;  // of the benchmark
};

/// Says why there is no score: the coverage, the first words of the benchmark that the table does
/// not have or whose vectors are zero, and whether another letter case would find them.
std::string no_score_warning(const WordLookup& words, const NoScore& found);

}  // namespace wordbridge
