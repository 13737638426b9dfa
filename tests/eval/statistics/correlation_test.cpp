#include "eval/statistics/correlation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/rng.h"

namespace wordbridge {
namespace {

using Values = std::vector<double>;

TEST(Statistics, RanksAreAveragedOverTies) {
  EXPECT_EQ(average_ranks({10, 30, 20}), (Values{1, 3, 2}));
  EXPECT_EQ(average_ranks({20, 10, 20, 20, 40}), (Values{3, 1, 3, 3, 5}));
  EXPECT_EQ(average_ranks({7, 7, 7, 7}), (Values{2.5, 2.5, 2.5, 2.5}));
  EXPECT_TRUE(average_ranks({}).empty());
}

TEST(Statistics, PearsonByHand) {
  // Deviations (-1, 0, 1) and (-2/3, 1/3, 1/3): 1 / sqrt(2 * 2/3).
  EXPECT_NEAR(pearson({1, 2, 3}, {1, 2, 2}), 1 / std::sqrt(4.0 / 3), 1e-15);
  EXPECT_DOUBLE_EQ(pearson({1, 2, 3}, {-2, -4, -6}), -1);
  EXPECT_DOUBLE_EQ(pearson({1, 2, 3, 4}, {1, -1, -1, 1}), 0);
}

TEST(Statistics, PearsonSurvivesALargeMean) {
  // The one-pass formula loses all digits here.
  EXPECT_NEAR(pearson({1e9 + 1, 1e9 + 2, 1e9 + 3}, {1, 2, 2}), 1 / std::sqrt(4.0 / 3), 1e-12);
}

TEST(Statistics, SpearmanByHand) {
  // Without ties 1 - 6 sum d^2 / (n (n^2 - 1)): d = (-1, 1, 0, -1, 1), 1 - 24 / 120.
  EXPECT_NEAR(spearman({1, 2, 3, 4, 5}, {20, 10, 30, 50, 40}), 0.8, 1e-15);
  EXPECT_DOUBLE_EQ(spearman({1, 2, 3}, {1, 10, 1000}), 1) << "only the order matters";
  // With ties: ranks (1, 2.5, 2.5, 4) and (1, 2, 3, 4): 4.5 / sqrt(4.5 * 5).
  EXPECT_NEAR(spearman({1, 5, 5, 9}, {1, 2, 3, 4}), 4.5 / std::sqrt(22.5), 1e-15);
}

TEST(Statistics, UndefinedIsNotANumber) {
  EXPECT_TRUE(std::isnan(pearson({}, {})));
  EXPECT_TRUE(std::isnan(pearson({1}, {2})));
  EXPECT_TRUE(std::isnan(spearman({1}, {2})));
  EXPECT_TRUE(std::isnan(pearson({0.1, 0.1, 0.1}, {1, 2, 3})));
  EXPECT_TRUE(std::isnan(spearman({1, 2, 3}, {4, 4, 4})));
}

/// The published example of the package cocor (Diedenhofen and Musch 2015, PLOS ONE 10(3)).
TEST(Statistics, SteigersTestAsPublished) {
  const auto test = steiger_test(0.2, 0.5, 0.1, 315);
  EXPECT_NEAR(test.z, -4.4152, 5e-5);
  EXPECT_NEAR(test.p, 1.009e-5, 1e-8);
  EXPECT_NEAR(steiger_test(0.5, 0.2, 0.1, 315).z, 4.4152, 5e-5);
  EXPECT_EQ(steiger_test(0.3, 0.3, 0.5, 50).z, 0);
  EXPECT_EQ(steiger_test(0.3, 0.3, 0.5, 50).p, 1);
}

TEST(Statistics, SteigersTestIsUndefinedAtTheEnds) {
  EXPECT_TRUE(std::isnan(steiger_test(1, 0.5, 0.5, 100).z));
  EXPECT_TRUE(std::isnan(steiger_test(0.2, 0.5, 0.1, 3).p));
  EXPECT_TRUE(std::isnan(steiger_test(std::nan(""), 0.5, 0.1, 100).p));
}

/// Two equally good systems: p is below 0.05 in 5 % of the cases. Three standard deviations for
/// 2,000 repetitions: 0.015.
TEST(Statistics, SteigersPIsUniformWhereNothingDiffers) {
  Rng rng(3, "steiger");
  constexpr int kTrials = 2000, kItems = 100;
  int significant = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    Values judged, a, b;
    for (int i = 0; i < kItems; ++i) {
      const double truth = rng.normal(), shared = rng.normal();
      judged.push_back(truth);
      a.push_back(truth + shared + rng.normal());
      b.push_back(truth + shared + rng.normal());
    }
    significant +=
        steiger_test(pearson(a, judged), pearson(b, judged), pearson(a, b), kItems).p < 0.05;
  }
  EXPECT_NEAR(significant / static_cast<double>(kTrials), 0.05, 0.015);
}

TEST(Statistics, SpreadIsOfWhatIsDefined) {
  const Spread all = spread({0.2, std::nan(""), 0.4, 0.9});
  EXPECT_DOUBLE_EQ(all.mean, 0.5);
  EXPECT_DOUBLE_EQ(all.sd, std::sqrt(0.13));  // (0.09 + 0.01 + 0.16) / 2
  EXPECT_EQ(all.n, 3);
  EXPECT_EQ(spread({0.1, 0.1, 0.1}).mean, 0.1);
  EXPECT_EQ(spread({0.1, 0.1, 0.1}).sd, 0);
  EXPECT_TRUE(std::isnan(spread({1}).sd));
  EXPECT_TRUE(std::isnan(spread({}).mean));
}

}  // namespace
}  // namespace wordbridge
