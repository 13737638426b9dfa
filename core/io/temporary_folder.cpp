#include "core/io/temporary_folder.h"

#include <cstdlib>
#include <system_error>

#include "core/error.h"

namespace wordbridge {

std::filesystem::path temporary_folder() {
  std::error_code code;
  std::filesystem::path folder = std::filesystem::temp_directory_path(code);
  if (!code) return folder;
  const char* const name = std::getenv("TMPDIR");
  throw Error("the folder for temporary files does not exist")
      .at("TMPDIR: {}", name == nullptr ? "not set, /tmp" : name)
      .got("{}", code.message())
      .hint("set TMPDIR to an existing folder");
}

}  // namespace wordbridge
