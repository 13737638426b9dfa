#include "kernels/search/byte_products.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "core/rng.h"
#include "kernels/search/products.h"

namespace wordbridge {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

class ByteProducts : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_byte_products()) GTEST_SKIP() << "needs AVX512_VNNI";
  }
};

std::vector<float> normal_numbers(std::int64_t count, const char* stream) {
  Rng rng(5, stream);
  std::vector<float> values(static_cast<std::size_t>(count));
  for (auto& value : values) value = static_cast<float>(rng.normal());
  return values;
}

TEST_F(ByteProducts, RowsAreRoundedToSteps) {
  // 127 steps of 0.02 are 2.54; 0.031 is 1.55 steps.
  const std::vector<float> row = {2.54F, -0.04F, 0.031F};
  std::vector<std::uint8_t> values(3);
  const RoundedRow rounded = round_to_bytes(row.data(), 3, 128, values.data());
  EXPECT_EQ(values, (std::vector<std::uint8_t>{255, 126, 130}));
  EXPECT_NEAR(rounded.step, 0.02, 1e-8);
  EXPECT_NEAR(rounded.length, std::sqrt(2.54 * 2.54 + 2 * 0.04 * 0.04), 1e-4);
  EXPECT_GE(rounded.error, 0.009F);
  EXPECT_LE(rounded.error, 0.0091F);
}

TEST_F(ByteProducts, LimitsAboveTheBoundAreNotReached) {
  // Whole numbers up to 127 are not rounded, so the bounds are the products up to a small error.
  const std::vector<float> row = {127, 3, -2}, queries = {127, 1, 1, -127, 5, 0};
  const float scale = 2, offset = -100;
  const ByteRows rows(row.data(), 1, 3, &scale, &offset);
  const BytePanels panels(queries.data(), 2, 3);
  // 2 (16129 + 1) - 100 and 2 (-16129 + 15) - 100
  std::vector<float> limits(kProductPanel, 0);
  std::uint32_t mask = 0;
  const auto masks_for = [&](float first, float second) {
    limits[0] = first;
    limits[1] = second;
    panels.find_promising(0, rows, 0, 1, limits.data(), &mask);
    return mask;
  };
  EXPECT_EQ(masks_for(32159, -32329), 3U);
  EXPECT_EQ(masks_for(32200, -32329), 2U);
  EXPECT_EQ(masks_for(32159, -32290), 1U);
  EXPECT_EQ(masks_for(kInfinity, kInfinity), 0U);
}

TEST_F(ByteProducts, BoundsAreNeverBelowTheProducts) {
  for (const std::int64_t dim : {1, 3, 16, 50, 301}) {
    const std::int64_t count = 61, query_count = 40;
    auto rows = normal_numbers(count * dim, "rows");
    auto queries = normal_numbers(query_count * dim, "queries");
    for (std::int64_t k = 0; k < dim; ++k) {  // the error is largest with one large column
      rows[static_cast<std::size_t>(7 * dim + k)] *= k == 0 ? 100.0F : 1.0F;
      rows[static_cast<std::size_t>(8 * dim + k)] *= 1e-35F;
      rows[static_cast<std::size_t>(9 * dim + k)] *= 1e18F;
      queries[static_cast<std::size_t>(2 * dim + k)] *= 1e-20F;
    }
    std::vector<float> products(static_cast<std::size_t>(query_count * count));
    row_products(queries.data(), query_count, rows.data(), count, dim, products.data());
    const ByteRows bytes(rows.data(), count, dim, nullptr, nullptr);
    const BytePanels panels(queries.data(), query_count, dim);
    for (std::int64_t row = 0; row < count; ++row)
      for (std::int64_t panel = 0; panel < 2; ++panel) {
        std::vector<float> limits(kProductPanel, kInfinity);
        const std::int64_t width = panel == 0 ? kProductPanel : query_count - kProductPanel;
        for (std::int64_t j = 0; j < width; ++j)
          limits[static_cast<std::size_t>(j)] = std::nextafter(
              products[static_cast<std::size_t>((panel * kProductPanel + j) * count + row)],
              -kInfinity);
        std::uint32_t mask = 0;
        panels.find_promising(panel, bytes, row, 1, limits.data(), &mask);
        ASSERT_EQ(mask, width == kProductPanel ? ~0U : (1U << width) - 1) << dim << " " << row;
      }
  }
}

TEST_F(ByteProducts, ListedProductsAreThoseOfAllPairs) {
  for (const std::int64_t dim : {1, 15, 16, 100, 303}) {
    const std::int64_t count = 50;
    const auto rows = normal_numbers(count * dim, "rows");
    const auto queries = normal_numbers(kProductPanel * dim, "queries");
    std::vector<float> all(static_cast<std::size_t>(kProductPanel * count));
    row_products(queries.data(), kProductPanel, rows.data(), count, dim, all.data());
    const ProductPanels panels(queries.data(), kProductPanel, dim);
    std::vector<std::int32_t> listed_queries, listed_rows;
    for (std::int32_t i = 0; i < 37; ++i) {
      listed_queries.push_back(i * 7 % 32);
      listed_rows.push_back(i * 13 % 50);
    }
    std::vector<float> found(38, -7);
    listed_products(panels.values(0), listed_queries.data(), rows.data(), listed_rows.data(), 37,
                    dim, found.data());
    for (std::size_t i = 0; i < 37; ++i)
      EXPECT_EQ(found[i],
                all[static_cast<std::size_t>(listed_queries[i] * count + listed_rows[i])]);
    EXPECT_EQ(found[37], -7);
  }
}

}  // namespace
}  // namespace wordbridge
