#pragma once

#include <cstdint>

namespace wordbridge {

/// Draws a seed from LibTorch's default generator, which the training loop seeds for each update,
/// or from the SeedScope of the calling thread.
std::uint64_t draw_seed();

/// While it exists, draw_seed() in this thread returns the numbers of a stream of its own, so that
/// they do not depend on what other threads draw. Scopes do not nest.
class SeedScope {
 public:
  explicit SeedScope(std::uint64_t seed);
  ~SeedScope();
  SeedScope(const SeedScope&) = delete;
  SeedScope& operator=(const SeedScope&) = delete;
};

}  // namespace wordbridge
