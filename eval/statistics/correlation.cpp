#include "eval/statistics/correlation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/error.h"

namespace wordbridge {

std::vector<double> average_ranks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    const double rank = 0.5 * static_cast<double>(begin + 1 + end);  // mean of begin + 1, ..., end
    for (std::size_t i = begin; i < end; ++i) ranks[order[i]] = rank;
  }
  return ranks;
}

double pearson(const std::vector<double>& x, const std::vector<double>& y) {
  WB_ASSERT(x.size() == y.size(), "{} and {} values", x.size(), y.size());
  const double undefined = std::numeric_limits<double>::quiet_NaN();
  if (x.size() < 2) return undefined;
  const auto is_constant = [](const std::vector<double>& values) {
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    return *low == *high;
  };
  // Rounding of the mean would give a constant side a variance slightly above zero.
  if (is_constant(x) || is_constant(y)) return undefined;
  const auto count = static_cast<double>(x.size());
  const double mean_x = std::accumulate(x.begin(), x.end(), 0.0) / count;
  const double mean_y = std::accumulate(y.begin(), y.end(), 0.0) / count;
  double xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double dx = x[i] - mean_x, dy = y[i] - mean_y;
    xx += dx * dx, yy += dy * dy, xy += dx * dy;
  }
  return std::clamp(xy / std::sqrt(xx * yy), -1.0, 1.0);
}

double spearman(const std::vector<double>& x, const std::vector<double>& y) {
  return pearson(average_ranks(x), average_ranks(y));
}

SteigerTest steiger_test(double r_jk, double r_jh, double r_kh, std::int64_t n) {
  SteigerTest test;
  const auto is_inside = [](double r) { return std::abs(r) < 1; };
  if (n < 4 || !is_inside(r_jk) || !is_inside(r_jh) || std::isnan(r_kh)) return test;
  const double mean = 0.5 * (r_jk + r_jh), squared = mean * mean;
  const double psi = r_kh * (1 - 2 * squared) - 0.5 * squared * (1 - 2 * squared - r_kh * r_kh);
  const double covariance = psi / ((1 - squared) * (1 - squared));
  const double variance = (2 - 2 * covariance) / static_cast<double>(n - 3);
  if (!(variance > 0)) return test;
  test.z = (std::atanh(r_jk) - std::atanh(r_jh)) / std::sqrt(variance);
  test.p = std::erfc(std::abs(test.z) / std::sqrt(2.0));
  return test;
}

Spread spread(const std::vector<double>& values) {
  std::vector<double> finite;
  for (const double value : values) {
    if (std::isfinite(value)) finite.push_back(value);
  }
  Spread result;
  result.n = static_cast<std::int64_t>(finite.size());
  if (finite.empty()) return result;
  const auto n = static_cast<double>(finite.size());
  // Use differences from the first value: they are zero if all values are equal.
  double sum = 0, squares = 0;
  for (const double value : finite) sum += value - finite.front();
  result.mean = finite.front() + sum / n;
  for (const double value : finite) squares += (value - result.mean) * (value - result.mean);
  if (finite.size() > 1) result.sd = std::sqrt(squares / (n - 1));
  return result;
}

}  // namespace wordbridge
