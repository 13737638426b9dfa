#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace wordbridge {

/// Whether a file is an archive or compressed, by its first bytes.
/// Error if its name ends in .gz, .zip, ... and its content is something else.
bool is_packed(const std::filesystem::path& path);

/// What stands in an archive.
struct ArchiveMember {
  enum class Type { file, folder, link, other };
  std::string name;  // as it is written there; empty if the file is no archive
  Type type = Type::file;
};

/// The members of a .zip or .tar (also .tar.gz, ...), in the order in which they stand, or the one
/// text of a .gz, .bz2, .xz or .zst file. Folders, links and what macOS adds are left out.
class ArchiveReader {
 public:
  explicit ArchiveReader(const std::filesystem::path& path);
  ~ArchiveReader();
  ArchiveReader(ArchiveReader&&) noexcept;

  /// Goes to the next member, false at the end. Its name is empty if the file is no archive.
  bool next(std::string& member);
  /// Likewise, with folders, links and clutter.
  bool next(ArchiveMember& member);
  /// Fills `buffer` with the current member's next bytes; fewer than `size` come only at its end.
  /// Error with file and member if it is damaged or cut short.
  std::size_t read(char* buffer, std::size_t size);
  /// The whole content of the current member. Error as above.
  std::string read();
  /// Likewise, piece by piece; what `take` throws ends it.
  void read(const std::function<void(std::string_view piece)>& take);
  /// Bytes of the packed file read so far.
  std::uint64_t bytes_read() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Hidden files, and what macOS puts into folders and archives.
bool is_clutter(const std::filesystem::path& name);

}  // namespace wordbridge
