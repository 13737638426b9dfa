#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/io/file.h"

namespace wordbridge {

/// Appends a number in base 128, the lowest digit first; all digits but the last have the high bit
/// set. Numbers below 128 take one byte.
inline void put_number(std::string& bytes, std::uint64_t number) {
  for (; number >= 128; number >>= 7) bytes += static_cast<char>(number | 128);
  bytes += static_cast<char>(number);
}

/// Reads a number written by put_number() and moves `bytes` behind it.
inline std::uint64_t take_number(const char*& bytes) {
  std::uint64_t number = 0;
  for (int shift = 0;; shift += 7) {
    const auto digit = static_cast<unsigned char>(*bytes++);
    number |= static_cast<std::uint64_t>(digit & 127) << shift;
    if (digit < 128) return number;
  }
}

/// Reads numbers of put_number() from a part of a file.
class NumberReader {
 public:
  NumberReader(const ScratchFile& file, std::uint64_t begin, std::uint64_t end, std::size_t buffer);
  std::uint64_t next() {
    if (filled_ - place_ < kLongest && left_ > 0) refill();
    return take_number(place_);
  }
  /// Size of the part.
  std::uint64_t bytes() const { return bytes_; }

 private:
  static constexpr std::ptrdiff_t kLongest = 10;  // bytes of a number
  void refill();

  const ScratchFile& file_;
  std::uint64_t bytes_, position_, left_;  // next byte to be read, and bytes that remain
  std::vector<char> buffer_;
  const char *place_ = nullptr, *filled_ = nullptr;  // unread bytes of the buffer
};

/// Numbers of put_number() that are written to a file together.
struct SpilledBlock {
  std::string bytes;
  void clear() { bytes.clear(); }
};

/// Numbers in a temporary file: parts of equally many blocks, such as one part per chunk of a text,
/// each with one block per group of words. All parts are read side by side, block by block.
class SpilledBlocks {
 public:
  /// The file has no name, so that it disappears with this process.
  SpilledBlocks(const fs::path& folder, std::int64_t blocks) : file_(folder), blocks_(blocks) {}

  /// Appends the next block of the current part; all parts have the same number of blocks.
  void add_block(const SpilledBlock& block);
  /// To be called after the last block, before block().
  void flush();
  std::int64_t parts() const { return static_cast<std::int64_t>(end_.size()) / blocks_; }
  std::uint64_t bytes() const { return file_.size() + buffer_.size(); }
  NumberReader block(std::int64_t part, std::int64_t block, std::size_t buffer) const;

 private:
  ScratchFile file_;
  std::int64_t blocks_;
  std::string buffer_;              // not yet written
  std::vector<std::uint64_t> end_;  // [parts * blocks]: end of each block in the file
};

}  // namespace wordbridge
