#include "models/word2vec/row_copies.h"

#include <algorithm>

#include "core/index.h"
#include "core/threads.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kAhead = 6;  // rows prefetched ahead of their use

}  // namespace

void RowCopies::start(const float* matrix, std::int64_t width, std::int64_t most,
                      const Subwords& parts) {
  matrix_ = matrix;
  parts_ = &parts;
  width_ = width;
  rows_.clear();
  std::size_t size = 16;
  while (size < 2 * at(most)) size *= 2;
  table_.assign(size, -1);
  copies_ = values_.get((parts.any() ? 2 : 1) * most * width);
  means_ = copies_ + most * width;
}

float* RowCopies::row(std::int32_t row) {
  std::size_t place = (static_cast<std::uint32_t>(row) * 2654435769U) & (table_.size() - 1);
  for (; table_[place] >= 0; place = (place + 1) & (table_.size() - 1))
    if (rows_[at(table_[place])] == row) return copies_ + table_[place] * width_;
  table_[place] = static_cast<std::int32_t>(rows_.size());
  const auto offset = static_cast<std::int64_t>(rows_.size()) * width_;
  rows_.push_back(row);
  if (parts_->has(row)) {
    parts_->mean(row, matrix_, width_, means_ + offset);
    std::copy_n(means_ + offset, width_, copies_ + offset);
  } else {
    std::copy_n(matrix_ + row * width_, width_, copies_ + offset);
  }
  return copies_ + offset;
}

void RowCopies::prefetch(std::int32_t row) const {
  if (!parts_->has(row)) return prefetch_row(matrix_ + row * width_, width_);
  for (const std::int32_t part : parts_->of(row)) prefetch_row(matrix_ + part * width_, width_);
}

template <class Use>
void RowCopies::for_each_change(const Use& use) const {
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const auto place = static_cast<std::int32_t>(i);
    if (!parts_->has(rows_[i])) {
      use(rows_[i], place);
      continue;
    }
    for (const std::int32_t part : parts_->of(rows_[i])) use(part, place);
  }
}

void RowCopies::finish() {
  bucket_end_.assign(kBuckets + 1, 0);
  for_each_change([this](std::int32_t row, std::int32_t) { ++bucket_end_[bucket(row) + 1]; });
  for (std::size_t b = 0; b < kBuckets; ++b) bucket_end_[b + 1] += bucket_end_[b];
  changes_.resize(at(bucket_end_.back()));
  // bucket_end_[b] is the begin of bucket b here; filling the bucket moves it to the end.
  for_each_change([this](std::int32_t row, std::int32_t place) {
    changes_[at(bucket_end_[bucket(row)]++)] = {row, place};
  });
}

void RowOwners::start() {
  if (++turn_ != 0) return;
  std::fill(marks_.begin(), marks_.end(), std::array<std::uint8_t, kMostOwners>{});
  turn_ = 1;
}

void CopyMerger::merge(RowCopies* copies, std::int64_t count, float* matrix) {
  ++merges_;
  for_each_block(RowCopies::kBuckets, [&](std::int64_t bucket) {
    for (std::int64_t c = 0; c < count; ++c) {
      RowCopies& some = copies[c];
      const std::int64_t width = some.width_;
      const std::int64_t begin = bucket == 0 ? 0 : some.bucket_end_[at(bucket - 1)];
      const std::int64_t end = some.bucket_end_[at(bucket)];
      for (std::int64_t i = begin; i < end; ++i) {
        if (i + kAhead < end) {
          const auto& next = some.changes_[at(i + kAhead)];
          if (!first_.empty()) __builtin_prefetch(&first_[at(next.row)]);
          prefetch_row(matrix + next.row * width, width);
          prefetch_row(some.copies_ + next.place * width, width);
        }
        const auto [row, place] = some.changes_[at(i)];
        float* const to = matrix + row * width;
        float* const copy = some.copies_ + place * width;
        const float* before = some.means_ + place * width;
        if (!some.parts_->has(some.rows_[at(place)])) {
          First& first = first_[at(row)];
          if (first.merge != merges_) {
            // The first copy becomes the new row; its place keeps the old row for the other copies.
            std::swap_ranges(to, to + width, copy);
            first = {merges_, static_cast<std::uint32_t>(place * count + c)};
            continue;
          }
          const RowCopies& other = copies[first.place % count];
          before = other.copies_ + first.place / count * width;
        }
        for (std::int64_t k = 0; k < width; ++k) to[k] += copy[k] - before[k];
      }
    }
  });
}

}  // namespace wordbridge
