#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/catalogue/dataset_entry.h"

namespace wordbridge {

/// Name, size and checksum of a file on disk.
struct FileFacts {
  std::string name;
  std::uint64_t bytes = 0;
  std::string sha256;
};

/// All files in `folder` and its subfolders with their checksums, sorted by the bytes of their
/// names.
std::vector<FileFacts> files_below(const std::filesystem::path& folder);

/// SHA-256 of a set of files, computed over the lines "SHA256  NAME\n" sorted by name. In the
/// shell: LC_ALL=C; sha256sum PATTERN | sha256sum.
std::string set_digest(const std::vector<FileFacts>& files);

/// Differences between the files and the entry, as sentences: missing files, sizes, checksums.
std::vector<std::string> differences(const DatasetEntry& entry, const std::filesystem::path& folder,
                                     const std::vector<FileFacts>& files);

}  // namespace wordbridge
