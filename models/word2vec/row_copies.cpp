#include "models/word2vec/row_copies.h"

#include <algorithm>

#include "core/threads.h"

namespace wordbridge {
namespace {

std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

}  // namespace

void RowCopies::start(const float* matrix, std::int64_t width, std::int64_t most) {
  matrix_ = matrix;
  width_ = width;
  rows_.clear();
  std::size_t size = 16;
  while (size < 2 * at(most)) size *= 2;
  table_.assign(size, -1);
  copies_ = values_.get(most * width);
}

float* RowCopies::row(std::int32_t row) {
  std::size_t place = (static_cast<std::uint32_t>(row) * 2654435769U) & (table_.size() - 1);
  for (; table_[place] >= 0; place = (place + 1) & (table_.size() - 1))
    if (rows_[at(table_[place])] == row) return copies_ + table_[place] * width_;
  table_[place] = static_cast<std::int32_t>(rows_.size());
  float* const copy = copies_ + static_cast<std::int64_t>(rows_.size()) * width_;
  rows_.push_back(row);
  std::copy_n(matrix_ + row * width_, width_, copy);
  return copy;
}

void RowCopies::subtract() {
  bucket_end_.assign(kBuckets + 1, 0);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    float* copy = copies_ + static_cast<std::int64_t>(i) * width_;
    const float* row = matrix_ + rows_[i] * width_;
    for (std::int64_t k = 0; k < width_; ++k) copy[k] -= row[k];
    ++bucket_end_[bucket(rows_[i]) + 1];
  }
  for (std::size_t b = 0; b < kBuckets; ++b) bucket_end_[b + 1] += bucket_end_[b];
  by_bucket_.resize(rows_.size());
  for (std::size_t i = 0; i < rows_.size(); ++i)
    by_bucket_[at(bucket_end_[bucket(rows_[i])]++)] = static_cast<std::int32_t>(i);
}

void add_differences(const std::vector<RowCopies>& copies, std::int64_t count, float* matrix) {
  for_each_block(RowCopies::kBuckets, [&](std::int64_t bucket) {
    for (std::int64_t c = 0; c < count; ++c) {
      const RowCopies& some = copies[at(c)];
      // Filling the buckets moved each end on to the next bucket's begin.
      const std::int32_t begin = bucket == 0 ? 0 : some.bucket_end_[at(bucket - 1)];
      for (std::int32_t i = begin; i < some.bucket_end_[at(bucket)]; ++i) {
        const std::int32_t place = some.by_bucket_[at(i)];
        const float* const difference = some.copies_ + place * some.width_;
        float* const to = matrix + some.rows_[at(place)] * some.width_;
        for (std::int64_t k = 0; k < some.width_; ++k) to[k] += difference[k];
      }
    }
  });
}

}  // namespace wordbridge
