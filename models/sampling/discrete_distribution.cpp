#include "models/sampling/discrete_distribution.h"

#include <cmath>

#include "core/error.h"

namespace wordbridge {

DiscreteDistribution::DiscreteDistribution(const std::vector<double>& weights)
    : probability_(weights), keep_(weights.size(), 1.0), other_(weights.size()) {
  double sum = 0;
  for (const double weight : weights) {
    if (!(weight >= 0))
      throw Error("a weight of a distribution is negative or not a number").got("{}", weight);
    sum += weight;
  }
  if (!(sum > 0) || !std::isfinite(sum))
    throw Error("the weights of a distribution must have a positive sum").got("{}", sum);
  std::vector<std::size_t> low, high;  // columns with probability mass below and above their height
  for (std::size_t i = 0; i < weights.size(); ++i) {
    probability_[i] = weights[i] / sum;
    keep_[i] = probability_[i] * static_cast<double>(weights.size());
    other_[i] = static_cast<std::int32_t>(i);
    (keep_[i] < 1 ? low : high).push_back(i);
  }
  while (!low.empty() && !high.empty()) {
    const std::size_t l = low.back(), h = high.back();
    low.pop_back();
    other_[l] = static_cast<std::int32_t>(h);
    keep_[h] -= 1 - keep_[l];
    if (keep_[h] < 1) {
      high.pop_back();
      low.push_back(h);
    }
  }
  // The remaining columns are full up to rounding errors.
  for (const auto i : low) keep_[i] = 1;
  for (const auto i : high) keep_[i] = 1;
}

std::int64_t DiscreteDistribution::draw(Rng& rng) const {
  const double at = rng.uniform() * static_cast<double>(keep_.size());
  const auto column = static_cast<std::size_t>(at);
  const double height = at - static_cast<double>(column);
  return height < keep_[column] ? static_cast<std::int64_t>(column) : other_[column];
}

}  // namespace wordbridge
