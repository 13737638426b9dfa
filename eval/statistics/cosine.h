#pragma once

#include <cstdint>
#include <vector>

#include "data/vectors/embedding_table.h"

namespace wordbridge {

/// Cosine similarity of two rows in double precision; NaN if one of them is zero.
double cosine(const float* a, const float* b, std::int64_t dim);

/// Euclidean length of a row, in double precision.
double norm(const float* row, std::int64_t dim);

/// 1 / norm of each of the first `size` rows; NaN for a zero row, which has no direction.
std::vector<float> inverse_norms(const EmbeddingTable& table, std::int64_t size);

}  // namespace wordbridge
