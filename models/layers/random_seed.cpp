#include "models/layers/random_seed.h"

#include <ATen/ATen.h>

#include <limits>

namespace wordbridge {

std::uint64_t draw_seed() {
  return static_cast<std::uint64_t>(
      at::randint(0, std::numeric_limits<std::int64_t>::max(), {1}, at::kLong)
          .item<std::int64_t>());
}

}  // namespace wordbridge
