#include "kernels/search/byte_scan.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/index.h"

// Arrays of vectors need a size known at compile time.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)

// Highway compiles this file once for each instruction set; the order of these lines matters.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/search/byte_scan.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace wordbridge {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Words = hn::CappedTag<std::int16_t, kScanColumns>;
using Bytes = hn::Rebind<std::uint8_t, Words>;
using Sums = hn::Repartition<std::int32_t, Words>;
using Floats = hn::CappedTag<float, 16>;

/// products[i] = sum over the columns of the rows' bytes and the query [stride, padded]. What is
/// read beyond a row is multiplied by zero.
void ScanProducts(const std::int16_t* HWY_RESTRICT query, const std::uint8_t* HWY_RESTRICT rows,
                  std::int64_t count, std::int64_t stride, std::int32_t* HWY_RESTRICT products) {
  const Words d;
  const Bytes bytes;
  const Sums sums;
  const auto step = static_cast<std::int64_t>(hn::Lanes(d));
  for (std::int64_t row = 0; row < count; ++row, rows += stride) {
    auto even = hn::Zero(sums), odd = hn::Zero(sums);
    for (std::int64_t k = 0; k < stride; k += step) {
      const auto values = hn::PromoteTo(d, hn::LoadU(bytes, rows + k));
      even = hn::ReorderWidenMulAccumulate(sums, values, hn::LoadU(d, query + k), even, odd);
    }
    products[row] = hn::GetLane(hn::SumOfLanes(sums, hn::Add(even, odd)));
  }
}

/// The bounds of byte_products.h, upwards and downwards, for a whole number of vectors of rows.
void ScanBounds(const std::int32_t* HWY_RESTRICT products, const float* HWY_RESTRICT terms,
                std::int64_t count, float step, float length, float error,
                float* HWY_RESTRICT lower, float* HWY_RESTRICT upper) {
  const Floats d;
  const hn::RebindToSigned<Floats> integers;
  const auto query_step = hn::Set(d, step), query_length = hn::Set(d, length),
             query_error = hn::Set(d, error);
  for (std::int64_t i = 0; i < count; i += static_cast<std::int64_t>(hn::Lanes(d))) {
    hn::Vec<Floats> row_step, row_error, row_length, offset;
    hn::LoadInterleaved4(d, terms + 4 * i, row_step, row_error, row_length, offset);
    const auto product =
        hn::Mul(hn::Mul(hn::ConvertTo(d, hn::LoadU(integers, products + i)), row_step), query_step);
    const auto errors = hn::MulAdd(row_error, query_length, hn::Mul(row_length, query_error));
    hn::StoreU(hn::Add(product, hn::Add(errors, offset)), d, upper + i);
    hn::StoreU(hn::Sub(product, hn::Add(errors, hn::Abs(offset))), d, lower + i);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace wordbridge
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wordbridge {

HWY_EXPORT(ScanProducts);
HWY_EXPORT(ScanBounds);

ByteScan::ByteScan(const float* query, std::int64_t dim)
    : values_(at((dim + kScanColumns - 1) / kScanColumns * kScanColumns)) {
  double squares = 0, most = 0;
  is_finite_ = true;
  for (std::int64_t k = 0; k < dim; ++k) {
    is_finite_ = is_finite_ && std::isfinite(query[k]);
    squares += static_cast<double>(query[k]) * query[k];
    most = std::max(most, std::abs(static_cast<double>(query[k])));
  }
  if (!is_finite_) return;
  // No sum exceeds 256 |q| dim.
  const auto largest =
      std::min<std::int64_t>(std::numeric_limits<std::int16_t>::max(),
                             std::numeric_limits<std::int32_t>::max() / (256 * dim));
  // Smaller steps than float32 can hold would be rounded too much.
  step_ = most > 1e-30 ? static_cast<float>(most / static_cast<double>(largest)) : 0;
  double errors = 0;
  std::int32_t sum = 0;
  for (std::int64_t k = 0; k < dim; ++k) {
    // |q| <= largest, also if the step was rounded down.
    const double wanted = step_ > 0 ? std::nearbyint(query[k] / static_cast<double>(step_)) : 0;
    const auto limit = static_cast<double>(largest);
    const auto value = static_cast<std::int16_t>(std::clamp(wanted, -limit, limit));
    values_[at(k)] = value;
    sum += value;
    const double error = query[k] - static_cast<double>(step_) * value;
    errors += error * error;
  }
  correction_ = -128 * sum;
  // Rounded up. The rows' errors cover the rounding of sums in float32 (round_to_bytes()).
  length_ = static_cast<float>(std::sqrt(squares) + std::sqrt(errors)) * 1.00001F;
  error_ = static_cast<float>(std::sqrt(errors)) * 1.00001F + 1e-36F;
}

void ByteScan::bounds(const ByteRows& rows, std::int64_t first, std::int64_t count, float* lower,
                      float* upper) const {
  static_assert(sizeof(ByteTerms) == 4 * sizeof(float));
  constexpr std::int64_t kAtATime = 256, kMostLanes = 16;
  std::int32_t products[kAtATime];
  float low[kAtATime], high[kAtATime], terms[4 * kAtATime];
  for (std::int64_t begin = 0; begin < count; begin += kAtATime) {
    const std::int64_t size = std::min(kAtATime, count - begin);
    HWY_DYNAMIC_DISPATCH(ScanProducts)
    (values_.data(), rows.values(first + begin), size, rows.stride(), products);
    for (std::int64_t i = 0; i < size; ++i) products[i] += correction_;
    const std::int64_t padded = (size + kMostLanes - 1) / kMostLanes * kMostLanes;
    std::fill(products + size, products + padded, 0);
    const float* of_rows = &rows.terms(first + begin).step;
    if (padded > size) {
      std::fill(std::copy_n(of_rows, 4 * size, terms), terms + 4 * padded, 0.0F);
      of_rows = terms;
    }
    HWY_DYNAMIC_DISPATCH(ScanBounds)
    (products, of_rows, padded, step_, length_, error_, low, high);
    std::copy_n(low, size, lower + begin);
    std::copy_n(high, size, upper + begin);
  }
}

}  // namespace wordbridge
#endif
