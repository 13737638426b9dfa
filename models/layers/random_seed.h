#pragma once

#include <cstdint>

namespace wordbridge {

/// Draws a seed from LibTorch's default generator, which the training loop seeds for each update.
std::uint64_t draw_seed();

}  // namespace wordbridge
