#include "kernels/softmax/tiles.h"

#include <algorithm>
#include <limits>

// Arrays of vectors need a size known at compile time.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)

// Highway compiles this file once for each instruction set; the order of these lines matters.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/softmax/tiles.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include <hwy/cache_control.h>
#include "kernels/simd/exp-inl.h"
#include "kernels/simd/tall_tile-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace wordbridge {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// The other shape of register tiles: kFlat words times kWide vectors.
constexpr int kWide = kManyRegisters ? 7 : 3;
constexpr int kFlat = 4;
constexpr std::int64_t kPanelsAtATime = 2;

template <int kRows>
HWY_NOINLINE void logits_tile(const TileTerm* terms, std::int64_t term_count, std::int64_t first,
                              const float* bias, const float* x, float* tile, float* maxima) {
  const Tag d;
  TallTile<kRows, 2, kPanel> sums;
  // Prefetches the tile while the sums are computed.
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i) {
    hwy::Prefetch(tile + (first + i) * kPanel);
    hwy::Prefetch(tile + (first + i) * kPanel + kLanes);
  }
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i) sums.s[i][0] = sums.s[i][1] = hn::Set(d, bias[first + i]);
  for (std::int64_t t = 0; t < term_count; ++t) {
    sums.add(terms[t].weight + first * terms[t].width, terms[t].width, 1, x, terms[t].width);
    x += terms[t].width * kPanel;
  }
  auto max0 = hn::Load(d, maxima), max1 = hn::Load(d, maxima + kLanes);
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i) {
    hn::Store(sums.s[i][0], d, tile + (first + i) * kPanel);
    hn::Store(sums.s[i][1], d, tile + (first + i) * kPanel + kLanes);
    max0 = hn::Max(max0, sums.s[i][0]);
    max1 = hn::Max(max1, sums.s[i][1]);
  }
  hn::Store(max0, d, maxima);
  hn::Store(max1, d, maxima + kLanes);
}

template <int kRows>
HWY_NOINLINE void x_gradient_tile(const TileTerm& term, std::int64_t words, std::int64_t first,
                                  const float* tile, float* x_gradient) {
  const Tag d;
  TallTile<kRows, 2, kPanel> sums;
  float* out = x_gradient + first * kPanel;
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i) {
    sums.s[i][0] = hn::Load(d, out + i * kPanel);
    sums.s[i][1] = hn::Load(d, out + i * kPanel + kLanes);
  }
  sums.add(term.weight + first, 1, term.width, tile, words);
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i) {
    hn::Store(sums.s[i][0], d, out + i * kPanel);
    hn::Store(sums.s[i][1], d, out + i * kPanel + kLanes);
  }
}

template <int kWords, int kVectors>
HWY_NOINLINE void weight_gradient_tile(const TilePanel* panels, std::int64_t panel_count,
                                       std::int64_t first, std::int64_t column, std::int64_t stride,
                                       bool adds, float* HWY_RESTRICT out) {
  const Tag d;
  Vector s[kWords][kVectors];
#pragma GCC unroll 8
  for (int i = 0; i < kWords; ++i)
#pragma GCC unroll 8
    for (int j = 0; j < kVectors; ++j)
      s[i][j] = adds ? hn::Load(d, out + i * stride + j * kLanes) : hn::Zero(d);
  for (std::int64_t panel = 0; panel < panel_count; ++panel) {
    const float* HWY_RESTRICT tile = panels[panel].tile + first * kPanel;
    const float* HWY_RESTRICT x = panels[panel].x + column;
    for (std::int64_t r = 0; r < kPanel; ++r, x += stride) {
      Vector value[kVectors];
#pragma GCC unroll 8
      for (int j = 0; j < kVectors; ++j) value[j] = hn::Load(d, x + j * kLanes);
#pragma GCC unroll 8
      for (int i = 0; i < kWords; ++i) {
        const auto p = hn::Set(d, tile[i * kPanel + r]);
#pragma GCC unroll 8
        for (int j = 0; j < kVectors; ++j) s[i][j] = hn::MulAdd(p, value[j], s[i][j]);
      }
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < kWords; ++i)
#pragma GCC unroll 8
    for (int j = 0; j < kVectors; ++j) hn::Store(s[i][j], d, out + i * stride + j * kLanes);
}

void Logits(const TileTerm* terms, std::int64_t term_count, const float* bias, std::int64_t words,
            const float* x, float* tile, float* maxima) {
  std::fill(maxima, maxima + kPanel, std::numeric_limits<float>::lowest());
  for (std::int64_t r = 0; r < kPanel; r += kPair) {
    for_tiles<kTall>(words, [&](auto rows, std::int64_t first) {
      logits_tile<rows()>(terms, term_count, first, bias, x + r, tile + r, maxima + r);
    });
  }
}

void XGradient(const TileTerm& term, std::int64_t words, const float* tile, float* x_gradient) {
  for (std::int64_t r = 0; r < kPanel; r += kPair) {
    for_tiles<kTall>(term.width, [&](auto rows, std::int64_t first) {
      x_gradient_tile<rows()>(term, words, first, tile + r, x_gradient + r);
    });
  }
}

void WeightGradient(const TilePanel* panels, std::int64_t panel_count, std::int64_t words,
                    std::int64_t stride, float* weight_gradient) {
  // The columns of a register tile stay in the first-level cache for one or two panels.
  for_tiles<kWide>(stride / kLanes, [&](auto vectors, std::int64_t first_vector) {
    const std::int64_t column = first_vector * kLanes;
    for (std::int64_t panel = 0; panel < panel_count; panel += kPanelsAtATime) {
      for_tiles<kFlat>(words, [&](auto rows, std::int64_t first) {
        weight_gradient_tile<rows(), vectors()>(
            panels + panel, std::min(kPanelsAtATime, panel_count - panel), first, column, stride,
            panel > 0, weight_gradient + first * stride + column);
      });
    }
  });
}

void Exponentials(float* tile, std::int64_t words, const float* maxima, float* sums) {
  const Tag d;
  for (std::int64_t r = 0; r < kPanel; r += kPair) {
    const auto max0 = hn::Load(d, maxima + r), max1 = hn::Load(d, maxima + r + kLanes);
    auto sum0 = hn::Zero(d), sum1 = hn::Zero(d);
    for (std::int64_t v = 0; v < words; ++v) {
      float* at = tile + v * kPanel + r;
      const auto value0 = exp_of_negative(hn::Sub(hn::Load(d, at), max0));
      const auto value1 = exp_of_negative(hn::Sub(hn::Load(d, at + kLanes), max1));
      hn::Store(value0, d, at);
      hn::Store(value1, d, at + kLanes);
      sum0 = hn::Add(sum0, value0);
      sum1 = hn::Add(sum1, value1);
    }
    hn::Store(sum0, d, sums + r);
    hn::Store(sum1, d, sums + r + kLanes);
  }
}

void MergeSums(const float* maxima, const float* sums, float* running_maxima, float* running_sums) {
  const Tag d;
  for (std::int64_t r = 0; r < kPanel; r += kLanes) {
    const auto old = hn::Load(d, running_maxima + r), block = hn::Load(d, maxima + r);
    const auto maximum = hn::Max(old, block);
    const auto kept =
        hn::Mul(hn::Load(d, running_sums + r), exp_of_negative(hn::Sub(old, maximum)));
    const auto added = hn::Mul(hn::Load(d, sums + r), exp_of_negative(hn::Sub(block, maximum)));
    hn::Store(hn::Add(kept, added), d, running_sums + r);
    hn::Store(maximum, d, running_maxima + r);
  }
}

float Probabilities(float* tile, std::int64_t words, const float* exponents, float scale) {
  const Tag d;
  auto largest = hn::Zero(d);
  for (std::int64_t r = 0; r < kPanel; r += kLanes) {
    const auto factor = hn::Mul(hn::Set(d, scale), exp_of_negative(hn::Load(d, exponents + r)));
    for (std::int64_t v = 0; v < words; ++v) {
      float* at = tile + v * kPanel + r;
      const auto value = hn::Mul(hn::Load(d, at), factor);
      hn::Store(value, d, at);
      largest = hn::Max(largest, value);
    }
  }
  return hn::GetLane(hn::MaxOfLanes(d, largest));
}

}  // namespace HWY_NAMESPACE
}  // namespace wordbridge
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wordbridge {

HWY_EXPORT(Logits);
HWY_EXPORT(XGradient);
HWY_EXPORT(WeightGradient);
HWY_EXPORT(Exponentials);
HWY_EXPORT(MergeSums);
HWY_EXPORT(Probabilities);

void tile_logits(const TileTerm* terms, std::int64_t term_count, const float* bias,
                 std::int64_t words, const float* x, float* tile, float* maxima) {
  HWY_DYNAMIC_DISPATCH(Logits)(terms, term_count, bias, words, x, tile, maxima);
}
void tile_exponentials(float* tile, std::int64_t words, const float* maxima, float* sums) {
  HWY_DYNAMIC_DISPATCH(Exponentials)(tile, words, maxima, sums);
}
void merge_sums(const float* maxima, const float* sums, float* running_maxima,
                float* running_sums) {
  HWY_DYNAMIC_DISPATCH(MergeSums)(maxima, sums, running_maxima, running_sums);
}
float tile_probabilities(float* tile, std::int64_t words, const float* exponents, float scale) {
  return HWY_DYNAMIC_DISPATCH(Probabilities)(tile, words, exponents, scale);
}
void tile_x_gradient(const TileTerm& term, std::int64_t words, const float* tile,
                     float* x_gradient) {
  HWY_DYNAMIC_DISPATCH(XGradient)(term, words, tile, x_gradient);
}
void tile_weight_gradient(const TilePanel* panels, std::int64_t panel_count, std::int64_t words,
                          std::int64_t stride, float* weight_gradient) {
  HWY_DYNAMIC_DISPATCH(WeightGradient)(panels, panel_count, words, stride, weight_gradient);
}

}  // namespace wordbridge
#endif
