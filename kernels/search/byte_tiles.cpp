#include "kernels/search/byte_tiles.h"

#if defined(__x86_64__)

#include <hwy/base.h>
#include <immintrin.h>

#include <cstring>
#include <type_traits>
#include <utility>

// GCC 12 warns about the undefined vectors in its own intrinsics.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

// Highway 1.0.3 (Debian 12) lacks 8-bit products, so this file uses intrinsics, compiled for the
// instruction sets that has_byte_products() checks for. It includes nothing with inline functions
// that the linker could keep for the whole program.
HWY_PUSH_ATTRIBUTES("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,popcnt")

namespace wordbridge {
namespace {

constexpr int kLargest = 127;
constexpr int kTall = 14;  // rows of a tile that is two vectors of queries wide
constexpr std::int64_t kLanes = 16;

/// The comparisons of 16 products with the limits.
template <std::int64_t kLane>
inline std::uint32_t above(const std::int32_t* products, const BytePanel& panel,
                           const ByteTerms& terms, const float* limits) {
  __m512 bound = _mm512_fmadd_ps(_mm512_loadu_ps(panel.errors + kLane),
                                 _mm512_set1_ps(terms.length), _mm512_set1_ps(terms.offset));
  bound =
      _mm512_fmadd_ps(_mm512_loadu_ps(panel.lengths + kLane), _mm512_set1_ps(terms.error), bound);
  const __m512 product = _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_load_si512(products + kLane)),
                                       _mm512_set1_ps(terms.step));
  bound = _mm512_fmadd_ps(product, _mm512_loadu_ps(panel.steps + kLane), bound);
  // Also set if the bound is NaN.
  return _mm512_cmp_ps_mask(bound, _mm512_loadu_ps(limits + kLane), _CMP_NLT_UQ);
}

/// Sums over the columns for a tile of kRows rows and 32 queries, and the comparison.
template <int kRows>
HWY_NOINLINE void promising_tile(const BytePanel& panel, const std::uint8_t* rows,
                                 const ByteTerms* terms, std::int64_t stride, const float* limits,
                                 std::uint32_t* masks) {
  __m512i sums[kRows][2];
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 2
    for (int j = 0; j < 2; ++j) sums[i][j] = _mm512_loadu_si512(panel.corrections + j * kLanes);
  // One pointer to every third row, as in kernels/simd/tall_tile-inl.h.
  constexpr int kPointers = (kRows + 2) / 3;
  const std::uint8_t* third[kPointers];
#pragma GCC unroll 8
  for (int i = 0; i < kPointers; ++i) third[i] = rows + 3 * i * stride;
  const std::int8_t* values = panel.values;
  for (std::int64_t k = 0; k < stride; k += 4, values += 128) {
    const __m512i low = _mm512_loadu_si512(values), high = _mm512_loadu_si512(values + 64);
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
      std::int32_t quad;
      std::memcpy(&quad, third[i / 3] + (i % 3) * stride, sizeof quad);
      const __m512i row = _mm512_set1_epi32(quad);
      sums[i][0] = _mm512_dpbusd_epi32(sums[i][0], row, low);
      sums[i][1] = _mm512_dpbusd_epi32(sums[i][1], row, high);
    }
#pragma GCC unroll 8
    for (int i = 0; i < kPointers; ++i) third[i] += 4;
  }
  // Through memory: otherwise GCC 12 keeps the sums there during the loop above, too.
  alignas(64) std::int32_t products[kRows][2 * kLanes];
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 2
    for (int j = 0; j < 2; ++j) _mm512_store_si512(products[i] + j * kLanes, sums[i][j]);
  for (int i = 0; i < kRows; ++i)
    masks[i] = above<0>(products[i], panel, terms[i], limits) |
               above<kLanes>(products[i], panel, terms[i], limits) << kLanes;
}

inline __mmask16 first_lanes(std::int64_t count) {
  return static_cast<__mmask16>(count >= kLanes ? 0xffff : (1 << count) - 1);
}

/// columns[k][i] = value k of row i, from 16 vectors of 16 values.
inline void transpose(__m512 (&rows)[16], float (&columns)[16][16]) {
  __m512 pairs[16];
#pragma GCC unroll 8
  for (int i = 0; i < 16; i += 2) {
    pairs[i] = _mm512_unpacklo_ps(rows[i], rows[i + 1]);
    pairs[i + 1] = _mm512_unpackhi_ps(rows[i], rows[i + 1]);
  }
  // In each quarter of the vector: one column of four rows.
#pragma GCC unroll 4
  for (int i = 0; i < 16; i += 4) {
#pragma GCC unroll 2
    for (int half = 0; half < 2; ++half) {
      const __m512d a = _mm512_castps_pd(pairs[i + half]);
      const __m512d b = _mm512_castps_pd(pairs[i + half + 2]);
      rows[i + 2 * half] = _mm512_castpd_ps(_mm512_unpacklo_pd(a, b));
      rows[i + 2 * half + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(a, b));
    }
  }
#pragma GCC unroll 4
  for (int k = 0; k < 4; ++k) {
    const __m512 low = _mm512_shuffle_f32x4(rows[k], rows[4 + k], 0x88);
    const __m512 high = _mm512_shuffle_f32x4(rows[8 + k], rows[12 + k], 0x88);
    const __m512 odd_low = _mm512_shuffle_f32x4(rows[k], rows[4 + k], 0xdd);
    const __m512 odd_high = _mm512_shuffle_f32x4(rows[8 + k], rows[12 + k], 0xdd);
    _mm512_store_ps(columns[k], _mm512_shuffle_f32x4(low, high, 0x88));
    _mm512_store_ps(columns[4 + k], _mm512_shuffle_f32x4(odd_low, odd_high, 0x88));
    _mm512_store_ps(columns[8 + k], _mm512_shuffle_f32x4(low, high, 0xdd));
    _mm512_store_ps(columns[12 + k], _mm512_shuffle_f32x4(odd_low, odd_high, 0xdd));
  }
}

template <int... kSizes>
void any_promising_tile(int size, const BytePanel& panel, const std::uint8_t* rows,
                        const ByteTerms* terms, std::int64_t stride, const float* limits,
                        std::uint32_t* masks, std::integer_sequence<int, kSizes...>) {
  (void)((size == kSizes + 1 &&
          (promising_tile<kSizes + 1>(panel, rows, terms, stride, limits, masks), true)) ||
         ...);
}

}  // namespace

bool has_byte_products() {
  static const bool has =
      __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
      __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
      __builtin_cpu_supports("avx512vnni") != 0;
  return has;
}

RoundedRow round_to_bytes(const float* row, std::int64_t dim, int zero, std::uint8_t* values) {
  __m512 largest = _mm512_setzero_ps(), nan = largest;
  for (std::int64_t k = 0; k < dim; k += kLanes) {
    const __m512 x = _mm512_maskz_loadu_ps(first_lanes(dim - k), row + k);
    largest = _mm512_max_ps(largest, _mm512_abs_ps(x));
    nan = _mm512_or_ps(nan, _mm512_sub_ps(x, x));  // not 0 if x is infinite or NaN
  }
  RoundedRow rounded;
  rounded.is_finite = _mm512_cmp_ps_mask(nan, _mm512_setzero_ps(), _CMP_NEQ_UQ) == 0;
  const float most = _mm512_reduce_max_ps(largest);
  // Squares of the smallest numbers underflow; such rows are rounded to zero.
  float inverse = 0;
  if (rounded.is_finite && most > 1e-10F) {
    rounded.step = most / kLargest;
    inverse = kLargest / most;
  }
  const __m512 step = _mm512_set1_ps(rounded.step), scale = _mm512_set1_ps(inverse);
  __m512i squares = _mm512_setzero_si512();
  __m512 errors = _mm512_setzero_ps();
  for (std::int64_t k = 0; k < dim; k += kLanes) {
    const __mmask16 lanes = first_lanes(dim - k);
    const __m512 x = _mm512_maskz_loadu_ps(lanes, row + k);
    const __m512i q =
        _mm512_maskz_cvtps_epi32(rounded.is_finite ? 0xffff : 0, _mm512_mul_ps(x, scale));
    _mm_mask_storeu_epi8(values + k, lanes,
                         _mm512_cvtepi32_epi8(_mm512_add_epi32(q, _mm512_set1_epi32(zero))));
    squares = _mm512_add_epi32(squares, _mm512_mullo_epi32(q, q));
    const __m512 error = _mm512_fnmadd_ps(_mm512_cvtepi32_ps(q), step, x);
    errors = _mm512_fmadd_ps(error, error, errors);
  }
  // The factors cover the rounding of these sums. The second term of the error covers that of
  // float32 sums over the columns in the products and in their bounds.
  rounded.length =
      rounded.step * __builtin_sqrtf(static_cast<float>(_mm512_reduce_add_epi32(squares)));
  rounded.length *= 1.00001F;
  rounded.error = __builtin_sqrtf(_mm512_reduce_add_ps(errors)) * 1.001F;
  if (rounded.step == 0) rounded.error = most * __builtin_sqrtf(static_cast<float>(dim)) * 1.001F;
  rounded.error += static_cast<float>(dim + 16) * 1.2e-7F * (rounded.length + rounded.error);
  return rounded;
}

void listed_products(const float* panel, const std::int32_t* queries, const float* values,
                     const std::int32_t* rows, std::int64_t count, std::int64_t dim, float* out) {
  for (std::int64_t first = 0; first < count; first += kLanes) {
    const __mmask16 lanes = first_lanes(count - first);
    const __m512i query = _mm512_maskz_loadu_epi32(lanes, queries + first);
    const float* row[kLanes];
    for (std::int64_t i = 0; i < kLanes; ++i)
      row[i] = values + rows[first + i < count ? first + i : first] * dim;
    __m512 sums = _mm512_setzero_ps();
    for (std::int64_t k = 0; k < dim; k += kLanes) {
      const std::int64_t columns = dim - k < kLanes ? dim - k : kLanes;
      __m512 block[16];
#pragma GCC unroll 16
      for (int i = 0; i < 16; ++i)
        block[i] = _mm512_maskz_loadu_ps(first_lanes(columns), row[i] + k);
      alignas(64) float turned[16][16];
      transpose(block, turned);
      for (std::int64_t j = 0; j < columns; ++j) {
        const float* const all = panel + (k + j) * 2 * kLanes;
        const __m512 x =
            _mm512_permutex2var_ps(_mm512_loadu_ps(all), query, _mm512_loadu_ps(all + kLanes));
        sums = _mm512_fmadd_ps(x, _mm512_load_ps(turned[j]), sums);
      }
    }
    _mm512_mask_storeu_ps(out + first, lanes, sums);
  }
}

std::int64_t promising_products(const BytePanel& panel, const std::uint8_t* rows,
                                const ByteTerms* terms, std::int64_t count, std::int64_t stride,
                                const float* limits, std::uint32_t* masks) {
  const std::int64_t tiles = (count + kTall - 1) / kTall;
  for (std::int64_t tile = 0; tile < tiles; ++tile) {
    const std::int64_t first = count * tile / tiles;
    any_promising_tile(static_cast<int>(count * (tile + 1) / tiles - first), panel,
                       rows + first * stride, terms + first, stride, limits, masks + first,
                       std::make_integer_sequence<int, kTall>());
  }
  std::int64_t found = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    masks[i] &= panel.used;
    found += __builtin_popcount(masks[i]);
  }
  return found;
}

}  // namespace wordbridge

HWY_POP_ATTRIBUTES

#else

namespace wordbridge {

bool has_byte_products() { return false; }
RoundedRow round_to_bytes(const float*, std::int64_t, int, std::uint8_t*) { return {}; }
void listed_products(const float*, const std::int32_t*, const float*, const std::int32_t*,
                     std::int64_t, std::int64_t, float*) {}
std::int64_t promising_products(const BytePanel&, const std::uint8_t*, const ByteTerms*,
                                std::int64_t, std::int64_t, const float*, std::uint32_t*) {
  return 0;
}

}  // namespace wordbridge

#endif
