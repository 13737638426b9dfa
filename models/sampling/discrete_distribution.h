#pragma once

#include <cstdint>
#include <vector>

#include "core/rng.h"

namespace wordbridge {

/// A discrete distribution over 0 .. size-1 with sampling in constant time: the alias method of
/// Walker (1977), with the table construction of Vose (1991).
class DiscreteDistribution {
 public:
  /// Weights >= 0, not necessarily normalised; their sum must be positive. At most 2^31 weights.
  explicit DiscreteDistribution(const std::vector<double>& weights);

  std::int64_t size() const { return static_cast<std::int64_t>(probability_.size()); }
  double probability(std::int64_t i) const { return probability_[static_cast<std::size_t>(i)]; }
  std::int64_t draw(Rng& rng) const;

 private:
  std::vector<double> probability_;
  std::vector<double> keep_;         // probability of keeping the column itself
  std::vector<std::int32_t> other_;  // the column's alias
};

}  // namespace wordbridge
