#pragma once

#include <cstdint>
#include <vector>

#include "eval/benchmarks/analogy_questions.h"

namespace wordbridge {

/// Where d stands among the allowed answers to a question.
struct AnalogyRank {
  std::int32_t rank = 0;  // from 1; 0: d is none of them
  std::int32_t forms =
      0;  // before d stand so many other forms of a, b and c, which are not allowed
};

/// Of each asked question; empty for a method that the options leave out.
struct AnalogyRanks {
  std::vector<AnalogyRank> add, mul, pair_direction, average;
};

/// Cosines of all words with the distinct words of the questions are computed once, block by block;
/// d's own score is known before, so that one scan counts the answers that are better. In
/// parallel, the same for any number of threads.
AnalogyRanks rank_answers(const EmbeddingTable& table, const std::vector<float>& scales,
                          const AnalogyQuestions& questions, const AnalogyOptions& options);

}  // namespace wordbridge
