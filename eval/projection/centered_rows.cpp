#include "eval/projection/centered_rows.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <utility>

#include "core/error.h"
#include "core/text.h"
#include "core/threads.h"
#include "eval/statistics/cosine.h"
#include "kernels/search/products.h"

namespace wordbridge {
namespace {

constexpr float kNoPoint = std::numeric_limits<float>::quiet_NaN();
constexpr std::int64_t kMostNeighbors = 10, kMostAsked = 2000;
constexpr double kLongest = 1e18, kShortest = 1e-12;  // squared distances are in single precision

bool is_finite(const float* row, std::int64_t dim) {
  return std::all_of(row, row + dim, [](float value) { return std::isfinite(value); });
}

/// The k rows nearest to `row` by the distances to each, excluding the row itself; ties by lower
/// index. In ascending order of index.
std::vector<std::int64_t> nearest_rows(const float* squared, std::int64_t count, std::int64_t row,
                                       std::int64_t k) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  order.erase(order.begin() + row);
  std::nth_element(order.begin(), order.begin() + k, order.end(),
                   [&](std::int64_t a, std::int64_t b) {
                     return squared[a] < squared[b] || (squared[a] == squared[b] && a < b);
                   });
  order.resize(static_cast<std::size_t>(k));
  std::sort(order.begin(), order.end());
  return order;
}

double share_of_neighbors_kept(const Distances& before, const Distances& after) {
  const std::int64_t count = before.count(), k = std::min(kMostNeighbors, (count - 1) / 2);
  if (k < 1) return std::numeric_limits<double>::quiet_NaN();
  const std::int64_t step = (count + kMostAsked - 1) / kMostAsked;  // 1: use all blocks of rows
  std::vector<std::int64_t> kept(static_cast<std::size_t>(count)), asked(kept);
  for_each_range(count, Distances::kBlock, [&](std::int64_t begin, std::int64_t end) {
    if (begin / Distances::kBlock % step != 0) return;
    const auto squared_before = before.from(begin, end), squared_after = after.from(begin, end);
    for (std::int64_t row = begin; row < end; ++row) {
      const std::int64_t offset = (row - begin) * count;
      const auto a = nearest_rows(squared_before.data() + offset, count, row, k);
      const auto b = nearest_rows(squared_after.data() + offset, count, row, k);
      std::vector<std::int64_t> both;
      std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
      kept[static_cast<std::size_t>(row)] = static_cast<std::int64_t>(both.size());
      asked[static_cast<std::size_t>(row)] = k;
    }
  });
  return static_cast<double>(std::accumulate(kept.begin(), kept.end(), std::int64_t{0})) /
         static_cast<double>(std::accumulate(asked.begin(), asked.end(), std::int64_t{0}));
}

}  // namespace

std::int64_t rows_meant(const EmbeddingTable& table, std::int64_t count) {
  return count == 0 ? table.size() : std::min(count, table.size());
}

CenteredRows::CenteredRows(const EmbeddingTable& table, std::int64_t count, bool unit_length)
    : total(rows_meant(table, count)), dim(table.dim()) {
  for (std::int64_t i = 0; i < total; ++i) {
    if (is_finite(table.row(i), dim)) index.push_back(i);
  }
  if (index.empty()) return;
  const auto columns = static_cast<std::size_t>(dim);
  std::vector<double> scales(index.size(), 1.0), mean(columns), first(columns);
  for (std::size_t i = 0; unit_length && i < index.size(); ++i) {
    const double length = norm(table.row(index[i]), dim);
    if (length > 0) scales[i] = 1 / length;
  }
  const auto value = [&](std::size_t i, std::size_t j) {
    return table.row(index[i])[j] * scales[i];
  };
  // Subtract the first row, so that constant dimensions become exactly 0.
  for (std::size_t j = 0; j < columns; ++j) first[j] = value(0, j);
  for (std::size_t i = 0; i < index.size(); ++i)
    for (std::size_t j = 0; j < columns; ++j) mean[j] += value(i, j) - first[j];
  for (double& sum : mean) sum /= static_cast<double>(index.size());
  rows.resize(index.size() * columns);
  const auto fill_rows = [&] {
    for (std::size_t i = 0; i < index.size(); ++i)
      for (std::size_t j = 0; j < columns; ++j)
        rows[i * columns + j] = static_cast<float>(scale * (value(i, j) - first[j] - mean[j]));
  };
  fill_rows();
  double longest = 0;
  for (std::size_t i = 0; i < index.size(); ++i) {
    const double length = norm(rows.data() + i * columns, dim);
    longest = std::max(longest, length);
    if (length <= kLongest) continue;
    throw Error("the vectors differ too much in length for a map")
        .at("{}", table.origin())
        .expected("a distance of at most {} from the mean", kLongest)
        .got("'{}'", printable(table.word(index[i])));
  }
  if (longest == 0 || longest >= kShortest) return;
  scale = std::ldexp(1.0, -std::ilogb(longest));
  fill_rows();
}

Projection CenteredRows::map(std::string method, const std::vector<float>& points) const {
  Projection map;
  map.method = std::move(method);
  map.xy.assign(static_cast<std::size_t>(2 * total), kNoPoint);
  for (std::size_t i = 0; i < index.size(); ++i) {
    const auto to = static_cast<std::size_t>(2 * index[i]);
    map.xy[to] = points[2 * i];
    map.xy[to + 1] = points[2 * i + 1];
  }
  map.kept = share_of_neighbors_kept(Distances(rows.data(), size(), dim),
                                     Distances(points.data(), size(), 2));
  return map;
}

Distances::Distances(const float* rows, std::int64_t count, std::int64_t dim)
    : rows_(rows), count_(count), dim_(dim), squared_norms_(static_cast<std::size_t>(count)) {
  // Computed by the same sums as the products, so that the distance between equal rows is exactly
  // 0.
  for (std::int64_t i = 0; i < count; ++i) {
    const float* row = rows + i * dim;
    row_products(row, 1, row, 1, dim, &squared_norms_[static_cast<std::size_t>(i)]);
  }
}

std::vector<float> Distances::from(std::int64_t begin, std::int64_t end) const {
  std::vector<float> squared(static_cast<std::size_t>((end - begin) * count_));
  row_products(rows_ + begin * dim_, end - begin, rows_, count_, dim_, squared.data());
  for (std::int64_t i = begin; i < end; ++i) {
    const double own = squared_norms_[static_cast<std::size_t>(i)];
    float* row = squared.data() + (i - begin) * count_;
    for (std::int64_t j = 0; j < count_; ++j) {
      const double product = row[j];
      const double distance = own + squared_norms_[static_cast<std::size_t>(j)] - 2 * product;
      row[j] = static_cast<float>(std::max(0.0, distance));
    }
  }
  return squared;
}

Projection identity_projection(const EmbeddingTable& table, std::int64_t count) {
  const std::int64_t rows = rows_meant(table, count), dim = table.dim();
  Projection map;
  map.method = "identity";
  std::int64_t finite = 0;
  for (std::int64_t i = 0; i < rows; ++i) {
    const float* row = table.row(i);
    const bool good = is_finite(row, dim);
    map.xy.push_back(good ? row[0] : kNoPoint);
    map.xy.push_back(!good ? kNoPoint : dim == 2 ? row[1] : 0.0f);
    finite += good;
  }
  if (finite >= 3) map.kept = 1;
  return map;
}

}  // namespace wordbridge
