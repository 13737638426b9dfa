#pragma once

#include <filesystem>
#include <string>

#include "data/catalogue/dataset_entry.h"

namespace wordbridge {

/// Takes the entry's files out of `packed` into `folder`: out of an archive, whose members lie
/// below `inside`, or, if the entry has but one file, out of a compressed or plain file. Other
/// members are left there. Nothing is written but files of the entry's names below `folder`;
/// links are neither made nor followed. Error, with what there is, if a file is missing, is there
/// twice, is a link, or is larger than the entry says; if any member's name is absolute or has
/// ".."; if the archive is damaged. What was written until then stays: `folder` is the caller's.
void unpack(const std::filesystem::path& packed, const std::string& inside,
            const DatasetEntry& entry, const std::filesystem::path& folder);

/// Takes the entry's file `name` out of `packed`, a compressed or plain file of its own.
void unpack_file(const std::filesystem::path& packed, const std::string& name,
                 const DatasetEntry& entry, const std::filesystem::path& folder);

}  // namespace wordbridge
