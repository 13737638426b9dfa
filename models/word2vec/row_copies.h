#pragma once

#include <cstdint>
#include <vector>

#include "kernels/softmax_examples.h"

namespace wordbridge {

/// Copies of some rows of a matrix, made when a row is first asked for: what one stretch of text
/// changes while the matrix stays as it is, so that other stretches can be worked on meanwhile.
class RowCopies {
 public:
  /// Forgets all; from now on of `matrix` [any, width], at most `most` rows of it.
  void start(const float* matrix, std::int64_t width, std::int64_t most);
  /// The copy of row `row`; it stays where it is.
  float* row(std::int32_t row);
  /// Makes of each copy its difference to the matrix. Nothing is asked for afterwards.
  void subtract();

 private:
  friend void add_differences(const std::vector<RowCopies>& copies, std::int64_t count,
                              float* matrix);
  /// Rows are added bucket by bucket, each by one thread; 64 neighbours have one bucket, so that no
  /// two threads write to one cache line.
  static constexpr std::int32_t kBuckets = 16;
  static std::size_t bucket(std::int32_t row) {
    return static_cast<std::size_t>((row >> 6) % kBuckets);
  }

  const float* matrix_ = nullptr;
  std::int64_t width_ = 0;
  std::vector<std::int32_t> rows_;       // in the order in which they were asked for
  std::vector<std::int32_t> table_;      // places in rows_, by the row's hash; -1: free
  std::vector<std::int32_t> by_bucket_;  // places in rows_
  std::vector<std::int32_t> bucket_end_;
  Scratch values_;
  float* copies_ = nullptr;  // [rows_, width]
};

/// Adds the differences of the first `count` copies to the matrix, in their order.
void add_differences(const std::vector<RowCopies>& copies, std::int64_t count, float* matrix);

}  // namespace wordbridge
