#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/catalogue/dataset_entry.h"

namespace wordbridge {

/// A file as it lies there.
struct FileFacts {
  std::string name;
  std::uint64_t bytes = 0;
  std::string sha256;
};

/// All files below `folder` with their checksums, sorted by the bytes of their names.
std::vector<FileFacts> files_below(const std::filesystem::path& folder);

/// SHA-256 of a set of files: of the lines "SHA256  NAME\n" sorted by name, as in the shell
/// LC_ALL=C; sha256sum PATTERN | sha256sum.
std::string set_digest(const std::vector<FileFacts>& files);

/// Which files differ from what the entry says, as sentences: missing, sizes, checksums.
std::vector<std::string> differences(const DatasetEntry& entry, const std::filesystem::path& folder,
                                     const std::vector<FileFacts>& files);

}  // namespace wordbridge
