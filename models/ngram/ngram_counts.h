#pragma once

#include <cstdint>
#include <vector>

namespace wordbridge {

/// A stretch of text whose n-grams are counted.
struct NgramStream {
  const std::int32_t* ids = nullptr;  // [size] in [0, types)
  std::int64_t size = 0, types = 0;
  /// Id at which histories end (it is their last word), -1: none. With one, a history of it alone
  /// also stands before the stream; without one there is nothing before it.
  std::int32_t boundary = -1;
};

/// The n-grams of a stream up to an order, with their numbers of occurrences: a trie over the words
/// from the last one backwards. Level k - 1 holds the n-grams w_1 .. w_k: the children of w_2 ..
/// w_k in the level above, by their first word w_1. So an n-gram's children are what stands before
/// it, and their number is its number of different left neighbours, the Kneser-Ney count.
struct NgramCounts {
  struct Level {
    std::vector<std::int32_t> word;   // w_1; ascending among the children of one n-gram
    std::vector<std::int32_t> begin;  // [size + 1] first child, in the next level; last level: none
    std::vector<std::int32_t> count;  // occurrences of the n-gram
    std::vector<std::int32_t> context;  // w_1 .. w_k-1, an index of level k - 2; first level: none
    std::int64_t size() const { return static_cast<std::int64_t>(word.size()); }
    std::int64_t children(std::int64_t i) const {
      return begin[static_cast<std::size_t>(i) + 1] - begin[static_cast<std::size_t>(i)];
    }
  };
  /// Level 0 has all types, also those that do not occur, at their ids.
  std::vector<Level> levels;
  std::int32_t boundary = -1;
};

/// Counts by sorting the stream's positions by the words before them; the same on any number of
/// threads. Error for more than 2^31 - 1 tokens. Interrupted.
NgramCounts count_ngrams(const NgramStream& stream, std::int64_t order);

}  // namespace wordbridge
