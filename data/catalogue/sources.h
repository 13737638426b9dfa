#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/catalogue/dataset_entry.h"
#include "data/catalogue/download.h"

namespace wordbridge {

/// A possible location of a dataset: a local path or a URL, in which "{name}" is replaced by the
/// name of each file.
struct SourcePlace {
  const DatasetSource* source;
  std::string place;

  bool remote() const;
  bool each() const { return place.find("{name}") != std::string::npos; }
  /// The location of one file. A local file may be compressed (NAME.gz, .dz, .bz2, .xz).
  std::string of(const std::string& name) const;
  /// Whether all files of the entry exist; only for local locations.
  bool exists(const DatasetEntry& entry) const;
  std::string label() const;
};

/// The locations to try, in this order. If the folder `from` is given: only locations in it, at the
/// mirror's relative path or with the last part of its name.
std::vector<SourcePlace> places_of(const DatasetEntry& entry, const std::string& from);

/// Copies or unpacks the entry's files from `place` into the new folder `files` and checks their
/// sizes and checksums. Downloads are stored in `downloads`. Error with the mismatches found.
void take_files(const SourcePlace& place, const DatasetEntry& entry,
                const std::filesystem::path& files, const std::filesystem::path& downloads,
                const DownloadOptions& options);

/// Differences between the expected and the measured counts, as sentences.
std::vector<std::string> count_differences(const Counts& expected, const Counts& measured);

}  // namespace wordbridge
