#pragma once

#include <cstdint>
#include <vector>

#include "core/huge_pages.h"
#include "kernels/search/byte_tiles.h"

namespace wordbridge {

// Upper bounds of dot products, from rows rounded to 8 bits, with the instruction VPDPBUSD: four
// times as fast as the products in float32. A search computes the float32 product only where the
// bound leaves a chance, and therefore finds exactly what it would find without bounds.
//
// A row u is rounded to s q, with whole numbers q from -127 to 127 and s = max |u_k| / 127. For the
// errors e = u - s q, and by the inequality of Cauchy and Schwarz,
//
//     u . v <= s_u s_v q_u . q_v + (|s_u q_u| + |e_u|) |e_v| + |e_u| |s_v q_v|.

/// Most columns whose products fit into 32 bits.
constexpr std::int64_t kMostByteColumns = 32768;

// Call find_promising() only if has_byte_products() (byte_tiles.h). ByteScan (byte_scan.h) computes
// the same bounds for one query on any CPU.

/// Number of columns that ByteScan reads at a time, at most.
constexpr std::int64_t kScanColumns = 32;

/// Rows in 8 bits, each with a scale that multiplies its products and an offset that is added. A
/// row whose scale is NaN has no scores: its upper bounds are -infinity.
class ByteRows {
 public:
  /// `scales`, `offsets`: [count] or nullptr. Runs in parallel.
  ByteRows(const float* rows, std::int64_t count, std::int64_t dim, const float* scales,
           const float* offsets);
  /// Memory in bytes of `count` rows: a quarter of their float32, and 16 bytes for each.
  static double bytes_of(std::int64_t count, std::int64_t dim);

  const std::uint8_t* values(std::int64_t row) const { return values_.data() + row * stride_; }
  const ByteTerms& terms(std::int64_t row) const { return terms_[static_cast<std::size_t>(row)]; }
  /// Bytes from one row to the next.
  std::int64_t stride() const { return stride_; }

 private:
  std::int64_t stride_;
  // q + 128, padded; kScanColumns more after the last row
  std::vector<std::uint8_t, HugePages<std::uint8_t>> values_;
  std::vector<ByteTerms> terms_;
};

/// As round_to_bytes(), on any CPU.
RoundedRow round_to_bytes_anywhere(const float* row, std::int64_t dim, int zero,
                                   std::uint8_t* values);

/// Queries in 8 bits, packed into panels of kProductPanel queries.
class BytePanels {
 public:
  BytePanels(const float* queries, std::int64_t count, std::int64_t dim);

  /// For `count` rows from `first`: bit j of masks[i] is set unless scale * product + offset of row
  /// first + i and query j of the panel must be below limits[j]. A product that is not finite
  /// always sets it, unless the scale is NaN. Returns the number of bits set.
  std::int64_t find_promising(std::int64_t panel, const ByteRows& rows, std::int64_t first,
                              std::int64_t count, const float* limits, std::uint32_t* masks) const;

 private:
  std::int64_t count_, stride_;
  std::vector<std::int8_t> values_;        // [panels, stride / 4, kProductPanel, 4]
  std::vector<std::int32_t> corrections_;  // -128 times the sum of q: the rows hold q + 128
  std::vector<float> steps_, lengths_, errors_;
};

}  // namespace wordbridge
