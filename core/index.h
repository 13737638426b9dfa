#pragma once

#include <cstddef>
#include <cstdint>

namespace wordbridge {

/// Converts an index to the type that standard containers use: values[at(i)].
constexpr std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

}  // namespace wordbridge
