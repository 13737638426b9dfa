#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace wordbridge {

/// What is counted of a dataset, in a fixed order: "tokens", "pairs", ...
using Counts = std::vector<std::pair<std::string, std::uint64_t>>;

/// A file of a dataset as it is unpacked, or a set of many.
struct DatasetFile {
  std::string name;              // relative, with '/'; empty for a set
  std::vector<std::string> set;  // patterns of names (fnmatch, '*' stops at '/')
  std::int64_t count = 1;        // files of a set
  std::int64_t bytes = 0;        // of a set: of all together; 0: unknown
  std::string sha256;            // of a set: of its lines "SHA256  NAME\n", sorted by name
  std::string crc32;             // where no SHA-256 is known
  bool matches(const std::string& candidate) const;
  /// "NAME" or "500 files c[a-r][0-9][0-9]".
  std::string label() const;
};

/// Where to get it: one of a place below the mirror, a path of a Debian package, an address.
/// "{name}" stands for each file's name; without it one file or archive holds them all.
struct DatasetSource {
  std::string mirror, path, url;
  std::string package;  // that brings `path`
  std::string inside;   // the folder in the archive below which the names lie
  std::string note;
};

/// An entry of the catalogue.
struct DatasetEntry {
  std::string name, kind, title, description, licence, citation;
  std::vector<std::string> defects;  // of common copies, and what is done about them
  std::string reader;                // how it is counted and converted: dataset_reader()
  std::string text;                  // corpora: what dataset:NAME stands for, relative to the files
  std::string page;                  // where to read about it, or to get it by hand
  std::vector<DatasetFile> files;    // none: only by hand
  std::vector<DatasetSource> sources;
  std::map<std::string, std::string> replace;  // words mended in the canonical file
  Counts counts;                               // as expected

  bool by_hand() const { return files.empty(); }
  std::uint64_t bytes() const;
  /// The files' specification for `name`, nullptr if it is none of them.
  const DatasetFile* file_of(const std::string& name) const;
};

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

/// Whether `name` is a relative path that stays below its folder.
bool is_safe_name(const std::string& name);

/// What a dataset may be: "corpus", "similarity", ...
const std::vector<std::string>& dataset_kinds();

}  // namespace wordbridge
