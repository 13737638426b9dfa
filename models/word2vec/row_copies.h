#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#include "kernels/simd/scratch.h"
#include "models/word2vec/subwords.h"

namespace wordbridge {

/// Asks for a row that will be read and changed soon.
inline void prefetch_row(const float* row, std::int64_t width) {
  for (std::int64_t k = 0; k < width; k += 16) __builtin_prefetch(row + k, 1);
}

/// Copies of some rows of a matrix, made when a row is first asked for: what one stretch of text
/// changes while the matrix stays as it is, so that other stretches can be worked on meanwhile.
/// The row of a word of several parts is their mean, and each of them gets what the mean was
/// changed by: if no other word has these parts, the mean then is what the copy was.
class RowCopies {
 public:
  /// Forgets all; from now on of `matrix` [any, width], at most `most` rows of it.
  void start(const float* matrix, std::int64_t width, std::int64_t most, const Subwords& parts);
  /// The copy of row `row`; it stays where it is.
  float* row(std::int32_t row);
  /// Asks for what the copy of row `row` is made of, which will be soon.
  void prefetch(std::int32_t row) const;
  /// Nothing is asked for afterwards: the rows are put in order for CopyMerger.
  void finish();

 private:
  friend class CopyMerger;
  /// Rows are merged bucket by bucket, each by one thread; 64 neighbours have one bucket, so that
  /// no two threads write to one cache line.
  static constexpr std::int32_t kBuckets = 16;
  static std::size_t bucket(std::int32_t row) {
    return static_cast<std::size_t>((row >> 6) % kBuckets);
  }
  /// Calls `use(row of the matrix, place of the copy)` for all rows that are changed.
  template <class Use>
  void for_each_change(const Use& use) const;

  const float* matrix_ = nullptr;
  const Subwords* parts_ = nullptr;
  std::int64_t width_ = 0;
  std::vector<std::int32_t> rows_;   // in the order in which they were asked for
  std::vector<std::int32_t> table_;  // places in rows_, by the row's hash; -1: free
  struct Change {
    std::int32_t row, place;
  };
  std::vector<Change> changes_;           // bucket by bucket
  std::vector<std::int64_t> bucket_end_;  // [kBuckets]
  Scratch values_;
  float* copies_ = nullptr;  // [rows_, width]
  float* means_ = nullptr;   // [rows_, width]: what the copies of means were
};

/// Which rows of a matrix only one of several stretches of text will change: it can do so in place.
class RowOwners {
 public:
  /// `rows` of the matrix.
  explicit RowOwners(std::int64_t rows) : marks_(static_cast<std::size_t>(rows)) {}
  static constexpr std::int64_t kMostOwners = 8;
  /// Forgets all.
  void start();
  /// Stretch `owner` will change row `row`. Different owners may say so on different threads: each
  /// has a byte of its own.
  void mark(std::int64_t owner, std::int32_t row) {
    marks_[static_cast<std::size_t>(row)][static_cast<std::size_t>(owner)] = turn_;
  }
  /// Whether no other owner said so; when all have.
  bool is_alone(std::int64_t owner, std::int32_t row) const {
    constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
    std::uint64_t bytes = 0;  // zero where an owner has marked the row in this turn
    std::memcpy(&bytes, marks_[static_cast<std::size_t>(row)].data(), sizeof bytes);
    bytes = (bytes ^ (kOnes * turn_)) | (std::uint64_t{0xff} << (8 * owner));
    return ((bytes - kOnes) & ~bytes & (kOnes << 7)) == 0;
  }
  void prefetch(std::int32_t row) const {
    __builtin_prefetch(marks_[static_cast<std::size_t>(row)].data());
  }

 private:
  std::vector<std::array<std::uint8_t, kMostOwners>> marks_;  // the turn in which it was marked
  std::uint8_t turn_ = 0;
};

/// Adds what copies were changed by to the matrix that they are of.
class CopyMerger {
 public:
  /// `rows` of the matrix.
  explicit CopyMerger(std::int64_t rows) : first_(static_cast<std::size_t>(rows)) {}
  /// matrix += sum over `count` copies of (copy - what it was), in the copies' order, on all
  /// threads. The copies are used up.
  void merge(RowCopies* copies, std::int64_t count, float* matrix);

 private:
  struct First {
    std::uint32_t merge = 0;  // in which
    std::uint32_t place = 0;  // of the copies' rows, place * count + copy
  };
  std::vector<First> first_;  // of each row the first copy in a merge
  std::uint32_t merges_ = 0;
};

}  // namespace wordbridge
