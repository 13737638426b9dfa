#pragma once

#include <cstdint>
#include <vector>

#include "models/sampling/discrete_distribution.h"

namespace wordbridge {

// Distributions that output layers draw negative samples from. Every word has a chance.

enum class Noise {
  unigram,      // P(w) in proportion to (count + 1)^power
  log_uniform,  // P(rank r) = ln((r+2)/(r+1)) / ln(V+1), words by descending count from rank 0
  uniform
};

/// `power` is for unigram.
DiscreteDistribution noise_distribution(Noise noise, const std::vector<std::int64_t>& counts,
                                        double power);

}  // namespace wordbridge
