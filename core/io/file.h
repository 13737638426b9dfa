#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wordbridge {

namespace fs = std::filesystem;

/// Reads the whole file. Error if it can't be read.
std::string read_file(const fs::path& path);

/// Why the path can't be the name of a file to read, such as "no such file: 'a'"; empty if it can.
std::string file_problem(const fs::path& path);

/// Creates the folder and its parents. Error if that fails.
void make_folder(const fs::path& path);

/// Error if a file can't be written there, as in a folder that does not exist: to be called before
/// the work whose result it will hold. Changes nothing, except that temporary files of killed
/// processes that were to become this file are removed.
void check_can_write(const fs::path& path);

/// Error if make_folder() would fail, or no file could be written into the folder.
void check_can_make_folder(const fs::path& path);

/// Atomically written file. The data is written to a temporary file in the target's folder, which
/// commit() flushes to the disk and renames. Without commit() nothing is left behind, except by a
/// killed process: that is removed when the same file is written again, and by
/// remove_dead_temporaries(). Several processes may write the same file: the last one to commit
/// wins.
/// A target that is not a regular file (/dev/null, a pipe) or has no name (ScratchFile::path()) is
/// written directly.
/// Every failed write is an Error (full disk, file size limit).
class AtomicFile {
 public:
  explicit AtomicFile(fs::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(const void* data, std::size_t size);
  void write(std::string_view text) { write(text.data(), text.size()); }
  /// Overwrites the start of the file. Not for pipes.
  void overwrite_start(const void* data, std::size_t size);
  /// Number of bytes written.
  std::uint64_t size() const { return size_; }
  /// `flushed`: waits until the content has reached the disk. Without it, a crash of the machine
  /// can leave a damaged file: only for files that are verified when read and can be rebuilt.
  void commit(bool flushed = true);

 private:
  friend void commit_together(const std::vector<AtomicFile*>& files);
  void flush();
  /// The two parts of commit(): a full disk is an error of the first one.
  void complete(bool flushed);
  void replace();

  fs::path path_, temporary_;
  std::string buffer_;
  std::uint64_t size_ = 0;
  int file_ = -1, lock_ = -1;
};

/// Commits files that can only be read together. None of them replaces an earlier file before all
/// have reached the disk. The earlier last file is removed first, so that a process that is killed
/// here leaves no set of old and new files: nothing must be readable without the last file.
void commit_together(const std::vector<AtomicFile*>& files);

void write_file(const fs::path& path, std::string_view content);

/// Removes the temporary files that killed processes have left in the folder (not below it), and
/// returns their number. Those of running processes are locked and stay, also on other machines and
/// in other containers if the file system shares its locks.
int remove_dead_temporaries(const fs::path& folder);

/// Sequential reader of a regular file. Touches less memory than a mapping.
class InputFile {
 public:
  /// Error if it can't be opened.
  explicit InputFile(fs::path path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  /// Fills `buffer`. Returns fewer than `size` bytes only at the end of the file.
  std::size_t read(char* buffer, std::size_t size);

 private:
  fs::path path_;
  int file_ = -1;
};

/// Append-only file for whole lines. append() returns after the data has been written to the file,
/// or leaves the file as it was. The file is locked while this object exists, for
/// is_being_appended(); several processes may write it.
class AppendFile {
 public:
  /// Opens for appending. First truncates the file to `keep` bytes if it is longer (to resume).
  AppendFile(fs::path path, std::uint64_t keep);
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  void append(std::string_view text);
  /// Waits until the content has reached the disk.
  void sync() const;
  std::uint64_t size() const { return size_; }

 private:
  fs::path path_;
  std::uint64_t size_ = 0;
  int file_ = -1;
};

/// Whether a running process has the file open as an AppendFile, also on another machine if the
/// file system shares its locks. False on file systems without locks.
bool is_being_appended(const fs::path& path);

/// Read-only file mapped into memory.
class MappedFile {
 public:
  static std::shared_ptr<const MappedFile> open(const fs::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  const char* data() const { return data_; }
  std::size_t size() const { return size_; }
  std::string_view view() const { return {data_, size_}; }
  const fs::path& path() const { return path_; }
  /// Releases the memory of whole pages in the range, as far as it belongs to the mapping. They are
  /// read again when they are used.
  void release(const void* data, std::size_t size) const;

 private:
  friend class ScratchFile;
  MappedFile() = default;
  static std::shared_ptr<const MappedFile> map(int file, const fs::path& path);

  fs::path path_;
  const char* data_ = nullptr;
  std::size_t size_ = 0;
};

/// Anonymous temporary file in a folder. The system removes it when its last handle is closed, no
/// matter how the program ends.
class ScratchFile {
 public:
  explicit ScratchFile(const fs::path& folder);
  ~ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  std::uint64_t size() const { return size_; }
  /// A path by which this process can open the file while this object exists.
  fs::path path() const;
  /// Error (full disk): the file then keeps its previous length.
  void append(const void* data, std::size_t size);
  /// [position, position + size) must be within the file. May be called from several threads.
  void read(std::uint64_t position, void* data, std::size_t size) const;
  void write(std::uint64_t position, const void* data, std::size_t size);
  /// Cuts the file, or extends it by zeros.
  void resize(std::uint64_t size);
  /// The mapping may outlive this object. Later writes may be visible in it.
  std::shared_ptr<const MappedFile> map() const;

 private:
  std::string place_;  // for messages
  std::uint64_t size_ = 0;
  int file_ = -1;
};

}  // namespace wordbridge
