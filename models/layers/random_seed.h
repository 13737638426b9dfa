#pragma once

#include <cstdint>

namespace wordbridge {

/// A seed from LibTorch's default generator, which the training loop sets for each update.
std::uint64_t draw_seed();

}  // namespace wordbridge
