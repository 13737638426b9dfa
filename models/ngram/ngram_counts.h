#pragma once

#include <cstdint>
#include <vector>

namespace wordbridge {

/// A sequence of word ids whose n-grams are counted.
struct NgramStream {
  const std::int32_t* ids = nullptr;  // [size] in [0, types)
  std::int64_t size = 0, types = 0;
  /// Id at which histories end, as their farthest word; -1: none. A boundary also precedes the
  /// stream, as the only word of the first history; without one, the first history is empty.
  std::int32_t boundary = -1;
};

/// Counts of the n-grams of a stream up to an order, as a trie over the words in reverse order.
/// Level k - 1 holds the n-grams w_1 .. w_k as children of w_2 .. w_k in the level above, by their
/// first word w_1. The children of an n-gram are the words that precede it, and their number is its
/// number of distinct left neighbours, the Kneser-Ney count.
struct NgramCounts {
  struct Level {
    std::vector<std::int32_t> word;     // w_1; ascending among the children of one n-gram
    std::vector<std::int32_t> begin;    // [size + 1]: first child in the next level; last: empty
    std::vector<std::int32_t> count;    // occurrences of the n-gram
    std::vector<std::int32_t> context;  // w_1 .. w_k-1, index into level k - 2; first: empty
    std::int64_t size() const { return static_cast<std::int64_t>(word.size()); }
    std::int64_t children(std::int64_t i) const {
      return begin[static_cast<std::size_t>(i) + 1] - begin[static_cast<std::size_t>(i)];
    }
  };
  /// Level 0 has all types at their ids, including those that do not occur.
  std::vector<Level> levels;
  std::int32_t boundary = -1;
};

/// Counts n-grams by sorting the positions of the stream by their preceding words. The result is
/// the same on any number of threads. Error for more than 2^31 - 1 tokens. Throws Interrupted.
NgramCounts count_ngrams(const NgramStream& stream, std::int64_t order);

}  // namespace wordbridge
