#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/config/fields.h"

namespace wordbridge {

/// Options of AdaptiveSoftmax.
struct AdaptiveSoftmaxOptions {
  static constexpr bool kHasWordRows = false;
  std::vector<std::int64_t> cutoffs;  // ranks at which the clusters begin; empty: V/10, 4V/10
  // Decrease of the dimension from cluster to cluster; without a value: 4, with weight tying 1.
  std::optional<std::int64_t> factor;

  FieldGroup describe();
  void validate(Problems& problems, const std::string& prefix) const;
};

}  // namespace wordbridge
