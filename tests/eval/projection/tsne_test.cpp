#include "eval/projection/tsne.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/threads.h"
#include "eval/projection/centered_rows.h"
#include "eval/projection/pca_projection.h"
#include "tests/eval/random_table.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Truly;

TsneOptions short_options() {
  TsneOptions options;
  options.iterations = 200;
  return options;
}

bool is_finite(float value) { return std::isfinite(value); }

/// exp of the entropy in nats.
double perplexity_of(const std::vector<double>& p) {
  double entropy = 0;
  for (const double value : p)
    if (value > 0) entropy -= value * std::log(value);
  return std::exp(entropy);
}

TEST(NeighborProbabilities, HaveThePerplexityAskedFor) {
  for (const double scale : {1e-6, 1.0, 1e6}) {
    auto squared = normal_rows(100, 1, 1);
    for (float& value : squared) value = static_cast<float>(scale * value * value);
    for (const double perplexity : {1.5, 5.0, 30.0, 90.0}) {
      const auto p = neighbor_probabilities(squared.data(), 100, 3, perplexity);
      EXPECT_NEAR(perplexity_of(p), perplexity, 1e-4 * perplexity);
      EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1, 1e-12);
      EXPECT_EQ(p[3], 0);
    }
  }
}

TEST(NeighborProbabilities, AreAGaussianOfTheDistance) {
  const std::vector<float> squared = {0, 1, 2, 4, 8};
  const auto p = neighbor_probabilities(squared.data(), 5, 0, 3);
  const double precision = std::log(p[1] / p[2]);
  EXPECT_GT(precision, 0);
  EXPECT_NEAR(std::log(p[2] / p[3]), 2 * precision, 1e-9);
  EXPECT_NEAR(std::log(p[3] / p[4]), 4 * precision, 1e-9);
}

TEST(NeighborProbabilities, AreSharedByMoreEqualsThanThePerplexity) {
  // First, five points at distance 0; then all points at the same distance.
  const auto p = neighbor_probabilities(std::vector<float>{0, 0, 0, 0, 0, 0, 7, 9}.data(), 8, 0, 3);
  for (std::size_t j = 1; j < 6; ++j) EXPECT_NEAR(p[j], 0.2, 1e-9);
  EXPECT_NEAR(p[6], 0, 1e-9);
  EXPECT_THAT(neighbor_probabilities(std::vector<float>{4, 4, 4, 0, 4}.data(), 5, 3, 2),
              ElementsAre(0.25, 0.25, 0.25, 0, 0.25));
}

TEST(JointProbabilities, AreTheMeanOfBothConditionalOnes) {
  constexpr std::int64_t kCount = 50, kDim = 4;
  const auto rows = normal_rows(kCount, kDim, 2);
  const auto p = joint_probabilities(rows, kCount, kDim, 8);
  EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1, 1e-5);
  const Distances distances(rows.data(), kCount, kDim);
  const auto given_2 = neighbor_probabilities(distances.from(2, 3).data(), kCount, 2, 8);
  const auto given_7 = neighbor_probabilities(distances.from(7, 8).data(), kCount, 7, 8);
  EXPECT_NEAR(p[2 * kCount + 7], (given_2[7] + given_7[2]) / (2 * kCount), 1e-8);
  EXPECT_EQ(p[2 * kCount + 7], p[7 * kCount + 2]);
  EXPECT_EQ(p[7 * kCount + 7], 0);
}

/// Points whose coordinates are multiples of 1/64, so that a step of 1/1024 is exact.
std::vector<float> coarse(std::size_t count, std::uint64_t seed) {
  auto values = normal_rows(static_cast<std::int64_t>(count), 1, seed);
  for (float& value : values) value = std::round(value * 64) / 64;
  return values;
}

TEST(TsneGradient, IsAQuarterOfTheDivergencesSlope) {
  constexpr std::size_t kCount = 9;
  const auto p = joint_probabilities(normal_rows(kCount, 3, 1), kCount, 3, 2.5);
  auto x = coarse(kCount, 2), y = coarse(kCount, 3);
  const auto gradient = tsne_gradient(p, x, y, 1);
  constexpr float kStep = 1.0f / 1024;
  for (std::size_t i = 0; i < kCount; ++i) {
    for (auto* coordinate : {&x, &y}) {
      float& value = (*coordinate)[i];
      value += kStep;
      const double after = tsne_divergence(p, x, y);
      value -= 2 * kStep;
      const double before = tsne_divergence(p, x, y);
      value += kStep;
      const double slope = (after - before) / (2 * kStep);
      EXPECT_NEAR(4 * (coordinate == &x ? gradient.x : gradient.y)[i], slope, 1e-5);
    }
  }
}

TEST(TsneGradient, ExaggerationMultipliesWhatAttracts) {
  const auto p = joint_probabilities(normal_rows(9, 3, 1), 9, 3, 2.5);
  const auto x = coarse(9, 2), y = coarse(9, 3);
  const auto once = tsne_gradient(p, x, y, 1), none = tsne_gradient(p, x, y, 0);
  const auto twelve = tsne_gradient(p, x, y, 12);
  for (std::size_t i = 0; i < 9; ++i)
    EXPECT_NEAR(twelve.x[i] - none.x[i], 12 * (once.x[i] - none.x[i]), 1e-12);
}

TEST(TsneDivergence, ByHand) {
  // Three points, w = 1/2 (0-1), 1/5 (0-2), 1/2 (1-2): Z = 2.4.
  const std::vector<float> p = {0, .25f, 0, .25f, 0, .25f, 0, .25f, 0};
  EXPECT_NEAR(tsne_divergence(p, {0, 1, 2}, {0, 0, 0}), std::log(0.25 / (0.5 / 2.4)), 1e-12);
}

TEST(TsneMap, KeepsClustersApart) {
  const auto table = numbered_table(clustered_rows(150, 10, 3, 12), 10);
  for (const bool normalize : {true, false}) {
    TsneOptions options = short_options();
    options.normalize = normalize;
    const auto map = tsne_projection(table, 0, options);
    EXPECT_EQ(map.method, "tsne");
    double farthest_within = 0, nearest_across = 1e9;
    for (std::size_t i = 0; i < 150; ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const double distance =
            std::hypot(map.xy[2 * i] - map.xy[2 * j], map.xy[2 * i + 1] - map.xy[2 * j + 1]);
        if (i % 3 == j % 3) {
          farthest_within = std::max(farthest_within, distance);
        } else {
          nearest_across = std::min(nearest_across, distance);
        }
      }
    }
    EXPECT_GT(nearest_across, farthest_within);
    EXPECT_GT(map.kept, pca_projection(table, 0).kept);
    EXPECT_GT(map.divergence, 0);
    EXPECT_LT(map.divergence, 0.5);
  }
}

TEST(TsneMap, SameBitsForAnyThreadsAndOthersForAnotherSeed) {
  const auto table = numbered_table(normal_rows(203, 12, 9), 12);
  TsneOptions options = short_options();
  set_threads(1);
  const auto one = tsne_projection(table, 0, options);
  for (const int threads : {2, 7}) {
    set_threads(threads);
    const auto map = tsne_projection(table, 0, options);
    EXPECT_EQ(map.xy, one.xy);
    EXPECT_EQ(map.divergence, one.divergence);
  }
  set_threads(0);
  options.seed = 2;
  EXPECT_NE(tsne_projection(table, 0, options).xy, one.xy);
}

TEST(TsneMap, MoreIterationsFitBetter) {
  const auto table = numbered_table(clustered_rows(120, 20, 6, 3), 20);
  TsneOptions options;
  options.iterations = 60;
  const double early = tsne_projection(table, 0, options).divergence;
  options.iterations = 500;
  EXPECT_LT(tsne_projection(table, 0, options).divergence, early);
}

TEST(TsneMap, DuplicatesAndLinesDoNoHarm) {
  auto rows = normal_rows(80, 5, 3);
  std::fill_n(rows.begin(), 5 * 40, 0.3f);
  const auto map = tsne_projection(numbered_table(rows, 5), 0, short_options());
  EXPECT_THAT(map.xy, Each(Truly(is_finite)));
  EXPECT_THAT(
      tsne_projection(numbered_table(std::vector<float>(60, 0.0f), 5), 0, short_options()).xy,
      Each(Truly(is_finite)));
  TsneOptions options = short_options();
  options.normalize = false;
  rows.clear();
  for (const float value : normal_rows(60, 1, 1))
    rows.insert(rows.end(), {1e6f * value, 2e6f * value, 0});
  const auto line = tsne_projection(numbered_table(rows, 3), 0, options);
  double squares = 0;
  for (std::size_t i = 1; i < line.xy.size(); i += 2) squares += std::pow(line.xy[i], 2);
  EXPECT_GT(squares, 1) << "points on a line spread over the plane";
}

TEST(TsneMap, OfHardlyAnything) {
  for (const std::int64_t count : {0, 1, 3}) {
    const auto map =
        tsne_projection(numbered_table(normal_rows(count, 4, 1), 4), 0, short_options());
    EXPECT_EQ(map.method, "pca");
    EXPECT_EQ(map.xy.size(), static_cast<std::size_t>(2 * count));
  }
  EXPECT_EQ(tsne_projection(numbered_table(normal_rows(9, 2, 1), 2), 0, short_options()).method,
            "identity");
  auto rows = normal_rows(12, 4, 1);
  rows[5] = std::numeric_limits<float>::quiet_NaN();
  const auto map = tsne_projection(numbered_table(rows, 4), 11, short_options());
  ASSERT_EQ(map.xy.size(), 22u);
  EXPECT_TRUE(std::isnan(map.xy[2]) && std::isnan(map.xy[3]));
  const std::vector<float> others(map.xy.begin() + 4, map.xy.end());
  EXPECT_THAT(others, Each(Truly(is_finite)));
}

TEST(TsneMap, SaysWhatIsWrong) {
  const auto table = numbered_table(normal_rows(10, 4, 1), 4);
  const auto said = [&](double perplexity, std::int64_t iterations) {
    TsneOptions options;
    options.perplexity = perplexity;
    options.iterations = iterations;
    return message_of<Error>([&] { tsne_projection(table, 0, options); });
  };
  EXPECT_THAT(said(0.5, 10), AllOf(HasSubstr("perplexity"), HasSubstr("0.5")));
  EXPECT_THAT(said(std::nan(""), 10), HasSubstr("perplexity"));
  EXPECT_THAT(said(5, 0), HasSubstr("iterations"));
  const auto many = numbered_table(std::vector<float>(3 * 20001, 1.0f), 3);
  EXPECT_THAT(message_of<Error>([&] { tsne_projection(many, 0, {}); }),
              AllOf(HasSubstr("20000"), HasSubstr("20001")));
}

}  // namespace
}  // namespace wordbridge
