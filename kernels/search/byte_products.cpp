#include "kernels/search/byte_products.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/index.h"
#include "core/threads.h"
#include "kernels/search/byte_tiles.h"
#include "kernels/search/products.h"

namespace wordbridge {
namespace {

constexpr int kZero = 128;           // stored for 0 in rows
constexpr std::int64_t kQuad = 4;    // columns that one instruction adds up
constexpr float kSmallest = 1e-36F;  // covers products below the smallest normal number
constexpr float kSmallestStep = 1e-10F, kInfinity = std::numeric_limits<float>::infinity();

std::int64_t padded(std::int64_t dim) { return (dim + kQuad - 1) / kQuad * kQuad; }

}  // namespace

ByteRows::ByteRows(const float* rows, std::int64_t count, std::int64_t dim, const float* scales,
                   const float* offsets)
    : stride_(padded(dim)),
      values_(at(count * stride_ + kScanColumns), std::uint8_t{kZero}),
      terms_(at(count)) {
  const auto round = has_byte_products() ? round_to_bytes : round_to_bytes_anywhere;
  constexpr std::int64_t kBlock = 1024;
  for_each_range(count, kBlock, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const RoundedRow rounded = round(rows + i * dim, dim, kZero, values_.data() + i * stride_);
      const float scale = scales != nullptr ? scales[i] : 1;
      const float offset = offsets != nullptr ? offsets[i] : 0;
      const float size = std::abs(scale);
      terms_[at(i)] = {rounded.step * scale, rounded.error * size, rounded.length * size,
                       offset + std::abs(offset) * 5e-7F + kSmallest};
      if (!rounded.is_finite || !std::isfinite(scale) || !std::isfinite(offset))
        terms_[at(i)] = {0, 0, 0, std::isnan(scale) ? -kInfinity : kInfinity};
    }
  });
}

double ByteRows::bytes_of(std::int64_t count, std::int64_t dim) {
  return static_cast<double>(count) *
         static_cast<double>(padded(dim) + std::int64_t{sizeof(ByteTerms)});
}

RoundedRow round_to_bytes_anywhere(const float* row, std::int64_t dim, int zero,
                                   std::uint8_t* values) {
  constexpr float kLargest = 127;
  RoundedRow rounded;
  float most = 0;
  for (std::int64_t k = 0; k < dim; ++k) {
    rounded.is_finite = rounded.is_finite && std::isfinite(row[k]);
    most = std::max(most, std::abs(row[k]));
  }
  std::fill_n(values, dim, static_cast<std::uint8_t>(zero));
  if (!rounded.is_finite) return rounded;
  if (most > kSmallestStep) rounded.step = most / kLargest;
  const float inverse = rounded.step > 0 ? kLargest / most : 0;
  double squares = 0, errors = 0;
  for (std::int64_t k = 0; k < dim; ++k) {
    const float q = std::nearbyint(row[k] * inverse);
    values[k] = static_cast<std::uint8_t>(static_cast<int>(q) + zero);
    const double error = row[k] - static_cast<double>(rounded.step) * q;
    squares += static_cast<double>(q) * q;
    errors += error * error;
  }
  // As in round_to_bytes(): the second term of the error covers the rounding of float32 sums.
  rounded.length = rounded.step * static_cast<float>(std::sqrt(squares)) * 1.00001F;
  rounded.error = static_cast<float>(std::sqrt(errors)) * 1.001F;
  rounded.error += static_cast<float>(dim + 16) * 1.2e-7F * (rounded.length + rounded.error);
  return rounded;
}

BytePanels::BytePanels(const float* queries, std::int64_t count, std::int64_t dim)
    : count_(count), stride_(padded(dim)) {
  const std::int64_t panels = (count + kProductPanel - 1) / kProductPanel;
  const std::size_t padded_count = at(panels * kProductPanel);
  values_.assign(padded_count * at(stride_), 0);
  corrections_.assign(padded_count, 0);
  for (auto* terms : {&steps_, &lengths_, &errors_}) terms->assign(padded_count, 0);
  std::vector<std::uint8_t> values(at(stride_));
  for (std::int64_t i = 0; i < count; ++i) {
    const RoundedRow rounded = round_to_bytes(queries + i * dim, dim, 0, values.data());
    std::int8_t* const panel = values_.data() + i / kProductPanel * kProductPanel * stride_;
    std::int32_t sum = 0;
    for (std::int64_t k = 0; k < stride_; ++k) {
      const auto value = static_cast<std::int8_t>(values[at(k)]);
      panel[(k / kQuad * kProductPanel + i % kProductPanel) * kQuad + k % kQuad] = value;
      sum += value;
    }
    corrections_[at(i)] = -kZero * sum;
    steps_[at(i)] = rounded.is_finite ? rounded.step : std::numeric_limits<float>::quiet_NaN();
    lengths_[at(i)] = rounded.length + rounded.error;
    errors_[at(i)] = rounded.error;
  }
}

std::int64_t BytePanels::find_promising(std::int64_t panel, const ByteRows& rows,
                                        std::int64_t first, std::int64_t count, const float* limits,
                                        std::uint32_t* masks) const {
  const std::int64_t begin = panel * kProductPanel;
  const std::int64_t width = std::min(kProductPanel, count_ - begin);
  const auto queries = static_cast<std::uint32_t>((std::uint64_t{1} << width) - 1);
  return promising_products(
      {values_.data() + begin * stride_, corrections_.data() + begin, steps_.data() + begin,
       lengths_.data() + begin, errors_.data() + begin, queries},
      rows.values(first), &rows.terms(first), count, stride_, limits, masks);
}

}  // namespace wordbridge
