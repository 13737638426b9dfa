#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace wordbridge {

namespace fs = std::filesystem;

/// The whole file as bytes. Error if it can't be read.
std::string read_file(const fs::path& path);

/// Creates the folder and its parents. Error if that can't be done.
void make_folder(const fs::path& path);

/// A file that appears whole or not at all: written beside its target under a temporary name,
/// flushed to the disk and renamed by commit(); without commit() nothing is left behind.
/// A target that is not a regular file (/dev/null, a pipe) is written directly.
/// Every short write is an Error (full disk, file size limit).
class AtomicFile {
 public:
  explicit AtomicFile(fs::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(const void* data, std::size_t size);
  void write(std::string_view text) { write(text.data(), text.size()); }
  /// Again what stands at the file's start; not for a pipe.
  void overwrite_start(const void* data, std::size_t size);
  /// Bytes written so far.
  std::uint64_t size() const { return size_; }
  /// `flushed`: not before the content has reached the disk. Without that a crash of the machine
  /// may leave a damaged file: for what is checked when it is read, and can be made again.
  void commit(bool flushed = true);

 private:
  void flush();

  fs::path path_, temporary_;
  std::string buffer_;
  std::uint64_t size_ = 0;
  int file_ = -1;
};

void write_file(const fs::path& path, std::string_view content);

/// A regular file read once from its start to its end. Touches less memory than a mapping.
class InputFile {
 public:
  /// Error if it can't be opened.
  explicit InputFile(fs::path path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  /// Fills `buffer`; fewer than `size` bytes come only at the file's end.
  std::size_t read(char* buffer, std::size_t size);

 private:
  fs::path path_;
  int file_ = -1;
};

/// A log that grows by whole lines; each append reaches the file before it returns.
class AppendFile {
 public:
  /// Opens for appending; first cuts the file to `keep` bytes if it is longer (resume).
  AppendFile(fs::path path, std::uint64_t keep);
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  void append(std::string_view text);
  std::uint64_t size() const { return size_; }

 private:
  fs::path path_;
  std::uint64_t size_ = 0;
  int file_ = -1;
};

/// A read-only file mapped into memory.
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

 private:
  friend class ScratchFile;
  MappedFile() = default;
  static std::shared_ptr<const MappedFile> map(int file, const fs::path& path);

  fs::path path_;
  const char* data_ = nullptr;
  std::size_t size_ = 0;
};

/// A file without a name, in a folder: the system removes it when nobody has it open any more,
/// however the program ends.
class ScratchFile {
 public:
  explicit ScratchFile(const fs::path& folder);
  ~ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  std::uint64_t size() const { return size_; }
  /// Error (full disk): the file is then as long as before.
  void append(const void* data, std::size_t size);
  /// [position, position + size) must be within the file.
  void read(std::uint64_t position, void* data, std::size_t size) const;
  void write(std::uint64_t position, const void* data, std::size_t size);
  void cut(std::uint64_t size);
  /// Outlives this object. What is written afterwards may show in it.
  std::shared_ptr<const MappedFile> map() const;

 private:
  fs::path path_;  // for messages
  std::uint64_t size_ = 0;
  int file_ = -1;
};

}  // namespace wordbridge
