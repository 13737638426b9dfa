#pragma once

#include <cstdint>

namespace wordbridge {

/// Floats per row of a trained matrix: `dim` padded with zeros to whole cache lines. Rows are
/// aligned to cache lines.
constexpr std::int64_t padded_width(std::int64_t dim) { return (dim + 15) / 16 * 16; }

}  // namespace wordbridge
