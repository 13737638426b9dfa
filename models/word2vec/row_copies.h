#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#include "kernels/simd/scratch.h"
#include "models/word2vec/subwords.h"

namespace wordbridge {

/// Prefetches a row that will soon be read and changed.
inline void prefetch_row(const float* row, std::int64_t width) {
  for (std::int64_t k = 0; k < width; k += 16) __builtin_prefetch(row + k, 1);
}

/// Copies of some rows of a matrix, created at the first access. One segment of the text is trained
/// on its copies while the matrix stays unchanged, so that other segments can be trained at the
/// same time. The row of a word with several parts is the mean of the parts, and the change of the
/// mean is added to each part: if no other word has these parts, their new mean equals the copy.
class RowCopies {
 public:
  /// Discards all copies. New ones are of `matrix` [any, width], at most `most` rows.
  void start(const float* matrix, std::int64_t width, std::int64_t most, const Subwords& parts);
  /// Returns the copy of row `row`; its address stays valid until start().
  float* row(std::int32_t row);
  /// Prefetches the rows from which the copy of row `row` will soon be created.
  void prefetch(std::int32_t row) const;
  /// Sorts the rows for CopyMerger. No calls of row() may follow.
  void finish();

 private:
  friend class CopyMerger;
  /// Rows are merged bucket by bucket, each by one thread. 64 neighbouring rows share a bucket, so
  /// that no two threads write to the same cache line.
  static constexpr std::int32_t kBuckets = 16;
  static std::size_t bucket(std::int32_t row) {
    return static_cast<std::size_t>((row >> 6) % kBuckets);
  }
  /// Calls `use(row of the matrix, index of the copy)` for all changed rows.
  template <class Use>
  void for_each_change(const Use& use) const;

  const float* matrix_ = nullptr;
  const Subwords* parts_ = nullptr;
  std::int64_t width_ = 0;
  std::vector<std::int32_t> rows_;   // in the order of their first access
  std::vector<std::int32_t> table_;  // indices into rows_, by the row's hash; -1: free
  struct Change {
    std::int32_t row, place;
  };
  std::vector<Change> changes_;           // bucket by bucket
  std::vector<std::int64_t> bucket_end_;  // [kBuckets]
  Scratch values_;
  float* copies_ = nullptr;  // [rows_, width]
  float* means_ = nullptr;   // [rows_, width]: initial values of the copies of means
};

/// The rows of a matrix that only one of several segments will change; that segment can change them
/// in place.
class RowOwners {
 public:
  /// `rows`: rows of the matrix.
  explicit RowOwners(std::int64_t rows) : marks_(static_cast<std::size_t>(rows)) {}
  static constexpr std::int64_t kMostOwners = 8;
  /// Clears all marks.
  void start();
  /// Marks that segment `owner` will change row `row`. Different owners can be marked from
  /// different threads, since each has its own byte.
  void mark(std::int64_t owner, std::int32_t row) {
    marks_[static_cast<std::size_t>(row)][static_cast<std::size_t>(owner)] = turn_;
  }
  /// Whether no other owner has marked the row. Call it after all marks are set.
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
  std::vector<std::array<std::uint8_t, kMostOwners>> marks_;  // [rows]: each owner's last turn
  std::uint8_t turn_ = 0;
};

/// Adds the changes of copies to their matrix.
class CopyMerger {
 public:
  /// `rows`: rows of the matrix.
  explicit CopyMerger(std::int64_t rows) : first_(static_cast<std::size_t>(rows)) {}
  /// matrix += sum of (copy - its initial value) over `count` sets of copies, in their order, on
  /// all threads. Overwrites the copies.
  void merge(RowCopies* copies, std::int64_t count, float* matrix);

 private:
  struct First {
    std::uint32_t merge = 0;  // number of the merge
    std::uint32_t place = 0;  // index of the row in its set of copies * count + index of the set
  };
  std::vector<First> first_;  // [rows]: the first copy of each row in a merge
  std::uint32_t merges_ = 0;
};

}  // namespace wordbridge
