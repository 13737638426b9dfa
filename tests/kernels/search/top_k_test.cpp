#include "kernels/search/top_k.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>
#include <vector>

#include "core/rng.h"
#include "core/threads.h"

namespace wordbridge {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct Found {
  std::vector<std::int64_t> indices;
  std::vector<float> scores;
};

Found top_k(const std::vector<float>& queries, const std::vector<float>& rows, std::int64_t dim,
            std::int64_t k, const float* scales = nullptr, const float* offsets = nullptr) {
  const auto count = static_cast<std::int64_t>(queries.size()) / dim;
  Found found{std::vector<std::int64_t>(static_cast<std::size_t>(count * k), -7),
              std::vector<float>(static_cast<std::size_t>(count * k), -7)};
  top_k_products(queries.data(), count, rows.data(), static_cast<std::int64_t>(rows.size()) / dim,
                 dim, {scales, offsets}, k, found.indices.data(), found.scores.data());
  return found;
}

/// Small integers: dot products are exact in any order of summation, and ties are frequent.
std::vector<float> whole_numbers(std::int64_t count, const char* stream) {
  Rng rng(3, stream);
  std::vector<float> values(static_cast<std::size_t>(count));
  for (auto& value : values) value = static_cast<float>(rng.below(9)) - 4;
  return values;
}

Found naive(const std::vector<float>& queries, const std::vector<float>& rows, std::int64_t dim,
            std::int64_t k, const float* scales) {
  const auto row_count = static_cast<std::int64_t>(rows.size()) / dim;
  Found found;
  for (std::size_t query = 0; query < queries.size(); query += static_cast<std::size_t>(dim)) {
    std::vector<float> products;
    for (std::int64_t row = 0; row < row_count; ++row)
      products.push_back(
          std::inner_product(rows.begin() + row * dim, rows.begin() + (row + 1) * dim,
                             queries.begin() + static_cast<std::ptrdiff_t>(query), 0.0f) *
          (scales ? scales[row] : 1.0f));
    std::vector<std::int64_t> order(products.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
      return products[static_cast<std::size_t>(a)] > products[static_cast<std::size_t>(b)];
    });
    for (std::int64_t rank = 0; rank < k; ++rank) {
      const bool is_there = rank < row_count;
      const auto index = is_there ? order[static_cast<std::size_t>(rank)] : -1;
      found.indices.push_back(index);
      found.scores.push_back(is_there ? products[static_cast<std::size_t>(index)] : -kInfinity);
    }
  }
  return found;
}

using Shape = std::tuple<int, int, int, int>;  // queries, rows, dim, k
class TopK : public testing::TestWithParam<Shape> {};

TEST_P(TopK, IsWhatSortingGives) {
  const auto [queries, rows, dim, k] = GetParam();
  const auto a = whole_numbers(queries * dim, "queries"), b = whole_numbers(rows * dim, "rows");
  std::vector<float> scales;
  for (int i = 0; i < rows; ++i) scales.push_back(i % 3 == 0 ? 0.5f : 2.0f);
  for (const float* scale : {static_cast<const float*>(nullptr), std::as_const(scales).data()}) {
    const Found expected = naive(a, b, dim, k, scale), found = top_k(a, b, dim, k, scale);
    EXPECT_EQ(found.indices, expected.indices);
    EXPECT_EQ(found.scores, expected.scores);
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, TopK,
                         testing::Values(Shape{1, 1, 1, 1}, Shape{3, 2, 5, 4}, Shape{5, 7, 3, 2},
                                         Shape{1, 1000, 17, 10}, Shape{65, 257, 31, 4},
                                         Shape{130, 513, 64, 3}, Shape{2, 20000, 10, 5},
                                         Shape{1, 20000, 1, 9000}, Shape{1025, 40, 7, 1},
                                         Shape{4, 12, 300, 12}));

TEST(TopKProducts, RealNumbersToRounding) {
  Rng rng(5, "real");
  const std::int64_t dim = 301, row_count = 1001;
  std::vector<float> rows(static_cast<std::size_t>(dim * row_count)), query(dim);
  for (auto& value : rows) value = static_cast<float>(rng.normal());
  for (auto& value : query) value = static_cast<float>(rng.normal());
  const Found found = top_k(query, rows, dim, row_count);
  for (std::size_t i = 0; i < found.indices.size(); ++i) {
    const double exact =
        std::inner_product(query.begin(), query.end(), rows.begin() + found.indices[i] * dim, 0.0);
    EXPECT_NEAR(found.scores[i], exact, 1e-4);
    if (i > 0) {
      EXPECT_GE(found.scores[i - 1], found.scores[i]);
    }
  }
}

TEST(TopKProducts, SameBitsForAnyThreadsAndAnyCompany) {
  Rng rng(6, "real");
  const std::int64_t dim = 37, row_count = 20001, count = 70, k = 6;
  std::vector<float> rows(static_cast<std::size_t>(dim * row_count)),
      queries(static_cast<std::size_t>(dim * count));
  for (auto& value : rows) value = static_cast<float>(rng.normal());
  for (auto& value : queries) value = static_cast<float>(rng.normal());
  set_threads(1);
  const Found one = top_k(queries, rows, dim, k);
  set_threads(3);
  const Found three = top_k(queries, rows, dim, k);
  set_threads(0);
  EXPECT_EQ(one.indices, three.indices);
  EXPECT_EQ(one.scores, three.scores);
  const std::vector<float> last(queries.end() - dim, queries.end());
  const Found alone = top_k(last, rows, dim, k);
  EXPECT_EQ(alone.scores, std::vector<float>(one.scores.end() - k, one.scores.end()));
}

TEST(TopKProducts, OffsetsAreAdded) {
  const std::vector<float> rows{1, 2, 3}, scales{1, 2, -1}, offsets{10, 0, 2};
  const Found found = top_k({2}, rows, 1, 3, scales.data(), offsets.data());
  EXPECT_EQ(found.indices, (std::vector<std::int64_t>{0, 1, 2}));
  EXPECT_EQ(found.scores, (std::vector<float>{12, 8, -4}));
}

// Only many queries are searched with bounds, so each query alone is the reference.
TEST(TopKProducts, BoundsChangeNothing) {
  Rng rng(7, "rows");
  const std::int64_t dim = 45, row_count = 3000, count = 300, k = 4;
  std::vector<float> rows, queries, scales, offsets;
  for (std::int64_t i = 0; i < row_count * dim; ++i)
    rows.push_back(static_cast<float>(rng.normal()));
  // Queries near rows, so that most products are ruled out.
  for (std::int64_t i = 0; i < count * dim; ++i)
    queries.push_back(rows[static_cast<std::size_t>(i * 3)] +
                      0.5F * static_cast<float>(rng.normal()));
  for (std::int64_t i = 0; i < row_count; ++i) {
    scales.push_back(i % 5 == 0 ? -1.0F : 1 + 0.001F * static_cast<float>(i % 7));
    offsets.push_back(0.01F * static_cast<float>(i % 100));
  }
  const auto value = [&](std::int64_t row) { return rows.begin() + row * dim; };
  std::copy_n(value(50), dim, value(2999));  // ties
  std::fill_n(value(60), dim, 0.0F);         // no direction
  *value(70) = std::numeric_limits<float>::quiet_NaN();
  *value(80) = 1e30F;  // one column far larger than the others
  *value(90) = kInfinity;
  for (std::int64_t j = 0; j < dim; ++j) value(100)[j] *= 1e-30F;
  scales[110] = std::numeric_limits<float>::quiet_NaN();
  queries[3] = kInfinity;
  std::fill_n(queries.begin() + dim, dim, 0.0F);
  for (const bool has_terms : {false, true}) {
    const float* const scale = has_terms ? scales.data() : nullptr;
    const float* const offset = has_terms ? offsets.data() : nullptr;
    const Found together = top_k(queries, rows, dim, k, scale, offset);
    for (std::int64_t i = 0; i < count; ++i) {
      const Found alone = top_k({queries.begin() + i * dim, queries.begin() + (i + 1) * dim}, rows,
                                dim, k, scale, offset);
      const auto range = [&](const auto& all) {
        return std::decay_t<decltype(all)>(all.begin() + i * k, all.begin() + (i + 1) * k);
      };
      ASSERT_EQ(range(together.indices), alone.indices) << i;
      ASSERT_EQ(range(together.scores), alone.scores) << i;
    }
  }
}

TEST(TopKProducts, NotANumberIsNeverChosen) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> rows{1, nan, -3, 2}, scales{1, 1, 1, nan};
  const Found found = top_k({1}, rows, 1, 4, scales.data());
  EXPECT_EQ(found.indices, (std::vector<std::int64_t>{0, 2, -1, -1}));
  EXPECT_EQ(found.scores, (std::vector<float>{1, -3, -kInfinity, -kInfinity}));
}

TEST(TopKProducts, NoRowsNoQueries) {
  EXPECT_EQ(top_k({1, 2}, {}, 2, 2).indices, (std::vector<std::int64_t>{-1, -1}));
  EXPECT_TRUE(top_k({}, {1, 2}, 2, 2).indices.empty());
}

}  // namespace
}  // namespace wordbridge
