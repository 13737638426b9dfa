#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/huge_pages.h"

namespace wordbridge {

/// A word and its key in a table.
struct HashedWord {
  std::string_view text;
  std::uint64_t start, next;  // first eight bytes and next eight bytes, zero-padded
  std::uint64_t hash;
};

HashedWord hashed(std::string_view word);
/// The word up to the next line end. kLinePadding bytes after that must be readable.
HashedWord hashed_line(const char* line);
constexpr std::size_t kLinePadding = sizeof(std::uint64_t);

/// Numbers words 0, 1, ... in order of insertion. A flat table with open addressing. Most words fit
/// into their entry, so that a lookup reads one cache line. Uses 44 to 80 bytes per word, plus the
/// bytes of the word.
class TypeTable {
 public:
  /// Number of the word, -1 if it is not in the table.
  std::int32_t find(const HashedWord& word) const;
  /// Prefetches the memory that find() will read.
  void prefetch(const HashedWord& word) const {
    __builtin_prefetch(entries_.data() + (word.hash >> shift_));
  }
  /// Number of the word; a new word gets the next number.
  std::int32_t add(const HashedWord& word);
  std::int32_t size() const { return static_cast<std::int32_t>(begins_.size()) - 1; }
  /// Valid until the next add().
  std::string_view word(std::int32_t id) const;
  /// Removes all words but keeps enough memory for the same number of words.
  void clear();

 private:
  struct Entry {
    std::uint64_t start = 0, next = 0;
    std::uint32_t size = 0;
    std::int32_t id = -1;  // -1: free
  };

  static Entry entry_of(const HashedWord& word, std::int32_t id);
  /// Index of the word's entry, or of the free entry where it belongs.
  std::size_t place_of(const HashedWord& word) const;
  void resize(int bits);

  static constexpr int kFirstBits = 8;

  std::vector<Entry, HugePages<Entry>> entries_{std::size_t{1} << kFirstBits};
  int shift_ = 64 - kFirstBits;
  std::string bytes_;                        // all words, concatenated
  std::vector<std::uint64_t> begins_ = {0};  // start of each word, and the end of the last
};

}  // namespace wordbridge
