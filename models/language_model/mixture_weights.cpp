#include "models/language_model/mixture_weights.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace wordbridge {
namespace {

/// Makes one EM step for all bins. Returns the log-likelihood under the weights before the step.
double step(const std::vector<double>& probabilities, const std::vector<std::int32_t>& bin,
            MixtureWeights& mixture) {
  const auto k = static_cast<std::size_t>(mixture.components);
  std::vector<double> sums(mixture.weights.size());
  double log_likelihood = 0;
  for (std::size_t t = 0; t < bin.size(); ++t) {
    const auto row = static_cast<std::size_t>(bin[t]) * k;
    double p = 0;
    for (std::size_t j = 0; j < k; ++j) p += mixture.weights[row + j] * probabilities[t * k + j];
    if (p <= 0) continue;
    log_likelihood += std::log(p);
    for (std::size_t j = 0; j < k; ++j)
      sums[row + j] += mixture.weights[row + j] * probabilities[t * k + j] / p;
  }
  for (std::size_t row = 0; row < sums.size(); row += k) {
    double total = 0;
    for (std::size_t j = 0; j < k; ++j) total += sums[row + j];
    for (std::size_t j = 0; j < k && total > 0; ++j)
      mixture.weights[row + j] = sums[row + j] / total;
  }
  return log_likelihood;
}

double log_likelihood(const std::vector<double>& probabilities,
                      const std::vector<std::int32_t>& bin, const MixtureWeights& mixture) {
  MixtureWeights copy = mixture;
  return step(probabilities, bin, copy);
}

void iterate(const std::vector<double>& probabilities, const std::vector<std::int32_t>& bin,
             std::int64_t iterations, double tolerance, MixtureWeights& mixture) {
  const auto tokens = static_cast<double>(bin.size());
  for (std::int64_t i = 0; i < iterations; ++i) {
    mixture.log_likelihoods.push_back(step(probabilities, bin, mixture));
    const auto& all = mixture.log_likelihoods;
    if (i > 0 && all[all.size() - 1] - all[all.size() - 2] < tolerance * tokens) break;
  }
  mixture.log_likelihoods.push_back(log_likelihood(probabilities, bin, mixture));
}

MixtureWeights equal_weights(std::int64_t components, std::int64_t bins) {
  MixtureWeights mixture;
  mixture.components = components;
  mixture.bins = bins;
  mixture.weights.assign(static_cast<std::size_t>(components * bins),
                         1 / static_cast<double>(components));
  return mixture;
}

}  // namespace

MixtureWeights estimate_mixture(const std::vector<double>& probabilities,
                                const std::vector<std::int32_t>& bin, std::int64_t components,
                                std::int64_t bins, std::int64_t iterations, double tolerance) {
  WB_ASSERT(probabilities.size() == bin.size() * static_cast<std::size_t>(components));
  MixtureWeights mixture = equal_weights(components, bins);
  iterate(probabilities, bin, iterations, tolerance, mixture);
  std::vector<bool> has_tokens(static_cast<std::size_t>(bins));
  for (const auto q : bin) has_tokens[static_cast<std::size_t>(q)] = true;
  if (std::find(has_tokens.begin(), has_tokens.end(), false) == has_tokens.end()) return mixture;
  MixtureWeights together = equal_weights(components, 1);
  iterate(probabilities, std::vector<std::int32_t>(bin.size(), 0), iterations, tolerance, together);
  for (std::size_t q = 0; q < has_tokens.size(); ++q) {
    if (has_tokens[q]) continue;
    std::copy(together.weights.begin(), together.weights.end(),
              mixture.weights.begin() + static_cast<std::ptrdiff_t>(q) * components);
  }
  return mixture;
}

std::int32_t frequency_bin(std::int64_t frequency, std::int64_t total) {
  const double share = (1 + static_cast<double>(frequency)) / static_cast<double>(total);
  return std::max(0, static_cast<std::int32_t>(std::ceil(-std::log(share))));
}

}  // namespace wordbridge
