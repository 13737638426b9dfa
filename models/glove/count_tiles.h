#pragma once

#include <cstdint>
#include <vector>

#include "core/huge_pages.h"
#include "data/counts/sparse_view.h"
#include "kernels/glove_steps.h"

namespace wordbridge {

/// Words divided into groups, and the words of a group into blocks. Word w, with the most frequent
/// first, is word w / groups of group w % groups, so that all groups have about the same counts.
/// The first block of a group has as many words as the rows of two such blocks fit into the cache;
/// the following ones end at 2, 4, 8, ... times as many: rare words have too few counts to be found
/// in the cache.
class TileGroups {
 public:
  /// `row_bytes`: of a word's parameters.
  TileGroups(std::int64_t words, std::int64_t row_bytes);

  std::int64_t words() const { return words_; }
  /// As many as threads can be used, fewer for small vocabularies. At least 1.
  std::int64_t groups() const { return groups_; }
  /// Words of a group, at most; at most 65,536.
  std::int64_t most() const { return most_; }
  std::int64_t blocks() const { return blocks_; }

  std::int64_t group(std::int64_t word) const { return word % groups_; }
  std::int64_t place(std::int64_t word) const { return word / groups_; }
  /// Block of a place in a group.
  std::int64_t block(std::int64_t place) const;
  /// Rows of a matrix in which groups are contiguous, and the row of a word.
  std::int64_t rows() const { return groups_ * most_; }
  std::int64_t row(std::int64_t word) const { return group(word) * most_ + place(word); }

 private:
  std::int64_t words_, groups_, most_, first_block_, blocks_;
};

/// The logarithms of the counts of a word-by-word matrix, divided into tiles: those of the words of
/// a group in contexts of a group. Tiles with different words and different contexts can be
/// processed at the same time. Within a tile, counts are divided by the blocks of their word and of
/// their context, and shuffled once within these parts.
class CountTiles {
 public:
  CountTiles() = default;
  /// Takes 8 bytes for each count. The order depends only on the counts, the groups and the seed.
  /// Throws Interrupted.
  CountTiles(const SparseView& counts, const TileGroups& groups, std::uint64_t seed);

  std::int64_t size() const { return static_cast<std::int64_t>(counts_.size()); }
  /// Parts of a tile.
  std::int64_t parts() const { return parts_; }
  struct Part {
    const GloveCount* counts;
    std::int64_t size;
  };
  Part part(std::int64_t words, std::int64_t contexts, std::int64_t part) const;

 private:
  std::int64_t groups_ = 0, parts_ = 0;
  std::vector<std::int64_t> begin_;  // [groups * groups * parts + 1]
  std::vector<GloveCount, HugePages<GloveCount>> counts_;
};

}  // namespace wordbridge
