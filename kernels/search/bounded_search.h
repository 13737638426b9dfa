#pragma once

#include <cstdint>
#include <limits>

#include "kernels/search/byte_products.h"

namespace wordbridge {

/// A row and its score.
struct Candidate {
  float score = -std::numeric_limits<float>::infinity();
  std::int64_t index = -1;
};

/// The order of results. No row is better than another one if its score is NaN.
inline bool better(const Candidate& a, const Candidate& b) {
  return a.score > b.score || (a.score == b.score && a.index < b.index);
}

/// top_k_products() of one query, whose rows are also in 8 bits: a first pass over these bounds all
/// products from both sides; then the products of rows whose upper bound reaches the k-th largest
/// lower bound are computed in float32. The same result, to the bit. `bytes` has no offsets.
/// Returns false, without a result, for a query that is not finite.
bool bounded_search(const float* query, const float* rows, std::int64_t row_count, std::int64_t dim,
                    const float* scales, const ByteRows& bytes, std::int64_t k,
                    std::int64_t* indices, float* scores);

}  // namespace wordbridge
