#pragma once

#include <cstdint>
#include <vector>

#include "eval/benchmarks/analogy_questions.h"

namespace wordbridge {

/// Rank of d among the allowed answers to a question.
struct AnalogyRank {
  std::int32_t rank = 0;   // from 1; 0: d is not an allowed answer
  std::int32_t forms = 0;  // other forms of a, b and c that score higher than d
};

/// Ranks of all questions that can be answered; empty for methods that are not requested.
struct AnalogyRanks {
  std::vector<AnalogyRank> add, mul, pair_direction, average;
};

/// Ranks the answers to all questions. The cosine similarities of all words with the distinct words
/// of the questions are computed once, block by block. The score of d is known before the scan, so
/// a single scan counts the answers with a higher score. Runs in parallel; the result does not
/// depend on the number of threads.
AnalogyRanks rank_answers(const EmbeddingTable& table, const std::vector<float>& scales,
                          const AnalogyQuestions& questions, const AnalogyOptions& options);

}  // namespace wordbridge
