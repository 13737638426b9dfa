#pragma once

#include <cstdint>
#include <vector>

#include "data/counts/count_options.h"

namespace wordbridge {

/// Weights by distance as integers, whose sums do not depend on their order.
struct Weights {
  std::vector<std::uint64_t> by_distance;  // [window + 1]; the entry of distance 0 is not used
  std::uint64_t one = 1;                   // the integer that stands for the weight 1
};

/// flat: 1, one = 1. dynamic: W - d + 1, one = W. harmonic: one / d, where `one` is the least
/// common multiple of 1, ..., W if W <= 22, so that the weights are exact; for larger windows one =
/// 2^32 and each weight is rounded to the nearest integer (an error below 2^-33).
Weights integer_weights(const CountOptions& options);

/// The weight that a sum of integer weights stands for, rounded to the nearest float64.
inline double weight_of(std::uint64_t sum, std::uint64_t one) {
  return static_cast<double>(sum) / static_cast<double>(one);
}

/// A count of at most this many tokens can't exceed 64 bits, whatever the window.
inline constexpr std::int64_t kMostChunkTokens = std::int64_t{1} << 28;

}  // namespace wordbridge
