#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/config/fields.h"

namespace wordbridge {

/// Options of AdaptiveSoftmax.
struct AdaptiveSoftmaxOptions {
  static constexpr bool kHasWordRows = false;
  std::vector<std::int64_t> cutoffs;  // ranks at which clusters begin; empty: V/10, 4V/10
  std::int64_t factor = 4;            // by which each cluster is narrower than the one before

  FieldGroup describe();
  void validate(Problems& problems, const std::string& prefix) const;
};

}  // namespace wordbridge
