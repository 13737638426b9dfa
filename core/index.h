#pragma once

#include <cstddef>
#include <cstdint>

namespace wordbridge {

/// An index as the containers of the standard library want it: values[at(i)].
constexpr std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

}  // namespace wordbridge
