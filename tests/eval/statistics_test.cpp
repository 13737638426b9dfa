#include "eval/statistics.h"

#include <gtest/gtest.h>

#include <cmath>

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
  EXPECT_DOUBLE_EQ(spearman({1, 2, 3}, {1, 10, 1000}), 1) << "only the order counts";
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

TEST(Statistics, SpreadIsOfWhatIsDefined) {
  const Spread all = spread({0.2, std::nan(""), 0.4, 0.9});
  EXPECT_DOUBLE_EQ(all.mean, 0.5);
  EXPECT_DOUBLE_EQ(all.sd, std::sqrt(0.13));  // (.09 + .01 + .16) / 2
  EXPECT_EQ(all.n, 3);
  EXPECT_EQ(spread({0.1, 0.1, 0.1}).mean, 0.1);
  EXPECT_EQ(spread({0.1, 0.1, 0.1}).sd, 0);
  EXPECT_TRUE(std::isnan(spread({1}).sd));
  EXPECT_TRUE(std::isnan(spread({}).mean));
}

}  // namespace
}  // namespace wordbridge
