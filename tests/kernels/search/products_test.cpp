#include "kernels/search/products.h"

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <tuple>
#include <vector>

#include "core/rng.h"

namespace wordbridge {
namespace {

std::vector<float> normal_values(std::int64_t count, const char* stream) {
  Rng rng(4, stream);
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& value : values) value = static_cast<float>(rng.normal());
  return values;
}

double exact_product(const float* a, const float* b, std::int64_t dim) {
  double sum = 0;
  for (std::int64_t k = 0; k < dim; ++k) sum += static_cast<double>(a[k]) * b[k];
  return sum;
}

using Shape = std::tuple<int, int, int>;  // rows a, rows b, dim
class RowProducts : public testing::TestWithParam<Shape> {};

/// Compares the products with sums in double precision, and checks that nothing else is written.
TEST_P(RowProducts, EachPairOfRows) {
  const auto [a_count, b_count, dim] = GetParam();
  const auto a = normal_values(a_count * dim, "a"), b = normal_values(b_count * dim, "b");
  constexpr float kUntouched = 77;
  std::vector<float> out(static_cast<std::size_t>(a_count * b_count) + 1, kUntouched);
  row_products(a.data(), a_count, b.data(), b_count, dim, out.data());
  for (int i = 0; i < a_count; ++i)
    for (int j = 0; j < b_count; ++j)
      ASSERT_NEAR(out[static_cast<std::size_t>(i * b_count + j)],
                  exact_product(a.data() + i * dim, b.data() + j * dim, dim),
                  1e-6 * (dim + 4 * std::sqrt(dim)))
          << i << ", " << j;
  EXPECT_EQ(out.back(), kUntouched);
}

INSTANTIATE_TEST_SUITE_P(Shapes, RowProducts,
                         testing::Values(Shape{1, 1, 1}, Shape{1, 70, 33}, Shape{2, 3, 5},
                                         Shape{32, 57, 300}, Shape{33, 1, 7}, Shape{33, 31, 16},
                                         Shape{40, 129, 17}, Shape{113, 33, 20}, Shape{250, 260, 3},
                                         Shape{0, 4, 2}, Shape{4, 0, 2}));

/// a . b has the same bits at any position, with any other rows, and on either side.
TEST(RowProductsTest, TheSameBitsInAnyCompany) {
  const std::int64_t count = 150, dim = 131;
  const auto rows = normal_values(count * dim, "rows");
  std::vector<float> all(static_cast<std::size_t>(count * count));
  row_products(rows.data(), count, rows.data(), count, dim, all.data());
  for (const std::int64_t some : {1, 2, 17, 33}) {
    for (const std::int64_t first : {0, 5, 100}) {
      std::vector<float> out(static_cast<std::size_t>(some * count));
      row_products(rows.data() + first * dim, some, rows.data(), count, dim, out.data());
      EXPECT_TRUE(std::equal(out.begin(), out.end(), all.begin() + first * count));
      row_products(rows.data(), count, rows.data() + first * dim, some, dim, out.data());
      for (std::int64_t i = 0; i < count; ++i)
        for (std::int64_t j = 0; j < some; ++j)
          ASSERT_EQ(out[static_cast<std::size_t>(i * some + j)],
                    all[static_cast<std::size_t>((first + j) * count + i)]);
    }
  }
}

/// The order of summation does not depend on the vector width. Instruction sets below AVX2 have no
/// fused multiply-add, so their results differ slightly.
TEST(RowProductsTest, EveryInstructionSet) {
  const std::int64_t count = 75, dim = 50;
  const auto rows = normal_values(count * dim, "rows");
  const auto products = [&](std::int64_t targets) {
    hwy::SetSupportedTargetsForTest(targets);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    std::vector<float> out(static_cast<std::size_t>(count * count));
    row_products(rows.data(), count, rows.data(), count, dim, out.data());
    return out;
  };
  const std::int64_t supported = hwy::SupportedTargets();
  const auto best = products(supported);
  for (const std::int64_t target : {HWY_AVX3, HWY_AVX2, HWY_SSE4, HWY_SSSE3}) {
    if ((supported & target) == 0) continue;
    const auto found = products(target);
    if (target == HWY_AVX3 || target == HWY_AVX2) {
      EXPECT_EQ(found, best);
    }
    for (std::size_t i = 0; i < found.size(); ++i) ASSERT_NEAR(found[i], best[i], 1e-4);
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

/// A NaN affects only the products of its own row.
TEST(RowProductsTest, NotANumberDoesNotSpread) {
  const std::int64_t count = 40, dim = 9;
  auto a = normal_values(count * dim, "a");
  a[static_cast<std::size_t>(7 * dim + 3)] = std::numeric_limits<float>::quiet_NaN();
  const auto b = normal_values(count * dim, "b");
  std::vector<float> out(static_cast<std::size_t>(count * count));
  row_products(a.data(), count, b.data(), count, dim, out.data());
  for (std::int64_t i = 0; i < count; ++i)
    for (std::int64_t j = 0; j < count; ++j)
      EXPECT_EQ(std::isnan(out[static_cast<std::size_t>(i * count + j)]), i == 7);
}

TEST(ProductPanelsTest, WidthsAndStride) {
  const std::int64_t count = 37, dim = 3;
  const auto rows = normal_values(count * dim, "rows"), others = normal_values(2 * dim, "others");
  const ProductPanels panels(rows.data(), count, dim);
  ASSERT_EQ(panels.panels(), 2);
  EXPECT_EQ(panels.width(0), 32);
  EXPECT_EQ(panels.width(1), 5);
  std::vector<float> out(20, 77.0f);
  panels.products(1, others.data(), 2, out.data(), 10);
  for (std::int64_t i = 0; i < 2; ++i)
    for (std::int64_t j = 0; j < 10; ++j) {
      const float found = out[static_cast<std::size_t>(i * 10 + j)];
      if (j < 5)
        EXPECT_NEAR(
            found, exact_product(others.data() + i * dim, rows.data() + (32 + j) * dim, dim), 1e-5);
      else
        EXPECT_EQ(found, 77.0f);
    }
}

TEST(MatrixProducts, AreRowProductsWithTheColumns) {
  Rng rng(3, "matrices");
  for (const auto [n, dim, m] :
       {std::array{1, 3, 2}, std::array{35, 17, 33}, std::array{130, 50, 200}}) {
    std::vector<float> a(static_cast<std::size_t>(n * dim)), b(static_cast<std::size_t>(dim * m)),
        turned(b.size()), expected(static_cast<std::size_t>(n * m)), found(expected.size());
    for (auto& value : a) value = static_cast<float>(rng.normal());
    for (int k = 0; k < dim; ++k)
      for (int j = 0; j < m; ++j)
        turned[static_cast<std::size_t>(j * dim + k)] = b[static_cast<std::size_t>(k * m + j)] =
            static_cast<float>(rng.normal());
    row_products(a.data(), n, turned.data(), m, dim, expected.data());
    matrix_products(a.data(), n, b.data(), m, dim, found.data());
    EXPECT_EQ(found, expected) << n;
  }
}

}  // namespace
}  // namespace wordbridge
