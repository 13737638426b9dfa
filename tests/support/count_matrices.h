#pragma once

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <vector>

#include "core/rng.h"
#include "data/counts/cooccurrence.h"
#include "models/pca/pca_options.h"

namespace wordbridge {

// Small matrices of counts for tests of PCA.

using Matrix = Eigen::MatrixXd;
using ReferenceSvd =
    Eigen::JacobiSVD<Matrix>;  // runs more slowly than BDCSVD, but compiles four times as fast

inline SparseMatrix sparse_of(const Matrix& dense) {
  SparseMatrix x;
  x.rows = dense.rows();
  x.cols = dense.cols();
  x.begin.push_back(0);
  for (Eigen::Index i = 0; i < dense.rows(); ++i) {
    for (Eigen::Index j = 0; j < dense.cols(); ++j) {
      if (dense(i, j) == 0) continue;
      x.column.push_back(static_cast<std::int32_t>(j));
      x.value.push_back(dense(i, j));
    }
    x.begin.push_back(x.nonzeros());
  }
  return x;
}

inline Matrix dense_of(const SparseMatrix& x) {
  Matrix dense = Matrix::Zero(x.rows, x.cols);
  for (std::int64_t i = 0; i < x.rows; ++i) {
    for (auto k = static_cast<std::size_t>(x.begin[static_cast<std::size_t>(i)]);
         k < static_cast<std::size_t>(x.begin[static_cast<std::size_t>(i) + 1]); ++k) {
      dense(i, x.column[k]) = x.value[k];
    }
  }
  return dense;
}

inline Matrix centred(const Matrix& dense) { return dense.rowwise() - dense.colwise().mean(); }

inline SparseMatrix random_sparse(std::int64_t rows, std::int64_t cols, double density) {
  Rng rng(5, "test");
  Matrix dense = Matrix::Zero(rows, cols);
  for (double& x : dense.reshaped()) {
    if (rng.uniform() < density) x = std::floor(1 + 20 * std::pow(rng.uniform(), 4));
  }
  return sparse_of(dense);
}

using Solver = PcaOptions::Solver;
using Transform = PcaOptions::Transform;

inline PcaOptions pca_options(std::int64_t dim, Solver solver = Solver::automatic,
                              Transform transform = Transform::raw) {
  PcaOptions options;
  options.power = 1;
  options.dim = dim;
  options.solver = solver;
  options.transform = transform;
  return options;
}

/// Random text that follows Zipf's law and in which neighbouring words tend to share a topic.
inline std::vector<std::int32_t> zipfian_text(std::int64_t tokens, std::int64_t types) {
  Rng rng(11, "test");
  std::vector<std::int32_t> ids(static_cast<std::size_t>(tokens));
  const double log_types = std::log(static_cast<double>(types));
  std::int64_t topic = 0;
  for (auto& id : ids) {
    if (rng.uniform() < 0.02) topic = static_cast<std::int64_t>(rng.below(20));
    const double rank = std::exp(log_types * rng.uniform());
    auto word = std::min(static_cast<std::int64_t>(rank) - 1, types - 1);
    if (word >= 20 && rng.uniform() < 0.7) word = word / 20 * 20 + topic;
    id = static_cast<std::int32_t>(std::min(word, types - 1));
  }
  return ids;
}

inline SparseMatrix window_counts(const std::vector<std::int32_t>& ids, std::int64_t types,
                                  std::int64_t window) {
  IdStream stream;
  stream.ids = ids.data();
  stream.tokens = static_cast<std::int64_t>(ids.size());
  stream.types = types;
  CountOptions options;
  options.window = window;
  return count_cooccurrences(stream, options);
}

}  // namespace wordbridge
