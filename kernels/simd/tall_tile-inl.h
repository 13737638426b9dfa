// Register tiles of matrix products, for files that Highway compiles once for each instruction set.
// Include it before HWY_BEFORE_NAMESPACE(). Such a file must disable the instruction sets whose
// vector size is not known at compile time, because the tiles are arrays of vectors.

#include <cstdint>
#include <utility>

// Toggled include guard, as Highway requires: each instruction set needs its own copy.
#if defined(WORDBRIDGE_TALL_TILE_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef WORDBRIDGE_TALL_TILE_INL
#undef WORDBRIDGE_TALL_TILE_INL
#else
#define WORDBRIDGE_TALL_TILE_INL
#endif

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace wordbridge {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Vectors of 16, 8 or 4 floats. A panel is a whole number of pairs of vectors.
using Tag = hn::CappedTag<float, 16>;
constexpr std::int64_t kLanes = static_cast<std::int64_t>(hn::MaxLanes(Tag()));
constexpr std::int64_t kPair = 2 * kLanes;
using Vector = hn::Vec<Tag>;

// Rows of a tile. Their sums, two vectors each, fit into the registers (32 with AVX-512, otherwise
// 16) together with the operands.
constexpr bool kManyRegisters = kLanes >= 16;
constexpr int kTall = kManyRegisters ? 14 : 6;

// s[i] += value[i * row_step + k * depth_step] * (the vectors at x + k * kStep), for each k below
// `depth`.
template <int kRows, int kVectors, std::int64_t kStep>
struct TallTile {
  Vector s[kRows][kVectors];

  HWY_INLINE void add(const float* HWY_RESTRICT value, std::int64_t row_step,
                      std::int64_t depth_step, const float* HWY_RESTRICT x, std::int64_t depth) {
    const Tag d;
    // One pointer to every third row. The other rows are one or two steps away, so that all
    // pointers fit into the general-purpose registers.
    constexpr int kPointers = (kRows + 2) / 3;
    const float* third[kPointers];
#pragma GCC unroll 8
    for (int i = 0; i < kPointers; ++i) third[i] = value + 3 * i * row_step;
    for (std::int64_t k = 0; k < depth; ++k, x += kStep) {
      Vector columns[kVectors];
#pragma GCC unroll 2
      for (int j = 0; j < kVectors; ++j) columns[j] = hn::Load(d, x + j * kLanes);
#pragma GCC unroll 16
      for (int i = 0; i < kRows; ++i) {
        const auto w = hn::Set(d, third[i / 3][(i % 3) * row_step]);
#pragma GCC unroll 2
        for (int j = 0; j < kVectors; ++j) s[i][j] = hn::MulAdd(w, columns[j], s[i][j]);
      }
#pragma GCC unroll 8
      for (int i = 0; i < kPointers; ++i) third[i] += depth_step;
    }
  }
};

// Calls `work(size constant, first)` for tiles of at most kMost of `count` rows. The sizes of the
// tiles differ by at most one.
template <int kMost, class Work, int... kSizes>
HWY_INLINE void for_size(int size, std::int64_t first, const Work& work,
                         std::integer_sequence<int, kSizes...>) {
  (void)((size == kSizes + 1 && (work(std::integral_constant<int, kSizes + 1>(), first), true)) ||
         ...);
}
template <int kMost, class Work>
HWY_INLINE void for_tiles(std::int64_t count, const Work& work) {
  const std::int64_t tiles = (count + kMost - 1) / kMost;
  for (std::int64_t i = 0; i < tiles; ++i) {
    const std::int64_t first = count * i / tiles;
    for_size<kMost>(static_cast<int>(count * (i + 1) / tiles - first), first, work,
                    std::make_integer_sequence<int, kMost>());
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace wordbridge
HWY_AFTER_NAMESPACE();

#endif
