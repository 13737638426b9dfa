#include "kernels/softmax/tiles_bf16.h"

#if defined(__x86_64__)

#include <hwy/base.h>
#include <immintrin.h>

#include <limits>
#include <type_traits>
#include <utility>

#include "kernels/simd/exp.h"

// GCC 12 warns about the undefined vectors in its own intrinsics.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

// The Highway version of Debian 12 (1.0.3) lacks bfloat16 products, so this file uses intrinsics,
// compiled for the instruction set that has_bf16_products() checks for.
HWY_PUSH_ATTRIBUTES("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")

namespace wordbridge {
namespace {

constexpr int kTall = 14;  // words (or features) in a tile that is two vectors of examples wide
constexpr int kWide = 7;   // vectors of features in a tile that is kFlat words high
constexpr int kFlat = 4;
constexpr std::int64_t kLanes = 16;
constexpr std::int64_t kPanelsAtATime = 4;

// Not std::min: the linker could keep the copy compiled here, with AVX-512, for the whole program.
inline std::int64_t lesser(std::int64_t a, std::int64_t b) { return a < b ? a : b; }

inline __m512bh as_bf16(__m512i bits) { return reinterpret_cast<__m512bh>(bits); }
inline __m512i as_bits(__m512bh values) { return reinterpret_cast<__m512i>(values); }

/// Rounds the lanes of two vectors to bfloat16 pairs (first, second).
inline __m512i zip(__m512 first, __m512 second) {
  const __m512i low = _mm512_cvtepu16_epi32(reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(first)));
  const __m512i high = _mm512_cvtepu16_epi32(reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(second)));
  return _mm512_or_si512(low, _mm512_slli_epi32(high, 16));
}

/// exp(x) for -87 <= x <= 0, as in kernels/softmax/tiles.cpp.
inline __m512 exp_of_negative(__m512 x) {
  x = _mm512_max_ps(x, _mm512_set1_ps(-87.0f));
  const __m512i n = _mm512_cvtps_epi32(_mm512_mul_ps(x, _mm512_set1_ps(kLog2E)));
  const __m512 f = _mm512_fnmadd_ps(_mm512_cvtepi32_ps(n), _mm512_set1_ps(kLn2), x);
  __m512 p =
      _mm512_fmadd_ps(_mm512_set1_ps(kExpCoefficients[3]), f, _mm512_set1_ps(kExpCoefficients[2]));
  p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(kExpCoefficients[1]));
  p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(kExpCoefficients[0]));
  p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(1.0f));
  p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(1.0f));
  return _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(p), _mm512_slli_epi32(n, 23)));
}

/// Interleaves the values of two words for 32 examples [2][32] into pairs of words [32].
struct Interleave {
  __m512i low, high;
  Interleave() {
    alignas(64) std::uint16_t index[2][32];
    for (int half = 0; half < 2; ++half) {
      for (int i = 0; i < 32; ++i)
        index[half][i] = static_cast<std::uint16_t>(half * 16 + i / 2 + (i % 2) * 32);
    }
    low = _mm512_load_si512(index[0]);
    high = _mm512_load_si512(index[1]);
  }
  void store(__m512i first, __m512i second, Pair* pairs) const {
    _mm512_store_si512(pairs, _mm512_permutex2var_epi16(first, low, second));
    _mm512_store_si512(pairs + kLanes, _mm512_permutex2var_epi16(first, high, second));
  }
};

template <int kRows>
struct TallTile {
  __m512 s[kRows][2];

  inline __attribute__((always_inline)) void add(const Pair* value, std::int64_t row_step,
                                                 std::int64_t depth_step, const Pair* x,
                                                 std::int64_t depth) {
    constexpr int kPointers = (kRows + 2) / 3;
    const Pair* third[kPointers];
#pragma GCC unroll 8
    for (int i = 0; i < kPointers; ++i) third[i] = value + 3 * i * row_step;
    for (std::int64_t k = 0; k < depth; ++k, x += kPanel) {
      const __m512bh x0 = as_bf16(_mm512_load_si512(x));
      const __m512bh x1 = as_bf16(_mm512_load_si512(x + kLanes));
#pragma GCC unroll 16
      for (int i = 0; i < kRows; ++i) {
        const __m512bh w =
            as_bf16(_mm512_set1_epi32(static_cast<int>(third[i / 3][(i % 3) * row_step])));
        s[i][0] = _mm512_dpbf16_ps(s[i][0], w, x0);
        s[i][1] = _mm512_dpbf16_ps(s[i][1], w, x1);
      }
#pragma GCC unroll 8
      for (int i = 0; i < kPointers; ++i) third[i] += depth_step;
    }
  }
};

struct LogitsTile {
  const Pair* weight;
  std::int64_t pairs;
  const float* bias;
  const Pair* x;
  float *tile, *maxima;

  template <int kRows>
  __attribute__((noinline)) void run(std::int64_t first) const {
    TallTile<kRows> sums;
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) sums.s[i][0] = sums.s[i][1] = _mm512_set1_ps(bias[first + i]);
    sums.add(weight + first * pairs, pairs, 1, x, pairs);
    __m512 max0 = _mm512_load_ps(maxima), max1 = _mm512_load_ps(maxima + kLanes);
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
      _mm512_store_ps(tile + (first + i) * kPanel, sums.s[i][0]);
      _mm512_store_ps(tile + (first + i) * kPanel + kLanes, sums.s[i][1]);
      max0 = _mm512_max_ps(max0, sums.s[i][0]);
      max1 = _mm512_max_ps(max1, sums.s[i][1]);
    }
    _mm512_store_ps(maxima, max0);
    _mm512_store_ps(maxima + kLanes, max1);
  }
};

struct XGradientTile {
  const Pair* weight;
  std::int64_t width, pairs;
  const Pair* tile;
  float* x_gradient;

  template <int kRows>
  __attribute__((noinline)) void run(std::int64_t first) const {
    TallTile<kRows> sums;
    float* out = x_gradient + first * kPanel;
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
      sums.s[i][0] = _mm512_load_ps(out + i * kPanel);
      sums.s[i][1] = _mm512_load_ps(out + i * kPanel + kLanes);
    }
    sums.add(weight + first, 1, width, tile, pairs);
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
      _mm512_store_ps(out + i * kPanel, sums.s[i][0]);
      _mm512_store_ps(out + i * kPanel + kLanes, sums.s[i][1]);
    }
  }
};

template <int kVectors>
struct WeightGradientTile {
  const Bf16Panel* panels;
  std::int64_t panel_count, column, stride;
  bool adds;
  float* weight_gradient;

  template <int kWords>
  __attribute__((noinline)) void run(std::int64_t first) const {
    __m512 s[kWords][kVectors];
    float* out = weight_gradient + first * stride + column;
#pragma GCC unroll 8
    for (int i = 0; i < kWords; ++i)
#pragma GCC unroll 8
      for (int j = 0; j < kVectors; ++j)
        s[i][j] = adds ? _mm512_load_ps(out + i * stride + j * kLanes) : _mm512_setzero_ps();
    for (std::int64_t panel = 0; panel < panel_count; ++panel) {
      const Pair* tile = panels[panel].tile + first * (kPanel / 2);
      const Pair* x = panels[panel].x + column;
      for (std::int64_t r = 0; r < kPanel / 2; ++r, x += stride) {
        __m512bh value[kVectors];
#pragma GCC unroll 8
        for (int j = 0; j < kVectors; ++j) value[j] = as_bf16(_mm512_load_si512(x + j * kLanes));
#pragma GCC unroll 8
        for (int i = 0; i < kWords; ++i) {
          const __m512bh p =
              as_bf16(_mm512_set1_epi32(static_cast<int>(tile[i * (kPanel / 2) + r])));
#pragma GCC unroll 8
          for (int j = 0; j < kVectors; ++j) s[i][j] = _mm512_dpbf16_ps(s[i][j], p, value[j]);
        }
      }
    }
#pragma GCC unroll 8
    for (int i = 0; i < kWords; ++i)
#pragma GCC unroll 8
      for (int j = 0; j < kVectors; ++j) _mm512_store_ps(out + i * stride + j * kLanes, s[i][j]);
  }
};

/// Runs a tile over `count` rows, split into tiles of at most kMost rows whose sizes differ by at
/// most one.
template <class Tile, int... kSizes>
void run_size(const Tile& tile, int size, std::int64_t first,
              std::integer_sequence<int, kSizes...>) {
  (void)((size == kSizes + 1 && (tile.template run<kSizes + 1>(first), true)) || ...);
}
template <int kMost, class Tile>
void run_tiles(const Tile& tile, std::int64_t count) {
  const std::int64_t tiles = (count + kMost - 1) / kMost;
  for (std::int64_t i = 0; i < tiles; ++i) {
    const std::int64_t first = count * i / tiles;
    run_size(tile, static_cast<int>(count * (i + 1) / tiles - first), first,
             std::make_integer_sequence<int, kMost>());
  }
}

template <int kVectors>
void weight_gradient_columns(const Bf16Panel* panels, std::int64_t panel_count, std::int64_t words,
                             std::int64_t column, std::int64_t stride, float* weight_gradient) {
  for (std::int64_t panel = 0; panel < panel_count; panel += kPanelsAtATime) {
    const WeightGradientTile<kVectors> tile{
        panels + panel, lesser(kPanelsAtATime, panel_count - panel), column, stride, panel > 0,
        weight_gradient};
    run_tiles<kFlat>(tile, words);
  }
}

}  // namespace

bool has_bf16_products() {
  static const bool has = __builtin_cpu_supports("avx512bf16") != 0;
  return has;
}

void bf16_zip(const float* first, const float* second, std::int64_t size, Pair* pairs) {
  for (std::int64_t i = 0; i < size; i += kLanes) {
    const auto mask = static_cast<__mmask16>(size - i >= kLanes ? 0xffff : (1 << (size - i)) - 1);
    const __m512 high =
        second == nullptr ? _mm512_setzero_ps() : _mm512_maskz_loadu_ps(mask, second + i);
    _mm512_mask_storeu_epi32(pairs + i, mask, zip(_mm512_maskz_loadu_ps(mask, first + i), high));
  }
}

void bf16_pairs(const float* values, std::int64_t size, Pair* pairs) {
  for (std::int64_t i = 0; i < size; i += kLanes) {
    const auto left = lesser(kLanes, size - i);
    const auto mask = static_cast<__mmask16>((1u << left) - 1);
    const auto half = static_cast<__mmask8>((1u << ((left + 1) / 2)) - 1);
    const __m256i rounded =
        reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(mask, values + i)));
    _mm256_mask_storeu_epi32(pairs + i / 2, half, rounded);
  }
}

void bf16_logits(const Pair* weight, std::int64_t pairs, const float* bias, std::int64_t words,
                 const Pair* x, float* tile, float* maxima) {
  for (std::int64_t r = 0; r < kPanel; ++r) maxima[r] = std::numeric_limits<float>::lowest();
  run_tiles<kTall>(LogitsTile{weight, pairs, bias, x, tile, maxima}, words);
}

void bf16_exponentials(const float* tile, std::int64_t words, const float* maxima, float* sums,
                       Pair* kept) {
  const __m512 max0 = _mm512_load_ps(maxima), max1 = _mm512_load_ps(maxima + kLanes);
  __m512 sum0 = _mm512_setzero_ps(), sum1 = sum0;
  const Interleave interleave;
  for (std::int64_t v = 0; v < words; v += 2, tile += 2 * kPanel, kept += kPanel) {
    const __m512 a0 = exp_of_negative(_mm512_sub_ps(_mm512_load_ps(tile), max0));
    const __m512 a1 = exp_of_negative(_mm512_sub_ps(_mm512_load_ps(tile + kLanes), max1));
    __m512 b0 = _mm512_setzero_ps(), b1 = b0;
    if (v + 1 < words) {
      b0 = exp_of_negative(_mm512_sub_ps(_mm512_load_ps(tile + kPanel), max0));
      b1 = exp_of_negative(_mm512_sub_ps(_mm512_load_ps(tile + kPanel + kLanes), max1));
    }
    sum0 = _mm512_add_ps(sum0, _mm512_add_ps(a0, b0));
    sum1 = _mm512_add_ps(sum1, _mm512_add_ps(a1, b1));
    interleave.store(as_bits(_mm512_cvtne2ps_pbh(a1, a0)), as_bits(_mm512_cvtne2ps_pbh(b1, b0)),
                     kept);
  }
  _mm512_store_ps(sums, sum0);
  _mm512_store_ps(sums + kLanes, sum1);
}

float bf16_probabilities(const Pair* kept, std::int64_t words, const float* exponents, float scale,
                         Pair* word_pairs, Pair* example_pairs) {
  const __m512 factor = _mm512_set1_ps(scale);
  const __m512 factor0 = _mm512_mul_ps(factor, exp_of_negative(_mm512_load_ps(exponents)));
  const __m512 factor1 = _mm512_mul_ps(factor, exp_of_negative(_mm512_load_ps(exponents + kLanes)));
  const __m512i high = _mm512_set1_epi32(-65536);
  const Interleave interleave;
  __m512 largest = _mm512_setzero_ps();
  for (std::int64_t v = 0; v < words; v += 2, kept += kPanel, word_pairs += kPanel) {
    const __m512i pair0 = _mm512_load_si512(kept), pair1 = _mm512_load_si512(kept + kLanes);
    const __m512 a0 = _mm512_mul_ps(_mm512_castsi512_ps(_mm512_slli_epi32(pair0, 16)), factor0);
    const __m512 a1 = _mm512_mul_ps(_mm512_castsi512_ps(_mm512_slli_epi32(pair1, 16)), factor1);
    const __m512 b0 = _mm512_mul_ps(_mm512_castsi512_ps(_mm512_and_si512(pair0, high)), factor0);
    const __m512 b1 = _mm512_mul_ps(_mm512_castsi512_ps(_mm512_and_si512(pair1, high)), factor1);
    largest = _mm512_max_ps(largest, _mm512_max_ps(_mm512_max_ps(a0, a1), _mm512_max_ps(b0, b1)));
    const __m512i a = as_bits(_mm512_cvtne2ps_pbh(a1, a0));
    const __m512i b = as_bits(_mm512_cvtne2ps_pbh(b1, b0));
    interleave.store(a, b, word_pairs);
    _mm512_store_si512(example_pairs + v * (kPanel / 2), a);
    if (v + 1 < words) _mm512_store_si512(example_pairs + (v + 1) * (kPanel / 2), b);
  }
  return _mm512_reduce_max_ps(largest);
}

void bf16_set(float value, std::int64_t word, std::int64_t example, Pair* word_pairs,
              Pair* example_pairs) {
  const __m128bh rounded = _mm_cvtneps_pbh(_mm_set_ss(value));
  const auto bits =
      static_cast<Pair>(_mm_extract_epi16(reinterpret_cast<__m128i>(rounded), 0)) & 0xffff;
  const auto put = [bits](Pair& pair, std::int64_t half) {
    pair = half == 0 ? (pair & 0xffff0000u) | bits : (pair & 0xffffu) | bits << 16;
  };
  put(word_pairs[word / 2 * kPanel + example], word % 2);
  put(example_pairs[word * (kPanel / 2) + example / 2], example % 2);
}

void bf16_x_gradient(const Pair* weight, std::int64_t width, std::int64_t words, const Pair* tile,
                     float* x_gradient) {
  run_tiles<kTall>(XGradientTile{weight, width, (words + 1) / 2, tile, x_gradient}, width);
}

void bf16_weight_gradient(const Bf16Panel* panels, std::int64_t panel_count, std::int64_t words,
                          std::int64_t stride, float* weight_gradient) {
  const std::int64_t vectors = stride / kLanes, chunks = (vectors + kWide - 1) / kWide;
  for (std::int64_t i = 0; i < chunks; ++i) {
    const std::int64_t first = vectors * i / chunks, column = first * kLanes;
    const auto columns = [&](auto count) {
      weight_gradient_columns<count()>(panels, panel_count, words, column, stride, weight_gradient);
    };
    switch (vectors * (i + 1) / chunks - first) {
      case 1:
        columns(std::integral_constant<int, 1>());
        break;
      case 2:
        columns(std::integral_constant<int, 2>());
        break;
      case 3:
        columns(std::integral_constant<int, 3>());
        break;
      case 4:
        columns(std::integral_constant<int, 4>());
        break;
      case 5:
        columns(std::integral_constant<int, 5>());
        break;
      case 6:
        columns(std::integral_constant<int, 6>());
        break;
      default:
        columns(std::integral_constant<int, 7>());
    }
  }
}

}  // namespace wordbridge

HWY_POP_ATTRIBUTES

#endif
