#pragma once

#include <cstdint>
#include <vector>

#include "models/pca/centered_matrix.h"

namespace wordbridge {

/// The leading `dim` singular values, descending, and singular vectors of a matrix A = U S V^T.
/// The columns of a singular value that is zero up to rounding are zero, as are those after `dim`.
struct TruncatedSvd {
  std::vector<double> singular_values;  // [dim]
  TallMatrix u;                         // [rows, dim]
  TallMatrix v;                         // [cols, dim]
};

/// Exact SVD: Householder QR of blocks of rows (of A or A^T, whichever is tall), merged in a tree,
/// and the SVD of the resulting triangular factor. About 2 rows cols min(rows, cols) operations. 1
/// <= dim <= min(rows, cols). Throws Interrupted.
TruncatedSvd exact_svd(const CenteredMatrix& a, std::int64_t dim);

struct RandomizedSvdOptions {
  std::int64_t dim = 0;    // 1 <= dim <= min(rows, cols)
  double tolerance = 0;    // limit of |A A^T u - s^2 u| / s^2 for each component
  std::uint64_t seed = 0;  // of the Gaussian sketch
};

/// Randomized SVD: a Gaussian sketch A Omega and the block Krylov space of A A^T that starts from
/// it, restarted until all components have converged (Halko, Martinsson, Shkolnisky and Tygert
/// 2011; Musco and Musco 2015). Uses exact_svd() if the Krylov space would be the full space. Warns
/// if the tolerance is not reached. Throws Interrupted.
TruncatedSvd randomized_svd(const CenteredMatrix& a, const RandomizedSvdOptions& options);

}  // namespace wordbridge
