#pragma once

#include <cstdint>

namespace wordbridge {

class ByteRows;

/// What makes a score of the product of a query and a row: scale * product + offset. Arrays of one
/// number for each row; nullptr: no scale, no offset. 1 / norm is the scale for the cosine.
struct RowScores {
  const float* scales = nullptr;
  const float* offsets = nullptr;
};

/// Exact search: for each of the queries [query_count, dim], finds the k of the rows [row_count,
/// dim] with the largest scores, best first; ties in the order of their indices. Writes indices and
/// scores [query_count, k]. With fewer than k rows, the remaining entries are -1 and -infinity.
/// Rows whose score is NaN are never returned. Runs in parallel; the result does not depend on the
/// number of threads. With many queries, most products are ruled out by their upper bounds
/// (byte_products.h), which needs row_count * dim bytes; the result is the same. `bytes`: the rows
/// in 8 bits with these scales and offsets, if they are at hand; then the bounds rule out products
/// of a few queries, too, which reads a quarter of the memory.
void top_k_products(const float* queries, std::int64_t query_count, const float* rows,
                    std::int64_t row_count, std::int64_t dim, const RowScores& row_scores,
                    std::int64_t k, std::int64_t* indices, float* scores,
                    const ByteRows* bytes = nullptr);

}  // namespace wordbridge
