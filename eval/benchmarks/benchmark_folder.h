#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace wordbridge {

/// The files of a folder whose names end in one of `endings` (".txt"), in the order of their names.
/// Warns of other files, which are not read; hidden ones do not count.
std::vector<std::filesystem::path> benchmark_files_in(const std::filesystem::path& folder,
                                                      const std::vector<std::string>& endings);

}  // namespace wordbridge
