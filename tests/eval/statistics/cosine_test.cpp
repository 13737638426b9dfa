#include "eval/statistics/cosine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/threads.h"
#include "eval/statistics/comparable.h"
#include "tests/eval/random_table.h"

namespace wordbridge {
namespace {

using Rows = std::vector<float>;

Rows times(double factor, const Rows& row) {
  Rows result;
  for (const float value : row) result.push_back(static_cast<float>(factor * value));
  return result;
}

double cosine_of(const Rows& a, const Rows& b) {
  return cosine(a.data(), b.data(), static_cast<std::int64_t>(a.size()));
}

TEST(Cosine, ByHand) {
  EXPECT_NEAR(cosine_of({3, 4}, {4, 3}), 24.0 / 25, kCosineStep / 2);
  EXPECT_EQ(cosine_of({3, 4}, {-4, 3}), 0);
  EXPECT_EQ(cosine_of({1, 0, 0, 0}, {1, 1, 1, 1}), 0.5);
  const double inverse = std::sqrt(0.5);
  const double a[] = {inverse, inverse};
  const float b[] = {5, 5};
  EXPECT_EQ(cosine(a, b, 2), 1);
}

TEST(Cosine, OfEqualAndOfOppositeDirectionsIsExact) {
  for (const std::int64_t dim : {2, 5, 300, 8000}) {
    const auto rows = normal_rows(40, dim, 3);
    for (auto at = rows.begin(); at != rows.end(); at += dim) {
      const Rows row(at, at + dim);
      EXPECT_EQ(cosine_of(row, row), 1);
      for (const double factor : {0.1, 1 / 3.0, 3.0, 1e-20, 1e20}) {
        EXPECT_EQ(cosine_of(row, times(factor, row)), 1) << factor;
        EXPECT_EQ(cosine_of(row, times(-factor, row)), -1) << factor;
      }
    }
  }
}

/// Integers, whose multiples by 3, 5 and 7 are exact in single precision.
TEST(Cosine, DoesNotDependOnTheLengths) {
  Rng rng(1, "test.cosines");
  for (int pair = 0; pair < 200; ++pair) {
    Rows a, b;
    for (int i = 0; i < 50; ++i) {
      a.push_back(static_cast<float>(rng.below(1000)));
      b.push_back(static_cast<float>(rng.below(1000)));
    }
    EXPECT_EQ(cosine_of(times(3, a), times(5, b)), cosine_of(times(7, a), b));
  }
}

TEST(Cosine, OfAnyLengthThatSinglePrecisionHas) {
  const Rows a = {3, 4}, b = {4, 3};
  const double expected = cosine_of(a, b);
  // The least positive numbers have few digits: 3 and 4 times 2^-149 are exact.
  for (const double factor : {std::ldexp(1.0, -149), std::ldexp(1.0, -130), std::ldexp(1.0, 125)})
    EXPECT_EQ(cosine_of(times(factor, a), times(factor, b)), expected) << factor;
}

TEST(Cosine, NeedsTwoDirections) {
  const float infinite = std::numeric_limits<float>::infinity();
  for (const Rows& none : {Rows{0, 0}, Rows{infinite, 0}, Rows{std::nanf(""), 1}}) {
    EXPECT_TRUE(std::isnan(cosine_of({3, 4}, none)));
    EXPECT_TRUE(std::isnan(cosine_of(none, {3, 4})));
    EXPECT_TRUE(std::isnan(inverse_norms(numbered_table(none, 2), 1)[0]));
  }
}

TEST(Comparable, IsTheTableItselfIfAllDirectionsDiffer) {
  const auto table = numbered_table({1, 2, 0, 0, 2, 1, 1, 2}, 2);
  EXPECT_EQ(comparable(table).data(), table.data());
  EXPECT_EQ(first_of_direction(table.data(), 4, 2), (std::vector<std::int64_t>{0, 1, 2, 0}));
}

TEST(Comparable, RowsOfEqualDirectionBecomeEqual) {
  const std::int64_t dim = 50, words = 600;
  auto rows = normal_rows(words, dim, 8);
  // The last 200 are multiples of the first 200: 0.5, 0.8, 1.1, ...
  for (std::int64_t i = 0; i < 200 * dim; ++i)
    rows[static_cast<std::size_t>(400 * dim + i)] = static_cast<float>(
        (0.5 + 0.3 * static_cast<double>(i / dim)) * rows[static_cast<std::size_t>(i)]);
  const auto table = numbered_table(rows, dim);
  const auto first = first_of_direction(table.data(), words, dim);
  const auto same = comparable(table);
  for (std::int64_t i = 0; i < words; ++i) {
    EXPECT_EQ(first[static_cast<std::size_t>(i)], i < 400 ? i : i - 400);
    const float* const expected = table.row(i < 400 ? i : i - 400);
    EXPECT_TRUE(std::equal(expected, expected + dim, same.row(i))) << i;
  }
  set_threads(3);
  EXPECT_EQ(first_of_direction(table.data(), words, dim), first);
  set_threads(0);
}

TEST(Comparable, LengthsAreWithinSinglePrecision) {
  const auto table = numbered_table({1e-40f, 0, 3e-30f, 4e-30f, 1e38f, -1e38f, 0, 0, 5, 0}, 2);
  const auto same = comparable(table);
  for (const std::int64_t row : {0, 1, 2, 4}) {
    EXPECT_GE(norm(same.row(row), 2), 1) << row;
    EXPECT_LT(norm(same.row(row), 2), 6) << row;
    EXPECT_EQ(cosine(same.row(row), table.row(row), 2), 1) << row;
  }
  EXPECT_EQ(norm(same.row(3), 2), 0);
}

}  // namespace
}  // namespace wordbridge
