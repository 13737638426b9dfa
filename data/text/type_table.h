#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/huge_pages.h"

namespace wordbridge {

/// A word and what a table looks it up by.
struct HashedWord {
  std::string_view text;
  std::uint64_t start, next;  // its first eight bytes and the next eight, zeros behind its end
  std::uint64_t hash;
};

HashedWord hashed(std::string_view word);
/// The word up to the next line end. kLinePadding bytes behind that must be readable.
HashedWord hashed_line(const char* line);
constexpr std::size_t kLinePadding = sizeof(std::uint64_t);

/// Numbers words 0, 1, ... in the order in which they come. A flat table with open addressing; most
/// words fit into their entry, so that a search reads one line of the processor's cache.
/// 44 to 80 bytes a word, and its own.
class TypeTable {
 public:
  /// The word's number, -1 if it is not there.
  std::int32_t find(const HashedWord& word) const;
  /// Fetches what find() will read from memory.
  void prefetch(const HashedWord& word) const {
    __builtin_prefetch(entries_.data() + (word.hash >> shift_));
  }
  /// Likewise; a new word gets the next number.
  std::int32_t add(const HashedWord& word);
  std::int32_t size() const { return static_cast<std::int32_t>(begins_.size()) - 1; }
  /// Valid until the next add().
  std::string_view word(std::int32_t id) const;
  /// Keeps as much memory as the words that were there needed.
  void clear();

 private:
  struct Entry {
    std::uint64_t start = 0, next = 0;
    std::uint32_t size = 0;
    std::int32_t id = -1;  // -1: free
  };

  static Entry entry_of(const HashedWord& word, std::int32_t id);
  /// The word's entry, or the free one where it belongs.
  std::size_t place_of(const HashedWord& word) const;
  void resize(int bits);

  static constexpr int kFirstBits = 8;

  std::vector<Entry, HugePages<Entry>> entries_{std::size_t{1} << kFirstBits};
  int shift_ = 64 - kFirstBits;
  std::string bytes_;                        // all words, one behind the other
  std::vector<std::uint64_t> begins_ = {0};  // of each word in them, and their end
};

}  // namespace wordbridge
