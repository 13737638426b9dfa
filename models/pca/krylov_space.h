#pragma once

#include <Eigen/Eigenvalues>
#include <cstdint>

#include "models/pca/centered_matrix.h"

namespace wordbridge {

/// An orthonormal basis K of a block Krylov space of A A^T that starts from a Gaussian sketch A
/// Omega, and T = K^T A A^T K. Block Lanczos with full orthogonalisation: A A^T K = K T + N R E^T,
/// where N is the next block and E the last columns of the identity.
class KrylovSpace {
 public:
  /// `capacity`: largest number of columns of K.
  KrylovSpace(const CenteredMatrix& a, std::int64_t capacity, std::uint64_t seed);

  /// Extends K to at least `columns` columns, as far as its capacity allows and A A^T adds new
  /// directions, and diagonalises T. Throws Interrupted.
  void extend(std::int64_t columns);
  /// Whether A is zero.
  bool empty() const { return exhausted_ && size() == 0; }
  /// Whether K cannot be extended.
  bool full() const { return exhausted_ || size() + kBlockColumns > capacity_; }
  std::int64_t size() const { return basis_.cols(); }
  /// Number of the `count` leading Ritz pairs with |A A^T u - s^2 u| <= tolerance s^2 up to
  /// rounding.
  std::int64_t converged(std::int64_t count, double tolerance) const;
  /// Thick restart (Wu and Simon 2000): replaces K by its leading Ritz vectors, `keep` or some more
  /// to fill a block.
  void restart(std::int64_t keep);
  /// The leading Ritz vectors, `count` or some more to fill a block. K is no longer usable.
  TallMatrix take_ritz_vectors(std::int64_t count);

 private:
  void add_block();
  /// next_ -= K K^T next_ for the columns of K from the block `from`; adds K^T next_ to `sum`.
  void project_out(std::int64_t from, Eigen::MatrixXd& sum);
  Eigen::MatrixXd ritz(std::int64_t count) const {
    return eigen_.eigenvectors().rightCols(count).rowwise().reverse();
  }

  const CenteredMatrix& a_;
  std::int64_t capacity_;
  TallMatrix basis_;        // K
  ColumnBlock next_;        // N; unused if exhausted_
  bool exhausted_ = false;  // A A^T K has no directions outside K
  bool restarted_ = false;  // and not extended since
  Eigen::MatrixXd t_, r_;
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen_;
};

}  // namespace wordbridge
