#include "models/sampling/discrete_distribution.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/error.h"

namespace wordbridge {
namespace {

/// Pearson's chi-square statistic of `draws` samples. Checks that values with probability 0 are
/// never sampled.
double chi_square(const DiscreteDistribution& distribution, int draws, std::int64_t& degrees) {
  Rng rng(7, "draws");
  std::vector<double> seen(static_cast<std::size_t>(distribution.size()));
  for (int i = 0; i < draws; ++i) ++seen[static_cast<std::size_t>(distribution.draw(rng))];
  double sum = 0;
  degrees = -1;
  for (std::int64_t i = 0; i < distribution.size(); ++i) {
    const double expected = draws * distribution.probability(i);
    const double found = seen[static_cast<std::size_t>(i)];
    if (expected == 0) {
      EXPECT_EQ(found, 0) << i;
      continue;
    }
    ++degrees;
    sum += (found - expected) * (found - expected) / expected;
  }
  return sum;
}

TEST(DiscreteDistributionTest, DrawsHaveTheProbabilities) {
  std::vector<double> zipf;
  for (int i = 1; i <= 500; ++i) zipf.push_back(1.0 / i);
  for (const auto& weights : {std::vector<double>{3}, std::vector<double>{1, 0, 2, 5, 0},
                              std::vector<double>(64, 0.25), zipf}) {
    const DiscreteDistribution distribution(weights);
    std::int64_t degrees = 0;
    const double statistic = chi_square(distribution, 200'000, degrees);
    // Mean plus five standard deviations of the chi-square distribution.
    const auto f = static_cast<double>(degrees);
    EXPECT_LE(statistic, f + 5 * std::sqrt(2 * f)) << weights.size();
  }
}

TEST(DiscreteDistributionTest, ProbabilitiesAreNormalised) {
  const DiscreteDistribution distribution({1, 0, 3});
  EXPECT_EQ(distribution.size(), 3);
  EXPECT_EQ(distribution.probability(0), 0.25);
  EXPECT_EQ(distribution.probability(1), 0);
  EXPECT_EQ(distribution.probability(2), 0.75);
}

TEST(DiscreteDistributionTest, WhatIsNoDistributionIsAnError) {
  EXPECT_THROW(DiscreteDistribution({}), Error);
  EXPECT_THROW(DiscreteDistribution({0, 0}), Error);
  EXPECT_THROW(DiscreteDistribution({1, -1, 3}), Error);
  EXPECT_THROW(DiscreteDistribution({1, std::nan("")}), Error);
  EXPECT_THROW(DiscreteDistribution({1, std::numeric_limits<double>::infinity()}), Error);
}

}  // namespace
}  // namespace wordbridge
