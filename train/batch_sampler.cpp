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

BatchSampler BatchSampler::in_streams(std::int64_t count, std::int64_t streams) {
  const std::int64_t least = count / streams, longer = count % streams;
  std::vector<std::int64_t> order;
  for (std::int64_t step = 0; step <= least; ++step)
    for (std::int64_t stream = 0; stream < (step < least ? streams : longer); ++stream)
      order.push_back(stream * least + std::min(stream, longer) + step);
  return {std::move(order), streams};
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

SequenceWindows::SequenceWindows(Span span, std::int64_t length, std::int64_t overlap,
                                 std::int64_t shift)
    : span_(span), length_(length), overlap_(overlap), shift_(shift) {}

std::int64_t SequenceWindows::count() const { return (span_.size() + step() - 1) / step(); }

void SequenceWindows::fill(const std::int32_t* stream, std::int32_t start_id,
                           const std::vector<std::int64_t>& indices, std::int64_t* ids,
                           std::int64_t* targets) const {
  for (const std::int64_t index : indices)
    for (std::int64_t t = 0; t < length_; ++t) {
      const std::int64_t position = first_position(index) + t;  // of the predicted word
      *ids++ = position > 0 && position <= span_.end ? stream[position - 1] : start_id;
      const bool is_predicted = position >= std::max(start(index), span_.begin) &&
                                position < std::min(start(index) + step(), span_.end);
      *targets++ = is_predicted ? stream[position] : -1;
    }
}

SequenceWindows training_windows(Span span, const SequenceShape& shape, std::uint64_t seed,
                                 std::int64_t epoch) {
  const SequenceWindows plain(span, shape.length, shape.overlap);
  Rng rng(seed, "sequences", static_cast<std::uint64_t>(epoch));
  const auto shifts = static_cast<std::uint64_t>(plain.most_shift() + 1);
  return {span, shape.length, shape.overlap, static_cast<std::int64_t>(rng.below(shifts))};
}

}  // namespace wordbridge
