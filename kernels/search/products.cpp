#include "kernels/search/products.h"

#include <algorithm>

// Arrays of vectors need a size known at compile time.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)

// Highway compiles this file once for each instruction set; the order of these lines matters.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/search/products.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include <hwy/cache_control.h>
#include <hwy/aligned_allocator.h>
#include "kernels/simd/tall_tile-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace wordbridge {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Rows of a tile one vector wide: enough sums to hide the latency of multiply-add, without more
// memory streams than the hardware prefetchers can follow.
constexpr int kFlat = 8;
constexpr std::int64_t kLineFloats = 16;  // floats per cache line

// Columns [0, width) of a tile of kRows rows and kVectors vectors of the panel.
template <int kRows, int kVectors>
HWY_NOINLINE void product_tile(const float* panel, const float* rows, std::int64_t dim,
                               std::int64_t width, float* out, std::int64_t stride) {
  const Tag d;
  TallTile<kRows, kVectors, kProductPanel> sums;
#pragma GCC unroll 32
  for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 2
    for (int j = 0; j < kVectors; ++j) sums.s[i][j] = hn::Zero(d);
  if (kVectors == 2) {
    sums.add(rows, dim, 1, panel, dim);
  } else {
    // With so few columns the loop is bound by loading the rows, so the next ones are prefetched.
    for (std::int64_t k = 0; k < dim; k += kLineFloats) {
#pragma GCC unroll 32
      for (int i = 0; i < kRows; ++i) hwy::Prefetch(rows + (i + kFlat) * dim + k);
      sums.add(rows + k, dim, 1, panel + k * kProductPanel, std::min(kLineFloats, dim - k));
    }
  }
  const std::int64_t left = width - (kVectors - 1) * kLanes;  // columns of the last vector
#pragma GCC unroll 32
  for (int i = 0; i < kRows; ++i, out += stride) {
    float* const last = out + (kVectors - 1) * kLanes;
    if (kVectors == 2) hn::StoreU(sums.s[i][0], d, out);
    if (left >= kLanes) {
      hn::StoreU(sums.s[i][kVectors - 1], d, last);
    } else {
      alignas(64) float lanes[kLanes];
      hn::Store(sums.s[i][kVectors - 1], d, lanes);
      std::copy_n(lanes, left, last);
    }
  }
}

void PanelProducts(const float* panel, std::int64_t width, const float* rows, std::int64_t count,
                   std::int64_t dim, float* out, std::int64_t stride) {
  for (; width > 0; width -= kPair, panel += kPair, out += kPair) {
    if (width > kLanes)
      for_tiles<kTall>(count, [&](auto size, std::int64_t first) {
        product_tile<size(), 2>(panel, rows + first * dim, dim, width, out + first * stride,
                                stride);
      });
    else
      for_tiles<kFlat>(count, [&](auto size, std::int64_t first) {
        product_tile<size(), 1>(panel, rows + first * dim, dim, width, out + first * stride,
                                stride);
      });
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace wordbridge
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wordbridge {

HWY_EXPORT(PanelProducts);

namespace {

/// Interleaves up to kProductPanel rows, a few columns at a time so that the output stays in the
/// first-level cache.
void fill_panel(const float* rows, std::int64_t count, std::int64_t dim, float* panel) {
  constexpr std::int64_t kColumns = 16;
  for (std::int64_t column = 0; column < dim; column += kColumns) {
    const std::int64_t end = std::min(column + kColumns, dim);
    for (std::int64_t i = 0; i < kProductPanel; ++i)
      for (std::int64_t k = column; k < end; ++k)
        panel[k * kProductPanel + i] = i < count ? rows[i * dim + k] : 0.0f;
  }
}

}  // namespace

ProductPanels::ProductPanels(std::int64_t count, std::int64_t dim)
    : values_(nullptr, [](float* values) { hwy::FreeAlignedBytes(values, nullptr, nullptr); }),
      count_(count),
      dim_(dim) {
  const auto size = static_cast<std::size_t>(panels() * kProductPanel * dim);
  values_.reset(hwy::AllocateAligned<float>(size).release());
}

ProductPanels::ProductPanels(const float* rows, std::int64_t count, std::int64_t dim)
    : ProductPanels(count, dim) {
  for (std::int64_t i = 0; i < panels(); ++i)
    fill_panel(rows + i * kProductPanel * dim, width(i), dim, panel(i));
}

ProductPanels ProductPanels::of_columns(const float* columns, std::int64_t stride,
                                        std::int64_t count, std::int64_t dim) {
  ProductPanels all(count, dim);
  for (std::int64_t i = 0; i < all.panels(); ++i)
    for (std::int64_t k = 0; k < dim; ++k) {
      float* const to = all.panel(i) + k * kProductPanel;
      std::copy_n(columns + k * stride + i * kProductPanel, all.width(i), to);
      std::fill(to + all.width(i), to + kProductPanel, 0.0f);
    }
  return all;
}

std::int64_t ProductPanels::width(std::int64_t panel) const {
  return std::min(kProductPanel, count_ - panel * kProductPanel);
}

void ProductPanels::products(std::int64_t panel, const float* rows, std::int64_t count, float* out,
                             std::int64_t stride) const {
  HWY_DYNAMIC_DISPATCH(PanelProducts)
  (values(panel), width(panel), rows, count, dim_, out, stride);
}

namespace {

/// Packs the rows a instead of b if they are few: fewer rows to pack, and only once for all of b.
void products_of_few(const float* a, std::int64_t a_count, const float* b, std::int64_t b_count,
                     std::int64_t dim, float* out) {
  const ProductPanels panel(a, a_count, dim);
  if (a_count == 1) return panel.products(0, b, b_count, out, 1);
  constexpr std::int64_t kRows = 56;
  float turned[kRows * kProductPanel];
  for (std::int64_t row = 0; row < b_count; row += kRows) {
    const std::int64_t count = std::min(kRows, b_count - row);
    panel.products(0, b + row * dim, count, turned, a_count);
    for (std::int64_t i = 0; i < a_count; ++i)
      for (std::int64_t j = 0; j < count; ++j) out[i * b_count + row + j] = turned[j * a_count + i];
  }
}

/// Products of the rows a with all rows b, of which panels_of(first, count) packs some.
template <class PanelsOf>
void products_in_blocks(const float* a, std::int64_t a_count, std::int64_t b_count,
                        std::int64_t dim, const PanelsOf& panels_of, float* out) {
  // Blocks of panels of b and rows of a that fit into the second-level cache together.
  constexpr std::int64_t kColumns = 4 * kProductPanel, kRows = 112;
  for (std::int64_t column = 0; column < b_count; column += kColumns) {
    const ProductPanels panels = panels_of(column, std::min(kColumns, b_count - column));
    for (std::int64_t row = 0; row < a_count; row += kRows)
      for (std::int64_t panel = 0; panel < panels.panels(); ++panel)
        panels.products(panel, a + row * dim, std::min(kRows, a_count - row),
                        out + row * b_count + column + panel * kProductPanel, b_count);
  }
}

}  // namespace

void row_products(const float* a, std::int64_t a_count, const float* b, std::int64_t b_count,
                  std::int64_t dim, float* out) {
  if (a_count < 1) return;
  if (a_count <= kProductPanel) return products_of_few(a, a_count, b, b_count, dim, out);
  products_in_blocks(
      a, a_count, b_count, dim,
      [&](std::int64_t first, std::int64_t count) {
        return ProductPanels(b + first * dim, count, dim);
      },
      out);
}

void matrix_products(const float* a, std::int64_t a_count, const float* b, std::int64_t b_count,
                     std::int64_t dim, float* out) {
  products_in_blocks(
      a, a_count, b_count, dim,
      [&](std::int64_t first, std::int64_t count) {
        return ProductPanels::of_columns(b + first, b_count, count, dim);
      },
      out);
}

}  // namespace wordbridge
#endif
