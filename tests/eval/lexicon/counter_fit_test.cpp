#include "eval/lexicon/counter_fit.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "core/threads.h"
#include "tests/eval/random_table.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kWords = 30, kDim = 6;

/// Random directions; each word with an even row is followed by one that is near it.
std::vector<float> unit_rows(std::uint64_t seed) {
  auto rows = normal_rows(kWords, kDim, seed);
  for (std::int64_t i = 0; i < kWords; ++i) {
    float* const row = rows.data() + i * kDim;
    if (i % 2 == 1)
      for (std::int64_t d = 0; d < kDim; ++d) row[d] = row[d - kDim] + 0.2f * row[d];
    double square = 0;
    for (std::int64_t d = 0; d < kDim; ++d) square += static_cast<double>(row[d]) * row[d];
    for (std::int64_t d = 0; d < kDim; ++d) row[d] = static_cast<float>(row[d] / std::sqrt(square));
  }
  return rows;
}

const WordGraph& related() {
  static const WordGraph graph(kWords, {{0, 4}, {4, 9}, {1, 6}, {2, 20}, {11, 13}, {3, 17}});
  return graph;
}
const WordGraph& opposites() {
  static const WordGraph graph(kWords, {{0, 1}, {4, 9}, {5, 6}, {2, 13}, {14, 15}});
  return graph;
}

double distance(const std::vector<float>& rows, std::int64_t a, std::int64_t b) {
  double product = 0, square_a = 0, square_b = 0;
  for (std::int64_t d = 0; d < kDim; ++d) {
    const double x = rows[static_cast<std::size_t>(a * kDim + d)];
    const double y = rows[static_cast<std::size_t>(b * kDim + d)];
    product += x * y, square_a += x * x, square_b += y * y;
  }
  return 1 - product / std::sqrt(square_a * square_b);
}

TEST(CounterFit, PairsOfEachTerm) {
  const auto rows = unit_rows(1);
  const CounterFitting fitting(rows, kDim, related(), opposites(), {});
  EXPECT_EQ(fitting.opposites().edges(), 5);
  EXPECT_EQ(fitting.related().edges(), 5) << "4 and 9 are opposites";
  for (std::int64_t i = 0; i < kWords; ++i)
    for (std::int64_t j = i + 1; j < kWords; ++j)
      EXPECT_EQ(fitting.near().has_edge(i, j),
                distance(rows, i, j) <= 0.2 && !opposites().has_edge(i, j))
          << i << ", " << j;
  EXPECT_GT(fitting.near().edges(), 8);
  CounterFitOptions without;
  without.k3 = 0;
  EXPECT_EQ(CounterFitting(rows, kDim, related(), opposites(), without).near().edges(), 0);
}

/// Each term of the loss by its definition, with vectors that have moved away from the start.
TEST(CounterFit, LossByItsDefinition) {
  const auto start = unit_rows(1), rows = unit_rows(2);
  const CounterFitOptions options{20, 0.9, 0.1, 0.3, 0.5, 2, 3};
  const CounterFitting fitting(start, kDim, related(), opposites(), options);
  double loss = 0;
  for (std::int64_t i = 0; i < kWords; ++i) {
    for (std::int64_t j = i + 1; j < kWords; ++j) {
      const double d = distance(rows, i, j), before = distance(start, i, j);
      const bool opposite = opposites().has_edge(i, j);
      if (opposite) loss += 0.5 * std::max(0.0, 0.9 - d);
      if (related().has_edge(i, j) && !opposite) loss += 2 * std::max(0.0, d - 0.1);
      if (before <= 0.3 && !opposite) loss += 3 * std::max(0.0, d - before);
    }
  }
  EXPECT_NEAR(fitting.loss(rows), loss, 1e-9);
  EXPECT_GT(loss, 1);
}

TEST(CounterFit, GradientByCentralDifferences) {
  const auto start = unit_rows(1);
  auto rows = start;
  const auto others = normal_rows(kWords, kDim, 7);  // lengths other than 1
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = 1.5f * rows[i] + 0.1f * others[i];
  const CounterFitting fitting(start, kDim, related(), opposites(), {20, 0.9, 0.1, 0.3, 0.5, 2, 3});
  std::vector<double> gradient(kDim);
  std::int64_t terms = 0;
  for (std::int64_t word = 0; word < kWords; ++word) {
    terms += fitting.gradient(rows, word, gradient.data());
    for (std::int64_t d = 0; d < kDim; ++d) {
      float& value = rows[static_cast<std::size_t>(word * kDim + d)];
      const float before = value, above = before + 1.0f / 4096, below = before - 1.0f / 4096;
      value = above;
      const double loss = fitting.loss(rows);
      value = below;
      const double slope = (loss - fitting.loss(rows)) / (static_cast<double>(above) - below);
      value = before;
      EXPECT_NEAR(gradient[static_cast<std::size_t>(d)], slope, 1e-5) << word << ", " << d;
    }
  }
  EXPECT_GT(terms, 30);
}

/// Opposites at a right angle or more, related words with the same direction and near words that
/// have not moved have no term; words without terms keep their bits.
TEST(CounterFit, AStepByHand) {
  // w0 and w1 are related, at a right angle. w2 and w3 are opposites with the same direction: they
  // have the gradient 0 and stay. w4 is opposite to -w4. w6 and w7 are near and do not move.
  std::vector<float> rows = {1, 0, 0, 1, 1, 0, 1, 0, 0, 1, 0, -1, 0.6f, -0.8f, 0.8f, -0.6f};
  const auto before = rows;
  const CounterFitting fitting(rows, 2, WordGraph(8, {{0, 1}}), WordGraph(8, {{2, 3}, {4, 5}}),
                               {20, 1, 0, 0.05, 0.1, 0.1, 0.1});
  fitting.step(rows);
  // w0 - 0.1 (cos w0 - w1) = (1, 0.1), scaled; w0 is near w2 and w3, from which it has not moved.
  const double length = std::sqrt(1.01);
  EXPECT_NEAR(rows[0], 1 / length, 1e-7);
  EXPECT_NEAR(rows[1], 0.1 / length, 1e-7);
  EXPECT_NEAR(rows[2], 0.1 / length, 1e-7);
  EXPECT_NEAR(rows[3], 1 / length, 1e-7);
  for (std::size_t i = 4; i < rows.size(); ++i) EXPECT_EQ(rows[i], before[i]) << i;
  // Now w2 is pulled towards w0, which has left: its terms are w3 (gradient 0) and w0.
  const double y = 0.1 * (0.1 / length) / 2;
  fitting.step(rows);
  EXPECT_NEAR(rows[4], 1 / std::hypot(1, y), 1e-7);
  EXPECT_NEAR(rows[5], y / std::hypot(1, y), 1e-7);
}

TEST(CounterFit, LowersTheLossAndSeparatesOpposites) {
  const auto start = unit_rows(1);
  auto rows = start;
  const CounterFitting fitting(start, kDim, related(), opposites(), {});
  for (int i = 0; i < 20; ++i) {
    const double before = fitting.loss(rows);
    fitting.step(rows);
    EXPECT_LT(fitting.loss(rows), before);
  }
  EXPECT_GT(distance(rows, 14, 15), distance(start, 14, 15) + 0.2);
  EXPECT_LT(distance(rows, 3, 17), distance(start, 3, 17) - 0.2);
  auto whole = start;
  for (float& value : whole) value *= 4;  // scaled to unit length first
  counter_fit(whole, kDim, related(), opposites(), {});
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_NEAR(whole[i], rows[i], 1e-6) << i;
}

TEST(CounterFit, TheSameOnAnyNumberOfThreads) {
  const auto start = normal_rows(300, 10, 3);
  std::vector<WordGraph::Edge> edges, others;
  for (std::int64_t i = 0; i + 40 < 300; i += 3) edges.emplace_back(i, i + 40);
  for (std::int64_t i = 0; i + 7 < 300; i += 4) others.emplace_back(i, i + 7);
  const auto fit = [&](int threads) {
    set_threads(threads);
    auto rows = start;
    counter_fit(rows, 10, WordGraph(300, edges), WordGraph(300, others), {});
    set_threads(0);
    return rows;
  };
  EXPECT_EQ(fit(1), fit(3));
}

TEST(CounterFit, TooManyNearWords) {
  std::vector<float> rows(7000, 2.0f);
  const WordGraph none(7000, {});
  try {
    counter_fit(rows, 1, none, none, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("center them first"), std::string::npos);
  }
}

/// A vector without a direction has no terms and stays.
TEST(CounterFit, ZeroVectors) {
  std::vector<float> rows = {0, 0, 3, 4, 0, 1};
  counter_fit(rows, 2, WordGraph(3, {{0, 1}}), WordGraph(3, {{0, 2}}), {});
  EXPECT_EQ(rows, (std::vector<float>{0, 0, 0.6f, 0.8f, 0, 1}));
}

}  // namespace
}  // namespace wordbridge
