#include "core/io/cache_folder.h"

#include <cstdlib>

namespace wordbridge {

std::optional<std::filesystem::path> cache_folder() {
  const auto variable = [](const char* name) -> std::optional<std::filesystem::path> {
    const char* const value = std::getenv(name);
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
  };
  if (const auto folder = variable("WORDBRIDGE_CACHE")) return folder;
  if (const auto folder = variable("XDG_CACHE_HOME")) return *folder / "wordbridge";
  if (const auto folder = variable("HOME")) return *folder / ".cache" / "wordbridge";
  return std::nullopt;
}

}  // namespace wordbridge
