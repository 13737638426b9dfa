#pragma once

#include <cstdint>
#include <vector>

#include "data/vectors/embedding_table.h"

namespace wordbridge {

/// Cosine similarities are multiples of this, 2^-40 = 9.1e-13: far above the rounding errors of
/// double precision, far below what vectors in single precision can tell apart. So equal cosines
/// tie, those of vectors with equal or opposite directions are exactly 1 and -1 (vectors at an
/// angle of less than 9.5e-7 have equal directions: a and 3 a in single precision), and sums of up
/// to 8,192 cosines are exact, in any order.
constexpr double kCosineStep = 1.0 / (std::int64_t{1} << 40);

/// Cosine similarity of two rows in double precision, a multiple of kCosineStep; NaN if one of them
/// has no direction, that is, if it is zero or not finite.
double cosine(const float* a, const float* b, std::int64_t dim);
double cosine(const double* a, const float* b, std::int64_t dim);

/// Euclidean length of a row, in double precision.
double norm(const float* row, std::int64_t dim);

/// 1 / norm of each of the first `size` rows; NaN for a row without a direction.
std::vector<float> inverse_norms(const EmbeddingTable& table, std::int64_t size);

}  // namespace wordbridge
