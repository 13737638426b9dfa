#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/sampling/discrete_distribution.h"

namespace wordbridge {

// Distributions that output layers draw negative samples from. Every word has a chance.

/// By name: uniform; log_uniform, P(rank r) = ln((r+2)/(r+1)) / ln(V+1) of the words by descending
/// count, from rank 0; unigram, P(w) in proportion to (count + 1)^power.
DiscreteDistribution noise_distribution(const std::string& name,
                                        const std::vector<std::int64_t>& counts, double power);

}  // namespace wordbridge
