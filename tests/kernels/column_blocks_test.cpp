#include "kernels/column_blocks.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/rng.h"

namespace wordbridge {
namespace {

constexpr std::int64_t k = kBlockColumns;

/// Small integers, whose products and sums are exact.
std::vector<double> integers(std::int64_t rows, std::uint64_t stream) {
  std::vector<double> values(static_cast<std::size_t>(rows * k));
  Rng rng(3, "test", stream);
  for (double& x : values) x = static_cast<double>(rng.below(9)) - 4;
  return values;
}

TEST(ColumnBlocks, DenseProductsAreThoseOfThreeLoops) {
  // Whole tiles of rows, tiles and some more rows, and less than a tile.
  for (const std::int64_t rows : {1, 7, 8, 19, 40}) {
    const auto a = integers(rows, 1), b = integers(rows, 2), w = integers(k, 3);
    std::vector<double> inner = integers(k, 4), product = integers(rows, 5);
    std::vector<double> expected_inner = inner, expected_product = product;
    for (std::int64_t r = 0; r < rows; ++r) {
      for (std::int64_t i = 0; i < k; ++i) {
        for (std::int64_t j = 0; j < k; ++j) {
          expected_inner[i * k + j] += a[r * k + i] * b[r * k + j];
          expected_product[r * k + j] += a[r * k + i] * w[i * k + j];
        }
      }
    }
    add_inner_product(a.data(), b.data(), rows, inner.data());
    add_product(a.data(), w.data(), rows, product.data());
    EXPECT_EQ(inner, expected_inner) << rows;
    EXPECT_EQ(product, expected_product) << rows;
  }
}

TEST(ColumnBlocks, SparseProductsByHand) {
  // Rows (2, 0, 3), (0, 0, 0) and (0, 5, 0) of a part with three columns.
  const std::vector<std::uint32_t> begin = {1, 3, 3, 4};
  const std::vector<std::uint16_t> column = {7, 0, 2, 1};
  const std::vector<float> value = {99, 2, 3, 5};
  const SparsePart part{3, begin.data(), column.data(), value.data()};
  const auto x = integers(3, 1);
  std::vector<double> y = integers(3, 2), turned = y;
  const std::vector<double> before = y;
  add_sparse_product(part, x.data(), y.data());
  add_transposed_sparse_product(part, x.data(), turned.data());
  for (std::int64_t j = 0; j < k; ++j) {
    EXPECT_EQ(y[j], before[j] + 2 * x[j] + 3 * x[2 * k + j]);
    EXPECT_EQ(y[k + j], before[k + j]);
    EXPECT_EQ(y[2 * k + j], before[2 * k + j] + 5 * x[k + j]);
    EXPECT_EQ(turned[j], before[j] + 2 * x[j]);
    EXPECT_EQ(turned[k + j], before[k + j] + 5 * x[2 * k + j]);
    EXPECT_EQ(turned[2 * k + j], before[2 * k + j] + 3 * x[j]);
  }
}

}  // namespace
}  // namespace wordbridge
