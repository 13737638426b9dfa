#include "eval/statistics/comparable.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/index.h"
#include "core/rng.h"
#include "core/threads.h"
#include "eval/statistics/cosine.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kRowsAtATime = 4096;
constexpr double kShortest = 1e-18, kLongest = 1e18;
// Unit vectors of equal directions differ by less than this along any other unit vector.
constexpr double kSameDirection = 2e-6;

/// Coordinates of the directions along two random unit vectors; NaN for a row without a direction.
using Coordinates = std::array<double, 2>;

std::vector<Coordinates> coordinates_of(const float* rows, std::int64_t count, std::int64_t dim) {
  Rng rng(1, "directions");
  std::array<std::vector<double>, 2> axes;
  for (auto& axis : axes) {
    double squares = 0;
    for (std::int64_t i = 0; i < dim; ++i) {
      axis.push_back(rng.uniform() - 0.5);
      squares += axis.back() * axis.back();
    }
    for (double& value : axis) value /= std::sqrt(squares);
  }
  std::vector<Coordinates> all(at(count));
  for_each_range(count, kRowsAtATime, [&](std::int64_t begin, std::int64_t end) {
    for (auto row = begin; row < end; ++row) {
      double squares = 0;
      Coordinates along{};
      for (std::int64_t i = 0; i < dim; ++i) {
        const double value = rows[row * dim + i];
        squares += value * value;
        for (std::size_t axis = 0; axis < 2; ++axis) along[axis] += value * axes[axis][at(i)];
      }
      for (double& value : along) value /= std::sqrt(squares);
      all[at(row)] = along;
    }
  });
  return all;
}

/// A set of rows of one direction: the first of them by coordinate and by index.
struct Direction {
  std::int64_t leader, first;
};

}  // namespace

std::vector<std::int64_t> first_of_direction(const float* rows, std::int64_t count,
                                             std::int64_t dim) {
  const auto coordinates = coordinates_of(rows, count, dim);
  std::vector<std::int64_t> order, first(at(count));
  std::iota(first.begin(), first.end(), std::int64_t{0});
  for (const auto row : first)
    if (std::isfinite(coordinates[at(row)][0])) order.push_back(row);
  std::sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    const double x = coordinates[at(a)][0], y = coordinates[at(b)][0];
    return x != y ? x < y : a < b;
  });
  const auto apart = [&](std::int64_t a, std::int64_t b, std::size_t axis) {
    return std::abs(coordinates[at(a)][axis] - coordinates[at(b)][axis]);
  };
  // Rows of equal direction are near each other in this order. Each is compared with one row of
  // each direction found before.
  std::vector<Direction> directions;
  std::vector<std::size_t> direction_of(at(count));
  for (const auto row : order) {
    std::size_t found = directions.size();
    for (std::size_t i = directions.size(); i-- > 0 && found == directions.size();) {
      const auto leader = directions[i].leader;
      if (apart(row, leader, 0) > kSameDirection) break;
      if (apart(row, leader, 1) <= kSameDirection &&
          cosine(rows + row * dim, rows + leader * dim, dim) == 1)
        found = i;
    }
    if (found == directions.size()) directions.push_back({row, row});
    directions[found].first = std::min(directions[found].first, row);
    direction_of[at(row)] = found;
  }
  for (const auto row : order) first[at(row)] = directions[direction_of[at(row)]].first;
  return first;
}

EmbeddingTable comparable(const EmbeddingTable& table) {
  const std::int64_t dim = table.dim();
  const auto first = first_of_direction(table.data(), table.size(), dim);
  const auto is_changed = [&](std::int64_t row) {
    const float *own = table.row(row), *other = table.row(first[at(row)]);
    const double length = norm(own, dim);
    const bool is_extreme =
        length > 0 && std::isfinite(length) && (length < kShortest || length > kLongest);
    return is_extreme || (own != other && !std::equal(own, own + dim, other));
  };
  std::vector<std::uint8_t> changed(at(table.size()));
  for_each_range(table.size(), kRowsAtATime, [&](std::int64_t begin, std::int64_t end) {
    for (auto row = begin; row < end; ++row) changed[at(row)] = is_changed(row);
  });
  if (std::find(changed.begin(), changed.end(), 1) == changed.end()) return table;
  std::vector<float> rows(table.data(), table.data() + table.size() * dim);
  for (std::int64_t row = 0; row < table.size(); ++row) {
    if (!changed[at(row)]) continue;
    const float* const other = table.row(first[at(row)]);
    const double length = norm(other, dim);
    const int exponent = length < kShortest || length > kLongest ? -std::ilogb(length) : 0;
    for (std::int64_t i = 0; i < dim; ++i) rows[at(row * dim + i)] = std::ldexp(other[i], exponent);
  }
  return table.with_rows(std::move(rows), dim, table.origin()).with_unseen(table.unseen());
}

}  // namespace wordbridge
