#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "models/pca/count_transform.h"
#include "models/pca/tall_matrix.h"

namespace wordbridge {

/// A = X - 1 mu^T for sparse transformed counts X [rows, cols] and their column means mu (or mu =
/// 0). A is never formed: products use X, and the rank-one part is subtracted from the result.
///
/// X is divided into groups of rows and ranges of columns (compressed sparse blocks, Buluc et al.
/// 2009): one copy, of 6 bytes for each non-zero, serves products with A and with A^T, whose
/// operands and results stay in the caches. Values are float32, sums are float64. Each row of a
/// product is added up by one thread in a fixed order.
class CenteredMatrix {
 public:
  /// Transforms the counts, which are no longer needed afterwards. Throws Interrupted.
  CenteredMatrix(const CountTransform& transform, bool center);

  std::int64_t rows() const { return rows_; }
  std::int64_t cols() const { return cols_; }
  std::int64_t nonzeros() const;
  /// ||A||_F^2: `rows` times the total variance when centred.
  double squared_norm() const { return squared_norm_; }
  /// ||X||_F^2.
  double squared_norm_before_centering() const { return squared_norm_before_; }
  /// A q for q [cols, kBlockColumns].
  ColumnBlock times(const ColumnBlock& q) const;
  /// A^T q for q [rows, kBlockColumns].
  ColumnBlock transposed_times(const ColumnBlock& q) const;
  /// The same for any number of columns.
  TallMatrix times(const TallMatrix& q) const;
  TallMatrix transposed_times(const TallMatrix& q) const;
  /// Rows [begin, end) of A or of A^T, as a dense matrix (for small matrices).
  Eigen::MatrixXd dense_rows(bool transposed, std::int64_t begin, std::int64_t end) const;

 private:
  struct RowGroup {
    std::int64_t first = 0, rows = 0;
    std::vector<std::uint32_t> begin;   // [ranges, rows + 1]
    std::vector<std::uint16_t> column;  // minus the first of its range
    std::vector<float> value;
    SparsePart part(std::int64_t range) const {
      return {rows, &begin[at(range * (rows + 1))], column.data(), value.data()};
    }
  };

  std::int64_t ranges() const { return static_cast<std::int64_t>(first_column_.size()) - 1; }
  void fill(RowGroup& group, const CountTransform& transform) const;
  void add_up_columns(bool center);

  std::int64_t rows_, cols_;
  std::vector<std::int64_t> first_column_;  // of each range; at the end: cols
  std::vector<RowGroup> groups_;
  std::vector<double> mean_;  // [cols]
  double squared_norm_ = 0, squared_norm_before_ = 0;
};

}  // namespace wordbridge
