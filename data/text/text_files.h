#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/file.h"
#include "data/text/archive_reader.h"

namespace wordbridge {

/// A text file or an archive member.
struct TextEntry {
  std::string name;   // relative to the path it was found at, without .gz etc.
  std::string place;  // for messages: "folder/file.zip: member"
};

/// The text files at a path: a file, the members of an archive, or all files in a folder (except
/// hidden ones) sorted by the bytes of their relative names. Archives and compressed files among
/// them are unpacked. "-" is standard input, copied to a temporary file that exists as long as this
/// object.
class TextFiles {
 public:
  /// Selects files by name, for readers that need certain files. The others are not unpacked.
  using Wanted = std::function<bool(std::string_view name)>;

  /// Error with `hint` if the path does not exist or is a folder without selected files.
  explicit TextFiles(const std::filesystem::path& path, Wanted wanted = {},
                     const std::string& hint = {});
  ~TextFiles();
  TextFiles(TextFiles&&) noexcept;

  /// Advances to the next text; returns false at the end.
  bool next(TextEntry& entry);
  /// Fills `buffer` with the next bytes of the text; returns fewer than `size` only at its end.
  /// Error if it is damaged or looks binary.
  std::size_t read(char* buffer, std::size_t size);
  /// Reads the complete text. Errors as above.
  std::string read_all();
  std::uint64_t bytes() const;
  std::uint64_t bytes_read() const;
  /// Approximate number of bytes of text; a guess for packed files.
  std::uint64_t text_bytes() const;
  /// [{"name", "sha256"}, ...] of the files as stored on disk.
  nlohmann::json identity() const;
  const std::filesystem::path& path() const { return path_; }

 private:
  struct File {
    std::filesystem::path path;
    std::string name;
    std::uint64_t bytes;
    bool packed;
  };
  class Spool;

  void add(const std::filesystem::path& path, const std::string& name);
  void list_folder();
  bool accepts(const std::string& name) const;
  void leave_file();

  std::filesystem::path path_;
  Wanted wanted_;
  std::unique_ptr<Spool> spool_;
  std::vector<File> files_;
  std::size_t current_ = 0;  // index of the file being read
  std::unique_ptr<InputFile> plain_;
  std::optional<ArchiveReader> archive_;
  std::string place_;            // of the text being read
  std::uint64_t text_read_ = 0;  // bytes read of that text
  std::uint64_t bytes_ = 0, bytes_before_ = 0;
};

/// Last component of a name, without .gz, .bz2, .xz, .zst or .dz.
std::string unpacked_name(std::string_view name);

}  // namespace wordbridge
