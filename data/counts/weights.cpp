#include "data/counts/weights.h"

#include <numeric>

namespace wordbridge {

Weights integer_weights(const CountOptions& options) {
  constexpr std::uint64_t kLargestExact = 22;  // lcm(1, ..., 22) < 2^28, lcm(1, ..., 23) > 2^32
  Weights weights;
  if (options.context == CountContext::document) return weights;
  const auto window = static_cast<std::uint64_t>(options.window);
  weights.by_distance.assign(window + 1, 1);
  if (options.weighting == CountWeighting::dynamic) weights.one = window;
  if (options.weighting == CountWeighting::harmonic) {
    for (std::uint64_t d = 2; d <= window && window <= kLargestExact; ++d)
      weights.one = std::lcm(weights.one, d);
    if (window > kLargestExact) weights.one = std::uint64_t{1} << 32;
  }
  for (std::uint64_t d = 1; d <= window; ++d) {
    switch (options.weighting) {
      case CountWeighting::flat:
        break;
      case CountWeighting::dynamic:
        weights.by_distance[d] = window - d + 1;
        break;
      case CountWeighting::harmonic:
        weights.by_distance[d] = (weights.one + d / 2) / d;
        break;
    }
  }
  return weights;
}

}  // namespace wordbridge
