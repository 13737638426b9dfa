#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace wordbridge {

/// Counts of a dataset by name, in a fixed order: "tokens", "pairs", ...
using Counts = std::vector<std::pair<std::string, std::uint64_t>>;

/// An unpacked file of a dataset, or a set of files.
struct DatasetFile {
  std::string name;              // relative path with '/'; empty for a set
  std::vector<std::string> set;  // name patterns (fnmatch; '*' does not match '/')
  std::int64_t count = 1;        // number of files in a set
  std::int64_t bytes = 0;        // total size in case of a set; 0: unknown
  std::string sha256;            // in case of a set: of its lines "SHA256  NAME\n", sorted by name
  std::string crc32;             // used if the SHA-256 is unknown
  std::vector<std::string> also = {};  // SHA-256 of other valid copies
  bool optional = false;               // some sources lack it
  bool matches(const std::string& candidate) const;
  /// "NAME" or "500 files c[a-r][0-9][0-9]".
  std::string label() const;
};

/// A source of a dataset: exactly one of a path in the mirror, a path of a Debian package, a URL.
/// "{name}" is replaced by the name of each file; without it, one file or archive contains all
/// files.
struct DatasetSource {
  std::string mirror, path, url;
  std::string package;  // that contains `path`
  std::string inside;   // folder of the archive that the file names are relative to
  std::string note;
};

/// An entry of the catalogue.
struct DatasetEntry {
  std::string name, kind, title, description, licence, citation;
  std::vector<std::string> defects;  // of common copies, and how they are handled
  std::string reader;                // reader that counts and converts it: dataset_reader()
  std::string text;                  // corpora: target of dataset:NAME, relative to the files
  std::string page;                  // web page with a description or for a download by hand
  std::vector<DatasetFile> files;    // empty: download by hand only
  std::vector<DatasetSource> sources;
  std::map<std::string, std::string> replace;  // words corrected in the canonical file
  Counts counts;                               // expected counts

  bool by_hand() const { return files.empty(); }
  /// The files of which no SHA-256 is known.
  std::vector<std::string> files_without_sha256() const;
  std::uint64_t bytes() const;
  /// The specification of the file `name`, nullptr if there is none.
  const DatasetFile* file_of(const std::string& name) const;
};

/// Whether `name` is a relative path that stays inside its folder.
bool is_safe_name(const std::string& name);

}  // namespace wordbridge
