#pragma once

#include <Eigen/Dense>
#include <string>
#include <vector>

#include "core/rng.h"
#include "data/vectors/embedding_table.h"

namespace wordbridge {

inline Eigen::MatrixXd random_matrix(Eigen::Index rows, Eigen::Index cols, std::uint64_t seed) {
  Rng rng(seed, "procrustes test");
  Eigen::MatrixXd matrix(rows, cols);
  for (Eigen::Index i = 0; i < rows; ++i)
    for (Eigen::Index j = 0; j < cols; ++j) matrix(i, j) = rng.normal();
  return matrix;
}

inline Eigen::MatrixXd random_rotation(Eigen::Index dim, std::uint64_t seed) {
  return Eigen::HouseholderQR<Eigen::MatrixXd>(random_matrix(dim, dim, seed)).householderQ();
}

/// A table whose words are their numbers.
inline EmbeddingTable table_of(const Eigen::MatrixXd& rows) {
  std::vector<std::string> words;
  std::vector<float> values;
  for (Eigen::Index i = 0; i < rows.rows(); ++i) {
    words.push_back(std::to_string(i));
    for (Eigen::Index j = 0; j < rows.cols(); ++j) values.push_back(static_cast<float>(rows(i, j)));
  }
  return {words, values, rows.cols(), "test"};
}

inline Eigen::MatrixXd rows_of(const EmbeddingTable& table) {
  Eigen::MatrixXd rows(table.size(), table.dim());
  for (Eigen::Index i = 0; i < rows.rows(); ++i)
    for (Eigen::Index j = 0; j < rows.cols(); ++j) rows(i, j) = table.row(i)[j];
  return rows;
}

}  // namespace wordbridge
