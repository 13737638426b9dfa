#pragma once

#include <limits>

namespace wordbridge {

/// The value of a score that nothing defines (no items, no variance): nan, never 0.
inline constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

}  // namespace wordbridge
