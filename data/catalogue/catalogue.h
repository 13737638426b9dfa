#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/catalogue/dataset_entry.h"

namespace wordbridge {

/// The catalogue of datasets, in the order of its file.
class Catalogue {
 public:
  /// The catalogue built into the program.
  static const Catalogue& builtin();
  /// Reads a catalogue file. Error that lists all mistakes with file:line, and the nearest name for
  /// each unknown key.
  static Catalogue load(const std::filesystem::path& path);
  static Catalogue parse(const std::string& text, const std::string& place);

  const std::vector<DatasetEntry>& entries() const { return entries_; }
  /// UsageError with the nearest name if the dataset is not in the catalogue.
  const DatasetEntry& find(const std::string& name) const;
  std::vector<std::string> names() const;

 private:
  std::vector<DatasetEntry> entries_;
};

/// The kinds of datasets: "corpus", "similarity", ...
const std::vector<std::string>& dataset_kinds();

}  // namespace wordbridge
