#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/products.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, which compiles this file once for each instruction set.
#include <hwy/aligned_allocator.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cstring>

#include "kernels/products.h"

// A register tile is kTileA x kTileB products: as many sums as hide the latency of multiply-add,
// and few loads for each.
#ifndef WORDBRIDGE_PRODUCTS_TILE
#define WORDBRIDGE_PRODUCTS_TILE
namespace wordbridge {
constexpr std::size_t kTileA = 4;
constexpr std::size_t kTileB = 3;
}  // namespace wordbridge
#endif

HWY_BEFORE_NAMESPACE();
namespace wordbridge::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

std::size_t float_lanes() { return hn::Lanes(hn::ScalableTag<float>()); }

/// out[i * kTileB + j] = a_i . b_j; rows are aligned, `padded` (a multiple of the lanes) apart.
void tile_products(const float* HWY_RESTRICT a, const float* HWY_RESTRICT b, std::size_t padded,
                   float* HWY_RESTRICT out) {
  const hn::ScalableTag<float> d;
  static_assert(kTileA == 4 && kTileB == 3, "the sums below are written out, to stay in registers");
  const float *a0 = a, *a1 = a + padded, *a2 = a1 + padded, *a3 = a2 + padded;
  const float *b0 = b, *b1 = b + padded, *b2 = b1 + padded;
  auto s00 = hn::Zero(d), s01 = s00, s02 = s00, s10 = s00, s11 = s00, s12 = s00;
  auto s20 = s00, s21 = s00, s22 = s00, s30 = s00, s31 = s00, s32 = s00;
  for (std::size_t k = 0; k < padded; k += hn::Lanes(d)) {
    const auto v0 = hn::Load(d, b0 + k), v1 = hn::Load(d, b1 + k), v2 = hn::Load(d, b2 + k);
    auto u = hn::Load(d, a0 + k);
    s00 = hn::MulAdd(u, v0, s00), s01 = hn::MulAdd(u, v1, s01), s02 = hn::MulAdd(u, v2, s02);
    u = hn::Load(d, a1 + k);
    s10 = hn::MulAdd(u, v0, s10), s11 = hn::MulAdd(u, v1, s11), s12 = hn::MulAdd(u, v2, s12);
    u = hn::Load(d, a2 + k);
    s20 = hn::MulAdd(u, v0, s20), s21 = hn::MulAdd(u, v1, s21), s22 = hn::MulAdd(u, v2, s22);
    u = hn::Load(d, a3 + k);
    s30 = hn::MulAdd(u, v0, s30), s31 = hn::MulAdd(u, v1, s31), s32 = hn::MulAdd(u, v2, s32);
  }
  const auto sum = [&](auto lanes) { return hn::GetLane(hn::SumOfLanes(d, lanes)); };
  out[0] = sum(s00), out[1] = sum(s01), out[2] = sum(s02);
  out[3] = sum(s10), out[4] = sum(s11), out[5] = sum(s12);
  out[6] = sum(s20), out[7] = sum(s21), out[8] = sum(s22);
  out[9] = sum(s30), out[10] = sum(s31), out[11] = sum(s32);
}

}  // namespace wordbridge::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wordbridge {

HWY_EXPORT(float_lanes);
HWY_EXPORT(tile_products);

namespace {

std::size_t rounded_up(std::size_t value, std::size_t step) {
  return (value + step - 1) / step * step;
}

/// Copies rows to [rounded_up(count, tile), padded], filled up with zeros: no loop needs a tail.
void pack(const float* rows, std::size_t count, std::size_t dim, std::size_t tile,
          std::size_t padded, float* out) {
  for (std::size_t i = 0; i < rounded_up(count, tile); ++i, out += padded) {
    const std::size_t copied = i < count ? dim : 0;
    if (copied > 0) std::memcpy(out, rows + i * dim, copied * sizeof(float));
    std::fill(out + copied, out + padded, 0.0f);
  }
}

}  // namespace

void row_products(const float* a, std::int64_t a_count, const float* b, std::int64_t b_count,
                  std::int64_t dim, float* out) {
  const auto a_size = static_cast<std::size_t>(a_count), b_size = static_cast<std::size_t>(b_count);
  const auto columns = static_cast<std::size_t>(dim);
  if (a_size == 0 || b_size == 0) return;
  const std::size_t padded = rounded_up(columns, HWY_DYNAMIC_DISPATCH(float_lanes)());
  // These rows of b stay in the first-level cache while all of a passes.
  constexpr std::size_t kBlockB = 4 * kTileB;
  const auto packed_a = hwy::AllocateAligned<float>(rounded_up(a_size, kTileA) * padded);
  const auto packed_b = hwy::AllocateAligned<float>(kBlockB * padded);
  pack(a, a_size, columns, kTileA, padded, packed_a.get());
  const auto tile_products = HWY_DYNAMIC_DISPATCH(tile_products);
  for (std::size_t block = 0; block < b_size; block += kBlockB) {
    const std::size_t end = std::min(block + kBlockB, b_size);
    pack(b + block * columns, end - block, columns, kTileB, padded, packed_b.get());
    for (std::size_t i = 0; i < a_size; i += kTileA) {
      for (std::size_t j = block; j < end; j += kTileB) {
        float tile[kTileA * kTileB];
        tile_products(packed_a.get() + i * padded, packed_b.get() + (j - block) * padded, padded,
                      tile);
        for (std::size_t ti = 0; ti < std::min(kTileA, a_size - i); ++ti)
          for (std::size_t tj = 0; tj < std::min(kTileB, end - j); ++tj)
            out[(i + ti) * b_size + j + tj] = tile[ti * kTileB + tj];
      }
    }
  }
}

}  // namespace wordbridge
#endif
