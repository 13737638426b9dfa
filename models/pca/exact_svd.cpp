#include <Eigen/Dense>
#include <algorithm>
#include <limits>
#include <utility>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/threads.h"
#include "models/pca/truncated_svd.h"

namespace wordbridge {
namespace {

using Matrix = Eigen::MatrixXd;

void stop_exact_svd_if_interrupted() {
  if (interrupted()) throw Interrupted("interrupted during the singular value decomposition");
}

/// The triangular factor of the Householder QR of `a` (destroyed): [min(rows, cols), cols].
Matrix triangular_factor(Matrix a) {
  const Eigen::HouseholderQR<Eigen::Ref<Matrix>> qr(a);
  return a.topRows(std::min(a.rows(), a.cols())).triangularView<Eigen::Upper>();
}

/// The triangular factor of A or A^T, [min(rows, cols), min(rows, cols)].
Matrix triangular_factor(const CenteredMatrix& a, bool transposed) {
  const std::int64_t rows = transposed ? a.cols() : a.rows();
  const std::int64_t cols = transposed ? a.rows() : a.cols();
  const std::int64_t block_rows = std::max<std::int64_t>(2048, 4 * cols);
  std::vector<Matrix> factors(at((rows + block_rows - 1) / block_rows));
  for_each_range(rows, block_rows, [&](std::int64_t begin, std::int64_t end) {
    stop_exact_svd_if_interrupted();
    factors[at(begin / block_rows)] = triangular_factor(a.dense_rows(transposed, begin, end));
  });
  for (std::size_t stride = 1; stride < factors.size(); stride *= 2) {
    const std::size_t pairs = (factors.size() + stride - 1) / (2 * stride);
    for_each_block(static_cast<std::int64_t>(pairs), [&](std::int64_t pair) {
      stop_exact_svd_if_interrupted();
      Matrix& upper = factors[at(pair) * 2 * stride];
      Matrix& lower = factors[at(pair) * 2 * stride + stride];
      Matrix both(upper.rows() + lower.rows(), cols);
      both << upper, lower;
      upper = triangular_factor(std::move(both));
      lower.resize(0, 0);
    });
  }
  return std::move(factors.front());
}

}  // namespace

TruncatedSvd exact_svd(const CenteredMatrix& a, std::int64_t dim) {
  stop_exact_svd_if_interrupted();
  const bool wide = a.rows() < a.cols();
  const Matrix r = triangular_factor(a, wide);
  stop_exact_svd_if_interrupted();
  const Eigen::BDCSVD<Matrix> svd(r, Eigen::ComputeFullV);
  WB_ASSERT(svd.info() == Eigen::Success);
  std::vector<double> values(svd.singularValues().data(), svd.singularValues().data() + dim);
  // Singular values that are zero up to rounding, and their vectors, become zero.
  const double zero = values.front() * std::numeric_limits<double>::epsilon() *
                      static_cast<double>(std::max(a.rows(), a.cols()));
  Matrix near = svd.matrixV().leftCols(dim);
  Matrix inverse = Matrix::Zero(dim, dim);
  for (std::int64_t i = 0; i < dim; ++i) {
    double& value = values[at(i)];
    if (value > zero) {
      inverse(i, i) = 1 / value;
    } else {
      value = 0;
      near.col(i).setZero();
    }
  }
  // The vectors of the other side: A V = U S or A^T U = V S.
  TallMatrix one = tall_matrix(near);
  TallMatrix other = wide ? a.transposed_times(one) : a.times(one);
  multiply(other, inverse);
  if (wide) return {std::move(values), std::move(one), std::move(other)};
  return {std::move(values), std::move(other), std::move(one)};
}

}  // namespace wordbridge
