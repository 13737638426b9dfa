#pragma once

#include <limits>

namespace wordbridge {

/// Value of an undefined score (no items, no variance): NaN, never 0.
inline constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

}  // namespace wordbridge
