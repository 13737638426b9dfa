#include "train/batch_sampler.h"

#include <algorithm>
#include <numeric>

#include "core/rng.h"

namespace wordbridge {

BatchSampler::BatchSampler(Span span, std::int64_t batch_size, std::uint64_t seed,
                           std::int64_t epoch)
    : order_(static_cast<std::size_t>(span.size())), batch_size_(batch_size) {
  std::iota(order_.begin(), order_.end(), span.begin);
  Rng(seed, "shuffle", static_cast<std::uint64_t>(epoch)).shuffle(order_);
}

std::int64_t BatchSampler::batches() const {
  return (static_cast<std::int64_t>(order_.size()) + batch_size_ - 1) / batch_size_;
}

std::vector<std::int64_t> BatchSampler::batch(std::int64_t index) const {
  const auto begin = index * batch_size_;
  const auto end = std::min(begin + batch_size_, static_cast<std::int64_t>(order_.size()));
  return {order_.begin() + begin, order_.begin() + end};
}

void fill_contexts(const Corpus& corpus, const std::vector<std::int64_t>& positions,
                   std::int64_t count, std::int64_t* ids, std::int64_t* targets) {
  fill_contexts(corpus.ids(), corpus.start_id(), positions, count, ids, targets);
}

void fill_contexts(const std::int32_t* stream, std::int32_t start,
                   const std::vector<std::int64_t>& positions, std::int64_t count,
                   std::int64_t* ids, std::int64_t* targets) {
  for (const std::int64_t position : positions) {
    for (std::int64_t back = 1; back <= count; ++back)
      *ids++ = position >= back ? stream[position - back] : start;
    *targets++ = stream[position];
  }
}

}  // namespace wordbridge
