#pragma once

#include <cstdint>

namespace wordbridge {

/// For each of the queries [query_count, dim] the k rows [row_count, dim] with the largest dot
/// products, best first, of equal ones the lower index first; exact. Into indices and scores
/// [query_count, k]; where there are fewer than k rows the rest is -1 and -infinity. `scales`
/// (nullptr: none): each row's product is multiplied by its scale, say 1 / norm for the cosine; a
/// product that is then NaN is never chosen. In parallel, the same for any number of threads.
void top_k_products(const float* queries, std::int64_t query_count, const float* rows,
                    std::int64_t row_count, std::int64_t dim, const float* scales, std::int64_t k,
                    std::int64_t* indices, float* scores);

}  // namespace wordbridge
