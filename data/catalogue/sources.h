#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/catalogue/dataset_entry.h"
#include "data/catalogue/download.h"

namespace wordbridge {

/// A place where a dataset may be: a local path or an address, in which "{name}" stands for each
/// file's name.
struct SourcePlace {
  const DatasetSource* source;
  std::string place;

  bool remote() const;
  bool each() const { return place.find("{name}") != std::string::npos; }
  /// The place of one file; a local one also where it is compressed (NAME.gz, .dz, .bz2, .xz).
  std::string of(const std::string& name) const;
  /// Whether all is there that it needs; only for local ones.
  bool exists(const DatasetEntry& entry) const;
  std::string label() const;
};

/// In the order in which they are to be tried. With `from`, a folder: only what lies there, at the
/// mirror's relative path or by the last part of its name.
std::vector<SourcePlace> places_of(const DatasetEntry& entry, const std::string& from);

/// Brings the entry's files from there into the new folder `files`, checked: sizes, checksums.
/// What is downloaded goes to `downloads`. Error says what is wrong.
void take_files(const SourcePlace& place, const DatasetEntry& entry,
                const std::filesystem::path& files, const std::filesystem::path& downloads,
                const DownloadOptions& options);

/// Expected counts that were not found, as sentences.
std::vector<std::string> count_differences(const Counts& expected, const Counts& measured);

}  // namespace wordbridge
