#include "models/pca/randomized_svd.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/rng.h"
#include "core/threads.h"

namespace wordbridge {
namespace {

using Matrix = Eigen::MatrixXd;
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using RowVector = Eigen::RowVectorXd;

constexpr std::int64_t kSparseRows = 64;   // rows of a sparse product in one block
constexpr std::int64_t kDenseRows = 4096;  // rows of a tall dense matrix in one block
constexpr std::int64_t kKrylovBlock = 16;  // columns by which a Krylov space grows
constexpr int kMaxCycles = 200;            // maximum number of restarts

Eigen::Map<RowMajor> rows_of(DenseMatrix& matrix, std::int64_t begin, std::int64_t end) {
  return {matrix.row(begin), end - begin, matrix.cols};
}
Eigen::Map<const RowMajor> rows_of(const DenseMatrix& matrix, std::int64_t begin,
                                   std::int64_t end) {
  return {matrix.row(begin), end - begin, matrix.cols};
}
Eigen::Map<const RowMajor> all_of(const DenseMatrix& matrix) {
  return rows_of(matrix, 0, matrix.rows);
}

void stop_if_interrupted() {
  if (interrupted()) throw Interrupted("interrupted during the singular value decomposition");
}

SparseMatrix transpose(const SparseMatrix& x) {
  SparseMatrix t;
  t.rows = x.cols;
  t.cols = x.rows;
  t.begin.assign(static_cast<std::size_t>(t.rows) + 1, 0);
  for (const std::int32_t column : x.column) ++t.begin[static_cast<std::size_t>(column) + 1];
  for (std::size_t i = 1; i < t.begin.size(); ++i) t.begin[i] += t.begin[i - 1];
  t.column.resize(x.column.size());
  t.value.resize(x.value.size());
  std::vector<std::int64_t> next(t.begin.begin(), t.begin.end() - 1);
  for (std::int64_t i = 0; i < x.rows; ++i) {
    const auto row = static_cast<std::size_t>(i);
    for (auto k = static_cast<std::size_t>(x.begin[row]);
         k < static_cast<std::size_t>(x.begin[row + 1]); ++k) {
      const auto to = static_cast<std::size_t>(next[static_cast<std::size_t>(x.column[k])]++);
      t.column[to] = static_cast<std::int32_t>(i);
      t.value[to] = x.value[k];
    }
  }
  return t;
}

/// x q with `offset(i)` subtracted from row i.
template <class Offset>
DenseMatrix product(const SparseMatrix& x, const DenseMatrix& q, const Offset& offset) {
  WB_ASSERT(x.cols == q.rows, "{} columns times {} rows", x.cols, q.rows);
  DenseMatrix y(x.rows, q.cols);
  for_each_range(x.rows, kSparseRows, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const auto row = static_cast<std::size_t>(i);
      double* sum = y.row(i);
      for (auto k = static_cast<std::size_t>(x.begin[row]);
           k < static_cast<std::size_t>(x.begin[row + 1]); ++k) {
        const double factor = x.value[k];
        const double* from = q.row(x.column[k]);
        for (std::int64_t j = 0; j < q.cols; ++j) sum[j] += factor * from[j];
      }
      Eigen::Map<RowVector>(sum, q.cols) -= offset(i);
    }
  });
  return y;
}

/// The transpose of the first `columns` columns of `a`, times b, summed over blocks of rows in
/// order.
Matrix inner(const DenseMatrix& a, std::int64_t columns, const DenseMatrix& b) {
  const std::int64_t blocks = (a.rows + kDenseRows - 1) / kDenseRows;
  std::vector<Matrix> parts(static_cast<std::size_t>(blocks));
  for_each_range(a.rows, kDenseRows, [&](std::int64_t begin, std::int64_t end) {
    parts[static_cast<std::size_t>(begin / kDenseRows)].noalias() =
        rows_of(a, begin, end).leftCols(columns).transpose() * rows_of(b, begin, end);
  });
  Matrix sum = Matrix::Zero(columns, b.cols);
  for (const Matrix& part : parts) sum += part;
  return sum;
}

/// The first columns of `a` times `factor`.
DenseMatrix times(const DenseMatrix& a, const Matrix& factor) {
  DenseMatrix result(a.rows, factor.cols());
  for_each_range(a.rows, kDenseRows, [&](std::int64_t begin, std::int64_t end) {
    rows_of(result, begin, end).noalias() = rows_of(a, begin, end).leftCols(factor.rows()) * factor;
  });
  return result;
}

/// One pass of Cholesky QR: A^T A = L L^T, A <- A L^-T, R = L^T. Returns false and leaves A
/// unchanged unless A^T A is conditioned well enough that a second pass makes A orthonormal up to
/// rounding.
bool cholesky_qr(DenseMatrix& a, Matrix& r) {
  const Eigen::LLT<Matrix> factors(inner(a, a.cols, a));
  if (factors.info() != Eigen::Success || !(factors.rcond() > 1e-12)) return false;
  r = factors.matrixU();
  for_each_range(a.rows, kDenseRows, [&](std::int64_t begin, std::int64_t end) {
    auto block = rows_of(a, begin, end);
    r.triangularView<Eigen::Upper>().solveInPlace<Eigen::OnTheRight>(block);
  });
  return true;
}

/// The triangular factor of the Householder QR of `a` (destroyed): [min(rows, cols), cols].
Matrix triangular_factor(Matrix a) {
  const Eigen::HouseholderQR<Eigen::Ref<Matrix>> qr(a);
  return a.topRows(std::min(a.rows(), a.cols())).triangularView<Eigen::Upper>();
}

/// Replaces a tall A by the Q of its thin QR and returns R. Uses Cholesky QR twice (Yamamoto et al.
/// 2015), which runs in blocks on all threads, or Householder QR if A is nearly rank-deficient.
Matrix orthonormalize(DenseMatrix& a) {
  Matrix first = Matrix::Identity(a.cols, a.cols), second;
  if (cholesky_qr(a, first) && cholesky_qr(a, second)) return second * first;
  const Eigen::HouseholderQR<Matrix> qr{Matrix(all_of(a))};
  rows_of(a, 0, a.rows) = qr.householderQ() * Matrix::Identity(a.rows, a.cols);
  second = qr.matrixQR().topRows(a.cols).triangularView<Eigen::Upper>();
  return second * first;
}

/// Replaces a tall A by an orthonormal basis Q of its columns, without the directions of singular
/// values up to `level`. Returns R [rank, columns] of A = Q R.
Matrix orthonormal_basis(DenseMatrix& a, double level) {
  const Matrix r = orthonormalize(a);
  const Eigen::JacobiSVD<Matrix> svd(r, Eigen::ComputeFullU | Eigen::ComputeFullV);
  const Eigen::Index rank = (svd.singularValues().array() > level).count();
  if (rank == r.cols()) return r;
  a = times(a, svd.matrixU().leftCols(rank));
  return svd.singularValues().head(rank).asDiagonal() * svd.matrixV().leftCols(rank).transpose();
}

/// The triangular factor of A or A^T, [min(rows, cols), min(rows, cols)].
Matrix triangular_factor(const CenteredMatrix& a, bool transposed) {
  const std::int64_t rows = transposed ? a.cols() : a.rows();
  const std::int64_t cols = transposed ? a.rows() : a.cols();
  const std::int64_t block_rows = std::max<std::int64_t>(2048, 4 * cols);
  std::vector<Matrix> factors(static_cast<std::size_t>((rows + block_rows - 1) / block_rows));
  for_each_range(rows, block_rows, [&](std::int64_t begin, std::int64_t end) {
    stop_if_interrupted();
    Matrix block = all_of(a.dense_rows(transposed, begin, end));
    factors[static_cast<std::size_t>(begin / block_rows)] = triangular_factor(std::move(block));
  });
  for (std::size_t stride = 1; stride < factors.size(); stride *= 2) {
    const std::size_t pairs = (factors.size() + stride - 1) / (2 * stride);
    for_each_block(static_cast<std::int64_t>(pairs), [&](std::int64_t pair) {
      stop_if_interrupted();
      Matrix& upper = factors[static_cast<std::size_t>(pair) * 2 * stride];
      Matrix& lower = factors[static_cast<std::size_t>(pair) * 2 * stride + stride];
      Matrix both(upper.rows() + lower.rows(), cols);
      both << upper, lower;
      upper = triangular_factor(std::move(both));
      lower.resize(0, 0);
    });
  }
  return std::move(factors.front());
}

/// Sets singular values that are zero up to rounding, and their vectors, to zero.
LeftSvd cleaned(const CenteredMatrix& a, std::vector<double> values, DenseMatrix u) {
  LeftSvd svd{std::move(values), std::move(u)};
  const double zero = svd.singular_values.front() * std::numeric_limits<double>::epsilon() *
                      static_cast<double>(std::max(a.rows(), a.cols()));
  for (std::size_t i = 0; i < svd.singular_values.size(); ++i) {
    if (svd.singular_values[i] > zero) continue;
    svd.singular_values[i] = 0;
    rows_of(svd.u, 0, a.rows()).col(static_cast<Eigen::Index>(i)).setZero();
  }
  return svd;
}

std::vector<double> leading(const Eigen::VectorXd& values, std::int64_t dim) {
  return {values.data(), values.data() + dim};
}

DenseMatrix gaussian(std::int64_t rows, std::int64_t cols, std::uint64_t seed) {
  DenseMatrix matrix(rows, cols);
  for_each_range(rows, kDenseRows, [&](std::int64_t begin, std::int64_t end) {
    Rng rng(seed, "pca.sketch", static_cast<std::uint64_t>(begin));
    std::generate(matrix.row(begin), matrix.row(end), [&] { return rng.normal(); });
  });
  return matrix;
}

/// An orthonormal basis K of a block Krylov space of A A^T, and T = K^T A A^T K. Block Lanczos with
/// full orthogonalisation: A A^T K = K T + N R E^T, where N is the next block and E the last
/// columns of the identity.
class KrylovSpace {
 public:
  KrylovSpace(const CenteredMatrix& a, std::int64_t capacity, std::uint64_t seed)
      : a_(a),
        basis_(a.rows(), capacity),
        next_(a.times(gaussian(a.cols(), kKrylovBlock, seed))),
        t_(Matrix::Zero(capacity, capacity)) {
    orthonormal_basis(next_, kRounding * rows_of(next_, 0, next_.rows).norm());
  }

  /// Extends K up to its capacity, or until A A^T adds no new directions, and diagonalises T.
  void fill() {
    while (next_.cols > 0 && size_ + next_.cols <= basis_.cols) extend();
    eigen_.compute(t_.topLeftCorner(size_, size_));
    WB_ASSERT(eigen_.info() == Eigen::Success);
  }

  /// Whether A is zero.
  bool empty() const { return next_.cols == 0 && size_ == 0; }
  std::int64_t size() const { return size_; }

  /// Number of the `count` leading Ritz pairs with |A A^T u - s^2 u| <= tolerance s^2 up to
  /// rounding.
  std::int64_t converged(std::int64_t count, double tolerance) const {
    const Matrix residuals = r_ * ritz(count).bottomRows(r_.cols());
    const auto values = eigen_.eigenvalues().tail(count).reverse();
    std::int64_t good = 0;
    for (Eigen::Index i = 0; i < count; ++i) {
      const double most = tolerance * std::max(0.0, values(i)) + kRounding * values(0);
      if (residuals.col(i).norm() <= most) ++good;
    }
    return good;
  }

  /// Thick restart (Wu and Simon 2000): replaces K by the `keep` leading Ritz vectors.
  void restart(std::int64_t keep) {
    put(ritz_vectors(keep), 0);
    t_.setZero();
    t_.diagonal().head(keep) = eigen_.eigenvalues().tail(keep).reverse();
    size_ = keep;
  }

  DenseMatrix ritz_vectors(std::int64_t count) const { return times(basis_, ritz(count)); }

 private:
  // Rounding error of A A^T q relative to the largest eigenvalue.
  static constexpr double kRounding = 1e-13;

  Matrix ritz(std::int64_t count) const {
    return eigen_.eigenvectors().rightCols(count).rowwise().reverse();
  }

  void put(const DenseMatrix& columns, std::int64_t at) {
    for_each_range(basis_.rows, kDenseRows, [&](std::int64_t begin, std::int64_t end) {
      rows_of(basis_, begin, end).middleCols(at, columns.cols) = rows_of(columns, begin, end);
    });
  }

  /// next_ -= K K^T next_; returns K^T next_.
  Matrix project_out() {
    Matrix part = inner(basis_, size_, next_);
    for_each_range(basis_.rows, kDenseRows, [&](std::int64_t begin, std::int64_t end) {
      rows_of(next_, begin, end).noalias() -= rows_of(basis_, begin, end).leftCols(size_) * part;
    });
    return part;
  }

  void extend() {
    stop_if_interrupted();
    const std::int64_t width = next_.cols, old = size_;
    put(next_, old);
    size_ += width;
    next_ = a_.times(a_.transposed_times(next_));
    Matrix projection = project_out();
    const double largest = std::max(t_.cwiseAbs().maxCoeff(), projection.cwiseAbs().maxCoeff());
    r_ = orthonormal_basis(next_, kRounding * largest);
    // Orthogonalise again, repeatedly if rounding has left components in K.
    for (bool orthogonal = false; next_.cols > 0 && !orthogonal;) {
      const Matrix rest = project_out();
      orthogonal = rest.cwiseAbs().maxCoeff() < 1e-8;
      projection += rest * r_;
      r_ = orthonormal_basis(next_, 1e-4) * r_;
    }
    t_.block(0, old, size_, width) = projection;
    t_.block(old, 0, width, size_) = projection.transpose();
  }

  const CenteredMatrix& a_;
  DenseMatrix basis_, next_;  // K is the first size_ columns of basis_
  std::int64_t size_ = 0;
  Matrix t_, r_;
  Eigen::SelfAdjointEigenSolver<Matrix> eigen_;
};

/// Columns of K: some more than `dim`, in whole blocks.
std::int64_t krylov_capacity(std::int64_t dim) {
  return (2 * dim / kKrylovBlock + 6) * kKrylovBlock;
}

}  // namespace

CenteredMatrix::CenteredMatrix(SparseMatrix x, bool center)
    : x_(std::move(x)), transposed_(transpose(x_)), mean_(static_cast<std::size_t>(x_.cols), 0.0) {
  if (!center) return;
  for_each_range(x_.cols, kSparseRows, [&](std::int64_t begin, std::int64_t end) {
    for (auto j = static_cast<std::size_t>(begin); j < static_cast<std::size_t>(end); ++j) {
      double sum = 0;
      for (auto k = transposed_.begin[j]; k < transposed_.begin[j + 1]; ++k) {
        sum += transposed_.value[static_cast<std::size_t>(k)];
      }
      mean_[j] = sum / static_cast<double>(x_.rows);
    }
  });
}

double CenteredMatrix::squared_norm() const {
  double total = 0;
  for (std::size_t j = 0; j < mean_.size(); ++j) {
    const std::int64_t begin = transposed_.begin[j], end = transposed_.begin[j + 1];
    double sum = static_cast<double>(x_.rows - (end - begin)) * mean_[j] * mean_[j];
    for (std::int64_t k = begin; k < end; ++k) {
      const double deviation = transposed_.value[static_cast<std::size_t>(k)] - mean_[j];
      sum += deviation * deviation;
    }
    total += sum;
  }
  return total;
}

DenseMatrix CenteredMatrix::times(const DenseMatrix& q) const {
  const Eigen::Map<const RowVector> mean(mean_.data(), x_.cols);
  const RowVector offset = mean * all_of(q);
  return product(x_, q, [&](std::int64_t) -> const RowVector& { return offset; });
}

DenseMatrix CenteredMatrix::transposed_times(const DenseMatrix& q) const {
  const RowVector sums = all_of(q).colwise().sum();
  return product(transposed_, q,
                 [&](std::int64_t j) { return mean_[static_cast<std::size_t>(j)] * sums; });
}

DenseMatrix CenteredMatrix::dense_rows(bool transposed, std::int64_t begin,
                                       std::int64_t end) const {
  const SparseMatrix& x = transposed ? transposed_ : x_;
  DenseMatrix dense(end - begin, x.cols);
  for (std::int64_t i = begin; i < end; ++i) {
    double* row = dense.row(i - begin);
    if (transposed) {
      std::fill(row, row + x.cols, -mean_[static_cast<std::size_t>(i)]);
    } else {
      std::transform(mean_.begin(), mean_.end(), row, [](double mean) { return -mean; });
    }
    for (std::int64_t k = x.begin[static_cast<std::size_t>(i)];
         k < x.begin[static_cast<std::size_t>(i) + 1]; ++k) {
      row[x.column[static_cast<std::size_t>(k)]] += x.value[static_cast<std::size_t>(k)];
    }
  }
  return dense;
}

LeftSvd exact_svd(const CenteredMatrix& a, std::int64_t dim) {
  stop_if_interrupted();
  const bool wide = a.rows() < a.cols();
  const Matrix r = triangular_factor(a, wide);
  stop_if_interrupted();
  const Eigen::BDCSVD<Matrix> svd(r, Eigen::ComputeFullV);
  WB_ASSERT(svd.info() == Eigen::Success);
  std::vector<double> values = leading(svd.singularValues(), dim);
  DenseMatrix v(r.cols(), dim);
  rows_of(v, 0, v.rows) = svd.matrixV().leftCols(dim);
  if (wide) return cleaned(a, std::move(values), std::move(v));
  // A V = U S. Where S is about 0 the quotient is meaningless; cleaned() sets it to zero.
  Matrix inverse = Matrix::Zero(dim, dim);
  for (std::int64_t i = 0; i < dim; ++i) {
    const double value = values[static_cast<std::size_t>(i)];
    if (value > 0) inverse(i, i) = 1 / value;
  }
  return cleaned(a, std::move(values), times(a.times(v), inverse));
}

LeftSvd randomized_svd(const CenteredMatrix& a, const RandomizedSvdOptions& options) {
  const std::int64_t dim = options.dim;
  const std::int64_t capacity = krylov_capacity(dim);
  if (capacity >= std::min(a.rows(), a.cols())) return exact_svd(a, dim);
  Progress progress("pca", static_cast<std::uint64_t>(dim), "components");
  KrylovSpace space(a, capacity, options.seed);
  if (space.empty())
    return {std::vector<double>(static_cast<std::size_t>(dim), 0.0), DenseMatrix(a.rows(), dim)};
  std::int64_t found = 0;  // less than dim if the rank is less
  for (int cycle = 1;; ++cycle) {
    space.fill();
    found = std::min(dim, space.size());
    const std::int64_t converged = space.converged(found, options.tolerance);
    progress.update(static_cast<std::uint64_t>(converged));
    if (converged == found) break;
    if (cycle == kMaxCycles) {
      warn("PCA: only {} of {} components have converged to a tolerance of {} after {} restarts",
           converged, dim, options.tolerance, cycle);
      break;
    }
    space.restart(dim + (capacity - dim) / 3);
  }
  progress.finish();
  // Roots of the eigenvalues would have only half the precise digits of the following: Q^T A = (W
  // R)^T has the singular values of R, and its left singular vectors are the right ones of R.
  const DenseMatrix left = space.ritz_vectors(found);
  DenseMatrix right = a.transposed_times(left);
  const Eigen::BDCSVD<Matrix> svd(orthonormalize(right), Eigen::ComputeFullV);
  WB_ASSERT(svd.info() == Eigen::Success);
  std::vector<double> values = leading(svd.singularValues(), found);
  values.resize(static_cast<std::size_t>(dim), 0.0);
  Matrix vectors = Matrix::Zero(found, dim);
  vectors.leftCols(found) = svd.matrixV();
  return cleaned(a, std::move(values), times(left, vectors));
}

}  // namespace wordbridge
