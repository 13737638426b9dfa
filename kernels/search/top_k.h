#pragma once

#include <cstdint>

namespace wordbridge {

/// Exact search: for each of the queries [query_count, dim], finds the k of the rows [row_count,
/// dim] with the largest dot products, best first; ties in the order of their indices. Writes
/// indices and scores [query_count, k]. With fewer than k rows, the remaining entries are -1 and
/// -infinity. Each product is multiplied by its row's scale (`scales`; nullptr: none), for example
/// 1 / norm for the cosine; rows whose scaled product is NaN are never returned. Runs in parallel;
/// the result does not depend on the number of threads.
void top_k_products(const float* queries, std::int64_t query_count, const float* rows,
                    std::int64_t row_count, std::int64_t dim, const float* scales, std::int64_t k,
                    std::int64_t* indices, float* scores);

}  // namespace wordbridge
