#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <vector>

#include "core/process_memory.h"
#include "core/shared_array.h"
#include "models/ngram/ngram_stream.h"

namespace wordbridge {

/// What counting and smoothing may use. Nothing of this affects the result.
struct NgramResources {
  double memory = std::numeric_limits<double>::infinity();  // bytes, without the stream itself
  MemoryShare share = {};             // for messages: of which limit this is what is left
  std::filesystem::path folder = {};  // of temporary files; empty: that of the system
  std::int64_t chunk_tokens = 0;      // tokens sorted at a time; 0: as many as fit into the memory

  /// The folder for arrays of `bytes`; empty: they fit into the memory.
  std::filesystem::path folder_for(double bytes) const;
};

/// Counts of the n-grams of a stream up to an order, as a trie over the words in reverse order.
/// Level k - 1 holds the n-grams w_1 .. w_k as children of w_2 .. w_k in the level above, by their
/// first word w_1. The children of an n-gram are the words that precede it, and their number is its
/// number of distinct left neighbours, the Kneser-Ney count.
struct NgramCounts {
  struct Level {
    SharedArray<std::int32_t> word;   // w_1; ascending among the children of one n-gram
    SharedArray<std::int32_t> begin;  // [size + 1]: first child in the next level; last: empty
    SharedArray<std::int32_t> count;  // occurrences of the n-gram; empty in a trie without counts
    std::int64_t size() const { return word.size(); }
    std::int64_t children(std::int64_t i) const { return begin[i + 1] - begin[i]; }
    /// Releases the memory of the n-grams [first, last), if they are in a file.
    void release(std::int64_t first, std::int64_t last) const;
  };
  /// Level 0 has all types at their ids, including those that do not occur.
  std::vector<Level> levels;
  std::int32_t boundary = -1;
};

/// Counts n-grams by sorting them (SortedNgrams). If the counts do not fit into the memory, they
/// are in temporary files; if the positions of the stream do not, they are sorted in chunks, whose
/// n-grams are written to a temporary file and merged. The result is the same for any memory and
/// any number of threads. Error for more than 2^31 - 1 tokens or a full disk. Throws Interrupted.
NgramCounts count_ngrams(const NgramStream& stream, std::int64_t order,
                         const NgramResources& resources = {});

}  // namespace wordbridge
