#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/io/file.h"

namespace wordbridge {

/// The table in the header of a dictzip file: a gzip file (RFC 1952) that is compressed in chunks,
/// each of which can be unpacked without those before it. The extra field 'RA' has the length of a
/// chunk of the content and the compressed size of each: dictzip(1).
struct DictzipHeader {
  std::size_t chunk_length = 0;      // of the content; the last chunk may be shorter
  std::vector<std::size_t> offsets;  // of each chunk in the file, and the end of the last
};

/// The header of a gzip file; without chunks if there is no field 'RA'. Error with the byte if it
/// is damaged.
DictzipHeader read_dictzip_header(std::string_view file, const std::string& place);

/// A text compressed by dictzip or, without random access, by gzip.
class DictzipFile {
 public:
  explicit DictzipFile(const std::filesystem::path& path);

  bool has_chunks() const { return !header_.offsets.empty(); }
  /// Number of bytes of the content, as the file states it; without chunks: as unpacked.
  std::uint64_t size();
  /// The whole content, unpacked in parallel, with checksum and length verified.
  std::string read_all() const;
  /// `size` bytes of the content from `begin` on: unpacks only the chunks that contain them
  /// (without chunks: everything), and keeps the last one for the next call. Error if they are not
  /// all there.
  std::string read(std::uint64_t begin, std::uint64_t size);

 private:
  std::string chunk(std::size_t i) const;
  std::string unchunked() const;
  void keep_unchunked();
  Error damaged(std::size_t at, const std::string& expected, const std::string& got) const;

  std::string place_;
  std::shared_ptr<const MappedFile> file_;
  DictzipHeader header_;
  std::size_t kept_ = SIZE_MAX;  // the chunk that kept_text_ is
  std::string kept_text_;
};

}  // namespace wordbridge
