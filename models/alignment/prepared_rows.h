#pragma once

#include <Eigen/Dense>
#include <cstdint>
#include <functional>
#include <vector>

#include "data/vectors/embedding_table.h"

namespace wordbridge {

/// How the rows of a table are prepared before it is joined or aligned with another one. The steps
/// are applied in this order.
struct RowPreparation {
  bool unit = true;         // scale each row to unit length; a zero row stays zero
  bool center = false;      // subtract the mean of the rows
  bool unit_again = false;  // and scale to unit length again
};

/// Rows of a table in double precision, prepared. The table's rows are copied block by block, never
/// all at once.
class PreparedRows {
 public:
  /// `rows`: indices of rows, -1: a row of zeros. The mean is that of the rows that are not -1.
  PreparedRows(EmbeddingTable table, std::vector<std::int64_t> rows,
               const RowPreparation& preparation);

  /// Other rows of the same table, from which the same mean is subtracted.
  PreparedRows with_rows(std::vector<std::int64_t> rows) const;

  std::int64_t size() const { return static_cast<std::int64_t>(rows_.size()); }
  std::int64_t dim() const { return table_.dim(); }
  /// What was subtracted from the rows; zeros if nothing.
  Eigen::RowVectorXd mean() const;
  bool has(std::int64_t i) const { return rows_[static_cast<std::size_t>(i)] >= 0; }
  /// Rows first to first + count - 1: [count, dim].
  Eigen::MatrixXd block(std::int64_t first, std::int64_t count) const;

 private:
  EmbeddingTable table_;
  std::vector<std::int64_t> rows_;
  RowPreparation preparation_;
  Eigen::RowVectorXd mean_;  // of the rows; empty: not subtracted
};

/// The rows change(first, block), [size, dim], rounded once; `block` holds some rows from `first`
/// on. Rows that are -1 become zeros. Runs in parallel.
std::vector<float> changed_rows(
    const PreparedRows& rows, std::int64_t dim,
    const std::function<Eigen::MatrixXd(std::int64_t first, const Eigen::MatrixXd& block)>& change);

/// The sum over rows i of a_i^T b_i: [dim of a, dim of b]. Both must have the same number of rows.
/// Runs in parallel; the result does not depend on the number of threads.
Eigen::MatrixXd cross_products(const PreparedRows& a, const PreparedRows& b);
/// cross_products(rows[i], rows[j]) for i <= j: [i][j].
std::vector<std::vector<Eigen::MatrixXd>> all_cross_products(const std::vector<PreparedRows>& rows);

}  // namespace wordbridge
