#pragma once

#include <cstdint>

namespace wordbridge {

// Products with blocks of kBlockColumns columns of tall matrices, float64, row-major. All of them
// add to their output and run on the calling thread. Sums are added in the order of the rows of the
// operands (of the entries of a sparse matrix), on any processor.

constexpr std::int64_t kBlockColumns = 16;

/// out += a^T b: a and b are [rows, 16], out is [16, 16].
void add_inner_product(const double* a, const double* b, std::int64_t rows, double* out);

/// y += x w: x and y are [rows, 16], w is [16, 16].
void add_product(const double* x, const double* w, std::int64_t rows, double* y);

/// A part of a sparse matrix with at most 2^16 columns.
struct SparsePart {
  std::int64_t rows = 0;
  const std::uint32_t* begin =
      nullptr;  // [rows + 1]: row i has the entries [begin[i], begin[i + 1])
  const std::uint16_t* column = nullptr;  // of each entry
  const float* value = nullptr;
};

/// y += part x: x is [columns, 16], y is [part.rows, 16].
void add_sparse_product(const SparsePart& part, const double* x, double* y);

/// y += part^T x: x is [part.rows, 16], y is [columns, 16].
void add_transposed_sparse_product(const SparsePart& part, const double* x, double* y);

}  // namespace wordbridge
