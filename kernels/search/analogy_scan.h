#pragma once

#include <cstdint>

namespace wordbridge {

/// Candidates x that a scan looks at together: as many as a word's line in the tables below holds.
constexpr std::int64_t kAnalogyRows = 64;

/// Of a block of candidates x, a line [kAnalogyRows] for each word w of the questions.
struct AnalogyTables {
  const float* cosines = nullptr;     // cos(x, w)
  const float* inverses = nullptr;    // 1 / (1 + cos(x, w) + 2 * 0.001)
  const float* nearnesses = nullptr;  // 1 / |x - w| of the unit vectors; nullptr: not wanted
};

/// Fills tables from products [lines, stride] of unit vectors w and of rows whose 1 / norm is
/// `scales` [rows], rows <= kAnalogyRows. What is beyond `rows` and what has no direction is NaN.
/// The first `words` lines have inverses and, if it is not nullptr, nearnesses; a nearness is NaN
/// where x and w have the same direction.
void fill_analogy_tables(const float* products, std::int64_t stride, std::int64_t lines,
                         std::int64_t words, const float* scales, std::int64_t rows, float* cosines,
                         float* inverses, float* nearnesses);

/// How x is scored as the answer to "a is to b as c is to x":
///     add        cos(x, b) - cos(x, a) + cos(x, c)
///     mul        (1 + cos(x, b)) (1 + cos(x, c)) / (1 + cos(x, a) + 0.002)
///     direction  (cos(x, b) - cos(x, a) - offset) / |x - c|
///     line       cos(x, c)
enum class AnalogyMeasure { add, mul, direction, line };

/// A question by the lines of its words.
struct AnalogyProbe {
  std::int32_t a = 0, b = 0, c = 0;
  float offset = 0;  // cos(c, b) - cos(c, a), for `direction`
};

/// What a candidate must surpass: a score, or equal it in an earlier row.
struct AnalogyTarget {
  float score = 0, below = 0;  // below: the next smaller float
  std::int32_t row = 0;
};

/// Scores of a block's candidates, [kAnalogyRows].
void analogy_scores(AnalogyMeasure measure, const AnalogyTables& tables, const AnalogyProbe& probe,
                    float* scores);

/// counts[q] += how many candidates of the block at row `begin` surpass the target of question q,
/// NaN never. Where the target itself is in the block, candidates that equal it are left out.
/// Scores have the same bits as those of analogy_scores(). Neighbouring questions with the same
/// a and b share work. On the calling thread.
void count_better_answers(AnalogyMeasure measure, const AnalogyTables& tables,
                          const AnalogyProbe* probes, const AnalogyTarget* targets,
                          std::int64_t count, std::int64_t begin, std::int32_t* counts);

}  // namespace wordbridge
