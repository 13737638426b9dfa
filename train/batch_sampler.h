#pragma once

#include <cstdint>
#include <vector>

#include "data/corpus/corpus.h"

namespace wordbridge {

/// The order in which an epoch predicts the words of a span: a random permutation that depends on
/// (seed, epoch) alone. Where training stands is thus two numbers, epoch and batch; nothing else
/// has to be kept to continue in mid-epoch.
class BatchSampler {
 public:
  BatchSampler(Span span, std::int64_t batch_size, std::uint64_t seed, std::int64_t epoch);

  std::int64_t batches() const;
  /// Stream positions of the words to predict; the last batch may be smaller.
  std::vector<std::int64_t> batch(std::int64_t index) const;

 private:
  std::vector<std::int64_t> order_;
  std::int64_t batch_size_;
};

/// The `count` words before each position, nearest first, into ids [positions, count]; before the
/// start of the stream stands `start_id`. And the words at the positions into `targets`.
void fill_contexts(const Corpus& corpus, const std::vector<std::int64_t>& positions,
                   std::int64_t count, std::int64_t* ids, std::int64_t* targets);
/// Likewise, of any stream of ids.
void fill_contexts(const std::int32_t* stream, std::int32_t start,
                   const std::vector<std::int64_t>& positions, std::int64_t count,
                   std::int64_t* ids, std::int64_t* targets);

}  // namespace wordbridge
