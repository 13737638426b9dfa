#include "data/text/text_files.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/io/file.h"
#include "core/io/hash.h"
#include "core/io/temporary_folder.h"
#include "core/text.h"

namespace wordbridge {
namespace {

constexpr const char* kStandardInput = "-";
constexpr std::size_t kPieceBytes = std::size_t{1} << 16;
constexpr double kTextPerPacked = 3;  // ratio for English in a .zip or .gz

/// `folder/name.gz` -> `folder/name`
std::string without_packing(std::string_view name) {
  for (const std::string_view end : {".gz", ".bz2", ".xz", ".zst", ".dz"}) {
    if (name.size() > end.size() && name.substr(name.size() - end.size()) == end) {
      return std::string(name.substr(0, name.size() - end.size()));
    }
  }
  return std::string(name);
}

}  // namespace

std::string unpacked_name(std::string_view name) {
  return without_packing(fs::path(name).filename().string());
}

/// Copy of standard input, so that it can be hashed and then read. The file has no name, so that it
/// disappears with this process.
class TextFiles::Spool {
 public:
  Spool() try : file_(temporary_folder()) { copy(); } catch (const Interrupted&) {
    throw;
  } catch (const Error& error) {
    throw Error("can't copy standard input to a temporary file")
        .got("{}", in_one_line(error.what()))
        .hint("set TMPDIR to choose the folder for temporary files");
  }

  fs::path path() const { return file_.path(); }

 private:
  void copy() {
    std::vector<char> buffer(std::size_t{1} << 20);
    ssize_t size = 0;
    while ((size = ::read(STDIN_FILENO, buffer.data(), buffer.size())) != 0) {
      if (size < 0 && errno == EINTR && !interrupted()) continue;
      if (interrupted()) throw Interrupted("stopped while reading standard input");
      if (size < 0) throw Error("can't read standard input").got("{}", std::strerror(errno));
      file_.append(buffer.data(), static_cast<std::size_t>(size));
    }
  }

  ScratchFile file_;
};

TextFiles::TextFiles(const fs::path& path, Wanted wanted, const std::string& hint)
    : path_(path), wanted_(std::move(wanted)) {
  std::error_code code;
  const fs::file_type type =
      path == kStandardInput ? fs::file_type::regular : fs::status(path, code).type();
  const auto fail = [&](const std::string& what) {
    Error error(what);
    error.at("{}", path.string());
    if (!hint.empty()) error.hint("{}", hint);
    return error;
  };
  if (type == fs::file_type::not_found) throw fail("no such file or folder");
  if (type == fs::file_type::none) throw fail("can't access the file").got("{}", code.message());
  if (path == kStandardInput) {
    spool_ = std::make_unique<Spool>();
    add(spool_->path(), kStandardInput);
  } else if (type == fs::file_type::directory) {
    list_folder();
  } else if (type == fs::file_type::regular) {
    add(path, path.filename().string());
  } else {
    // A pipe can't be read twice.
    throw fail("can't read the text")
        .expected("a regular file, a folder, or - for standard input")
        .got("another type of file");
  }
  if (files_.empty()) throw fail("the folder contains no text files");
}

TextFiles::~TextFiles() = default;
TextFiles::TextFiles(TextFiles&&) noexcept = default;

bool TextFiles::accepts(const std::string& name) const { return !wanted_ || wanted_(name); }

void TextFiles::add(const fs::path& path, const std::string& name) {
  files_.push_back({path, name, fs::file_size(path), is_packed(path)});
  bytes_ += files_.back().bytes;
}

void TextFiles::list_folder() {
  std::error_code code;
  fs::recursive_directory_iterator entry(path_, code), end;
  for (; !code && entry != end; entry.increment(code)) {
    if (is_clutter(entry->path().filename())) {
      entry.disable_recursion_pending();
      continue;
    }
    if (!entry->is_regular_file()) continue;
    const std::string name = entry->path().lexically_relative(path_).generic_string();
    if (accepts(without_packing(name))) add(entry->path(), name);
  }
  if (code) {
    throw Error("can't list the folder").at("{}", path_.string()).got("{}", code.message());
  }
  std::sort(files_.begin(), files_.end(),
            [](const File& a, const File& b) { return a.name < b.name; });
}

void TextFiles::leave_file() {
  plain_.reset();
  archive_.reset();
  bytes_before_ += files_[current_].bytes;
  ++current_;
}

bool TextFiles::next(TextEntry& entry) {
  if (plain_) leave_file();
  while (current_ < files_.size()) {
    const File& file = files_[current_];
    place_ = spool_ ? "standard input" : file.path.string();
    text_read_ = 0;
    if (!file.packed) {
      plain_ = std::make_unique<InputFile>(file.path);
      entry = {without_packing(file.name), place_};
      return true;
    }
    if (!archive_) archive_.emplace(file.path);
    std::string member;
    if (!archive_->next(member)) {
      leave_file();
      continue;
    }
    if (!member.empty()) place_ += ": " + member;
    entry = {member.empty() ? without_packing(file.name) : member, place_};
    if (member.empty() || accepts(member)) return true;
  }
  return false;
}

std::size_t TextFiles::read(char* buffer, std::size_t size) {
  const std::size_t got = plain_ ? plain_->read(buffer, size) : archive_->read(buffer, size);
  if (const void* nul = std::memchr(buffer, 0, got)) {
    throw Error("the file looks binary")
        .at("{}", place_)
        .expected("UTF-8 text")
        .got("a NUL byte at byte offset {}",
             text_read_ + static_cast<std::uint64_t>(static_cast<const char*>(nul) - buffer))
        .hint("if the file is UTF-16 text, convert it with iconv");
  }
  text_read_ += got;
  return got;
}

std::string TextFiles::read_all() {
  std::string text;
  std::size_t got = 0;
  do {
    text.resize(got + std::max(got, kPieceBytes));
    got += read(text.data() + got, text.size() - got);
  } while (got == text.size());
  text.resize(got);
  return text;
}

std::uint64_t TextFiles::bytes() const { return bytes_; }

std::uint64_t TextFiles::bytes_read() const {
  return bytes_before_ + (archive_ ? archive_->bytes_read() : plain_ ? text_read_ : 0);
}

std::uint64_t TextFiles::text_bytes() const {
  double bytes = 0;
  for (const auto& file : files_) {
    bytes += static_cast<double>(file.bytes) * (file.packed ? kTextPerPacked : 1);
  }
  return static_cast<std::uint64_t>(bytes);
}

nlohmann::json TextFiles::identity() const {
  auto list = nlohmann::json::array();
  for (const auto& file : files_) {
    list.push_back({{"name", file.name}, {"sha256", sha256_of_file(file.path)}});
  }
  return list;
}

}  // namespace wordbridge
