#pragma once

#include <filesystem>

namespace wordbridge {

/// The folder of temporary files: TMPDIR, otherwise /tmp. Error if it does not exist.
std::filesystem::path temporary_folder();

}  // namespace wordbridge
