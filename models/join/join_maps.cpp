#include "models/join/join_maps.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/index.h"
#include "core/log.h"
#include "core/progress.h"
#include "models/alignment/procrustes.h"

namespace wordbridge {
namespace {

using Eigen::MatrixXd;
using Method = JoinSettings::Method;
using Products = std::vector<std::vector<MatrixXd>>;

constexpr double kRankTolerance = 1e-10;  // of the largest eigenvalue

/// Eigenvalues, descending, and eigenvectors of a symmetric matrix.
struct Spectrum {
  Eigen::VectorXd values;
  MatrixXd vectors;
  /// Eigenvalues that are not zero up to rounding.
  Eigen::Index rank() const {
    Eigen::Index rank = 0;
    while (rank < values.size() && values[rank] > kRankTolerance * std::max(values[0], 0.0)) ++rank;
    return rank;
  }
};

Spectrum spectrum_of(const MatrixXd& symmetric) {
  if (symmetric.size() == 0) return {};
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(symmetric);
  return {solver.eigenvalues().reverse(), solver.eigenvectors().rowwise().reverse()};
}

/// The symmetric matrix of the blocks left_i^T products_ij left_j.
MatrixXd joined_products(const std::vector<MatrixXd>& left, const Products& products) {
  Eigen::Index size = 0;
  std::vector<Eigen::Index> begins;
  for (const auto& map : left) {
    begins.push_back(size);
    size += map.cols();
  }
  MatrixXd all(size, size);
  for (std::size_t i = 0; i < left.size(); ++i)
    for (std::size_t j = i; j < left.size(); ++j) {
      const MatrixXd block = left[i].transpose() * products[i][j] * left[j];
      all.block(begins[i], begins[j], block.rows(), block.cols()) = block;
      all.block(begins[j], begins[i], block.cols(), block.rows()) = block.transpose();
    }
  return all;
}

void check_rank(std::int64_t dim, Eigen::Index rank) {
  if (dim <= rank) return;
  if (rank == 0)
    throw Error("the joined vectors are all zero")
        .expected(
            "vectors of the shared words that are not zero, also after their mean is subtracted")
        .got("rank 0");
  throw Error("too many dimensions for the rank of the joined vectors")
      .expected("at most {}", counted(rank, "dimension"))
      .got("{}", dim)
      .hint("set dim to {} or less", rank);
}

/// The maps left_i V_i, V the first `dim` eigenvectors, divided by `scales` [dim].
void set_projection(const std::vector<MatrixXd>& left, const Spectrum& spectrum,
                    const Eigen::VectorXd& scales, JoinMaps& result) {
  const Eigen::Index dim = result.dim;
  Eigen::Index begin = 0;
  for (const auto& map : left) {
    auto& entry = result.maps.emplace_back();
    entry.matrix = map * spectrum.vectors.block(begin, 0, map.cols(), dim) * scales.asDiagonal();
    begin += map.cols();
  }
  for (Eigen::Index column = 0; column < dim; ++column) {
    double largest = 0;
    for (const auto& map : result.maps)
      for (Eigen::Index row = 0; row < map.matrix.rows(); ++row)
        if (std::abs(map.matrix(row, column)) > std::abs(largest))
          largest = map.matrix(row, column);
    if (largest < 0)
      for (auto& map : result.maps) map.matrix.col(column) *= -1;
  }
}

void set_svd(const Products& products, const std::vector<double>& weights, JoinMaps& result) {
  std::vector<MatrixXd> left;
  for (std::size_t i = 0; i < weights.size(); ++i)
    left.push_back(weights[i] * MatrixXd::Identity(products[i][i].rows(), products[i][i].rows()));
  const Spectrum spectrum = spectrum_of(joined_products(left, products));
  check_rank(result.dim, spectrum.rank());
  set_projection(left, spectrum, Eigen::VectorXd::Ones(result.dim), result);
  result.facts = fmt::format("{:.1f} % of the squared length",
                             100 * spectrum.values.head(result.dim).sum() / spectrum.values.sum());
}

void set_gcca(const Products& products, const std::vector<double>& weights, std::int64_t words,
              JoinMaps& result) {
  // Columns X_i L_i are orthonormal, so that the sum of the weighted projections is Z Z^T for the
  // concatenation Z of w_i X_i L_i.
  std::vector<MatrixXd> left;
  std::string ranks;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Spectrum own = spectrum_of(products[i][i]);
    const Eigen::Index rank = own.rank();
    left.push_back(weights[i] * own.vectors.leftCols(rank) *
                   own.values.head(rank).cwiseSqrt().cwiseInverse().asDiagonal());
    ranks += (i > 0 ? ", " : "") + std::to_string(rank);
  }
  const Spectrum spectrum = spectrum_of(joined_products(left, products));
  check_rank(result.dim, spectrum.rank());
  const Eigen::VectorXd scales = spectrum.values.head(result.dim).cwiseSqrt().cwiseInverse() *
                                 std::sqrt(static_cast<double>(words));
  set_projection(left, spectrum, scales, result);
  result.facts = fmt::format("ranks {}", ranks);
}

void set_rotations(const JoinSettings& settings, const Products& products,
                   const std::vector<double>& weights, std::int64_t words, JoinMaps& result) {
  if (words < result.dim)
    warn("{} for {} dimensions: the rotations are not determined by them in all directions",
         counted(words, "shared word"), result.dim);
  std::vector<MatrixXd> maps;
  if (settings.method == Method::procrustes) {
    for (std::size_t i = 0; i < weights.size(); ++i) {
      MatrixXd to_first = MatrixXd::Zero(products[i][i].rows(), result.dim);
      to_first.leftCols(products[0][0].rows()) = products[0][i].transpose();
      maps.push_back(i == 0 ? MatrixXd::Identity(products[0][0].rows(), result.dim)
                            : procrustes(to_first));
    }
  } else {
    Products weighted = products;
    for (std::size_t i = 0; i < weights.size(); ++i)
      for (std::size_t j = i; j < weights.size(); ++j) weighted[i][j] *= weights[i] * weights[j];
    auto found = generalised_procrustes(weighted);
    maps = std::move(found.maps);
    result.facts =
        fmt::format("{}, residual {:.4f}", counted(found.iterations, "iteration"), found.residual);
  }
  for (std::size_t i = 0; i < weights.size(); ++i)
    result.maps.push_back({weights[i] * maps[i], 0, 1});
}

}  // namespace

bool needs_products(const JoinSettings& settings) {
  return settings.method != Method::concatenation && settings.method != Method::average &&
         !settings.is_autoencoder();
}

JoinMaps join_maps(const JoinSettings& settings, const std::vector<std::int64_t>& dims,
                   const Products& products, std::int64_t words) {
  WB_ASSERT(settings.problem(dims.size()).empty() && !settings.is_autoencoder());
  std::vector<double> weights = settings.weights;
  if (weights.empty()) weights.assign(dims.size(), 1);
  const std::int64_t largest = *std::max_element(dims.begin(), dims.end());
  JoinMaps result;
  result.dim = settings.dim > 0 && settings.has_dim() ? settings.dim : largest;
  result.is_average = settings.method == Method::average || settings.method == Method::procrustes ||
                      settings.method == Method::gpa;
  switch (settings.method) {
    case Method::concatenation:
      result.dim = 0;
      for (std::size_t i = 0; i < dims.size(); ++i) {
        result.maps.push_back({{}, result.dim, weights[i]});
        result.dim += dims[i];
      }
      break;
    case Method::average:
      for (const double weight : weights) result.maps.push_back({{}, 0, weight});
      break;
    case Method::svd:
      set_svd(products, weights, result);
      break;
    case Method::procrustes:
    case Method::gpa:
      set_rotations(settings, products, weights, words, result);
      break;
    case Method::gcca:
      set_gcca(products, weights, words, result);
      break;
    default:
      break;
  }
  return result;
}

}  // namespace wordbridge
