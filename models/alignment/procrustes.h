#pragma once

#include <Eigen/Dense>
#include <vector>

namespace wordbridge {

/// The orthogonal map W that minimises the Frobenius norm of A W - B, from the products A^T B [da,
/// db]: W = U V^T for A^T B = U S V^T (Schönemann 1966). If da != db, the shorter rows count as
/// padded with zeros: W [da, db] is then the part of the larger orthogonal matrix that matters.
/// In directions that the products do not determine (singular value 0), W is any orthogonal
/// completion. Error if the products are not finite, or all zero.
Eigen::MatrixXd procrustes(const Eigen::MatrixXd& products);

/// Result of generalised_procrustes().
struct GeneralisedProcrustes {
  std::vector<Eigen::MatrixXd> maps;  // [d_i, dim], orthogonal if d_i = dim
  std::int64_t iterations = 0;
  double residual = 0;  // sum over i of |X_i W_i - M|^2, as a share of the sum of |X_i|^2
};

/// Maps W_i of several matrices X_i onto their mean M = 1/m sum_i X_i W_i that minimise sum_i |X_i
/// W_i - M|^2 (Gower 1975), by turns from M = X_1: each W_i = procrustes(X_i^T M), then M. Ends
/// when the residual falls by less than `tolerance` of itself, or after `most` iterations.
/// `products`[i][j] = X_i^T X_j for i <= j. All maps have the largest of the dimensions.
GeneralisedProcrustes generalised_procrustes(
    const std::vector<std::vector<Eigen::MatrixXd>>& products, double tolerance = 1e-7,
    std::int64_t most = 1000);

}  // namespace wordbridge
