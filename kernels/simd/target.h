#pragma once

#include <string>

namespace wordbridge {

/// Name of the instruction set whose variant of the kernels runs on this processor, such as "AVX2".
/// Sums are added in another order with another one, so the last bits of results depend on it.
std::string simd_target();

}  // namespace wordbridge
