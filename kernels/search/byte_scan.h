#pragma once

#include <cstdint>
#include <vector>

#include "kernels/search/byte_products.h"

namespace wordbridge {

/// A query whose products with all rows in 8 bits are bounded, on any CPU. It is rounded to 16
/// bits, or to a few less if the sums over many columns would not fit into 32 bits, so that nearly
/// all of the error is that of the rows.
class ByteScan {
 public:
  /// `query` [dim], dim <= kMostByteColumns.
  ByteScan(const float* query, std::int64_t dim);

  /// False for a query that is not finite: then there are no bounds.
  bool is_finite() const { return is_finite_; }
  /// For `count` rows from `first`: lower[i] <= scale * product <= upper[i], also for the float32
  /// product of the search, for rows without offsets. Rows with a scale of NaN have the bounds
  /// -infinity, other rows that are not finite -infinity and infinity. A bound may be NaN if
  /// products are not finite.
  void bounds(const ByteRows& rows, std::int64_t first, std::int64_t count, float* lower,
              float* upper) const;

 private:
  std::vector<std::int16_t> values_;  // padded with zeros
  std::int32_t correction_ = 0;       // the rows hold q + 128
  float step_ = 0, length_ = 0, error_ = 0;
  bool is_finite_ = false;
};

}  // namespace wordbridge
