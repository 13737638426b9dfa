#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "data/corpus/corpus.h"
#include "models/sequences/sequence_options.h"

namespace wordbridge {

/// Splits the positions of a span into the mini-batches of one epoch, in a random order that
/// depends only on (seed, epoch). The epoch and the batch index are therefore enough to resume
/// within an epoch.
class BatchSampler {
 public:
  BatchSampler(Span span, std::int64_t batch_size, std::uint64_t seed, std::int64_t epoch);

  /// Batches of `count` items in their order. The items are divided into `streams` runs, of equal
  /// length or one more, and each batch has the next item of every run, so the last one may have
  /// fewer: those of the first runs.
  static BatchSampler in_streams(std::int64_t count, std::int64_t streams);

  std::int64_t batches() const;
  /// Stream positions of the target words. The last batch may be smaller.
  std::vector<std::int64_t> batch(std::int64_t index) const;

 private:
  BatchSampler(std::vector<std::int64_t> order, std::int64_t batch_size)
      : order_(std::move(order)), batch_size_(batch_size) {}

  std::vector<std::int64_t> order_;
  std::int64_t batch_size_;
};

/// Writes the `count` words before each position, nearest first, to ids [positions, count], and the
/// words at the positions to `targets`. Positions before the start of the stream are filled with
/// the corpus's start_id().
void fill_contexts(const Corpus& corpus, const std::vector<std::int64_t>& positions,
                   std::int64_t count, std::int64_t* ids, std::int64_t* targets);
/// The same for any stream of ids; `start` fills positions before its beginning.
void fill_contexts(const std::int32_t* stream, std::int32_t start,
                   const std::vector<std::int64_t>& positions, std::int64_t count,
                   std::int64_t* ids, std::int64_t* targets);

/// The sequences into which a span is divided (models/sequences/sequence_options.h): sequence i
/// predicts the words from start(i) on, `length - overlap` of them, after `overlap` words that are
/// only context, or all words since the start of the stream if these are fewer. The first one may
/// start before the span and the last one may end after it.
class SequenceWindows {
 public:
  /// `shift`: how far before the span the first sequence starts, at most most_shift().
  SequenceWindows(Span span, std::int64_t length, std::int64_t overlap, std::int64_t shift = 0);

  std::int64_t count() const;
  std::int64_t start(std::int64_t index) const { return span_.begin - shift_ + index * step(); }
  /// The number of words that each sequence predicts.
  std::int64_t step() const { return length_ - overlap_; }
  /// The stream position that the first place of a sequence predicts.
  std::int64_t first_position(std::int64_t index) const {
    return std::max<std::int64_t>(0, start(index) - overlap_);
  }
  /// The largest shift that needs no further sequence.
  std::int64_t most_shift() const { return count() * step() - span_.size(); }
  /// The sequences [indices, length] as ids and as targets. A target outside of the span, or of a
  /// word that is only context, is -1. The id before the stream and those after the end of the span
  /// are `start_id`.
  void fill(const std::int32_t* stream, std::int32_t start_id,
            const std::vector<std::int64_t>& indices, std::int64_t* ids,
            std::int64_t* targets) const;

 private:
  Span span_;
  std::int64_t length_, overlap_, shift_;
};

/// The windows of a training epoch. Their borders differ from epoch to epoch and depend only on
/// (seed, epoch).
SequenceWindows training_windows(Span span, const SequenceShape& shape, std::uint64_t seed,
                                 std::int64_t epoch);

}  // namespace wordbridge
