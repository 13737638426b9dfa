#pragma once

#include <cstdint>
#include <vector>

#include "core/rng.h"

namespace wordbridge {

/// Random ids below `types`, of which small ones are frequent, so that long n-grams repeat.
inline std::vector<std::int32_t> skewed_ids(std::size_t size, std::uint64_t types,
                                            std::uint64_t seed) {
  Rng rng(seed, "stream");
  std::vector<std::int32_t> ids;
  for (std::size_t i = 0; i < size; ++i)
    ids.push_back(static_cast<std::int32_t>(rng.below(rng.below(types) + 1)));
  return ids;
}

}  // namespace wordbridge
