#pragma once

#include <zlib.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"

namespace wordbridge {

inline std::string little_endian_bytes(std::size_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i, value >>= 8) text += static_cast<char>(value & 0xff);
  return text;
}

/// A dictzip file with chunks of `chunk` bytes, written directly from the description of the
/// format.
inline std::string dictzip_bytes(std::string_view content, std::size_t chunk,
                                 std::string_view other_field = {}, bool with_name = true) {
  z_stream stream = {};
  WB_ASSERT(deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin < content.size(); begin += chunk) {
    const auto piece = content.substr(begin, chunk);
    std::string part(piece.size() + 1000, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    stream.avail_in = static_cast<uInt>(piece.size());
    stream.next_out = reinterpret_cast<Bytef*>(part.data());
    stream.avail_out = static_cast<uInt>(part.size());
    WB_ASSERT(deflate(&stream, Z_FULL_FLUSH) == Z_OK);
    part.resize(part.size() - stream.avail_out);
    parts.push_back(std::move(part));
  }
  std::string end(100, '\0');
  stream.avail_in = 0;
  stream.next_out = reinterpret_cast<Bytef*>(end.data());
  stream.avail_out = static_cast<uInt>(end.size());
  WB_ASSERT(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  end.resize(end.size() - stream.avail_out);
  deflateEnd(&stream);
  std::string table = little_endian_bytes(1, 2) + little_endian_bytes(chunk, 2) +
                      little_endian_bytes(parts.size(), 2);
  for (const auto& part : parts) table += little_endian_bytes(part.size(), 2);
  const std::string extra =
      std::string(other_field) + "RA" + little_endian_bytes(table.size(), 2) + table;
  std::string file("\x1f\x8b\x08", 3);
  file += with_name ? '\x0c' : '\x04';
  file += std::string("\0\0\0\0\2\3", 6) + little_endian_bytes(extra.size(), 2) + extra;
  if (with_name) file += std::string("name.dict\0", 10);
  for (const auto& part : parts) file += part;
  const auto checksum =
      crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size()));
  return file + end + little_endian_bytes(checksum, 4) + little_endian_bytes(content.size(), 4);
}

inline std::string base64_digits(std::size_t value) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string digits;
  do {
    digits.insert(digits.begin(), kDigits[value % 64]);
    value /= 64;
  } while (value > 0);
  return digits;
}

/// Entries of a dictionary: head words and text.
using DictdEntries = std::vector<std::pair<std::vector<std::string>, std::string>>;

struct DictdFiles {
  std::string text, index;
};

/// The text and the index of a dictionary.
inline DictdFiles dictd_files(const DictdEntries& entries) {
  DictdFiles files;
  for (const auto& [words, entry] : entries) {
    for (const auto& word : words) {
      files.index += word + "\t" + base64_digits(files.text.size()) + "\t" +
                     base64_digits(entry.size()) + "\n";
    }
    files.text += entry;
  }
  return files;
}

}  // namespace wordbridge
