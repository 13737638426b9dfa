#include "models/alignment/procrustes.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/interrupt.h"

namespace wordbridge {

using Eigen::MatrixXd;

MatrixXd procrustes(const MatrixXd& products) {
  if (!products.allFinite()) throw Error("the products of the vectors are not finite");
  if (products.isZero(0))
    throw Error("the vectors share no direction")
        .expected("pairs of vectors that are not zero")
        .got("products that are all zero");
  // The full decomposition of the padded square matrix, so that W is orthogonal also where the
  // products have a lower rank.
  const Eigen::Index dim = std::max(products.rows(), products.cols());
  MatrixXd padded = MatrixXd::Zero(dim, dim);
  padded.topLeftCorner(products.rows(), products.cols()) = products;
  const Eigen::BDCSVD<MatrixXd> svd(padded, Eigen::ComputeFullU | Eigen::ComputeFullV);
  return (svd.matrixU() * svd.matrixV().transpose())
      .topLeftCorner(products.rows(), products.cols());
}

GeneralisedProcrustes generalised_procrustes(const std::vector<std::vector<MatrixXd>>& products,
                                             double tolerance, std::int64_t most) {
  const std::size_t count = products.size();
  WB_ASSERT(count > 0);
  Eigen::Index dim = 0;
  double total = 0;  // sum of |X_i|^2
  for (std::size_t i = 0; i < count; ++i) {
    dim = std::max(dim, products[i][i].rows());
    total += products[i][i].trace();
  }
  const auto product = [&](std::size_t i, std::size_t j) -> MatrixXd {
    return i <= j ? products[i][j] : products[j][i].transpose();
  };
  GeneralisedProcrustes result;
  for (std::size_t i = 0; i < count; ++i) {
    // M = X_1, padded.
    MatrixXd with_mean = MatrixXd::Zero(products[i][i].rows(), dim);
    with_mean.leftCols(products[0][0].cols()) = product(i, 0);
    result.maps.push_back(procrustes(with_mean));
  }
  // sum_i |X_i W_i - M|^2 = sum_i |X_i W_i|^2 - m |M|^2, and m^2 |M|^2 = sum_ij tr(W_i^T X_i^T X_j
  // W_j).
  const auto residual = [&] {
    double own = 0, mean = 0;
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < count; ++j) {
        const double trace = (product(i, j) * result.maps[j]).cwiseProduct(result.maps[i]).sum();
        mean += trace;
        if (i == j) own += trace;
      }
    }
    return std::max(0.0, own - mean / static_cast<double>(count)) / total;
  };
  result.residual = residual();
  for (result.iterations = 1; result.iterations <= most; ++result.iterations) {
    if (interrupted()) throw Interrupted("interrupted while rotations were fitted");
    const std::vector<MatrixXd> before = result.maps;
    for (std::size_t i = 0; i < count; ++i) {
      MatrixXd with_mean = MatrixXd::Zero(products[i][i].rows(), dim);
      for (std::size_t j = 0; j < count; ++j) with_mean += product(i, j) * before[j];
      result.maps[i] = procrustes(with_mean);
    }
    const double now = residual();
    const bool ends = result.residual - now <= tolerance * result.residual;
    result.residual = now;
    if (ends) break;
  }
  result.iterations = std::min(result.iterations, most);
  return result;
}

}  // namespace wordbridge
