#include "core/io/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "core/error.h"
#include "core/text.h"

namespace wordbridge {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;

Error system_error(std::string what, const fs::path& path) {
  const int code = errno;
  Error error(std::move(what));
  error.at("{}", path.string()).got("{}", std::strerror(code));
  if (code == ENOSPC || code == EDQUOT)
    error.hint("the disk is full: free some space and start again");
  if (code == EFBIG) error.hint("the limit on file sizes is exceeded (ulimit -f)");
  return error;
}

void write_all(int file, const char* data, std::size_t size, const fs::path& path) {
  while (size > 0) {
    const ssize_t written = ::write(file, data, size);
    if (written < 0) {
      if (errno == EINTR) continue;
      throw system_error("can't write", path);
    }
    data += written;
    size -= static_cast<std::size_t>(written);
  }
}

/// Flushes a folder: a new file name is on the disk only after its folder has been flushed.
void sync_folder(const fs::path& folder) {
  const int file =
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return;
  ::fsync(file);
  ::close(file);
}

constexpr std::string_view kTemporary = ".tmp-";    // NAME.tmp-PROCESS-NUMBER
const char* const kScratch = "wordbridge-scratch";  // name of a ScratchFile while it has one

/// The name of the file that was to replace its temporary file `name`; empty if that is none.
std::string_view target_of_temporary(std::string_view name) {
  const auto mark = name.rfind(kTemporary);
  if (mark == name.npos) return {};
  const auto digits = [](std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
  };
  const auto numbers = split(name.substr(mark + kTemporary.size()), '-');
  if (numbers.size() != 2 || !digits(numbers[0]) || !digits(numbers[1])) return {};
  return name.substr(0, mark);
}

/// Creates a temporary file for `target`, locks it and stores its name. Returns its descriptor; -1:
/// failed (errno). On file systems without locks, there is none.
int create_temporary(const fs::path& target, fs::path& name) {
  static std::atomic<int> counter{0};
  struct stat status {};
  for (;;) {
    name = target;
    name += fmt::format("{}{}-{}", kTemporary, ::getpid(), counter++);
    const int file = ::open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    // A process of another container or machine can have the same number.
    if (file < 0 && errno == EEXIST) continue;
    if (file < 0) {
      name.clear();
      return file;
    }
    ::flock(file, LOCK_EX);
    // remove_temporaries() of another process may have removed it before it was locked.
    if (::fstat(file, &status) != 0 || status.st_nlink > 0) return file;
    ::close(file);
  }
}

/// Removes the temporary file unless a running process has locked it.
bool remove_if_dead(const fs::path& path) {
  // Opened for writing, which a lock on a network file system requires.
  const int file = ::open(path.c_str(), O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (file < 0) return false;
  struct stat status {};
  const bool regular = ::fstat(file, &status) == 0 && S_ISREG(status.st_mode);
  const bool removed =
      regular && ::flock(file, LOCK_EX | LOCK_NB) == 0 && ::unlink(path.c_str()) == 0;
  ::close(file);
  return removed;
}

/// Removes the dead temporary files in the folder: those of the file `target`, or if that is empty
/// of all files.
int remove_temporaries(const fs::path& folder, const std::string& target) {
  int removed = 0;
  std::error_code code;
  for (fs::directory_iterator entry(folder.empty() ? "." : folder, code), end;
       !code && entry != end; entry.increment(code)) {
    const std::string name = entry->path().filename().string();
    const std::string_view of = target_of_temporary(name);
    if (of.empty() || (!target.empty() && of != target)) continue;
    removed += remove_if_dead(entry->path());
  }
  return removed;
}

}  // namespace

std::string read_file(const fs::path& path) {
  const auto file = MappedFile::open(path);
  return std::string(file->view());
}

std::string file_problem(const fs::path& path) {
  std::error_code code;
  switch (const auto type = fs::status(path, code).type(); type) {
    case fs::file_type::regular:
      return {};
    case fs::file_type::not_found:
      return fmt::format("no such file: '{}'", path.string());
    case fs::file_type::directory:
      return fmt::format("'{}' is a folder, expected a file", path.string());
    default:
      if (code) return fmt::format("can't read '{}': {}", path.string(), code.message());
      return fmt::format("'{}' is not a regular file", path.string());
  }
}

void make_folder(const fs::path& path) {
  std::error_code code;
  fs::create_directories(path, code);
  if (code || !fs::is_directory(path)) {
    throw Error("can't create the folder")
        .at("{}", path.string())
        .got("{}", code ? code.message() : "the path exists and is not a folder");
  }
}

void check_can_write(const fs::path& path) {
  std::error_code code;
  if (fs::is_directory(path, code))
    throw Error("can't write the file: a folder has its name").at("{}", path.string());
  if (fs::exists(path, code) && !fs::is_regular_file(path, code)) return;  // a device, a pipe
  const AtomicFile removed(path);
}

void check_can_make_folder(const fs::path& path) {
  fs::path nearest = fs::absolute(path);
  std::error_code code;
  while (!fs::exists(nearest, code) && nearest.has_relative_path()) nearest = nearest.parent_path();
  const auto wrong = [&] { return Error("can't create the folder").at("{}", path.string()); };
  if (!fs::is_directory(nearest, code)) {
    const bool itself = nearest == fs::absolute(path);
    throw wrong().got("{}", itself ? "a file has its name" : nearest.string() + " is not a folder");
  }
  try {
    check_can_write(nearest / "wordbridge");
  } catch (const Error& error) {
    throw wrong().got("{}", in_one_line(error.what()));
  }
}

AtomicFile::AtomicFile(fs::path path) : path_(std::move(path)) {
  if (path_.empty()) throw Error("the name of the output file is empty");
  struct stat status {};
  std::error_code code;
  // Devices, pipes and files without a name can't be replaced by renaming.
  if (::stat(path_.c_str(), &status) == 0 && (!S_ISREG(status.st_mode) || status.st_nlink == 0)) {
    file_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
    if (file_ >= 0 && status.st_nlink == 0) {  // messages name the folder, not the descriptor
      const fs::path place = fs::read_symlink(path_, code);
      if (!code) path_ = place;
    }
  } else {
    // A symbolic link is followed, so that it stays a link.
    if (fs::is_symlink(path_, code)) path_ = fs::weakly_canonical(path_, code);
    remove_temporaries(path_.parent_path(), path_.filename().string());
    file_ = create_temporary(path_, temporary_);
  }
  if (file_ < 0) {
    const fs::path folder = path_.parent_path();
    Error error = system_error("can't open for writing", path_);
    if (!folder.empty() && !fs::exists(folder))
      error.hint("create the folder {} first", folder.string());
    throw error;
  }
  buffer_.reserve(kBufferBytes);
}

AtomicFile::~AtomicFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());  // before the lock ends
  for (const int file : {file_, lock_})
    if (file >= 0) ::close(file);
}

void AtomicFile::write(const void* data, std::size_t size) {
  WB_ASSERT(file_ >= 0, "write after commit");
  size_ += size;
  if (buffer_.size() + size > kBufferBytes) flush();
  if (size >= kBufferBytes) {
    write_all(file_, static_cast<const char*>(data), size, path_);
  } else {
    buffer_.append(static_cast<const char*>(data), size);
  }
}

void AtomicFile::flush() {
  write_all(file_, buffer_.data(), buffer_.size(), path_);
  buffer_.clear();
}

void AtomicFile::overwrite_start(const void* data, std::size_t size) {
  flush();
  WB_ASSERT(size <= size_);
  if (::pwrite(file_, data, size, 0) != static_cast<ssize_t>(size))
    throw system_error("can't write", path_);
}

void AtomicFile::complete(bool flushed) {
  flush();
  if (flushed && !temporary_.empty() && ::fsync(file_) != 0)
    throw system_error("can't write", path_);
  // Some file systems report a failed write only when the file is closed. The copy keeps the lock.
  if (!temporary_.empty()) lock_ = ::fcntl(file_, F_DUPFD_CLOEXEC, 0);
  if (::close(std::exchange(file_, -1)) != 0) throw system_error("can't write", path_);
}

void AtomicFile::replace() {
  if (temporary_.empty()) return;
  if (::rename(temporary_.c_str(), path_.c_str()) != 0)
    throw system_error("can't rename to", path_);
  temporary_.clear();
  ::close(std::exchange(lock_, -1));
}

void AtomicFile::commit(bool flushed) {
  complete(flushed);
  const bool has_new_name = !temporary_.empty();
  replace();
  if (flushed && has_new_name) sync_folder(path_.parent_path());
}

void commit_together(const std::vector<AtomicFile*>& files) {
  WB_ASSERT(!files.empty());
  for (AtomicFile* const file : files) file->complete(true);
  const AtomicFile& last = *files.back();
  if (!last.temporary_.empty()) ::unlink(last.path_.c_str());
  for (AtomicFile* const file : files) file->replace();
  sync_folder(last.path_.parent_path());
}

void write_file(const fs::path& path, std::string_view content) {
  AtomicFile file(path);
  file.write(content);
  file.commit();
}

int remove_dead_temporaries(const fs::path& folder) { return remove_temporaries(folder, ""); }

InputFile::InputFile(fs::path path) : path_(std::move(path)) {
  file_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (file_ < 0) throw system_error("can't open the file", path_);
}

InputFile::~InputFile() { ::close(file_); }

std::size_t InputFile::read(char* buffer, std::size_t size) {
  std::size_t got = 0;
  while (got < size) {
    const ssize_t count = ::read(file_, buffer + got, size - got);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw system_error("can't read", path_);
    if (count == 0) break;
    got += static_cast<std::size_t>(count);
  }
  return got;
}

AppendFile::AppendFile(fs::path path, std::uint64_t keep) : path_(std::move(path)) {
  file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (file_ < 0) throw system_error("can't open for writing", path_);
  const off_t end = ::lseek(file_, 0, SEEK_END);
  size_ = std::min<std::uint64_t>(keep, end < 0 ? 0 : static_cast<std::uint64_t>(end));
  if (::ftruncate(file_, static_cast<off_t>(size_)) != 0 ||
      ::lseek(file_, static_cast<off_t>(size_), SEEK_SET) < 0) {
    const Error error = system_error("can't truncate", path_);
    ::close(file_);
    throw error;
  }
  ::flock(file_, LOCK_SH);  // a momentary lock of is_being_appended() is waited for
}

AppendFile::~AppendFile() {
  if (file_ >= 0) ::close(file_);
}

bool is_being_appended(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool is_locked = ::flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(file);
  return is_locked;
}

void AppendFile::append(std::string_view text) {
  try {
    write_all(file_, text.data(), text.size(), path_);
  } catch (const Error&) {  // a full disk: no half line
    const auto end = static_cast<off_t>(size_);
    if (::ftruncate(file_, end) == 0) ::lseek(file_, end, SEEK_SET);
    throw;
  }
  size_ += text.size();
}

void AppendFile::sync() const {
  if (::fdatasync(file_) != 0) throw system_error("can't write", path_);
}

std::shared_ptr<const MappedFile> MappedFile::open(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) throw system_error("can't open the file", path);
  struct stat status {};
  if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(file);
    throw Error("can't read")
        .at("{}", path.string())
        .expected("a regular file")
        .got("{}", S_ISDIR(status.st_mode) ? "a folder" : "something else");
  }
  try {
    auto mapped = map(file, path);
    ::close(file);
    return mapped;
  } catch (...) {
    ::close(file);
    throw;
  }
}

std::shared_ptr<const MappedFile> MappedFile::map(int file, const fs::path& path) {
  struct stat status {};
  if (::fstat(file, &status) != 0) throw system_error("can't read the file's size", path);
  std::shared_ptr<MappedFile> mapped(new MappedFile);
  mapped->path_ = path;
  mapped->size_ = static_cast<std::size_t>(status.st_size);
  if (mapped->size_ > 0) {
    void* data = ::mmap(nullptr, mapped->size_, PROT_READ, MAP_PRIVATE, file, 0);
    if (data == MAP_FAILED) throw system_error("can't map into memory", path);
    mapped->data_ = static_cast<const char*>(data);
  }
  return mapped;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
}

void MappedFile::release(const void* data, std::size_t size) const {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const auto start = reinterpret_cast<std::uintptr_t>(data_);
  const auto first = std::max(reinterpret_cast<std::uintptr_t>(data), start);
  const auto last = std::min(reinterpret_cast<std::uintptr_t>(data) + size, start + size_);
  const auto begin = (first + page - 1) / page * page;
  // The last page of the mapping need not be full.
  const auto end = last == start + size_ ? last : last / page * page;
  if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

ScratchFile::ScratchFile(const fs::path& folder)
    : place_("a temporary file in the folder " + (folder.empty() ? "." : folder.string())) {
  // Without a name from the start, where the file system can do that.
  file_ = ::open(folder.empty() ? "." : folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file_ >= 0) return;
  fs::path name;
  remove_temporaries(folder, kScratch);
  file_ = create_temporary(folder / kScratch, name);
  if (file_ < 0) throw system_error("can't create", place_);
  ::unlink(name.c_str());
}

fs::path ScratchFile::path() const { return fmt::format("/proc/self/fd/{}", file_); }

ScratchFile::~ScratchFile() { ::close(file_); }

void ScratchFile::append(const void* data, std::size_t size) {
  const std::uint64_t before = size_;
  size_ += size;
  try {
    write(before, data, size);
  } catch (...) {
    resize(before);
    throw;
  }
}

void ScratchFile::read(std::uint64_t position, void* data, std::size_t size) const {
  WB_ASSERT(position <= size_ && size <= size_ - position);
  auto* bytes = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t count = ::pread(file_, bytes, size, static_cast<off_t>(position));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) throw system_error("can't read", place_);
    bytes += count;
    position += static_cast<std::uint64_t>(count);
    size -= static_cast<std::size_t>(count);
  }
}

void ScratchFile::write(std::uint64_t position, const void* data, std::size_t size) {
  WB_ASSERT(position <= size_ && size <= size_ - position);
  const auto* bytes = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t count = ::pwrite(file_, bytes, size, static_cast<off_t>(position));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw system_error("can't write", place_);
    bytes += count;
    position += static_cast<std::uint64_t>(count);
    size -= static_cast<std::size_t>(count);
  }
}

void ScratchFile::resize(std::uint64_t size) {
  if (::ftruncate(file_, static_cast<off_t>(size)) != 0)
    throw system_error("can't change the size of", place_);
  size_ = size;
}

std::shared_ptr<const MappedFile> ScratchFile::map() const {
  return MappedFile::map(file_, place_);
}

}  // namespace wordbridge
