#include "models/layers/random_seed.h"

#include <ATen/ATen.h>

#include <limits>
#include <optional>

#include "core/error.h"
#include "core/rng.h"

namespace wordbridge {
namespace {

thread_local std::optional<Rng> scope;

}  // namespace

std::uint64_t draw_seed() {
  if (scope) return scope->next();
  return static_cast<std::uint64_t>(
      at::randint(0, std::numeric_limits<std::int64_t>::max(), {1}, at::kLong)
          .item<std::int64_t>());
}

SeedScope::SeedScope(std::uint64_t seed) {
  WB_ASSERT(!scope);
  scope.emplace(seed, "part");
}

SeedScope::~SeedScope() { scope.reset(); }

}  // namespace wordbridge
