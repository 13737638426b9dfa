#pragma once

#include <cstdint>
#include <vector>

namespace wordbridge {

// Scores of selected rows for each example, for output layers that avoid the full vocabulary: the
// nodes on a word's path in a tree, the words of its class, an example's own negative samples.

/// The rows of each example: example b has the rows row[begin[b]] .. row[begin[b+1]-1]. A row may
/// occur several times, also within one example.
struct RowLists {
  std::vector<std::int64_t> begin;  // [B+1], begin[0] = 0
  std::vector<std::int32_t> row;    // [begin[B]]
};

/// scores[j] = bias[row[j]] + weight[row[j]] . x[b] for the entries j of each example b.
/// x [B,width], weight [R,width], bias [R] or null (none). Runs in parallel over the examples.
void row_scores(const RowLists& rows, const float* x, const float* weight, const float* bias,
                std::int64_t width, float* scores);

/// Gradients of the rows, given g[j] = d loss / d scores[j].
struct RowGradients {
  std::vector<std::int64_t> rows;  // the distinct rows of the lists, ascending
  std::vector<float> weight;       // [rows, width]
  std::vector<float> bias;         // [rows]
};

/// Writes x_gradient[b] = sum_j g[j] weight[row[j]] (overwritten, not accumulated) and returns the
/// gradients of the rows. Each is summed over its entries in order, so that the bits do not depend
/// on the number of threads.
RowGradients row_score_gradients(const RowLists& rows, const float* g, const float* x,
                                 const float* weight, std::int64_t examples, std::int64_t width,
                                 float* x_gradient);

}  // namespace wordbridge
