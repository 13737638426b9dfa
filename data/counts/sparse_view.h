#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "core/shared_array.h"

namespace wordbridge {

/// A read-only sparse matrix in CSR format, in memory or mapped from a file. The entries of row i
/// are [begin[i], begin[i + 1]); their columns ascend. No entry is zero.
struct SparseView {
  std::int64_t rows = 0, cols = 0;
  const std::int64_t* begin = nullptr;   // [rows + 1], begin[0] = 0
  const std::int32_t* column = nullptr;  // [nonzeros]
  const double* value = nullptr;         // [nonzeros]
  std::int64_t nonzeros() const { return rows == 0 ? 0 : begin[rows]; }
};

/// A sparse matrix in CSR format in memory.
struct SparseMatrix {
  std::int64_t rows = 0, cols = 0;
  std::vector<std::int64_t> begin;   // [rows + 1]
  std::vector<std::int32_t> column;  // [nonzeros]
  std::vector<double> value;         // [nonzeros]
  std::int64_t nonzeros() const { return static_cast<std::int64_t>(column.size()); }
  SparseView view() const { return {rows, cols, begin.data(), column.data(), value.data()}; }
};

/// An immutable sparse matrix that owns its arrays or keeps their file mapped. Copies share them.
/// Values are float64: counts are exact up to 2^53, which float32 would only be up to 2^24.
class SparseCounts {
 public:
  SparseCounts() = default;
  explicit SparseCounts(SparseMatrix matrix)
      : rows_(matrix.rows),
        cols_(matrix.cols),
        begin_(std::move(matrix.begin)),
        column_(std::move(matrix.column)),
        value_(std::move(matrix.value)) {}
  SparseCounts(std::int64_t rows, std::int64_t cols, SharedArray<std::int64_t> begin,
               SharedArray<std::int32_t> column, SharedArray<double> value)
      : rows_(rows),
        cols_(cols),
        begin_(std::move(begin)),
        column_(std::move(column)),
        value_(std::move(value)) {}

  /// Valid as long as this object or a copy of it exists.
  SparseView view() const { return {rows_, cols_, begin_.data(), column_.data(), value_.data()}; }

 private:
  std::int64_t rows_ = 0, cols_ = 0;
  SharedArray<std::int64_t> begin_;
  SharedArray<std::int32_t> column_;
  SharedArray<double> value_;
};

}  // namespace wordbridge
