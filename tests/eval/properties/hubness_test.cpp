#include "eval/properties/hubness.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "core/error.h"
#include "core/threads.h"
#include "eval/properties/moments.h"
#include "eval/statistics/cosine.h"
#include "tests/eval/random_table.h"

namespace wordbridge {
namespace {

using Counts = std::vector<std::int64_t>;

NeighborCounts counts_of(const EmbeddingTable& table, std::int64_t k) {
  return count_neighbors(table, rows_with_direction(table), k);
}

std::vector<float> at_degrees(const std::vector<double>& degrees) {
  std::vector<float> rows;
  for (const double degree : degrees) {
    rows.push_back(static_cast<float>(std::cos(degree * std::acos(-1.0) / 180)));
    rows.push_back(static_cast<float>(std::sin(degree * std::acos(-1.0) / 180)));
  }
  return rows;
}

/// Angles 0, 10, 30 and 60 degrees: nearest neighbours at 10, 0, 10, 30.
TEST(HubnessTest, ByHand) {
  const auto counts = counts_of(numbered_table(at_degrees({0, 10, 30, 60}), 2), 1);
  EXPECT_EQ(counts.nearest, (Counts{1, 0, 1, 2}));
  EXPECT_EQ(counts.occurrences, (Counts{1, 2, 1, 0}));
  // Deviations 0, 1, 0, -1.
  const Hubness even = hubness(counts);
  EXPECT_DOUBLE_EQ(even.skewness, 0);
  EXPECT_DOUBLE_EQ(even.hubs, 0) << "2 is not above 2 k";
  EXPECT_DOUBLE_EQ(even.antihubs, 0.25);
  // N = 5, 0, 0, 0, 0 with k = 1: mean 1, deviations 4 and -1 (4 times): m2 = 4, m3 = 12, skewness
  // 12 / 8.
  const Hubness star = hubness({1, {5, 0, 0, 0, 0}, {}});
  EXPECT_DOUBLE_EQ(star.skewness, 1.5);
  EXPECT_DOUBLE_EQ(star.hubs, 0.2);
  EXPECT_DOUBLE_EQ(star.antihubs, 0.8);
}

TEST(HubnessTest, EvenOccurrencesHaveNoSkewness) {
  const Hubness even = hubness({2, {2, 2, 2}, {}});
  EXPECT_TRUE(std::isnan(even.skewness));
  EXPECT_EQ(even.hubs, 0);
  EXPECT_EQ(even.antihubs, 0);
  EXPECT_TRUE(std::isnan(hubness({}).hubs));
}

/// A zero vector is not a neighbour and has no neighbours; lengths do not matter. Rows 0, 2, 3 have
/// the directions above, the second scaled by three.
TEST(HubnessTest, ZeroVectorsTakeNoPart) {
  auto rows = at_degrees({0, 0, 10, 30});
  rows[2] = rows[3] = 0;
  rows[4] *= 3, rows[5] *= 3;
  const auto counts = counts_of(numbered_table(rows, 2), 1);
  EXPECT_EQ(counts.nearest, (Counts{2, 0, 2}));
  EXPECT_EQ(counts.occurrences, (Counts{1, 2, 0}));
}

/// With equal vectors each word has k neighbours, although it need not be among its own k + 1
/// nearest.
TEST(HubnessTest, EqualVectors) {
  const auto counts = counts_of(numbered_table({1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 2), 2);
  EXPECT_EQ(counts.occurrences, (Counts{4, 4, 2, 0, 0}));
  EXPECT_EQ(counts.nearest, (Counts{1, 0, 0, 0, 0}));
}

TEST(HubnessTest, AsByAllPairs) {
  const std::int64_t words = 700, dim = 40, k = 7;
  const auto table = numbered_table(clustered_rows(words, dim, 5, 3), dim);
  Counts occurrences(words), nearest;
  for (std::int64_t w = 0; w < words; ++w) {
    std::vector<std::pair<double, std::int64_t>> others;
    for (std::int64_t v = 0; v < words; ++v)
      if (v != w) others.emplace_back(-cosine(table.row(w), table.row(v), dim), v);
    std::sort(others.begin(), others.end());
    nearest.push_back(others.front().second);
    for (std::int64_t i = 0; i < k; ++i)
      ++occurrences[static_cast<std::size_t>(others[static_cast<std::size_t>(i)].second)];
  }
  for (const int count : {1, 3}) {
    set_threads(count);
    const auto counts = counts_of(table, k);
    EXPECT_EQ(counts.occurrences, occurrences);
    EXPECT_EQ(counts.nearest, nearest);
  }
  set_threads(0);
}

/// More words than queries per batch; each word has k neighbours.
TEST(HubnessTest, ManyWords) {
  const std::int64_t words = 9000, k = 3;
  const auto counts = counts_of(numbered_table(normal_rows(words, 5, 2), 5), k);
  EXPECT_EQ(std::accumulate(counts.occurrences.begin(), counts.occurrences.end(), std::int64_t{0}),
            words * k);
  const Hubness of = hubness(counts);
  EXPECT_LT(std::abs(of.skewness), 1) << "no hubs in few dimensions";
}

/// Hubs arise in many dimensions, the more if the centre is not the origin.
TEST(HubnessTest, GrowsWithTheDimension) {
  const auto skewness = [](std::int64_t dim) {
    auto rows = normal_rows(2000, dim, 3);
    for (float& value : rows) value += 0.5f;
    return hubness(counts_of(numbered_table(rows, dim), 10)).skewness;
  };
  const double low = skewness(3), high = skewness(100);
  EXPECT_GT(high, low + 1);
}

TEST(HubnessTest, TooFewWords) {
  try {
    counts_of(numbered_table({1, 0, 0, 1, 0, 0}, 2), 2);
    FAIL();
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_NE(message.find("more than the 2 neighbours of each"), std::string::npos) << message;
    EXPECT_NE(message.find("2"), std::string::npos);
  }
}

/// Multiples of three vectors: the first with the same direction is the nearest.
TEST(HubnessTest, WordsOfEqualDirectionTie) {
  const std::int64_t dim = 40, words = 60;
  const auto three = normal_rows(3, dim, 1);
  std::vector<float> rows;
  for (std::int64_t i = 0; i < words; ++i)
    for (std::int64_t d = 0; d < dim; ++d)
      rows.push_back(static_cast<float>(words - i) * 0.1f *
                     three[static_cast<std::size_t>(i % 3 * dim + d)]);
  const auto counts = counts_of(numbered_table(rows, dim), 1);
  for (std::int64_t i = 0; i < words; ++i)
    EXPECT_EQ(counts.nearest[static_cast<std::size_t>(i)], i < 3 ? i + 3 : i % 3) << i;
}

}  // namespace
}  // namespace wordbridge
