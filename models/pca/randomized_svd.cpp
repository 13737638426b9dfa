#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/error.h"
#include "core/log.h"
#include "core/progress.h"
#include "models/pca/krylov_space.h"
#include "models/pca/truncated_svd.h"

namespace wordbridge {
namespace {

using Matrix = Eigen::MatrixXd;

constexpr int kMaxRestarts = 200;

/// Columns of K: some more than `dim`, in whole blocks.
std::int64_t krylov_capacity(std::int64_t dim) {
  return (2 * dim / kBlockColumns + 6) * kBlockColumns;
}

/// A matrix R with R^T R = a^T a, for columns that are orthogonal except for rounding: from the
/// Gram matrix after scaling all columns to length 1, which keeps the digits of short ones. Columns
/// that are zero up to rounding become zero.
Matrix factor_of_gram_matrix(const TallMatrix& a) {
  Matrix product = gram(a);
  const double zero = std::sqrt(product.diagonal().maxCoeff()) *
                      std::numeric_limits<double>::epsilon() * static_cast<double>(a.rows());
  Eigen::VectorXd length = product.diagonal().cwiseSqrt();
  Eigen::VectorXd inverse = Eigen::VectorXd::Zero(length.size());
  for (Eigen::Index i = 0; i < length.size(); ++i) {
    if (length(i) > zero) inverse(i) = 1 / length(i);
  }
  const Eigen::SelfAdjointEigenSolver<Matrix> eigen(inverse.asDiagonal() * product *
                                                    inverse.asDiagonal());
  WB_ASSERT(eigen.info() == Eigen::Success);
  return eigen.eigenvalues().cwiseMax(0).cwiseSqrt().asDiagonal() *
         eigen.eigenvectors().transpose() * length.asDiagonal();
}

/// Rayleigh-Ritz for the space that the columns of L = `left` span. Roots of the eigenvalues of T
/// would have only half the precise digits: A^T L = W R with orthonormal W has the singular values
/// of A; with R = P S Q^T, U = L Q and V = W P = A^T L Q S^-1.
TruncatedSvd svd_in_space(const CenteredMatrix& a, std::int64_t dim, TallMatrix left) {
  TallMatrix right = a.transposed_times(left);
  const Eigen::BDCSVD<Matrix> svd(factor_of_gram_matrix(right), Eigen::ComputeFullV);
  WB_ASSERT(svd.info() == Eigen::Success);
  const Eigen::Index found = std::min<Eigen::Index>(dim, left.cols());
  const double zero = svd.singularValues()(0) * std::numeric_limits<double>::epsilon() *
                      static_cast<double>(std::max(a.rows(), a.cols()));
  std::vector<double> values(at(dim), 0.0);
  Matrix q = Matrix::Zero(left.cols(), dim), scaled = q;
  for (Eigen::Index i = 0; i < found && svd.singularValues()(i) > zero; ++i) {
    values[at(i)] = svd.singularValues()(i);
    q.col(i) = svd.matrixV().col(i);
    scaled.col(i) = q.col(i) / values[at(i)];
  }
  multiply(left, q);
  multiply(right, scaled);
  return {std::move(values), std::move(left), std::move(right)};
}

TallMatrix zeros(std::int64_t rows, std::int64_t cols) {
  return tall_matrix(Matrix::Zero(rows, cols));
}

}  // namespace

TruncatedSvd randomized_svd(const CenteredMatrix& a, const RandomizedSvdOptions& options) {
  const std::int64_t dim = options.dim;
  const std::int64_t capacity = krylov_capacity(dim);
  if (capacity >= std::min(a.rows(), a.cols())) return exact_svd(a, dim);
  Progress progress("pca", static_cast<std::uint64_t>(dim), "components");
  KrylovSpace space(a, capacity, options.seed);
  if (space.empty())
    return {std::vector<double>(at(dim), 0.0), zeros(a.rows(), dim), zeros(a.cols(), dim)};
  const std::int64_t kept = dim + (capacity - dim) / 3;  // by a restart
  std::int64_t found = 0;                                // less than dim if the rank is less
  for (int restarts = 0;;) {
    // The first convergence check is worthwhile when K is full, later ones also halfway.
    space.extend(space.size() < kept ? capacity : space.size() + (capacity - kept) / 2);
    found = std::min(dim, space.size());
    const std::int64_t converged = space.converged(found, options.tolerance);
    progress.update(static_cast<std::uint64_t>(converged));
    if (converged == found) break;
    if (!space.full()) continue;
    if (++restarts > kMaxRestarts) {
      warn("PCA: only {} of {} components have converged to a tolerance of {} after {} restarts",
           converged, dim, options.tolerance, kMaxRestarts);
      break;
    }
    space.restart(kept);
  }
  progress.finish();
  return svd_in_space(a, dim, space.take_ritz_vectors(found));
}

}  // namespace wordbridge
