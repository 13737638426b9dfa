#pragma once

#include <cstdint>
#include <vector>

#include "data/counts/sparse_view.h"

namespace wordbridge {

/// A dense matrix, float64, row-major.
struct DenseMatrix {
  DenseMatrix(std::int64_t row_count, std::int64_t column_count)
      : rows(row_count), cols(column_count), value(static_cast<std::size_t>(rows * cols), 0.0) {}
  double* row(std::int64_t index) { return value.data() + index * cols; }
  const double* row(std::int64_t index) const { return value.data() + index * cols; }

  std::int64_t rows, cols;
  std::vector<double> value;  // [rows * cols]
};

/// A = X - 1 mu^T for a sparse X [rows, cols] and its column means mu (or mu = 0). A is never
/// formed: products use X, and the rank-one part is subtracted from the result. X is stored by rows
/// and by columns, so that each row of either product is summed by one thread in a fixed order.
class CenteredMatrix {
 public:
  CenteredMatrix(SparseMatrix x, bool center);

  std::int64_t rows() const { return x_.rows; }
  std::int64_t cols() const { return x_.cols; }
  std::int64_t nonzeros() const { return x_.nonzeros(); }
  /// ||A||_F^2: `rows` times the total variance when centred.
  double squared_norm() const;
  /// A q for q [cols, k].
  DenseMatrix times(const DenseMatrix& q) const;
  /// A^T q for q [rows, k].
  DenseMatrix transposed_times(const DenseMatrix& q) const;
  /// Rows [begin, end) of A or of A^T, as a dense matrix (for small matrices).
  DenseMatrix dense_rows(bool transposed, std::int64_t begin, std::int64_t end) const;

 private:
  SparseMatrix x_, transposed_;
  std::vector<double> mean_;  // [cols]
};

/// The leading `dim` singular values, descending, and left singular vectors of a matrix.
/// The column of a singular value that is zero up to rounding is zero.
struct LeftSvd {
  std::vector<double> singular_values;  // [dim]
  DenseMatrix u;                        // [rows, dim]
};

/// Exact SVD: Householder QR of blocks of rows (of A or A^T, whichever is tall), merged in a tree,
/// and the SVD of the resulting triangular factor. About 2 rows cols min(rows, cols) operations. 1
/// <= dim <= min(rows, cols). Throws Interrupted.
LeftSvd exact_svd(const CenteredMatrix& a, std::int64_t dim);

struct RandomizedSvdOptions {
  std::int64_t dim = 0;    // 1 <= dim <= min(rows, cols)
  double tolerance = 0;    // limit of |A A^T u - s^2 u| / s^2 for each component
  std::uint64_t seed = 0;  // of the Gaussian sketch
};

/// Randomized SVD: a Gaussian sketch A Omega and the block Krylov space of A A^T that starts from
/// it, restarted until all components have converged (Halko, Martinsson, Shkolnisky and Tygert
/// 2011; Musco and Musco 2015). Uses exact_svd() if the Krylov space would be the full space. Warns
/// if the tolerance is not reached. Throws Interrupted.
LeftSvd randomized_svd(const CenteredMatrix& a, const RandomizedSvdOptions& options);

}  // namespace wordbridge
