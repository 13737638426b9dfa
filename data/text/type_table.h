#pragma once

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
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
constexpr std::size_t kLinePadding = 2 * sizeof(std::uint64_t);

/// Numbers words 0, 1, ... in order of insertion. A flat table with open addressing. Most words fit
/// into their entry, so that a lookup reads one cache line. Uses 44 to 80 bytes per word, plus the
/// bytes of the word.
class TypeTable {
 public:
  /// Number of the word, -1 if it is not in the table.
  std::int32_t find(const HashedWord& word) const { return entries_[place_of(word)].id; }
  /// Prefetches the memory that find() will read.
  void prefetch(const HashedWord& word) const {
    __builtin_prefetch(entries_.data() + (word.hash >> shift_));
  }
  /// Number of the word; a new word gets the next number.
  std::int32_t add(const HashedWord& word);
  std::int32_t size() const { return static_cast<std::int32_t>(begins_.size()) - 1; }
  /// Valid until the next add().
  std::string_view word(std::int32_t id) const {
    const auto i = static_cast<std::size_t>(id);
    return std::string_view(bytes_).substr(begins_[i], begins_[i + 1] - begins_[i]);
  }
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
  /// Bytes of a word in its entry.
  static constexpr std::size_t kInEntry = 2 * sizeof(std::uint64_t);

  std::vector<Entry, HugePages<Entry>> entries_{std::size_t{1} << kFirstBits};
  int shift_ = 64 - kFirstBits;
  std::string bytes_;                        // all words, concatenated
  std::vector<std::uint64_t> begins_ = {0};  // start of each word, and the end of the last
};

// Looking up the words of a text is most of the work of encoding it, so what follows is inline, and
// has no branches that depend on the length of a word, unless it is long.

namespace hashing {

inline std::uint64_t load(const char* bytes) {
  std::uint64_t part = 0;
  std::memcpy(&part, bytes, sizeof part);
  return part;
}

/// Both halves of a product depend on all bits of both factors.
inline std::uint64_t stir(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a ^ 0x9e3779b97f4a7c15ULL) * (b ^ 0xd6e8feb86659fd93ULL);
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

/// A bit for each of 16 bytes, set if it is a line end.
inline unsigned line_ends(const char* bytes) {
#ifdef __SSE2__
  const __m128i part = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(part, _mm_set1_epi8('\n'))));
#else
  unsigned ends = 0;
  for (unsigned i = 0; i < 16; ++i) ends |= static_cast<unsigned>(bytes[i] == '\n') << i;
  return ends;
#endif
}

/// The hash of a word of more than 16 bytes, from that of the first 16.
std::uint64_t hash_beyond(std::uint64_t hash, std::string_view word);

}  // namespace hashing

inline HashedWord hashed_line(const char* line) {
  using namespace hashing;
  // 16 bytes that are all set, and 16 that are not: from byte 16 - n on, the mask of n bytes.
  alignas(16) static constexpr std::array<std::uint64_t, 4> kMasks = {~0ULL, ~0ULL, 0, 0};
  const std::size_t size = static_cast<std::size_t>(__builtin_ctz(line_ends(line) | 1U << 16));
  const char* const mask = reinterpret_cast<const char*>(kMasks.data()) + 16 - size;
  HashedWord word{{line, size}, load(line) & load(mask), load(line + 8) & load(mask + 8), 0};
  word.hash = stir(word.start, word.next);
  if (__builtin_expect(static_cast<long>(size == 16), 0) != 0) {
    const auto* end = static_cast<const char*>(::rawmemchr(line + size, '\n'));
    word.text = {line, static_cast<std::size_t>(end - line)};
    word.hash = hash_beyond(word.hash, word.text);
  }
  return word;
}

inline std::size_t TypeTable::place_of(const HashedWord& word) const {
  const Entry* const entries = entries_.data();
  const std::size_t mask = ~std::uint64_t{0} >> shift_;
  for (std::size_t place = word.hash >> shift_;; place = (place + 1) & mask) {
    const Entry& entry = entries[place];
    const bool same = ((entry.start ^ word.start) | (entry.next ^ word.next) |
                       (entry.size ^ word.text.size())) == 0;
    if (__builtin_expect(static_cast<long>(same && entry.id >= 0), 1) != 0) {
      if (entry.size <= kInEntry || this->word(entry.id) == word.text) return place;
    } else if (entry.id < 0) {
      return place;
    }
  }
}

}  // namespace wordbridge
