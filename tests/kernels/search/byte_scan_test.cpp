#include "kernels/search/byte_scan.h"

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "core/index.h"
#include "core/rng.h"
#include "core/threads.h"
#include "kernels/search/bounded_search.h"
#include "kernels/search/products.h"
#include "kernels/search/top_k.h"

namespace wordbridge {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

std::vector<float> normal_numbers(std::int64_t count, const char* stream) {
  Rng rng(9, stream);
  std::vector<float> values(at(count));
  for (auto& value : values) value = static_cast<float>(rng.normal());
  return values;
}

/// Runs `test` with each instruction set that this CPU has.
void on_each_target(const std::function<void()>& test) {
  const std::int64_t supported = hwy::SupportedTargets();
  for (const std::int64_t target : {HWY_AVX3, HWY_AVX2, HWY_SSE4, HWY_SSSE3}) {
    if ((supported & target) == 0) continue;
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    SCOPED_TRACE(hwy::TargetName(target));
    test();
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

/// Scales as those of cosines: 1 / norm, NaN for rows without a direction.
std::vector<float> inverse_norms(const std::vector<float>& rows, std::int64_t dim) {
  std::vector<float> scales;
  for (std::size_t row = 0; row < rows.size(); row += at(dim)) {
    double squares = 0;
    for (std::size_t k = 0; k < at(dim); ++k) squares += double{rows[row + k]} * rows[row + k];
    scales.push_back(squares > 0 ? static_cast<float>(1 / std::sqrt(squares)) : kNan);
  }
  return scales;
}

/// Rows that are hard to bound: with one large number, tiny, huge, zero, equal, opposite, scaled.
std::vector<float> hard_rows(std::int64_t count, std::int64_t dim) {
  auto rows = normal_numbers(count * dim, "rows");
  const auto change = [&](std::int64_t row, const std::function<float(float, std::int64_t)>& to) {
    for (std::int64_t k = 0; k < dim; ++k) rows[at(row * dim + k)] = to(rows[at(row * dim + k)], k);
  };
  for (std::int64_t row = 0; row < count; ++row) {
    const auto copied = [&](std::int64_t from, float factor) {
      return [&rows, from, factor, dim](float, std::int64_t k) {
        return factor * rows[at(from * dim + k)];
      };
    };
    switch (row % 17) {
      case 1:
        change(row, [](float x, std::int64_t k) { return k == 0 ? 1000 * x : x; });
        break;
      case 2:
        change(row, [](float x, std::int64_t) { return x * 1e-17F; });
        break;
      case 3:
        change(row, [](float x, std::int64_t) { return x * 1e16F; });
        break;
      case 4:
        change(row, [](float, std::int64_t) { return 0.0F; });
        break;
      case 5:
        change(row, copied(row - 5, 1));
        break;
      case 6:
        change(row, copied(row - 6, -1));
        break;
      case 7:
        change(row, copied(row - 7, 4));
        break;
      case 8:
        change(row, copied(8, 1));
        break;  // one of many equal rows
      case 9:
        change(row, copied(8, 1.0000001F));
        break;
      default:
        break;
    }
  }
  return rows;
}

TEST(RoundToBytes, IsTheSameOnAnyCpu) {
  // As in ByteProducts.RowsAreRoundedToSteps: steps of 0.02.
  const std::vector<float> row = {2.54F, -0.04F, 0.031F};
  std::vector<std::uint8_t> values(3);
  const RoundedRow rounded = round_to_bytes_anywhere(row.data(), 3, 128, values.data());
  EXPECT_EQ(values, (std::vector<std::uint8_t>{255, 126, 130}));
  EXPECT_NEAR(rounded.step, 0.02, 1e-8);
  EXPECT_NEAR(rounded.length, std::sqrt(2.54 * 2.54 + 2 * 0.04 * 0.04), 1e-4);
  EXPECT_GE(rounded.error, 0.009F);
  EXPECT_LE(rounded.error, 0.0091F);
  const std::vector<float> infinite = {1, kInfinity, 2}, tiny = {3e-20F, 4e-20F};
  EXPECT_FALSE(round_to_bytes_anywhere(infinite.data(), 3, 128, values.data()).is_finite);
  EXPECT_EQ(values, (std::vector<std::uint8_t>{128, 128, 128}));
  const RoundedRow zero = round_to_bytes_anywhere(tiny.data(), 2, 0, values.data());
  EXPECT_EQ(zero.step, 0);
  EXPECT_NEAR(zero.error, 5e-20, 1e-21);
  EXPECT_GE(zero.error, 5e-20F);
  if (!has_byte_products()) return;
  const std::int64_t dim = 301;
  const auto rows = hard_rows(40, dim);
  std::vector<std::uint8_t> one(at(dim)), other(at(dim));
  for (std::int64_t i = 0; i < 40; ++i) {
    const auto fast = round_to_bytes(rows.data() + i * dim, dim, 128, one.data());
    const auto slow = round_to_bytes_anywhere(rows.data() + i * dim, dim, 128, other.data());
    EXPECT_EQ(one, other) << i;
    EXPECT_EQ(fast.step, slow.step);
    if (fast.step == 0) continue;  // errors are bounded in another way
    EXPECT_NEAR(fast.error, slow.error, 1e-5F * fast.length);
    EXPECT_NEAR(fast.length, slow.length, 1e-5F * fast.length);
  }
}

TEST(ByteScan, BoundsAreNearTheProductsOfWholeNumbers) {
  // Numbers up to 127 are not rounded in the rows, nor halves in the query.
  const std::vector<float> rows = {127, 3, -2, 127, -100, 0}, query = {1, 0.5F, -1};
  const std::vector<float> scales = {2, 1};
  on_each_target([&] {
    const ByteRows bytes(rows.data(), 2, 3, scales.data(), nullptr);
    const ByteScan scan(query.data(), 3);
    float lower[2], upper[2];
    scan.bounds(bytes, 0, 2, lower, upper);
    EXPECT_NEAR(lower[0], 261, 0.02);  // 2 (127 + 1.5 + 2)
    EXPECT_NEAR(upper[0], 261, 0.02);
    EXPECT_NEAR(lower[1], 77, 0.02);
    EXPECT_NEAR(upper[1], 77, 0.02);
    EXPECT_LE(lower[0], 261);
    EXPECT_GE(upper[0], 261);
  });
}

TEST(ByteScan, ProductsAreWithinTheirBounds) {
  for (const std::int64_t dim : {1, 3, 16, 31, 33, 100, 301, 2000}) {
    const std::int64_t count = 300;
    const auto rows = hard_rows(count, dim);
    const auto query = normal_numbers(dim, "query");
    const auto scales = inverse_norms(rows, dim);
    std::vector<float> products(at(count)), lower(at(count)), upper(at(count));
    row_products(query.data(), 1, rows.data(), count, dim, products.data());
    const ByteRows bytes(rows.data(), count, dim, scales.data(), nullptr);
    on_each_target([&] {
      ByteScan(query.data(), dim).bounds(bytes, 0, count, lower.data(), upper.data());
      for (std::int64_t i = 0; i < count; ++i) {
        if (std::isnan(scales[at(i)])) {
          EXPECT_EQ(upper[at(i)], -kInfinity) << i;
          EXPECT_EQ(lower[at(i)], -kInfinity) << i;
          continue;
        }
        const float score = products[at(i)] * scales[at(i)];
        ASSERT_LE(lower[at(i)], score) << dim << " " << i;
        ASSERT_GE(upper[at(i)], score) << dim << " " << i;
        if (i % 17 == 0 && dim > 16) {
          EXPECT_LT(upper[at(i)] - lower[at(i)], 0.06F * std::sqrt(dim));
        }
      }
      // The last rows alone: a part of a vector.
      float low[3], high[3];
      ByteScan(query.data(), dim).bounds(bytes, count - 3, 3, low, high);
      for (std::int64_t i = 0; i < 3; ++i) {
        EXPECT_EQ(low[i], lower[at(count - 3 + i)]);
        EXPECT_EQ(high[i], upper[at(count - 3 + i)]);
      }
    });
  }
}

TEST(ByteScan, QueriesOfAnySizeHaveBounds) {
  const std::int64_t dim = 50, count = 40;
  const auto rows = normal_numbers(count * dim, "rows");
  std::vector<float> products(at(count)), lower(at(count)), upper(at(count));
  const ByteRows bytes(rows.data(), count, dim, nullptr, nullptr);
  for (const float factor : {1e-44F, 1e-33F, 1e-20F, 1.0F, 1e15F, 1e34F}) {
    auto query = normal_numbers(dim, "query");
    for (auto& value : query) value *= factor;
    row_products(query.data(), 1, rows.data(), count, dim, products.data());
    ByteScan(query.data(), dim).bounds(bytes, 0, count, lower.data(), upper.data());
    for (std::size_t i = 0; i < at(count); ++i) {
      EXPECT_LE(lower[i], products[i]) << factor;
      EXPECT_GE(upper[i], products[i]) << factor;
    }
  }
  const std::vector<float> infinite = {1, kInfinity};
  EXPECT_FALSE(ByteScan(infinite.data(), 2).is_finite());
  EXPECT_TRUE(ByteScan(infinite.data(), 1).is_finite());
}

struct Found {
  std::vector<std::int64_t> indices;
  std::vector<float> scores;
  bool operator==(const Found& other) const {
    return indices == other.indices && scores == other.scores;
  }
};

/// The k best rows of a query, with or without bounds.
Found search(const std::vector<float>& query, const std::vector<float>& rows, std::int64_t k,
             const float* scales, const ByteRows* bytes) {
  const auto dim = static_cast<std::int64_t>(query.size());
  Found found{std::vector<std::int64_t>(at(k), -7), std::vector<float>(at(k), -7)};
  top_k_products(query.data(), 1, rows.data(), static_cast<std::int64_t>(rows.size()) / dim, dim,
                 {scales, nullptr}, k, found.indices.data(), found.scores.data(), bytes);
  return found;
}

TEST(BoundedSearch, FindsWhatAllProductsYield) {
  const std::int64_t count = 9000, dim = 24;
  const auto rows = hard_rows(count, dim);
  const auto scales = inverse_norms(rows, dim);
  const ByteRows bytes(rows.data(), count, dim, scales.data(), nullptr);
  std::vector<std::vector<float>> queries = {normal_numbers(dim, "query")};
  for (const std::int64_t row : {0, 1, 2, 3, 5, 8, 9, 8999})
    queries.emplace_back(rows.begin() + row * dim, rows.begin() + (row + 1) * dim);
  queries.emplace_back(at(dim), 0.0F);  // all scores are equal
  queries.emplace_back(at(dim), 1e-30F);
  for (const int threads : {1, 3}) {
    set_threads(threads);
    for (const auto& query : queries)
      for (const std::int64_t k : {1, 2, 14, 140})
        EXPECT_EQ(search(query, rows, k, scales.data(), &bytes),
                  search(query, rows, k, scales.data(), nullptr));
  }
  set_threads(0);
}

TEST(BoundedSearch, OnEachInstructionSet) {
  const std::int64_t count = 5000, dim = 301;
  const auto rows = hard_rows(count, dim);
  const auto scales = inverse_norms(rows, dim);
  const ByteRows bytes(rows.data(), count, dim, scales.data(), nullptr);
  const auto query = normal_numbers(dim, "query");
  on_each_target([&] {
    EXPECT_EQ(search(query, rows, 10, scales.data(), &bytes),
              search(query, rows, 10, scales.data(), nullptr));
  });
}

TEST(BoundedSearch, WithoutScoresThereAreNoRows) {
  const std::vector<float> rows(1000, 0.0F);
  std::vector<float> scales(1000, kNan);
  scales[77] = scales[99] = 1;
  const ByteRows bytes(rows.data(), 1000, 1, scales.data(), nullptr);
  const auto found = search({1}, rows, 4, scales.data(), &bytes);
  EXPECT_EQ(found.indices, (std::vector<std::int64_t>{77, 99, -1, -1}));
  EXPECT_EQ(found.scores, (std::vector<float>{0, 0, -kInfinity, -kInfinity}));
}

TEST(BoundedSearch, TheBoundsAreThoseOfTheGivenBytes) {
  // Bounds of the opposite rows rule out the best ones: so they are what is used.
  const std::int64_t count = 2000, dim = 40;
  const auto rows = normal_numbers(count * dim, "rows");
  auto opposite = rows;
  for (auto& value : opposite) value = -value;
  const ByteRows bytes(opposite.data(), count, dim, nullptr, nullptr);
  const std::vector<float> query(rows.begin(), rows.begin() + dim);
  EXPECT_EQ(search(query, rows, 3, nullptr, nullptr).indices[0], 0);
  EXPECT_NE(search(query, rows, 3, nullptr, &bytes).indices[0], 0);
}

}  // namespace
}  // namespace wordbridge
