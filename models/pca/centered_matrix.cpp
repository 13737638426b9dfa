#include "models/pca/centered_matrix.h"

#include <algorithm>
#include <numeric>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/threads.h"

namespace wordbridge {
namespace {

using RowVector = Eigen::RowVectorXd;

void stop_pca_if_interrupted() {
  if (interrupted()) throw Interrupted("interrupted during PCA");
}

/// Bounds of consecutive ranges of at most kMostInRange items, which have about 1 / kParts of all
/// non-zeros or less, so that each thread gets a similar share of the work.
std::vector<std::int64_t> balanced_ranges(const std::vector<std::int64_t>& nonzeros) {
  constexpr std::int64_t kMostInRange = 8192, kParts = 16;
  const std::int64_t most =
      std::accumulate(nonzeros.begin(), nonzeros.end(), std::int64_t{0}) / kParts;
  std::vector<std::int64_t> bounds = {0};
  std::int64_t sum = 0;
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(nonzeros.size()); ++i) {
    const bool full = sum + nonzeros[at(i)] > most || i - bounds.back() == kMostInRange;
    if (full && i > bounds.back()) {
      bounds.push_back(i);
      sum = 0;
    }
    sum += nonzeros[at(i)];
  }
  bounds.push_back(static_cast<std::int64_t>(nonzeros.size()));
  return bounds;
}

std::vector<std::int64_t> nonzeros_of_rows(const SparseView& x) {
  std::vector<std::int64_t> nonzeros(at(x.rows));
  for (std::int64_t i = 0; i < x.rows; ++i) nonzeros[at(i)] = x.begin[i + 1] - x.begin[i];
  return nonzeros;
}

std::vector<std::int64_t> nonzeros_of_columns(const SparseView& x) {
  std::vector<std::int64_t> nonzeros(at(x.cols), 0);
  for (std::int64_t k = 0; k < x.nonzeros(); ++k) ++nonzeros[at(x.column[k])];
  return nonzeros;
}

void subtract(const RowVector& offset, double* row) {
  for (std::int64_t j = 0; j < kBlockColumns; ++j) row[j] -= offset(j);
}

}  // namespace

CenteredMatrix::CenteredMatrix(const CountTransform& transform, bool center)
    : rows_(transform.counts().rows),
      cols_(transform.counts().cols),
      first_column_(balanced_ranges(nonzeros_of_columns(transform.counts()))) {
  const std::vector<std::int64_t> first_row = balanced_ranges(nonzeros_of_rows(transform.counts()));
  groups_.resize(first_row.size() - 1);
  for_each_block(static_cast<std::int64_t>(groups_.size()), [&](std::int64_t i) {
    stop_pca_if_interrupted();
    groups_[at(i)].first = first_row[at(i)];
    groups_[at(i)].rows = first_row[at(i + 1)] - first_row[at(i)];
    fill(groups_[at(i)], transform);
  });
  add_up_columns(center);
}

void CenteredMatrix::fill(RowGroup& group, const CountTransform& transform) const {
  const SparseView& counts = transform.counts();
  // The non-zero values by rows. Then their number in each range and row is known.
  std::vector<double> transformed;
  std::vector<std::int32_t> column;
  std::vector<float> value;
  group.begin.assign(at(ranges() * (group.rows + 1)), 0);
  for (std::int64_t i = 0; i < group.rows; ++i) {
    const std::int64_t begin = counts.begin[group.first + i];
    const std::int64_t end = counts.begin[group.first + i + 1];
    transformed.resize(at(end - begin));
    transform.row(group.first + i, transformed.data());
    std::int64_t range = 0;
    for (std::int64_t k = begin; k < end; ++k) {
      const auto x = static_cast<float>(transformed[at(k - begin)]);
      if (x == 0) continue;
      while (counts.column[k] >= first_column_[at(range + 1)]) ++range;
      ++group.begin[at(range * (group.rows + 1) + i + 1)];
      column.push_back(counts.column[k]);
      value.push_back(x);
    }
  }
  // The first entry of a range is at the end of the previous range.
  std::partial_sum(group.begin.begin(), group.begin.end(), group.begin.begin());
  group.column.resize(column.size());
  group.value.resize(value.size());
  std::size_t from = 0;
  for (std::int64_t i = 0; i < group.rows; ++i) {
    for (std::int64_t range = 0; range < ranges(); ++range) {
      const std::uint32_t* const begin = &group.begin[at(range * (group.rows + 1) + i)];
      for (std::uint32_t to = begin[0]; to < begin[1]; ++to, ++from) {
        group.column[to] = static_cast<std::uint16_t>(column[from] - first_column_[at(range)]);
        group.value[to] = value[from];
      }
    }
  }
}

void CenteredMatrix::add_up_columns(bool center) {
  mean_.resize(at(cols_), 0.0);
  std::vector<double> before(at(ranges()), 0.0), after(at(ranges()), 0.0);
  for_each_block(ranges(), [&](std::int64_t range) {
    stop_pca_if_interrupted();
    const std::int64_t first = first_column_[at(range)];
    const std::int64_t size = first_column_[at(range + 1)] - first;
    const auto for_each_entry = [&](const auto& work) {
      for (const RowGroup& group : groups_) {
        const SparsePart part = group.part(range);
        for (std::uint32_t k = part.begin[0]; k < part.begin[part.rows]; ++k)
          work(part.column[k], static_cast<double>(part.value[k]));
      }
    };
    std::vector<std::int64_t> zeros(at(size), rows_);
    std::vector<double> mean(at(size), 0.0);
    for_each_entry([&](std::uint16_t j, double x) {
      before[at(range)] += x * x;
      mean[j] += x;
      --zeros[j];
    });
    for (double& x : mean) x = center ? x / static_cast<double>(rows_) : 0;
    for_each_entry(
        [&](std::uint16_t j, double x) { after[at(range)] += (x - mean[j]) * (x - mean[j]); });
    for (std::int64_t j = 0; j < size; ++j)
      after[at(range)] += static_cast<double>(zeros[at(j)]) * mean[at(j)] * mean[at(j)];
    std::copy(mean.begin(), mean.end(), mean_.begin() + first);
  });
  squared_norm_before_ = std::accumulate(before.begin(), before.end(), 0.0);
  squared_norm_ = std::accumulate(after.begin(), after.end(), 0.0);
}

std::int64_t CenteredMatrix::nonzeros() const {
  std::int64_t sum = 0;
  for (const RowGroup& group : groups_) sum += static_cast<std::int64_t>(group.value.size());
  return sum;
}

ColumnBlock CenteredMatrix::times(const ColumnBlock& q) const {
  WB_ASSERT(q.size() == at(cols_ * kBlockColumns));
  const RowVector offset = weighted_sum(mean_, q);
  ColumnBlock y(at(rows_ * kBlockColumns), 0.0);
  for_each_block(static_cast<std::int64_t>(groups_.size()), [&](std::int64_t i) {
    const RowGroup& group = groups_[at(i)];
    double* const out = &y[at(group.first * kBlockColumns)];
    for (std::int64_t range = 0; range < ranges(); ++range)
      add_sparse_product(group.part(range), &q[at(first_column_[at(range)] * kBlockColumns)], out);
    for (std::int64_t row = 0; row < group.rows; ++row) subtract(offset, out + row * kBlockColumns);
  });
  return y;
}

ColumnBlock CenteredMatrix::transposed_times(const ColumnBlock& q) const {
  WB_ASSERT(q.size() == at(rows_ * kBlockColumns));
  const RowVector sums = weighted_sum(std::vector<double>(at(rows_), 1.0), q);
  ColumnBlock y(at(cols_ * kBlockColumns), 0.0);
  for_each_block(ranges(), [&](std::int64_t range) {
    const std::int64_t first = first_column_[at(range)], end = first_column_[at(range + 1)];
    double* const out = &y[at(first * kBlockColumns)];
    for (const RowGroup& group : groups_)
      add_transposed_sparse_product(group.part(range), &q[at(group.first * kBlockColumns)], out);
    for (std::int64_t j = first; j < end; ++j)
      subtract(mean_[at(j)] * sums, out + (j - first) * kBlockColumns);
  });
  return y;
}

TallMatrix CenteredMatrix::times(const TallMatrix& q) const {
  TallMatrix y(rows_);
  for (std::int64_t block = 0; block < q.blocks(); ++block) y.append(times(q.block(block)));
  return y;
}

TallMatrix CenteredMatrix::transposed_times(const TallMatrix& q) const {
  TallMatrix y(cols_);
  for (std::int64_t block = 0; block < q.blocks(); ++block)
    y.append(transposed_times(q.block(block)));
  return y;
}

Eigen::MatrixXd CenteredMatrix::dense_rows(bool transposed, std::int64_t begin,
                                           std::int64_t end) const {
  const auto mean = Eigen::Map<const RowVector>(mean_.data(), cols_);
  Eigen::MatrixXd dense(end - begin, transposed ? rows_ : cols_);
  if (transposed) {
    dense.colwise() = -mean.segment(begin, end - begin).transpose();
  } else {
    dense.rowwise() = -mean;
  }
  for (const RowGroup& group : groups_) {
    if (!transposed && (group.first >= end || group.first + group.rows <= begin)) continue;
    for (std::int64_t range = 0; range < ranges(); ++range) {
      const std::int64_t first = first_column_[at(range)];
      if (transposed && (first >= end || first_column_[at(range + 1)] <= begin)) continue;
      const SparsePart part = group.part(range);
      for (std::int64_t i = 0; i < part.rows; ++i) {
        for (std::uint32_t k = part.begin[i]; k < part.begin[i + 1]; ++k) {
          const std::int64_t row = group.first + i, column = first + part.column[k];
          const std::int64_t from = transposed ? column : row;
          if (from >= begin && from < end)
            dense(from - begin, transposed ? row : column) += part.value[k];
        }
      }
    }
  }
  return dense;
}

}  // namespace wordbridge
