#pragma once

#include <filesystem>
#include <optional>

namespace wordbridge {

/// The folder of files that can be made again: $WORDBRIDGE_CACHE, otherwise
/// $XDG_CACHE_HOME/wordbridge, otherwise ~/.cache/wordbridge. Nothing if none of these is set.
std::optional<std::filesystem::path> cache_folder();

}  // namespace wordbridge
