#pragma once

#include <cstdint>
#include <vector>

#include "data/corpus/corpus.h"

namespace wordbridge {

/// Splits the positions of a span into the mini-batches of one epoch, in a random order that
/// depends only on (seed, epoch). The epoch and the batch index are therefore enough to resume
/// within an epoch.
class BatchSampler {
 public:
  BatchSampler(Span span, std::int64_t batch_size, std::uint64_t seed, std::int64_t epoch);

  std::int64_t batches() const;
  /// Stream positions of the target words. The last batch may be smaller.
  std::vector<std::int64_t> batch(std::int64_t index) const;

 private:
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

}  // namespace wordbridge
