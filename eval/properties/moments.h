#pragma once

#include <Eigen/Dense>
#include <cstdint>
#include <vector>

#include "data/vectors/embedding_table.h"

namespace wordbridge {

/// Rows of a table that have a direction (finite and not zero), ascending.
std::vector<std::int64_t> rows_with_direction(const EmbeddingTable& table);

/// The vectors of some words in double precision. All properties are invariant to rotating the
/// vectors, so where words are fewer than dimensions, the vectors are given by their coordinates in
/// the space that they span: matrices then have the size [words, words] instead of [dim, dim].
class WordVectors {
 public:
  /// `rows` (ascending): the words. `as_they_are`: no coordinates.
  WordVectors(const EmbeddingTable& table, std::vector<std::int64_t> rows,
              bool as_they_are = false);
  const std::vector<std::int64_t>& rows() const { return rows_; }
  std::int64_t dim() const { return table_.dim(); }
  /// Numbers per word: dim(), or the number of words if that is lower.
  std::int64_t coordinates() const;
  /// Vectors [count, coordinates] of the words rows()[first], rows()[first + step], ...
  Eigen::MatrixXd block(std::size_t first, std::size_t count, std::size_t step = 1) const;

 private:
  EmbeddingTable table_;
  std::vector<std::int64_t> rows_;
  Eigen::MatrixXd coordinates_;  // [words, words]; empty: the vectors as they are
};

/// Products [rows, rows] of the rows minus an origin [dim]. Copies blocks of rows, never all.
Eigen::MatrixXd products_of_rows(const EmbeddingTable& table, const std::vector<std::int64_t>& rows,
                                 const Eigen::RowVectorXd& origin);

/// Sums over words, in double precision. The number of a word is the logarithm of its rank, ln(row
/// + 1).
struct Moments {
  std::int64_t words = 0, dim = 0;
  Eigen::VectorXd sum;                  // [coordinates], of the vectors
  Eigen::MatrixXd gram;                 // [coordinates, coordinates], of their outer products
  double number = 0;                    // of the numbers
  double number_squared = 0;            // of their squares
  Eigen::VectorXd number_times_vector;  // [coordinates]

  Moments& operator+=(const Moments& other);
  Moments& operator-=(const Moments& other);
  /// Gram matrix of the vectors minus their mean, divided by the number of words.
  Eigen::MatrixXd covariance() const;
};

constexpr std::size_t kFolds = 5;
/// Moments of each fold: the rows whose position in `rows`, modulo kFolds, is the number of the
/// fold. Copies blocks of rows, never the full table. The result does not depend on the number of
/// threads. `with_gram`: otherwise, the Gram matrices are empty.
std::vector<Moments> moments_of_folds(const WordVectors& vectors, bool with_gram = true);
/// Sum of the moments of all folds.
Moments sum_of(const std::vector<Moments>& folds);

}  // namespace wordbridge
