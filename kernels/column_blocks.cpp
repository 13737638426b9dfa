#include "kernels/column_blocks.h"

// Arrays of vectors need a size known at compile time.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)

// Highway compiles this file once for each instruction set; the order of these lines matters.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/column_blocks.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace wordbridge {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Vectors of 8, 4 or 2 numbers.
using D = hn::CappedTag<double, 8>;
using V = hn::Vec<D>;
constexpr std::int64_t kLanes = static_cast<std::int64_t>(hn::MaxLanes(D()));
// A row of a block has this many vectors. The sums of kPart of them at a time stay in registers.
constexpr int kVectors = static_cast<int>(kBlockColumns / kLanes);
constexpr int kPart = kVectors < 4 ? kVectors : 4;
// Rows of a dense tile, whose sums stay in registers.
constexpr int kTall = kLanes >= 8 ? 8 : 2;

// Adds to kTall x kPart vectors of `out`, at most `depth` times: for each k, value[i * row_step + k
// * depth_step] times the k-th row of x. The rows of x and out have kBlockColumns columns.
HWY_INLINE void add_tile(const double* HWY_RESTRICT value, std::int64_t row_step,
                         std::int64_t depth_step, const double* HWY_RESTRICT x, std::int64_t depth,
                         double* HWY_RESTRICT out) {
  const D d;
  V sum[kTall][kPart];
#pragma GCC unroll 8
  for (int i = 0; i < kTall; ++i)
#pragma GCC unroll 4
    for (int j = 0; j < kPart; ++j) sum[i][j] = hn::LoadU(d, out + i * kBlockColumns + j * kLanes);
  for (std::int64_t k = 0; k < depth; ++k, x += kBlockColumns, value += depth_step) {
    V columns[kPart];
#pragma GCC unroll 4
    for (int j = 0; j < kPart; ++j) columns[j] = hn::LoadU(d, x + j * kLanes);
#pragma GCC unroll 8
    for (int i = 0; i < kTall; ++i) {
      const V factor = hn::Set(d, value[i * row_step]);
#pragma GCC unroll 4
      for (int j = 0; j < kPart; ++j) sum[i][j] = hn::MulAdd(factor, columns[j], sum[i][j]);
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < kTall; ++i)
#pragma GCC unroll 4
    for (int j = 0; j < kPart; ++j) hn::StoreU(sum[i][j], d, out + i * kBlockColumns + j * kLanes);
}

void AddInnerProduct(const double* a, const double* b, std::int64_t rows, double* out) {
  for (std::int64_t j = 0; j < kBlockColumns; j += kPart * kLanes)
    for (std::int64_t i = 0; i < kBlockColumns; i += kTall)
      add_tile(a + i, 1, kBlockColumns, b + j, rows, out + i * kBlockColumns + j);
}

// One row.
HWY_INLINE void add_row_product(const double* HWY_RESTRICT x, const double* HWY_RESTRICT w,
                                double* HWY_RESTRICT y) {
  const D d;
  for (std::int64_t j = 0; j < kBlockColumns; j += kLanes) {
    V sum = hn::LoadU(d, y + j);
    for (std::int64_t k = 0; k < kBlockColumns; ++k)
      sum = hn::MulAdd(hn::Set(d, x[k]), hn::LoadU(d, w + k * kBlockColumns + j), sum);
    hn::StoreU(sum, d, y + j);
  }
}

void AddProduct(const double* x, const double* w, std::int64_t rows, double* y) {
  std::int64_t i = 0;
  for (; i + kTall <= rows; i += kTall)
    for (std::int64_t j = 0; j < kBlockColumns; j += kPart * kLanes)
      add_tile(x + i * kBlockColumns, kBlockColumns, 1, w + j, kBlockColumns,
               y + i * kBlockColumns + j);
  for (; i < rows; ++i) add_row_product(x + i * kBlockColumns, w, y + i * kBlockColumns);
}

void AddSparseProduct(const SparsePart& part, const double* HWY_RESTRICT x,
                      double* HWY_RESTRICT y) {
  const D d;
  for (std::int64_t i = 0; i < part.rows; ++i, y += kBlockColumns) {
    const std::uint32_t begin = part.begin[i], end = part.begin[i + 1];
    if (begin == end) continue;
    for (std::int64_t j = 0; j < kBlockColumns; j += kPart * kLanes) {
      V sum[kPart];
#pragma GCC unroll 4
      for (int v = 0; v < kPart; ++v) sum[v] = hn::LoadU(d, y + j + v * kLanes);
      for (std::uint32_t k = begin; k < end; ++k) {
        const V factor = hn::Set(d, static_cast<double>(part.value[k]));
        const double* const from = x + part.column[k] * kBlockColumns + j;
#pragma GCC unroll 4
        for (int v = 0; v < kPart; ++v)
          sum[v] = hn::MulAdd(factor, hn::LoadU(d, from + v * kLanes), sum[v]);
      }
#pragma GCC unroll 4
      for (int v = 0; v < kPart; ++v) hn::StoreU(sum[v], d, y + j + v * kLanes);
    }
  }
}

void AddTransposedSparseProduct(const SparsePart& part, const double* HWY_RESTRICT x,
                                double* HWY_RESTRICT y) {
  const D d;
  for (std::int64_t i = 0; i < part.rows; ++i, x += kBlockColumns) {
    const std::uint32_t begin = part.begin[i], end = part.begin[i + 1];
    if (begin == end) continue;
    for (std::int64_t j = 0; j < kBlockColumns; j += kPart * kLanes) {
      V row[kPart];
#pragma GCC unroll 4
      for (int v = 0; v < kPart; ++v) row[v] = hn::LoadU(d, x + j + v * kLanes);
      for (std::uint32_t k = begin; k < end; ++k) {
        const V factor = hn::Set(d, static_cast<double>(part.value[k]));
        double* const to = y + part.column[k] * kBlockColumns + j;
#pragma GCC unroll 4
        for (int v = 0; v < kPart; ++v)
          hn::StoreU(hn::MulAdd(factor, row[v], hn::LoadU(d, to + v * kLanes)), d, to + v * kLanes);
      }
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace wordbridge
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wordbridge {

HWY_EXPORT(AddInnerProduct);
HWY_EXPORT(AddProduct);
HWY_EXPORT(AddSparseProduct);
HWY_EXPORT(AddTransposedSparseProduct);

void add_inner_product(const double* a, const double* b, std::int64_t rows, double* out) {
  HWY_DYNAMIC_DISPATCH(AddInnerProduct)(a, b, rows, out);
}

void add_product(const double* x, const double* w, std::int64_t rows, double* y) {
  HWY_DYNAMIC_DISPATCH(AddProduct)(x, w, rows, y);
}

void add_sparse_product(const SparsePart& part, const double* x, double* y) {
  HWY_DYNAMIC_DISPATCH(AddSparseProduct)(part, x, y);
}

void add_transposed_sparse_product(const SparsePart& part, const double* x, double* y) {
  HWY_DYNAMIC_DISPATCH(AddTransposedSparseProduct)(part, x, y);
}

}  // namespace wordbridge
#endif
