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

/// A segment's rows are read and changed in the matrix. ask() prefetches for a row that will soon
/// be looked up.
struct InPlace {
  float* matrix;
  std::int64_t width;
  void ask_early(std::int32_t) const {}
  void ask(std::int32_t) const {}
  float* operator()(std::int32_t row) const { return matrix + row * width; }
};

/// Rows are changed in the matrix, except for rows that another segment changes at the same time
/// and the means of words' parts, which are changed in copies.
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

/// The means of words' parts are changed in copies, everything else in the matrix.
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

/// A thread's working data for a segment: the text and its rows, looked up once.
class SegmentRows {
 public:
  TrainingWindows::Segment text;

  /// Lists the rows that the windows of `text` change. `contexts` is the first row of the contexts.
  void list(const OutputRows& outputs, std::int32_t contexts, const TrainingWindows& windows);
  /// The rows found by list(), with repetitions.
  const std::vector<std::int32_t>& ids() const { return ids_; }
  /// Looks up the addresses of these rows.
  template <class Row>
  void find(const Row& row) {
    rows_.resize(ids_.size());
    for (std::size_t i = 0; i < ids_.size(); ++i) {
      if (i + 2 * kAhead < ids_.size()) row.ask_early(ids_[i + 2 * kAhead]);
      if (i + kAhead < ids_.size()) row.ask(ids_[i + kAhead]);
      rows_[i] = row(ids_[i]);
    }
  }

  /// Prefetches the rows of the word at `place`, if that is within the text.
  void prefetch(std::int64_t place, std::int64_t width) const;
  /// Prefetches the negative samples of the word at `place`, if it belongs to the segment itself.
  void prefetch_negatives(std::int64_t place, std::int64_t negatives, std::int64_t width) const;
  /// Prefetches the partners of the word at `place`, if it belongs to the segment itself.
  void prefetch_partners(std::int64_t place, std::int64_t width) const;
  /// Prefetches what tells which words are related: the word at `place`, and the negative samples
  /// of the one at `negatives_place`.
  void prefetch_related(std::int64_t place, std::int64_t negatives_place,
                        const TrainingWindows& windows) const;
  /// Returns the rows of the window around the word at `place`. The first `yes` of its outputs have
  /// positive labels. Valid until the next call.
  WindowRows window(const TrainingWindows::Window& window, std::int64_t place,
                    const TrainingWindows& windows, std::int64_t yes, std::int64_t width);
  /// The same with the centre word as the input and the context words as positive outputs.
  WindowRows center_window(const TrainingWindows::Window& window, std::int64_t place,
                           const TrainingWindows& windows, std::int64_t width);
  /// The word at `place` and the partners drawn for it, strong and weak, with weights for a word of
  /// `pairs` pairs.
  PartnerRows partners(std::int64_t place, const PositiveSampling& sampling, std::int64_t pairs,
                       std::int64_t width) const;

 private:
  /// Finds the pairs of contexts and negative samples of a window that are related.
  void find_skipped(const TrainingWindows::Window& window, std::int64_t place,
                    const RelatedWords& related, std::int32_t positives);

  static constexpr std::size_t kAhead = 6;  // rows prefetched ahead of their use

  std::vector<std::int32_t> ids_;  // negatives, words, outputs of the segment's own words (with the
                                   // centre as input: of all words), partners
  std::vector<float*> rows_;
  std::int64_t first_word_ = 0, first_output_ = 0;
  std::vector<std::int64_t> outputs_;        // [words + 1]: begin of each one's outputs in rows_
  std::vector<std::int64_t> strong_, weak_;  // [own words (+ 1)]: begin of their partners in rows_
  std::vector<float*> in_, out_;             // of a window
  std::vector<std::int32_t> noise_;          // of a window: words of its negative samples
  std::vector<RelatedWords::Marked> noise_marks_;
  std::vector<std::int32_t> skipped_;  // of a window
};

}  // namespace wordbridge
