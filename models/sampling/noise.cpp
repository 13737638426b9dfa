#include "models/sampling/noise.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "core/index.h"
#include "data/text/vocabulary.h"

namespace wordbridge {
namespace {

std::vector<double> log_uniform_weights(const std::vector<std::int64_t>& counts) {
  const auto by_rank = words_by_count(counts);
  std::vector<double> weights(counts.size());
  for (std::size_t r = 0; r < by_rank.size(); ++r)
    weights[at(by_rank[r])] = std::log1p(1.0 / (static_cast<double>(r) + 1));
  return weights;
}

}  // namespace

DiscreteDistribution noise_distribution(const std::string& name,
                                        const std::vector<std::int64_t>& counts, double power) {
  if (name == "log_uniform") return DiscreteDistribution(log_uniform_weights(counts));
  std::vector<double> weights(counts.size(), 1.0);
  if (name == "unigram") {
    for (std::size_t w = 0; w < counts.size(); ++w)
      weights[w] = std::pow(static_cast<double>(counts[w]) + 1, power);
  } else if (name != "uniform") {
    throw Error("there is no such distribution of samples").got("{}", name);
  }
  return DiscreteDistribution(weights);
}

}  // namespace wordbridge
