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

/// One text: a file, or a member of an archive.
struct TextEntry {
  std::string name;   // relative to what it was found in, without .gz and the like
  std::string place;  // for messages: "folder/file.zip: member"
};

/// The texts of a file, of an archive, or of all files below a folder (hidden ones left out) by the
/// bytes of their relative names; archives and compressed files among them are unpacked.
/// "-" is standard input, spooled to a temporary file that lives as long as this object.
class TextFiles {
 public:
  /// Which names are wanted, for readers that know what they look for; the others are not unpacked.
  using Wanted = std::function<bool(std::string_view name)>;

  /// Error with `hint` if there is no such file or folder, or if a folder has nothing wanted.
  explicit TextFiles(const std::filesystem::path& path, Wanted wanted = {},
                     const std::string& hint = {});
  ~TextFiles();
  TextFiles(TextFiles&&) noexcept;

  /// Goes to the next text, false at the end.
  bool next(TextEntry& entry);
  /// Fills `buffer` with the text's next bytes; fewer than `size` come only at its end.
  /// Error if it is damaged or looks binary.
  std::size_t read(char* buffer, std::size_t size);
  /// All of the text. Error as above.
  std::string read_all();
  std::uint64_t bytes() const;
  std::uint64_t bytes_read() const;
  /// About how many bytes the text has: that of packed files is a guess.
  std::uint64_t text_bytes() const;
  /// [{"name", "sha256"}, ...] of the files as they lie on the disk.
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
  std::size_t current_ = 0;  // the file that is being read
  std::unique_ptr<InputFile> plain_;
  std::optional<ArchiveReader> archive_;
  std::string place_;            // of the text that is being read
  std::uint64_t text_read_ = 0;  // bytes of it
  std::uint64_t bytes_ = 0, bytes_before_ = 0;
};

/// The last part of a name without .gz, .bz2, .xz, .zst or .dz.
std::string unpacked_name(std::string_view name);

}  // namespace wordbridge
