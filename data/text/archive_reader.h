#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace wordbridge {

/// Whether the name is that of an archive or a compressed file: .gz, .zip, ...
bool has_packed_ending(const std::filesystem::path& path);

/// Whether a file is an archive or compressed, judged by its first bytes.
/// Error if its name ends in .gz, .zip, ... but its content does not match.
bool is_packed(const std::filesystem::path& path);
/// Whether a file that starts with `start` is an archive or compressed.
bool has_archive_signature(std::string_view start);

/// An entry of an archive.
struct ArchiveMember {
  enum class Type { file, folder, link, other };
  std::string name;  // as stored in the archive; empty if the file is not an archive
  Type type = Type::file;
};

/// Reads the members of a .zip or .tar (also .tar.gz, ...) in archive order, or the content of a
/// .gz, .bz2, .xz or .zst file. Skips folders, links and files added by macOS, unless they are
/// requested.
class ArchiveReader {
 public:
  explicit ArchiveReader(const std::filesystem::path& path);
  ~ArchiveReader();
  ArchiveReader(ArchiveReader&&) noexcept;

  /// Advances to the next file; returns false at the end. Its name is empty if the file is not an
  /// archive.
  bool next(std::string& member);
  /// The same, including folders, links and clutter.
  bool next(ArchiveMember& member);
  /// Fills `buffer` with the next bytes of the current member; returns fewer than `size` only at
  /// its end. Error with file and member if it is damaged or truncated.
  std::size_t read(char* buffer, std::size_t size);
  /// Returns the complete content of the current member. Errors as above.
  std::string read();
  /// Passes the content to `take` piece by piece. An exception thrown by `take` ends the reading.
  void read(const std::function<void(std::string_view piece)>& take);
  /// Number of bytes of the packed file that have been read.
  std::uint64_t bytes_read() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Whether the name is that of a hidden file or of a file that macOS adds to folders and archives.
bool is_clutter(const std::filesystem::path& name);

}  // namespace wordbridge
