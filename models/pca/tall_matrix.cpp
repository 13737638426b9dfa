#include "models/pca/tall_matrix.h"

#include <Eigen/Eigenvalues>
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/threads.h"

namespace wordbridge {
namespace {

using Matrix = Eigen::MatrixXd;
using SmallBlock = Eigen::Matrix<double, kBlockColumns, kBlockColumns, Eigen::RowMajor>;

constexpr std::int64_t kTaskRows = 2048;
constexpr std::int64_t kCachedRows = 128;  // rows of two blocks that fit into the first-level cache

/// Calls work(begin, end) for the rows of a task, kCachedRows at a time.
template <class Work>
void for_cached_rows(std::int64_t begin, std::int64_t end, const Work& work) {
  for (; begin < end; begin += kCachedRows) work(begin, std::min(end, begin + kCachedRows));
}

/// sum(begin, end, out) adds to a matrix [rows, cols], which is zero at first, for each range of
/// rows; returns the total, added in the order of the ranges.
template <class Sum>
Matrix sum_over_rows(std::int64_t tall_rows, std::int64_t rows, std::int64_t cols, const Sum& sum) {
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  std::vector<RowMajor> parts(at((tall_rows + kTaskRows - 1) / kTaskRows));
  for_each_range(tall_rows, kTaskRows, [&](std::int64_t begin, std::int64_t end) {
    RowMajor& part = parts[at(begin / kTaskRows)];
    part.setZero(rows, cols);
    sum(begin, end, part.data());
  });
  Matrix total = Matrix::Zero(rows, cols);
  for (const RowMajor& part : parts) total += part;
  return total;
}

/// The blocks of w [rows, cols], padded with zeros to whole blocks.
class SmallBlocks {
 public:
  explicit SmallBlocks(const Matrix& w)
      : rows_((w.rows() + kBlockColumns - 1) / kBlockColumns),
        cols_((w.cols() + kBlockColumns - 1) / kBlockColumns),
        blocks_(at(rows_ * cols_), SmallBlock::Zero()) {
    for (Eigen::Index j = 0; j < w.cols(); ++j) {
      for (Eigen::Index i = 0; i < w.rows(); ++i) {
        blocks_[at(j / kBlockColumns * rows_ + i / kBlockColumns)](i % kBlockColumns,
                                                                   j % kBlockColumns) = w(i, j);
      }
    }
  }
  std::int64_t rows() const { return rows_; }
  std::int64_t cols() const { return cols_; }
  const double* block(std::int64_t row, std::int64_t col) const {
    return blocks_[at(col * rows_ + row)].data();
  }

 private:
  std::int64_t rows_, cols_;
  std::vector<SmallBlock> blocks_;
};

Matrix inner(const ColumnBlock& a, const ColumnBlock& b) {
  return sum_over_rows(static_cast<std::int64_t>(a.size()) / kBlockColumns, kBlockColumns,
                       kBlockColumns, [&](std::int64_t begin, std::int64_t end, double* out) {
                         add_inner_product(&a[at(begin * kBlockColumns)],
                                           &b[at(begin * kBlockColumns)], end - begin, out);
                       });
}

void multiply(ColumnBlock& b, const Matrix& w) {
  const SmallBlock small = w;
  for_each_range(static_cast<std::int64_t>(b.size()) / kBlockColumns, kTaskRows,
                 [&](std::int64_t begin, std::int64_t end) {
                   std::vector<double> product(at((end - begin) * kBlockColumns), 0.0);
                   double* const rows = &b[at(begin * kBlockColumns)];
                   add_product(rows, small.data(), end - begin, product.data());
                   std::copy(product.begin(), product.end(), rows);
                 });
}

}  // namespace

TallMatrix tall_matrix(const Matrix& matrix) {
  TallMatrix tall(matrix.rows());
  while (tall.cols() < matrix.cols())
    tall.append(ColumnBlock(at(matrix.rows() * kBlockColumns), 0.0));
  for (Eigen::Index j = 0; j < matrix.cols(); ++j)
    for (Eigen::Index i = 0; i < matrix.rows(); ++i) tall.entry(i, j) = matrix(i, j);
  return tall;
}

Eigen::RowVectorXd weighted_sum(const std::vector<double>& weights, const ColumnBlock& b) {
  const auto rows = static_cast<std::int64_t>(weights.size());
  return sum_over_rows(rows, 1, kBlockColumns,
                       [&](std::int64_t begin, std::int64_t end, double* out) {
                         for (std::int64_t i = begin; i < end; ++i)
                           for (std::int64_t j = 0; j < kBlockColumns; ++j)
                             out[j] += weights[at(i)] * b[at(i * kBlockColumns + j)];
                       });
}

Matrix inner(const TallMatrix& a, std::int64_t from, const ColumnBlock& b) {
  return sum_over_rows(a.rows(), a.cols() - from * kBlockColumns, kBlockColumns,
                       [&](std::int64_t begin, std::int64_t end, double* out) {
                         for_cached_rows(begin, end, [&](std::int64_t first, std::int64_t last) {
                           const std::size_t start = at(first * kBlockColumns);
                           for (std::int64_t block = from; block < a.blocks(); ++block)
                             add_inner_product(
                                 &a.block(block)[start], &b[start], last - first,
                                 out + (block - from) * kBlockColumns * kBlockColumns);
                         });
                       });
}

Matrix gram(const TallMatrix& a) {
  Matrix product(a.cols(), a.cols());
  for (std::int64_t block = 0; block < a.blocks(); ++block) {
    const std::int64_t column = block * kBlockColumns;
    product.block(column, column, a.cols() - column, kBlockColumns) =
        inner(a, block, a.block(block));
  }
  return product.selfadjointView<Eigen::Lower>();
}

void subtract_product(const TallMatrix& a, std::int64_t from, const Matrix& w, ColumnBlock& y) {
  const SmallBlocks factor(-w);
  for_each_range(a.rows(), kTaskRows, [&](std::int64_t begin, std::int64_t end) {
    for_cached_rows(begin, end, [&](std::int64_t first, std::int64_t last) {
      const std::size_t start = at(first * kBlockColumns);
      for (std::int64_t block = from; block < a.blocks(); ++block)
        add_product(&a.block(block)[start], factor.block(block - from, 0), last - first, &y[start]);
    });
  });
}

void multiply(TallMatrix& a, const Matrix& w) {
  const SmallBlocks factor(w);
  const std::int64_t blocks = a.blocks();
  while (a.blocks() < factor.cols()) a.append(ColumnBlock(at(a.rows() * kBlockColumns), 0.0));
  for_each_range(a.rows(), kTaskRows, [&](std::int64_t begin, std::int64_t end) {
    std::vector<double> product(at(factor.cols() * kCachedRows * kBlockColumns));
    for_cached_rows(begin, end, [&](std::int64_t first, std::int64_t last) {
      const std::size_t start = at(first * kBlockColumns),
                        size = at((last - first) * kBlockColumns);
      std::fill(product.begin(), product.end(), 0.0);
      for (std::int64_t to = 0; to < factor.cols(); ++to)
        for (std::int64_t block = 0; block < blocks; ++block)
          add_product(&a.block(block)[start], factor.block(block, to), last - first,
                      &product[at(to) * size]);
      for (std::int64_t to = 0; to < factor.cols(); ++to)
        std::copy_n(&product[at(to) * size], size, &a.block(to)[start]);
    });
  });
  a.keep(factor.cols());
}

Matrix orthonormalize(ColumnBlock& b, double level) {
  // Each pass scales the eigenvectors of the Gram matrix to length 1 (SVQB, Stathopoulos and Wu
  // 2002), except that those of tiny eigenvalues, which are inaccurate, only grow by a factor of
  // 10^7. They are left to the next pass.
  constexpr int kMaxPasses = 4;
  constexpr double kAccurate = 1e-14;
  Matrix r = Matrix::Identity(kBlockColumns, kBlockColumns);
  for (int pass = 0; pass < kMaxPasses; ++pass) {
    const Eigen::SelfAdjointEigenSolver<Matrix> eigen(inner(b, b));
    const double largest = eigen.eigenvalues()(kBlockColumns - 1);
    WB_ASSERT(std::isfinite(largest));
    if (largest <= 0) {
      r.setZero();
      break;
    }
    const Eigen::VectorXd scale = eigen.eigenvalues().cwiseMax(kAccurate * largest).cwiseSqrt();
    multiply(b, eigen.eigenvectors() * scale.cwiseInverse().asDiagonal());
    r = scale.asDiagonal() * eigen.eigenvectors().transpose() * r;
    if (eigen.eigenvalues()(0) > 0.1 * largest) break;
  }
  const Eigen::JacobiSVD<Matrix> svd(r, Eigen::ComputeFullU | Eigen::ComputeFullV);
  const Eigen::Index rank = (svd.singularValues().array() > level).count();
  Matrix basis = svd.matrixU();
  basis.rightCols(kBlockColumns - rank).setZero();
  multiply(b, basis);
  r = svd.singularValues().asDiagonal() * svd.matrixV().transpose();
  r.bottomRows(kBlockColumns - rank).setZero();
  return r;
}

}  // namespace wordbridge
