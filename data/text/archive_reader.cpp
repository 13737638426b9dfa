#include "data/text/archive_reader.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <fstream>
#include <string_view>

#include "core/error.h"
#include "data/text/gzip_file.h"

namespace wordbridge {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kReadBytes = std::size_t{1} << 18;

struct Signature {
  std::string_view bytes;
  std::size_t offset;
};
constexpr std::string_view kGzip = "\x1f\x8b";
constexpr std::array<Signature, 7> kSignatures = {{
    {kGzip, 0},
    {"1AY&SY", 4},            // bzip2
    {"7zXZ", 1},              // xz
    {"\x28\xb5\x2f\xfd", 0},  // zstd
    {"PK\x03\x04", 0},        // zip
    {"PK\x05\x06", 0},        // zip without members
    {"ustar", 257},           // tar
}};
constexpr std::array<std::string_view, 9> kPackedNames = {".gz",  ".dz",  ".bz2", ".xz", ".zst",
                                                          ".zip", ".tar", ".tgz", ".txz"};

/// The first bytes of a file, empty if it can't be read.
std::string start_of(const fs::path& path) {
  std::string start(512, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(start.data(), static_cast<std::streamsize>(start.size()));
  start.resize(static_cast<std::size_t>(file.gcount()));
  return start;
}

}  // namespace

bool has_archive_signature(std::string_view start) {
  return std::any_of(kSignatures.begin(), kSignatures.end(), [&](const Signature& signature) {
    return start.size() > signature.offset &&
           start.substr(signature.offset, signature.bytes.size()) == signature.bytes;
  });
}

bool has_packed_ending(const fs::path& path) {
  const std::string extension = path.extension().string();
  return std::find(kPackedNames.begin(), kPackedNames.end(), extension) != kPackedNames.end();
}

bool is_packed(const fs::path& path) {
  const std::string start = start_of(path);  // empty: reading it will report the reason
  if (has_archive_signature(start)) return true;
  std::error_code code;
  if (has_packed_ending(path) && fs::exists(path, code)) {
    throw Error("the file's content does not match its name")
        .at("{}", path.string())
        .expected("an archive or compressed file ({})", path.extension().string())
        .got("{}", start.empty() ? "an empty file" : "content of another type")
        .hint("the download may have been interrupted or redirected: fetch it again");
  }
  return false;
}

bool is_clutter(const fs::path& name) {
  return std::any_of(name.begin(), name.end(), [](const fs::path& part) {
    const std::string text = part.string();
    return text == "__MACOSX" || (text.size() > 1 && text[0] == '.' && text != "..");
  });
}

struct ArchiveReader::State {
  fs::path path;
  std::string member, buffer;
  struct archive* archive = archive_read_new();
  std::unique_ptr<GzipFile> gzip;  // libarchive does not verify gzip's checksums
  std::exception_ptr gzip_error;   // must not propagate through C code

  explicit State(fs::path file) : path(std::move(file)) { WB_ASSERT(archive != nullptr); }
  ~State() { archive_read_free(archive); }

  std::string place() const {
    return member.empty() ? path.string() : path.string() + ": " + member;
  }
  static la_ssize_t read_gzip(struct archive* archive, void* self, const void** bytes) {
    auto& state = *static_cast<State*>(self);
    try {
      const std::string_view piece = state.gzip->next();
      *bytes = piece.data();
      return static_cast<la_ssize_t>(piece.size());
    } catch (...) {
      state.gzip_error = std::current_exception();
      archive_set_error(archive, EIO, "damaged");
      return ARCHIVE_FATAL;
    }
  }
  /// Reads what follows the last member of the archive, to verify it.
  void finish_gzip() const {
    while (gzip && !gzip->next().empty()) {
    }
  }

  void check(int status) const {
    if (status < ARCHIVE_WARN) throw_damaged();
  }
  /// libarchive stops without an error at other bytes after bzip2's or zstd's last part.
  void check_nothing_follows() const {
    const auto end = static_cast<std::uint64_t>(archive_filter_bytes(archive, -1));
    const bool is_raw = (archive_format(archive) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_RAW;
    if (gzip || !is_raw || end >= fs::file_size(path)) return;
    throw Error("the compressed file is followed by something else")
        .at("{}: byte {}", path.string(), end)
        .expected("the end of the file")
        .got("{} more bytes", fs::file_size(path) - end)
        .hint("the file may be damaged: fetch it again");
  }
  [[noreturn]] void throw_damaged() const {
    if (gzip_error) std::rethrow_exception(gzip_error);
    throw damaged();
  }
  Error damaged() const {
    const char* reason = archive_error_string(archive);
    return Error("can't unpack the file")
        .at("{}", place())
        .expected("a complete archive or compressed file")
        .got("{}", reason == nullptr ? "an unknown error" : reason)
        .hint("the file may be truncated or damaged: fetch it again");
  }
};

ArchiveReader::ArchiveReader(const fs::path& path) : state_(std::make_unique<State>(path)) {
  auto* const archive = state_->archive;
  // Only some filters and formats: text that begins with "begin 644" is not an archive.
  for (const auto support : {archive_read_support_filter_gzip, archive_read_support_filter_bzip2,
                             archive_read_support_filter_xz, archive_read_support_filter_zstd,
                             archive_read_support_format_zip, archive_read_support_format_tar,
                             archive_read_support_format_raw, archive_read_support_format_empty}) {
    state_->check(support(archive));
  }
  if (start_of(path).substr(0, kGzip.size()) == kGzip) {
    state_->gzip = std::make_unique<GzipFile>(path);
    state_->check(archive_read_open(archive, state_.get(), nullptr, State::read_gzip, nullptr));
  } else {
    state_->check(archive_read_open_filename(archive, path.c_str(), kReadBytes));
  }
}

ArchiveReader::~ArchiveReader() = default;
ArchiveReader::ArchiveReader(ArchiveReader&&) noexcept = default;

bool ArchiveReader::next(ArchiveMember& member) {
  auto* const archive = state_->archive;
  archive_entry* entry = nullptr;
  int status = ARCHIVE_RETRY;
  while (status == ARCHIVE_RETRY) status = archive_read_next_header(archive, &entry);
  if (status == ARCHIVE_EOF) {
    state_->finish_gzip();
    return false;
  }
  state_->check(status);
  const bool raw = (archive_format(archive) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_RAW;
  // The plain name is missing if the locale can't express it.
  const char* name = archive_entry_pathname(entry);
  if (name == nullptr) name = archive_entry_pathname_utf8(entry);
  state_->member = raw || name == nullptr ? "" : name;
  if (state_->gzip) state_->gzip->set_place(state_->place());
  const auto type = archive_entry_filetype(entry);
  member.name = state_->member;
  if (raw) {
    member.type = ArchiveMember::Type::file;
  } else if (type == AE_IFLNK || archive_entry_hardlink(entry) != nullptr) {
    member.type = ArchiveMember::Type::link;
  } else if (type == AE_IFREG) {
    member.type = ArchiveMember::Type::file;
  } else {
    member.type = type == AE_IFDIR ? ArchiveMember::Type::folder : ArchiveMember::Type::other;
  }
  return true;
}

bool ArchiveReader::next(std::string& member) {
  ArchiveMember found;
  while (next(found)) {
    if (found.type != ArchiveMember::Type::file || is_clutter(found.name)) continue;
    member = found.name;
    return true;
  }
  return false;
}

std::size_t ArchiveReader::read(char* buffer, std::size_t size) {
  std::size_t got = 0;
  while (got < size) {
    const la_ssize_t count = archive_read_data(state_->archive, buffer + got, size - got);
    if (count == 0) {
      state_->check_nothing_follows();
      break;
    }
    if (count == ARCHIVE_RETRY) continue;
    // A warning also means damage: a zip member's wrong checksum is reported as one.
    if (count < 0) state_->throw_damaged();
    got += static_cast<std::size_t>(count);
  }
  return got;
}

std::string ArchiveReader::read() {
  std::string text;
  read([&](std::string_view piece) { text += piece; });
  return text;
}

void ArchiveReader::read(const std::function<void(std::string_view piece)>& take) {
  state_->buffer.resize(kReadBytes);
  while (const std::size_t count = read(state_->buffer.data(), kReadBytes)) {
    take({state_->buffer.data(), count});
  }
}

std::uint64_t ArchiveReader::bytes_read() const {
  if (state_->gzip) return state_->gzip->bytes_read();
  return static_cast<std::uint64_t>(
      std::max<la_int64_t>(0, archive_filter_bytes(state_->archive, -1)));
}

}  // namespace wordbridge
