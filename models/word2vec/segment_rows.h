#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "kernels/word2vec_step.h"
#include "models/word2vec/output_rows.h"
#include "models/word2vec/row_copies.h"
#include "models/word2vec/subwords.h"
#include "models/word2vec/training_windows.h"

namespace wordbridge {

/// Where a segment's rows are read and changed: in the matrix. ask() for a row that is looked up
/// soon.
struct InPlace {
  float* matrix;
  std::int64_t width;
  void ask_early(std::int32_t) const {}
  void ask(std::int32_t) const {}
  float* operator()(std::int32_t row) const { return matrix + row * width; }
};

/// In the matrix too, but in copies what another segment changes meanwhile, and the means of words'
/// parts.
struct SharedInCopies {
  RowCopies& copies;
  const RowOwners& owners;
  std::int64_t owner;
  const Subwords& parts;
  InPlace in_place;
  bool is_copied(std::int32_t row) const { return parts.has(row) || !owners.is_alone(owner, row); }
  void ask_early(std::int32_t row) const { owners.prefetch(row); }
  void ask(std::int32_t row) const {
    if (is_copied(row)) copies.prefetch(row);
  }
  float* operator()(std::int32_t row) const {
    return is_copied(row) ? copies.row(row) : in_place(row);
  }
};

/// The means of words' parts in copies, all else in the matrix.
struct MeansInCopies {
  RowCopies& copies;
  const Subwords& parts;
  InPlace in_place;
  void ask_early(std::int32_t) const {}
  void ask(std::int32_t row) const {
    if (parts.has(row)) copies.prefetch(row);
  }
  float* operator()(std::int32_t row) const {
    return parts.has(row) ? copies.row(row) : in_place(row);
  }
};

/// What a thread needs for a segment: its rows, looked up once.
class SegmentRows {
 public:
  TrainingWindows::Segment text;

  /// Lists the rows that the windows of `text` change; row `contexts` is the first of contexts.
  void list(const OutputRows& outputs, std::int32_t contexts);
  /// The rows that list() found, some of them twice.
  const std::vector<std::int32_t>& ids() const { return ids_; }
  /// Looks them up.
  template <class Row>
  void find(const Row& row) {
    rows_.resize(ids_.size());
    for (std::size_t i = 0; i < ids_.size(); ++i) {
      if (i + 2 * kAhead < ids_.size()) row.ask_early(ids_[i + 2 * kAhead]);
      if (i + kAhead < ids_.size()) row.ask(ids_[i + kAhead]);
      rows_[i] = row(ids_[i]);
    }
  }

  /// Asks for the rows of the word at `place`, if there is one, ahead of their use.
  void prefetch(std::int64_t place, std::int64_t width) const;
  /// Asks for the negative samples of the word at `place`, if it is the segment's own.
  void prefetch_negatives(std::int64_t place, std::int64_t negatives, std::int64_t width) const;
  /// The rows of a window around the word at `place`, of whose outputs the first `yes` answer yes;
  /// they are valid until the next call.
  WindowRows window(const TrainingWindows::Window& window, std::int64_t place,
                    std::int64_t negatives, std::int64_t yes, std::int64_t width);

 private:
  static constexpr std::size_t kAhead = 6;  // rows that are on their way from memory

  std::vector<std::int32_t> ids_;  // of negatives, of words, of outputs of the segment's own words
  std::vector<float*> rows_;
  std::int64_t first_word_ = 0;
  std::vector<std::int64_t> outputs_;  // [own words + 1]: where in rows_ their outputs are
  std::vector<float*> in_, out_;       // of a window
};

}  // namespace wordbridge
