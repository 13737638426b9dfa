#pragma once

#include <filesystem>
#include <string>

#include "data/catalogue/dataset_entry.h"

namespace wordbridge {

/// Unpacks the entry's files from `packed` into `folder`. `packed` is an archive with the members
/// in its folder `inside` or, if the entry has only one file, a compressed or plain file. Other
/// members are ignored. Only files named by the entry are written to `folder`; links are neither
/// created nor followed. Error, with the content found, if a file is missing, occurs twice, is a
/// link, or is larger than the size in the entry; if the name of any member is absolute or contains
/// ".."; if the archive is damaged. The caller must remove files that were written before an error.
void unpack(const std::filesystem::path& packed, const std::string& inside,
            const DatasetEntry& entry, const std::filesystem::path& folder);

/// Unpacks the entry's file `name` from `packed`, a compressed or plain file that contains only
/// this file.
void unpack_file(const std::filesystem::path& packed, const std::string& name,
                 const DatasetEntry& entry, const std::filesystem::path& folder);

}  // namespace wordbridge
