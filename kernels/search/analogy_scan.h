#pragma once

#include <cstdint>

namespace wordbridge {

/// Number of candidates x that a scan processes together: the length of a word's line in the tables
/// below.
constexpr std::int64_t kAnalogyRows = 64;

/// Tables of a block of candidates x. Each has a line [kAnalogyRows] for each word w of the
/// questions.
struct AnalogyTables {
  const float* cosines = nullptr;     // cos(x, w)
  const float* inverses = nullptr;    // 1 / (1 + cos(x, w) + 2 * 0.001)
  const float* nearnesses = nullptr;  // 1 / |x - w| of the unit vectors; nullptr: not needed
};

/// Fills tables from the products [lines, stride] of unit vectors w with rows whose 1 / norm is
/// `scales` [rows], rows <= kAnalogyRows. Entries beyond `rows` and entries of vectors without a
/// direction are NaN. Inverses and, if it is not nullptr, nearnesses are written for the first
/// `words` lines. A nearness is NaN if x and w have the same direction.
void fill_analogy_tables(const float* products, std::int64_t stride, std::int64_t lines,
                         std::int64_t words, const float* scales, std::int64_t rows, float* cosines,
                         float* inverses, float* nearnesses);

/// Score of x as the answer to "a is to b as c is to x":
///     add        cos(x, b) - cos(x, a) + cos(x, c)
///     mul        (1 + cos(x, b)) (1 + cos(x, c)) / (1 + cos(x, a) + 0.002)
///     direction  (cos(x, b) - cos(x, a) - offset) / |x - c|
///     line       cos(x, c)
enum class AnalogyMeasure { add, mul, direction, line };

/// A question, given by the lines of its words in the tables.
struct AnalogyProbe {
  std::int32_t a = 0, b = 0, c = 0;
  float offset = 0;  // cos(c, b) - cos(c, a), for `direction`
};

/// The score that a candidate must exceed, or equal in an earlier row.
struct AnalogyTarget {
  float score = 0, below = 0;  // below: the next smaller float
  std::int32_t row = 0;
};

/// Computes the scores [kAnalogyRows] of a block's candidates.
void analogy_scores(AnalogyMeasure measure, const AnalogyTables& tables, const AnalogyProbe& probe,
                    float* scores);

/// counts[q] += number of candidates of the block at row `begin` that surpass the target of
/// question q. NaN never does. If the target row itself is in the block, candidates with an equal
/// score are not counted. Scores have the same bits as those of analogy_scores(). Neighbouring
/// questions with the same a and b share work. Runs on the calling thread.
void count_better_answers(AnalogyMeasure measure, const AnalogyTables& tables,
                          const AnalogyProbe* probes, const AnalogyTarget* targets,
                          std::int64_t count, std::int64_t begin, std::int32_t* counts);

}  // namespace wordbridge
