#pragma once

#include <cstdint>

namespace wordbridge {

/// Whether this CPU has the instruction VPDPBUSD (AVX512_VNNI), which the other functions need.
/// Only compiled for x86-64.
bool has_byte_products();

/// A row as step * q, with the whole numbers q from -127 to 127.
struct RoundedRow {
  float step = 0;
  float length = 0;  // |step * q|, rounded up
  float error = 0;   // |row - step * q|, rounded up
  bool is_finite = true;
};
/// Writes q [dim] + `zero` to `values`. A row that is not finite becomes zeros.
RoundedRow round_to_bytes(const float* row, std::int64_t dim, int zero, std::uint8_t* values);

/// What the bound of a product needs of a row besides its values (byte_products.h).
struct ByteTerms {
  float step, error, length, offset;
};

/// A panel of 32 queries.
struct BytePanel {
  const std::int8_t* values;        // [stride / 4, 32, 4]
  const std::int32_t* corrections;  // [32], added to the products
  const float *steps, *lengths, *errors;
  std::uint32_t used;  // bit j: there is a query j
};

/// Sets bit j of masks[i] unless the bound of row i and query j is below limits[j]:
///
///     product step_i step_j + length_j error_i + error_j length_i + offset_i
///
/// Returns the number of bits set. `rows`: [count, stride] bytes, stride a multiple of 4.
std::int64_t promising_products(const BytePanel& panel, const std::uint8_t* rows,
                                const ByteTerms* terms, std::int64_t count, std::int64_t stride,
                                const float* limits, std::uint32_t* masks);

/// The float32 products of listed queries and rows: out[i] is that of queries[i], from a panel
/// [dim, 32], and rows[i], of `values` [., dim]; summed in the order of ProductPanels::products().
void listed_products(const float* panel, const std::int32_t* queries, const float* values,
                     const std::int32_t* rows, std::int64_t count, std::int64_t dim, float* out);

}  // namespace wordbridge
