#include "models/alignment/alignment_maps.h"

#include <cmath>

#include "core/error.h"
#include "models/alignment/procrustes.h"

namespace wordbridge {
namespace {

using Eigen::MatrixXd;

/// A singular value below this share of the largest is rounding error of single precision.
constexpr double kSmallestShare = 1e-6;

struct Whitening {
  MatrixXd map, inverse;
};

/// (sum of x^T x)^-1/2 and its inverse.
Whitening whitening_of(const MatrixXd& products, const char* side) {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(products);
  // Singular values of the rows are square roots of the eigenvalues.
  const Eigen::VectorXd& values = solver.eigenvalues();
  const double least = values.maxCoeff() * kSmallestShare * kSmallestShare;
  const auto rank = (values.array() > least).count();
  if (rank < values.size())
    throw Error(fmt::format("the {} vectors of the pairs can't be whitened", side))
        .expected("vectors of rank {}, their dimension", values.size())
        .got("rank {}", rank)
        .hint("use more pairs, or leave out --whiten");
  const MatrixXd& axes = solver.eigenvectors();
  const Eigen::VectorXd lengths = values.cwiseSqrt();
  return {axes * lengths.cwiseInverse().asDiagonal() * axes.transpose(),
          axes * lengths.asDiagonal() * axes.transpose()};
}

}  // namespace

AlignmentMaps alignment_maps(const MatrixXd& source_products, const MatrixXd& target_products,
                             const MatrixXd& cross_products, const MapOptions& options) {
  const Eigen::Index dim = cross_products.cols();
  const MatrixXd identity = MatrixXd::Identity(dim, dim);
  if (!options.changes_target()) return {procrustes(cross_products), identity};
  if (cross_products.rows() != dim)
    throw Error("whitening and re-weighting need vectors of one dimension")
        .expected("{} dimensions, as the target's", dim)
        .got("{}", cross_products.rows());
  Whitening a{identity, identity}, b{identity, identity};
  if (options.whiten) {
    a = whitening_of(source_products, "source");
    b = whitening_of(target_products, "target");
  }
  const Eigen::BDCSVD<MatrixXd> svd(a.map * cross_products * b.map,
                                    Eigen::ComputeFullU | Eigen::ComputeFullV);
  const MatrixXd &U = svd.matrixU(), &V = svd.matrixV();
  const Eigen::VectorXd weights = svd.singularValues().array().pow(options.reweight);
  AlignmentMaps maps{a.map * U * weights.asDiagonal(), b.map * V * weights.asDiagonal()};
  if (options.dewhiten) {
    maps.source = maps.source * (U.transpose() * a.inverse * U);
    maps.target = maps.target * (V.transpose() * b.inverse * V);
  }
  maps.source = maps.source * V.transpose();
  maps.target = maps.target * V.transpose();
  return maps;
}

}  // namespace wordbridge
