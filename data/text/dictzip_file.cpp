#include "data/text/dictzip_file.h"

#include <zlib.h>

#include <algorithm>

#include "core/threads.h"
#include "data/text/gzip_file.h"

namespace wordbridge {
namespace {

constexpr std::size_t kGzipHeader = 10, kGzipTrailer = 8;

std::size_t little_endian(std::string_view bytes) {
  std::size_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) {
    value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
  }
  return value;
}

/// Reads the parts of a gzip header in sequence.
class GzipHeader {
 public:
  GzipHeader(std::string_view file, const std::string& place) : file_(file), place_(place) {}

  std::string_view bytes(std::size_t size, const char* what) {
    if (size > file_.size() - at_) damaged(what, "the end of the file");
    at_ += size;
    return file_.substr(at_ - size, size);
  }
  void text(const char* what) {
    const auto end = file_.find('\0', at_);
    if (end == file_.npos) damaged(what, "the end of the file");
    at_ = end + 1;
  }
  std::size_t at() const { return at_; }
  [[noreturn]] void damaged(const std::string& expected, const std::string& got) const {
    throw Error("damaged header of the compressed file")
        .at("{}, byte {}", place_, at_)
        .expected("{}", expected)
        .got("{}", got);
  }

 private:
  std::string_view file_;
  const std::string& place_;
  std::size_t at_ = 0;
};

/// Reads the field 'RA': version, length of a chunk, number of chunks, their sizes. The offsets are
/// relative to the first chunk.
DictzipHeader chunk_table(std::string_view field, const GzipHeader& header) {
  constexpr std::size_t kFixed = 6;
  DictzipHeader table;
  if (field.size() < kFixed) header.damaged("dictzip's table of chunks", "a table that is cut off");
  const auto version = little_endian(field.substr(0, 2));
  table.chunk_length = little_endian(field.substr(2, 2));
  const auto chunks = little_endian(field.substr(4, 2));
  if (version != 1) {
    header.damaged("version 1 of dictzip's table of chunks", fmt::format("version {}", version));
  }
  if (table.chunk_length == 0 || field.size() != kFixed + 2 * chunks) {
    header.damaged(
        fmt::format("the sizes of {} chunks in {} bytes, each longer than 0", chunks, 2 * chunks),
        fmt::format("{} bytes, chunks of {} bytes", field.size() - kFixed, table.chunk_length));
  }
  table.offsets = {0};
  for (std::size_t i = kFixed; i < field.size(); i += 2) {
    table.offsets.push_back(table.offsets.back() + little_endian(field.substr(i, 2)));
  }
  return table;
}

/// The content of raw deflate data. `ended`: whether its last block was there.
std::string inflated(std::string_view packed, std::size_t most, bool& ended, bool& damaged) {
  std::string content(most, '\0');
  z_stream stream = {};
  if (inflateInit2(&stream, -15) != Z_OK) throw Error("can't initialise zlib");
  stream.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<unsigned char*>(content.data());
  stream.avail_out = static_cast<uInt>(content.size());
  const int status = inflate(&stream, Z_SYNC_FLUSH);
  ended = status == Z_STREAM_END;
  damaged = (status != Z_OK && status != Z_BUF_ERROR && !ended) || stream.avail_in > 0;
  content.resize(most - stream.avail_out);
  inflateEnd(&stream);
  return content;
}

}  // namespace

DictzipHeader read_dictzip_header(std::string_view file, const std::string& place) {
  constexpr unsigned kHasChecksum = 2, kHasExtra = 4, kHasName = 8, kHasComment = 16;
  GzipHeader header(file, place);
  const auto fixed = header.bytes(kGzipHeader, "a gzip header of 10 bytes");
  if (fixed.substr(0, 3) != "\x1f\x8b\x08") {
    header.damaged("a file compressed by dictzip or gzip", "something else");
  }
  const auto flags = static_cast<unsigned char>(fixed[3]);
  DictzipHeader table;
  if (flags & kHasExtra) {
    auto extra = header.bytes(little_endian(header.bytes(2, "a length")), "the extra field");
    while (!extra.empty()) {
      constexpr std::size_t kName = 4;  // and length
      const auto size = extra.size() < kName ? 0 : little_endian(extra.substr(2, 2));
      if (extra.size() < kName + size) {
        header.damaged("an extra field of complete parts", "a part that is longer than the field");
      }
      if (extra.substr(0, 2) == "RA") table = chunk_table(extra.substr(kName, size), header);
      extra.remove_prefix(kName + size);
    }
  }
  if (flags & kHasName) header.text("a name");
  if (flags & kHasComment) header.text("a comment");
  if (flags & kHasChecksum) header.bytes(2, "a checksum of the header");
  for (auto& offset : table.offsets) offset += header.at();
  return table;
}

DictzipFile::DictzipFile(const std::filesystem::path& path)
    : place_(path.string()), file_(MappedFile::open(path)) {
  header_ = read_dictzip_header(file_->view(), place_);
  if (!has_chunks()) return;
  const auto end = header_.offsets.back();
  if (end + kGzipTrailer > file_->size()) {
    throw damaged(file_->size(),
                  fmt::format("{} bytes, of which {} are the header and the chunks that it lists",
                              end + kGzipTrailer, end),
                  fmt::format("{} bytes", file_->size()));
  }
  // After the chunks there is the end mark of the compressed data (two bytes), unless the last
  // chunk has it. More than that is another member, which the table does not list.
  constexpr std::size_t kLongestEnd = 16;
  if (file_->size() - end > kLongestEnd + kGzipTrailer) header_ = {};
}

std::uint64_t DictzipFile::size() {
  if (has_chunks()) return little_endian(file_->view().substr(file_->size() - 4));
  keep_unchunked();
  return kept_text_.size();
}

void DictzipFile::keep_unchunked() {
  if (kept_ != SIZE_MAX) return;
  kept_text_ = unchunked();
  kept_ = 0;
  header_.chunk_length = std::max<std::size_t>(kept_text_.size(), 1);
}

Error DictzipFile::damaged(std::size_t at, const std::string& expected,
                           const std::string& got) const {
  return Error("can't unpack the dictionary")
      .at("{}, byte {} of the compressed file", place_, at)
      .expected("{}", expected)
      .got("{}", got)
      .hint("the file may be truncated or damaged: install its package again");
}

std::string DictzipFile::chunk(std::size_t i) const {
  const auto begin = header_.offsets[i], end = header_.offsets[i + 1];
  bool ended = false, bad = false;
  std::string content =
      inflated(file_->view().substr(begin, end - begin), header_.chunk_length, ended, bad);
  const bool last = i + 2 == header_.offsets.size();
  if (bad || (!last && (ended || content.size() != header_.chunk_length))) {
    throw damaged(begin,
                  fmt::format("chunk {} of {}, {} bytes when unpacked", i + 1,
                              header_.offsets.size() - 1, header_.chunk_length),
                  bad ? "damaged data" : fmt::format("{} bytes", content.size()));
  }
  return content;
}

std::string DictzipFile::unchunked() const {
  GzipFile file(place_);
  std::string content;
  for (auto piece = file.next(); !piece.empty(); piece = file.next()) content += piece;
  return content;
}

std::string DictzipFile::read_all() const {
  const auto view = file_->view();
  if (!has_chunks()) return unchunked();
  const std::size_t chunks = header_.offsets.size() - 1;
  std::vector<std::string> parts(chunks);
  std::vector<unsigned long> checksums(chunks);
  for_each_block(static_cast<std::int64_t>(chunks), [&](std::int64_t block) {
    const auto i = static_cast<std::size_t>(block);
    parts[i] = chunk(i);
    checksums[i] = crc32(0, reinterpret_cast<const unsigned char*>(parts[i].data()),
                         static_cast<uInt>(parts[i].size()));
  });
  std::string content;
  content.reserve(chunks * header_.chunk_length);
  unsigned long checksum = 0;
  for (std::size_t i = 0; i < chunks; ++i) {
    checksum = crc32_combine(checksum, checksums[i], static_cast<z_off_t>(parts[i].size()));
    content += parts[i];
  }
  const auto trailer = view.size() - kGzipTrailer;
  if (little_endian(view.substr(trailer, 4)) != checksum) {
    throw damaged(trailer, "content with the checksum of the file", "another checksum");
  }
  if (little_endian(view.substr(trailer + 4)) != (content.size() & 0xffffffffU)) {
    throw damaged(trailer + 4, fmt::format("{} bytes", little_endian(view.substr(trailer + 4))),
                  fmt::format("{} bytes", content.size()));
  }
  return content;
}

std::string DictzipFile::read(std::uint64_t begin, std::uint64_t size) {
  if (!has_chunks()) keep_unchunked();
  const std::size_t chunks = has_chunks() ? header_.offsets.size() - 1 : 1;
  std::string content;
  while (content.size() < size) {
    const auto at = begin + content.size();
    const auto i = static_cast<std::size_t>(at / header_.chunk_length);
    if (i < chunks && i != kept_) {
      kept_text_ = chunk(i);
      kept_ = i;
    }
    const auto from = static_cast<std::size_t>(at % header_.chunk_length);
    if (i >= chunks || from >= kept_text_.size()) {
      throw Error("the entry is beyond the end of the dictionary")
          .at("{}", place_)
          .expected("{} bytes from byte {} on", size, begin)
          .got("{} bytes", content.size());
    }
    content += kept_text_.substr(from, static_cast<std::size_t>(size - content.size()));
  }
  return content;
}

}  // namespace wordbridge
