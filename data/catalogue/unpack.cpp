#include "data/catalogue/unpack.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/io/file.h"
#include "core/progress.h"
#include "core/text.h"
#include "data/text/archive_reader.h"

namespace wordbridge {
namespace {

constexpr std::uint64_t kUnknownSizeLimit = std::uint64_t{64} << 20;
constexpr std::size_t kPieceBytes = std::size_t{1} << 20;
constexpr std::size_t kNamesShown = 5;

/// Writes the entry's files, each once and within its size limit.
class Unpacker {
 public:
  Unpacker(const fs::path& packed, const DatasetEntry& entry, const fs::path& folder)
      : packed_(packed), entry_(entry), folder_(folder) {}

  /// Starts a file. Error if it has already been written.
  void open(const std::string& name, const std::string& member) {
    member_ = member;
    file_ = entry_.file_of(name);
    WB_ASSERT(file_ != nullptr);
    if (!written_.insert(name).second)
      throw failed("the archive contains a file twice").got("{}", member);
    const fs::path target = folder_ / name;
    make_folder(target.parent_path());
    out_ = std::make_unique<AppendFile>(target, 0);
  }

  void take(std::string_view piece) {
    if (interrupted()) throw Interrupted("stopped while unpacking").at("{}", place());
    auto& sum = bytes_[file_];
    sum += piece.size();
    const auto limit =
        file_->bytes > 0 ? static_cast<std::uint64_t>(file_->bytes) : kUnknownSizeLimit;
    if (sum > limit) {
      throw failed("the content is larger than expected")
          .expected("{} bytes ({})", human_count(limit), file_->label())
          .got("more");
    }
    out_->append(piece);
  }

  /// Error if a file of the entry was not written.
  void finish(const std::vector<std::string>& there) const {
    for (const auto& file : entry_.files) {
      const auto count = std::count_if(written_.begin(), written_.end(),
                                       [&](const auto& name) { return file.matches(name); });
      if (count > 0 && (count == file.count || file.set.empty())) continue;
      if (count == 0 && file.optional) continue;
      std::vector<std::string> shown(there.begin(),
                                     there.begin() + std::min(there.size(), kNamesShown));
      if (there.size() > kNamesShown)
        shown.push_back(fmt::format("... ({} in total)", human_count(there.size())));
      throw Error(count > 0 ? "files are missing from the archive"
                            : "a file is missing from the archive")
          .at("{}", packed_.string())
          .expected("{}", file.label())
          .got("{}{}", count > 0 ? fmt::format("{} of them; ", count) : "",
               there.empty() ? "no files" : printable(join(shown, ", "), 300));
    }
  }

  Error failed(const std::string& what) const { return Error(what).at("{}", place()); }

 private:
  std::string place() const {
    return member_.empty() ? packed_.string() : packed_.string() + ": " + printable(member_);
  }

  const fs::path& packed_;
  const DatasetEntry& entry_;
  const fs::path& folder_;
  std::string member_;
  const DatasetFile* file_ = nullptr;
  std::set<std::string> written_;
  std::map<const DatasetFile*, std::uint64_t> bytes_;
  std::unique_ptr<AppendFile> out_;
};

/// "./a/b" -> "a/b". Error for a name that points outside the folder. All members are checked, even
/// ignored ones: such an archive is likely malicious.
std::string safe_member_name(const fs::path& packed, const std::string& member) {
  std::string name = fs::path(member).lexically_normal().generic_string();
  if (!name.empty() && name.back() == '/') name.pop_back();
  const fs::path path(member);
  const bool leaves = path.is_absolute() || std::find(path.begin(), path.end(), "..") != path.end();
  if (leaves || member.find('\\') != std::string::npos) {
    throw Error("the archive has a member that may point outside its folder")
        .at("{}", packed.string())
        .expected("relative names without '..'")
        .got("'{}'", printable(member))
        .hint("nothing was unpacked; do not trust such an archive");
  }
  return name;
}

/// The member's name relative to `inside`, empty if it is elsewhere.
std::string name_below(const std::string& name, const std::string& inside) {
  if (inside.empty()) return name;
  if (name.size() <= inside.size() + 1 || name.compare(0, inside.size(), inside) != 0 ||
      name[inside.size()] != '/')
    return {};
  return name.substr(inside.size() + 1);
}

void copy_plain(const fs::path& path, Unpacker& unpacker) {
  const auto file = MappedFile::open(path);
  for (std::string_view rest = file->view(); !rest.empty();) {
    const auto piece = rest.substr(0, kPieceBytes);
    unpacker.take(piece);
    rest.remove_prefix(piece.size());
  }
}

/// Checks all members before any of them is written.
void refuse_unsafe_members(const fs::path& packed) {
  ArchiveReader reader(packed);
  ArchiveMember member;
  while (reader.next(member)) {
    if (interrupted()) throw Interrupted("stopped while unpacking").at("{}", packed.string());
    safe_member_name(packed, member.name);
  }
}

void unpack_archive(const fs::path& packed, const std::string& inside, const DatasetEntry& entry,
                    Unpacker& unpacker) {
  refuse_unsafe_members(packed);
  ArchiveReader reader(packed);
  ArchiveMember member;
  std::vector<std::string> there;
  const auto take = [&](std::string_view piece) { unpacker.take(piece); };
  while (reader.next(member)) {
    if (member.name.empty()) {  // one compressed file, not an archive
      if (entry.files.size() != 1 || entry.files.front().name.empty())
        throw Error("the file is a compressed file, not an archive")
            .at("{}", packed.string())
            .expected("an archive with {}", entry.files.front().label());
      unpacker.open(entry.files.front().name, "");
      reader.read(take);
      return;
    }
    const std::string full = safe_member_name(packed, member.name);
    if (is_clutter(full) || member.type == ArchiveMember::Type::folder) continue;
    there.push_back(full);
    const std::string name = name_below(full, inside);
    if (name.empty() || entry.file_of(name) == nullptr) continue;
    if (member.type != ArchiveMember::Type::file) {
      throw Error("a file in the archive is a link")
          .at("{}: {}", packed.string(), printable(full))
          .expected("a regular file")
          .got("{}", member.type == ArchiveMember::Type::link ? "a link" : "something else");
    }
    unpacker.open(name, full);
    reader.read(take);
  }
  unpacker.finish(there);
}

}  // namespace

void unpack(const fs::path& packed, const std::string& inside, const DatasetEntry& entry,
            const fs::path& folder) {
  Unpacker unpacker(packed, entry, folder);
  if (is_packed(packed)) {
    unpack_archive(packed, inside, entry, unpacker);
    return;
  }
  if (entry.files.size() != 1 || entry.files.front().name.empty() || !inside.empty()) {
    throw Error("the file is not an archive")
        .at("{}", packed.string())
        .expected("an archive with {}", entry.files.front().label())
        .got("{}", fs::file_size(packed) == 0 ? "an empty file" : "other content")
        .hint("it may be an error page: check its content, or try again later");
  }
  unpack_file(packed, entry.files.front().name, entry, folder);
}

void unpack_file(const fs::path& packed, const std::string& name, const DatasetEntry& entry,
                 const fs::path& folder) {
  Unpacker unpacker(packed, entry, folder);
  if (!is_packed(packed)) {
    unpacker.open(name, "");
    copy_plain(packed, unpacker);
    return;
  }
  ArchiveReader reader(packed);
  ArchiveMember member;
  if (!reader.next(member) || !member.name.empty()) {
    throw Error("the file is an archive")
        .at("{}", packed.string())
        .expected("{}, plain or compressed", name)
        .got("an archive");
  }
  unpacker.open(name, "");
  reader.read([&](std::string_view piece) { unpacker.take(piece); });
}

}  // namespace wordbridge
