#pragma once

#include <cstdint>
#include <vector>

#include "core/huge_pages.h"
#include "models/ngram/ngram_stream.h"

namespace wordbridge {

/// The n-grams that end in a part of a stream, sorted by their words in reverse order: the last
/// word, the word before it, ...; an n-gram precedes those that it is the end of. There is one
/// n-gram per position: the longest one that ends there, at most `order` words long, back to the
/// beginning of the stream or to a boundary.
class SortedNgrams {
 public:
  /// Memory per position and per word type.
  static constexpr double kBytesPerPosition = 4, kBytesPerType = 16;
  /// Memory to sort the n-grams of a word, per occurrence.
  static constexpr double kBytesPerOccurrence = 24;

  /// Positions [begin, end), below 2^31.
  SortedNgrams(const NgramStream& stream, std::int64_t order, std::int64_t begin, std::int64_t end);

  /// An n-gram of this part, as it differs from the one before it.
  struct Ngram {
    std::uint32_t position;  // of its last word
    std::uint8_t shared;     // number of last words that it shares with the n-gram before it
    std::uint8_t length;     // number of words
  };
  /// The n-grams that end in `word`; the first one shares nothing. May be called from several
  /// threads, each with its own `ngrams`.
  void of_word(std::int64_t word, std::vector<Ngram>& ngrams) const;

  /// The word `back` positions before `position`; only valid within an n-gram.
  std::int32_t word_before(std::int64_t position, std::int64_t back) const {
    return position < back ? stream_.boundary : stream_.ids[position - back];
  }

 private:
  struct Entry {
    std::uint64_t key;  // the next words of the history, nearest first
    std::uint32_t position;
    std::uint8_t shared, length;
  };

  std::int64_t length_at(std::int64_t position) const;
  std::uint64_t key(const Entry& entry, std::int64_t depth) const;
  void sort(Entry* begin, Entry* end, std::int64_t depth) const;

  const NgramStream& stream_;
  std::int64_t order_;
  int bits_, words_;                  // of a word in a key; words of a key
  std::vector<std::uint64_t> first_;  // [types + 1]: into position_
  std::vector<std::uint32_t, HugePages<std::uint32_t>> position_;  // by last word
};

}  // namespace wordbridge
