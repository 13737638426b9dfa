#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "train/listing/run_fields.h"

namespace wordbridge {

/// A run that is listed.
struct ListedRun {
  std::string name;  // its path: that of the folder that was given, and the path below it
  RunFields fields;  // of read_run_fields()
  bool is_running = false;
};

/// What a listing does with the index of a folder.
enum class IndexUse {
  refresh,  // reads it, and updates what has changed
  rebuild,  // makes it anew
  none      // neither reads nor writes it
};

/// The index of a folder of runs: the hidden file .runs.sqlite in it, or, if the folder can't be
/// written, a file in the cache folder. Nothing if there is neither, or if the folder is a run.
std::optional<std::filesystem::path> index_file(const std::filesystem::path& folder);

/// All runs in the folder and below it (find_runs()), by name. The index only saves time: a run
/// whose files have changed since it was stored (run_stamp()) is read again, runs that were removed
/// are removed from it, entries whose checksum is wrong are not used, and an index that is damaged
/// or of another version is made anew. If another process has locked it, it is not used. The result
/// is the same without it.
std::vector<ListedRun> list_runs(const std::filesystem::path& folder, IndexUse use);

}  // namespace wordbridge
