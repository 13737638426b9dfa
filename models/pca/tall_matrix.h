#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/huge_pages.h"
#include "core/index.h"
#include "kernels/column_blocks.h"

namespace wordbridge {

/// Columns of a tall matrix: [rows, kBlockColumns], float64, row-major.
using ColumnBlock = std::vector<double, HugePages<double>>;

/// A tall matrix, stored in blocks of kBlockColumns columns, so that columns are appended without
/// copies. The number of columns is a multiple of kBlockColumns; unused columns are zero.
///
/// The functions below run on all threads. Their sums over rows are added in a fixed order.
class TallMatrix {
 public:
  explicit TallMatrix(std::int64_t rows) : rows_(rows) {}

  std::int64_t rows() const { return rows_; }
  std::int64_t blocks() const { return static_cast<std::int64_t>(blocks_.size()); }
  std::int64_t cols() const { return blocks() * kBlockColumns; }
  ColumnBlock& block(std::int64_t index) { return blocks_[at(index)]; }
  const ColumnBlock& block(std::int64_t index) const { return blocks_[at(index)]; }
  double& entry(std::int64_t row, std::int64_t column) {
    return block(column / kBlockColumns)[at(row * kBlockColumns + column % kBlockColumns)];
  }
  double entry(std::int64_t row, std::int64_t column) const {
    return block(column / kBlockColumns)[at(row * kBlockColumns + column % kBlockColumns)];
  }
  void append(ColumnBlock block) { blocks_.push_back(std::move(block)); }
  /// Removes all blocks after the first `count`.
  void keep(std::int64_t count) { blocks_.resize(at(count)); }

 private:
  std::int64_t rows_;
  std::vector<ColumnBlock> blocks_;
};

/// A copy of `matrix` [rows, any number of columns].
TallMatrix tall_matrix(const Eigen::MatrixXd& matrix);
/// w^T b of weights w [rows]: [kBlockColumns].
Eigen::RowVectorXd weighted_sum(const std::vector<double>& weights, const ColumnBlock& b);
/// A^T b, where A is `a` without its first `from` blocks: [columns of A, kBlockColumns].
Eigen::MatrixXd inner(const TallMatrix& a, std::int64_t from, const ColumnBlock& b);
/// a^T a.
Eigen::MatrixXd gram(const TallMatrix& a);
/// y -= A w, where A is `a` without its first `from` blocks and w [columns of A, kBlockColumns].
void subtract_product(const TallMatrix& a, std::int64_t from, const Eigen::MatrixXd& w,
                      ColumnBlock& y);
/// Replaces a by a w, for w [columns of a, any number of columns], in place.
void multiply(TallMatrix& a, const Eigen::MatrixXd& w);

/// Replaces b by an orthonormal basis of its columns, without the directions of singular values up
/// to `level`; if there are any, the last columns of the basis are zero. Returns R
/// [kBlockColumns, kBlockColumns] of b = basis R. Its last rows are zero in the same way.
Eigen::MatrixXd orthonormalize(ColumnBlock& b, double level);

}  // namespace wordbridge
