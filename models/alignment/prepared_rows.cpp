#include "models/alignment/prepared_rows.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "core/index.h"
#include "core/threads.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kRowsAtATime = 512;
constexpr std::int64_t kSums = 8;  // sums of rows in memory at the same time

/// Rows are prepared one after the other, so each is in one piece of memory.
using RowBlock = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

void scale_to_unit(RowBlock& rows) {
  for (Eigen::Index i = 0; i < rows.rows(); ++i) {
    const double length = rows.row(i).norm();
    if (length > 0) rows.row(i) /= length;
  }
}

/// Calls add(first, count, sum) for all blocks of rows, and returns the sum of the kSums sums.
template <class Add>
Eigen::MatrixXd sum_of_blocks(std::int64_t rows, const Eigen::MatrixXd& zero, const Add& add) {
  const std::int64_t blocks = (rows + kRowsAtATime - 1) / kRowsAtATime;
  std::vector<Eigen::MatrixXd> sums(at(kSums), zero);
  for_each_block(kSums, [&](std::int64_t part) {
    for (std::int64_t block = part; block < blocks; block += kSums) {
      const std::int64_t first = block * kRowsAtATime;
      add(first, std::min(kRowsAtATime, rows - first), sums[at(part)]);
    }
  });
  for (std::size_t part = 1; part < sums.size(); ++part) sums[0] += sums[part];
  return std::move(sums[0]);
}

}  // namespace

PreparedRows::PreparedRows(EmbeddingTable table, std::vector<std::int64_t> rows,
                           const RowPreparation& preparation)
    : table_(std::move(table)), rows_(std::move(rows)), preparation_(preparation) {
  if (!preparation_.center) return;
  const auto count = std::count_if(rows_.begin(), rows_.end(), [](auto row) { return row >= 0; });
  WB_ASSERT(count > 0);
  mean_ = sum_of_blocks(size(), Eigen::MatrixXd::Zero(1, dim()),
                        [this](std::int64_t first, std::int64_t block_rows, Eigen::MatrixXd& sum) {
                          sum += block(first, block_rows).colwise().sum();
                        }) /
          static_cast<double>(count);
}

Eigen::RowVectorXd PreparedRows::mean() const {
  return mean_.size() > 0 ? mean_ : Eigen::RowVectorXd(Eigen::RowVectorXd::Zero(dim()));
}

PreparedRows PreparedRows::with_rows(std::vector<std::int64_t> rows) const {
  PreparedRows others = *this;
  others.rows_ = std::move(rows);
  return others;
}

Eigen::MatrixXd PreparedRows::block(std::int64_t first, std::int64_t count) const {
  RowBlock rows = RowBlock::Zero(count, dim());
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t row = rows_[at(first + i)];
    if (row < 0) continue;
    rows.row(i) = Eigen::Map<const Eigen::RowVectorXf>(table_.row(row), dim()).cast<double>();
  }
  if (preparation_.unit) scale_to_unit(rows);
  if (mean_.size() == 0) return rows;
  for (std::int64_t i = 0; i < count; ++i)
    if (has(first + i)) rows.row(i) -= mean_;
  if (preparation_.unit_again) scale_to_unit(rows);
  return rows;
}

std::vector<float> changed_rows(
    const PreparedRows& rows, std::int64_t dim,
    const std::function<Eigen::MatrixXd(std::int64_t first, const Eigen::MatrixXd& block)>&
        change) {
  constexpr std::int64_t kChangedAtATime = 256;
  std::vector<float> result(at(rows.size() * dim));
  for_each_range(rows.size(), kChangedAtATime, [&](std::int64_t begin, std::int64_t end) {
    const Eigen::MatrixXd changed = change(begin, rows.block(begin, end - begin));
    for (std::int64_t i = begin; i < end; ++i)
      if (rows.has(i))
        Eigen::Map<Eigen::RowVectorXf>(result.data() + i * dim, dim) =
            changed.row(i - begin).cast<float>();
  });
  return result;
}

Eigen::MatrixXd cross_products(const PreparedRows& a, const PreparedRows& b) {
  WB_ASSERT(a.size() == b.size(), "{} and {} rows", a.size(), b.size());
  return sum_of_blocks(a.size(), Eigen::MatrixXd::Zero(a.dim(), b.dim()),
                       [&](std::int64_t first, std::int64_t rows, Eigen::MatrixXd& sum) {
                         sum.noalias() += a.block(first, rows).transpose() * b.block(first, rows);
                       });
}

std::vector<std::vector<Eigen::MatrixXd>> all_cross_products(
    const std::vector<PreparedRows>& rows) {
  std::vector<std::vector<Eigen::MatrixXd>> products(rows.size(),
                                                     std::vector<Eigen::MatrixXd>(rows.size()));
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t j = i; j < rows.size(); ++j) products[i][j] = cross_products(rows[i], rows[j]);
  return products;
}

}  // namespace wordbridge
