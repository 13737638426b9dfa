#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/catalogue/dataset_entry.h"

namespace wordbridge {

/// Entries in the order of their file.
class Catalogue {
 public:
  /// The one that the program brings.
  static const Catalogue& builtin();
  /// Another. Error that lists all mistakes with file:line; unknown keys with the nearest name.
  static Catalogue load(const std::filesystem::path& path);
  static Catalogue parse(const std::string& text, const std::string& place);

  const std::vector<DatasetEntry>& entries() const { return entries_; }
  /// UsageError with the nearest name if there is none such.
  const DatasetEntry& find(const std::string& name) const;
  std::vector<std::string> names() const;

 private:
  std::vector<DatasetEntry> entries_;
};

/// What a dataset may be: "corpus", "similarity", ...
const std::vector<std::string>& dataset_kinds();

}  // namespace wordbridge
