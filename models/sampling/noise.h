#pragma once

#include <cstdint>
#include <vector>

#include "models/sampling/discrete_distribution.h"

namespace wordbridge {

// Distributions from which output layers sample noise words. Every word has a positive probability.

enum class Noise {
  unigram,      // P(w) proportional to (count + 1)^power
  log_uniform,  // P(rank r) = ln((r+2)/(r+1)) / ln(V+1), words ranked by descending count from 0
  uniform
};

/// The noise distribution over the vocabulary. `power` applies to unigram only.
DiscreteDistribution noise_distribution(Noise noise, const std::vector<std::int64_t>& counts,
                                        double power);

}  // namespace wordbridge
