#include "models/language_model/sample_word.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace wordbridge {
namespace {

/// Applies the temperature and keeps the `top_k` most probable words (0: all). The result is not
/// normalised.
void reshape(std::vector<double>& p, const SamplingOptions& options) {
  const double most = *std::max_element(p.begin(), p.end());
  for (double& value : p) value = std::pow(value / most, 1 / options.temperature);
  const auto k = static_cast<std::size_t>(options.top_k);
  if (k == 0 || k >= p.size()) return;
  std::vector<double> sorted = p;
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(k) - 1,
                   sorted.end(), std::greater<>());
  const double least = sorted[k - 1];
  // Of the words tied with the k-th one, keep the first.
  std::size_t room = k - static_cast<std::size_t>(std::count_if(
                             p.begin(), p.end(), [&](double value) { return value > least; }));
  for (double& value : p) {
    if (value == least && room > 0) {
      --room;
    } else if (value <= least) {
      value = 0;
    }
  }
}

std::int32_t draw(const std::vector<double>& weights, Rng& rng) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  double left = rng.uniform() * sum;
  std::int32_t last = 0;
  for (std::size_t w = 0; w < weights.size(); ++w) {
    if (weights[w] <= 0) continue;
    last = static_cast<std::int32_t>(w);
    left -= weights[w];
    if (left < 0) break;
  }
  return last;
}

}  // namespace

std::int32_t sample_word(const LanguageModel& model, const std::vector<std::int32_t>& ids,
                         const SamplingOptions& options, Rng& rng) {
  std::vector<double> p(static_cast<std::size_t>(model.vocabulary().size()));
  model.distribution(ids.data(), static_cast<std::int64_t>(ids.size()), p.data());
  if (options.temperature == 0)
    return static_cast<std::int32_t>(std::max_element(p.begin(), p.end()) - p.begin());
  reshape(p, options);
  return draw(p, rng);
}

}  // namespace wordbridge
