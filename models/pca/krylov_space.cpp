#include "models/pca/krylov_space.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/rng.h"
#include "core/threads.h"

namespace wordbridge {
namespace {

using Matrix = Eigen::MatrixXd;

// Error of A A^T q relative to the largest eigenvalue.
constexpr double kProductRounding = 1e-13;

std::int64_t blocks_of(std::int64_t columns) {
  return (columns + kBlockColumns - 1) / kBlockColumns;
}

ColumnBlock gaussian(std::int64_t rows, std::uint64_t seed) {
  constexpr std::int64_t kRows = 4096;
  ColumnBlock block(at(rows * kBlockColumns));
  for_each_range(rows, kRows, [&](std::int64_t begin, std::int64_t end) {
    Rng rng(seed, "pca.sketch", static_cast<std::uint64_t>(begin));
    std::generate(block.begin() + begin * kBlockColumns, block.begin() + end * kBlockColumns,
                  [&] { return rng.normal(); });
  });
  return block;
}

/// Whether a basis that orthonormalize() made from columns with this R can have lost its
/// orthogonality to other vectors by rounding: some columns had almost cancelled.
bool almost_cancelled(const Matrix& r) {
  constexpr double kSmall = 1e-5;
  const Eigen::VectorXd lengths = r.rowwise().norm();  // of the basis vectors, 0 if absent
  for (Eigen::Index i = 0; i < lengths.size(); ++i)
    if (lengths(i) > 0 && lengths(i) < kSmall * lengths(0)) return true;
  return false;
}

}  // namespace

KrylovSpace::KrylovSpace(const CenteredMatrix& a, std::int64_t capacity, std::uint64_t seed)
    : a_(a),
      capacity_(capacity),
      basis_(a.rows()),
      next_(a.times(gaussian(a.cols(), seed))),
      t_(Matrix::Zero(capacity, capacity)) {
  const double level = kProductRounding * std::sqrt(a.squared_norm_before_centering());
  exhausted_ = orthonormalize(next_, level).isZero(0);
}

void KrylovSpace::extend(std::int64_t columns) {
  while (!full() && size() < columns) add_block();
  eigen_.compute(t_.topLeftCorner(size(), size()));
  WB_ASSERT(eigen_.info() == Eigen::Success);
}

void KrylovSpace::project_out(std::int64_t from, Matrix& sum) {
  const Matrix part = inner(basis_, from, next_);
  subtract_product(basis_, from, part, next_);
  sum.bottomRows(part.rows()) += part;
}

void KrylovSpace::add_block() {
  if (interrupted()) throw Interrupted("interrupted during the singular value decomposition");
  const std::int64_t old = size();
  basis_.append(std::move(next_));
  next_ = a_.times(a_.transposed_times(basis_.block(basis_.blocks() - 1)));
  // Without rounding, only the last two blocks (after a restart, all of them) are not orthogonal to
  // the new one. Once they are subtracted, all others are small.
  Matrix projection = Matrix::Zero(size(), kBlockColumns);
  project_out(restarted_ ? 0 : std::max<std::int64_t>(0, basis_.blocks() - 2), projection);
  project_out(0, projection);
  restarted_ = false;
  const double largest = std::max(t_.cwiseAbs().maxCoeff(), projection.cwiseAbs().maxCoeff());
  r_ = orthonormalize(next_, kProductRounding * largest);
  for (Matrix last = r_; almost_cancelled(last);) {
    Matrix rest = Matrix::Zero(size(), kBlockColumns);
    project_out(0, rest);
    projection += rest * r_;
    last = orthonormalize(next_, 1e-4);
    r_ = last * r_;
  }
  exhausted_ = r_.isZero(0);
  t_.block(0, old, size(), kBlockColumns) = projection;
  t_.block(old, 0, kBlockColumns, size()) = projection.transpose();
}

std::int64_t KrylovSpace::converged(std::int64_t count, double tolerance) const {
  const Matrix residuals = r_ * ritz(count).bottomRows(kBlockColumns);
  const auto values = eigen_.eigenvalues().tail(count).reverse();
  std::int64_t good = 0;
  for (Eigen::Index i = 0; i < count; ++i) {
    const double most = tolerance * std::max(0.0, values(i)) + kProductRounding * values(0);
    if (residuals.col(i).norm() <= most) ++good;
  }
  return good;
}

void KrylovSpace::restart(std::int64_t keep) {
  keep = std::min(size(), blocks_of(keep) * kBlockColumns);
  multiply(basis_, ritz(keep));
  t_.setZero();
  t_.diagonal().head(keep) = eigen_.eigenvalues().tail(keep).reverse();
  restarted_ = true;
}

TallMatrix KrylovSpace::take_ritz_vectors(std::int64_t count) {
  multiply(basis_, ritz(std::min(size(), blocks_of(count) * kBlockColumns)));
  next_ = ColumnBlock();
  return std::move(basis_);
}

}  // namespace wordbridge
