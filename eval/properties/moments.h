#pragma once

#include <Eigen/Dense>
#include <cstdint>
#include <vector>

#include "data/vectors/embedding_table.h"

namespace wordbridge {

/// Rows of a table that have a direction (finite and not zero), ascending.
std::vector<std::int64_t> rows_with_direction(const EmbeddingTable& table);

/// Sums over words, in double precision. The number of a word is the logarithm of its rank, ln(row
/// + 1).
struct Moments {
  std::int64_t words = 0;
  Eigen::VectorXd sum;                  // [dim], of the vectors
  Eigen::MatrixXd gram;                 // [dim, dim], of their outer products: V^T V
  double number = 0;                    // of the numbers
  double number_squared = 0;            // of their squares
  Eigen::VectorXd number_times_vector;  // [dim]

  Moments& operator+=(const Moments& other);
  Moments& operator-=(const Moments& other);
  /// Gram matrix of the vectors minus their mean, divided by the number of words.
  Eigen::MatrixXd covariance() const;
};

constexpr std::size_t kFolds = 5;
/// Moments of each fold: the rows whose position in `rows`, modulo kFolds, is the number of the
/// fold. Copies blocks of rows, never the full table. The result does not depend on the number of
/// threads.
std::vector<Moments> moments_of_folds(const EmbeddingTable& table,
                                      const std::vector<std::int64_t>& rows);

/// rows[begin, end) of the table in double precision: [end - begin, dim].
Eigen::MatrixXd rows_as_double(const EmbeddingTable& table, const std::vector<std::int64_t>& rows,
                               std::size_t begin, std::size_t end);

}  // namespace wordbridge
