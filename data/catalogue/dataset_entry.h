#pragma once

#include <cstdint>
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

/// Whether `name` is a relative path that stays below its folder.
bool is_safe_name(const std::string& name);

}  // namespace wordbridge
