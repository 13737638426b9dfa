#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "core/rng.h"
#include "eval/statistics/bootstrap.h"

// Coverage: the share of many simulated data sets with a known true value whose 95 % interval
// contains it.

namespace wordbridge {
namespace {

using Values = std::vector<double>;

constexpr int kDataSets = 2000;
// Sampling error of the share: standard deviation 0.0049 at a coverage of 0.95.
constexpr double kLeast = 0.93, kMost = 0.97;

bool covers(const BootstrapTest& test, double truth) {
  return test.low <= truth && truth <= test.high;
}

TEST(BootstrapCoverage, OfAShareWithinStrata) {
  // Eight sections of 25 questions, answered correctly with probabilities from 0.2 to 0.9.
  constexpr int kStrata = 8, kItems = 25;
  BootstrapOptions options;
  options.resamples = 999;
  int covered = 0;
  for (int set = 0; set < kDataSets; ++set) {
    Rng rng(static_cast<std::uint64_t>(set), "coverage of a share");
    Values values;
    std::vector<std::int32_t> strata;
    for (int s = 0; s < kStrata; ++s) {
      for (int i = 0; i < kItems; ++i) {
        values.push_back(rng.uniform() < 0.2 + 0.1 * s ? 1 : 0);
        strata.push_back(s);
      }
    }
    options.seed = set;
    covered += covers(bootstrap_mean(values, options, strata), 0.55);
  }
  EXPECT_GT(covered, kLeast * kDataSets);
  EXPECT_LT(covered, kMost * kDataSets);
}

/// Number of intervals of the difference between two systems' correlations that contain the true
/// difference. Both systems are the human scores plus normal noise with these standard deviations.
int covered_differences(Correlation kind, double first_noise, double second_noise) {
  constexpr std::size_t kPairs = 200;
  const auto truth = [&](double noise) {
    const double pearson = 1 / std::sqrt(1 + noise * noise);
    // Spearman's correlation of a bivariate normal distribution.
    return kind == Correlation::pearson ? pearson : 6 / std::acos(-1.0) * std::asin(pearson / 2);
  };
  BootstrapOptions options;
  options.resamples = 399;
  int covered = 0;
  for (int set = 0; set < kDataSets; ++set) {
    Rng rng(static_cast<std::uint64_t>(set), "coverage of correlations");
    Values judged(kPairs), first(kPairs), second(kPairs);
    for (std::size_t i = 0; i < kPairs; ++i) {
      judged[i] = rng.normal();
      first[i] = judged[i] + first_noise * rng.normal();
      second[i] = judged[i] + second_noise * rng.normal();
    }
    options.seed = set;
    covered += covers(bootstrap_correlation(kind, {first}, {second}, judged, options),
                      truth(second_noise) - truth(first_noise));
  }
  return covered;
}

TEST(BootstrapCoverage, OfADifferenceOfPearsonCorrelations) {
  const int covered = covered_differences(Correlation::pearson, 1, 1.5);
  EXPECT_GT(covered, kLeast * kDataSets);
  EXPECT_LT(covered, kMost * kDataSets);
}

TEST(BootstrapCoverage, OfADifferenceOfSpearmanCorrelations) {
  const int covered = covered_differences(Correlation::spearman, 1, 1.5);
  EXPECT_GT(covered, kLeast * kDataSets);
  EXPECT_LT(covered, kMost * kDataSets);
}

}  // namespace
}  // namespace wordbridge
