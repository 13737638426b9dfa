#include "eval/statistics/bootstrap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "core/rng.h"
#include "core/threads.h"
#include "eval/statistics/correlation.h"

namespace wordbridge {
namespace {

using Values = std::vector<double>;

Values normal_values(std::size_t count, double mean, double sd, std::uint64_t seed) {
  Rng rng(seed, "bootstrap test");
  Values values(count);
  for (double& value : values) value = mean + sd * rng.normal();
  return values;
}

class BootstrapTestOfThreads : public testing::Test {
 protected:
  void TearDown() override { set_threads(0); }
};

TEST(Bootstrap, IntervalOfAMeanIsTheNormalOne) {
  const auto values = normal_values(400, 0.1, 2, 1);
  BootstrapOptions options;
  options.resamples = 20000;
  const auto test = bootstrap_mean(values, options);
  const Spread all = spread(values);
  // The bootstrap variance of a mean uses n, not n - 1.
  const double error = all.sd * std::sqrt(399.0 / 400) / std::sqrt(400.0);
  EXPECT_NEAR(test.difference, all.mean, 1e-12);
  EXPECT_NEAR(test.low, all.mean - 1.96 * error, 0.05 * error);
  EXPECT_NEAR(test.high, all.mean + 1.96 * error, 0.05 * error);
  const double p = std::erfc(std::abs(all.mean) / error / std::sqrt(2.0));
  EXPECT_NEAR(test.p, p, 0.02);
  EXPECT_EQ(test.items, 400);
  EXPECT_EQ(test.resamples, 20000);
}

TEST(Bootstrap, TwoItemsByHand) {
  // The mean of two items sampled from {-1, 3} is -1, 1, 1 or 3, each with probability 1/4. The
  // mean is at or below zero with probability 1/4, and p is twice that.
  BootstrapOptions options;
  options.resamples = 40000;
  const auto test = bootstrap_mean({-1, 3}, options);
  EXPECT_EQ(test.difference, 1);
  EXPECT_EQ(test.low, -1);
  EXPECT_EQ(test.high, 3);
  EXPECT_NEAR(test.p, 0.5, 0.02);
}

TEST(Bootstrap, PIsNeverZeroAndCountsTheSample) {
  BootstrapOptions options;
  options.resamples = 999;
  EXPECT_DOUBLE_EQ(bootstrap_mean(normal_values(50, 100, 1, 2), options).p, 2.0 / 1000);
  EXPECT_DOUBLE_EQ(bootstrap_mean(normal_values(50, -100, 1, 2), options).p, 2.0 / 1000);
}

TEST(Bootstrap, NoDifferenceIsNoDifference) {
  const auto test = bootstrap_mean(Values(100, 0.0), {});
  EXPECT_EQ(test.difference, 0);
  EXPECT_EQ(test.low, 0);
  EXPECT_EQ(test.high, 0);
  EXPECT_EQ(test.p, 1);
  const auto row = normal_values(40, 0, 1, 3), judged = normal_values(40, 0, 1, 4);
  for (const auto kind : {Correlation::pearson, Correlation::spearman}) {
    const auto same = bootstrap_correlation(kind, {row}, {row}, judged, {});
    EXPECT_EQ(same.difference, 0);
    EXPECT_EQ(same.low, 0);
    EXPECT_EQ(same.high, 0);
    EXPECT_EQ(same.p, 1);
  }
}

TEST(Bootstrap, UndefinedIsNotANumber) {
  EXPECT_TRUE(std::isnan(bootstrap_mean({}, {}).difference));
  EXPECT_EQ(bootstrap_mean({0.5}, {}).difference, 0.5);
  EXPECT_TRUE(std::isnan(bootstrap_mean({0.5}, {}).p));
  BootstrapOptions blocks;
  blocks.block = 6;
  EXPECT_TRUE(std::isnan(bootstrap_mean(Values(10, 1.0), blocks).low)) << "a single block";
  const auto constant =
      bootstrap_correlation(Correlation::pearson, {{1, 1, 1}}, {{1, 2, 3}}, {3, 2, 1}, {});
  EXPECT_TRUE(std::isnan(constant.difference));
  EXPECT_TRUE(std::isnan(constant.p));
}

/// Dependent neighbours: an AR(1) process.
Values autoregressive(std::size_t count, double memory, std::uint64_t seed) {
  Values values = normal_values(count, 0, 1, seed);
  for (std::size_t i = 1; i < count; ++i) values[i] += memory * values[i - 1];
  return values;
}

TEST(Bootstrap, BlocksSeeThatNeighboursAreAlike) {
  const auto values = autoregressive(20000, 0.8, 5);
  BootstrapOptions options;
  options.resamples = 2000;
  const auto single = bootstrap_mean(values, options);
  options.block = 100;
  const auto blocks = bootstrap_mean(values, options);
  // The standard deviation of the mean is 1 / (1 - 0.8) / sqrt(n), not 1 / sqrt(1 - 0.64) /
  // sqrt(n).
  EXPECT_NEAR((blocks.high - blocks.low) / (single.high - single.low),
              5 / (1 / std::sqrt(1 - 0.64)), 0.35);
  // All tokens occur in the same number of blocks: the mean is unbiased.
  EXPECT_NEAR((blocks.high + blocks.low) / 2, blocks.difference, 0.01);
}

TEST(Bootstrap, BlocksOfSingleItemsAndOfAConstantByHand) {
  BootstrapOptions options;
  options.block = 2;
  options.resamples = 20000;
  // Circular blocks of {1, -1, 1, -1} all sum to zero.
  const auto test = bootstrap_mean({1, -1, 1, -1}, options);
  EXPECT_EQ(test.low, 0);
  EXPECT_EQ(test.high, 0);
  // Blocks of two from {4, 0, 0}: only one block per resample (3 / 2), so there is no spread. From
  // {4, 0, 0, 0, 0, 0}: three blocks per resample, with sums 4 (two of six) or 0.
  EXPECT_TRUE(std::isnan(bootstrap_mean({4, 0, 0}, options).low));
  const auto six = bootstrap_mean({4, 0, 0, 0, 0, 0}, options);
  EXPECT_NEAR(six.high, 3 * 4 / 6.0, 1e-12);
  EXPECT_NEAR(six.p, 2 * 8 / 27.0, 0.02);  // P(at or below zero) = (2/3)^3
}

/// Equals the interval of one score alone, with the same resamples. Strata that are not chosen only
/// change the resamples of later ones.
TEST(Bootstrap, SeveralScoresOverStrata) {
  Rng rng(5, "scores");
  std::vector<double> one, two;
  std::vector<std::int32_t> strata;
  for (int i = 0; i < 90; ++i) {
    one.push_back(rng.uniform());
    two.push_back(rng.uniform() < 0.3 ? 1 : 0);
    strata.push_back(i < 30 ? 0 : 1);
  }
  BootstrapOptions options;
  options.resamples = 4000;
  const StratifiedMeans means({one, two}, strata, options);
  const auto alone = bootstrap_mean(one, options, strata);
  const auto all = means.interval(0, {true, true});
  EXPECT_EQ(all.items, 90);
  EXPECT_EQ(all.resamples, 4000);
  EXPECT_NEAR(all.low, alone.low, 1e-12);
  EXPECT_NEAR(all.high, alone.high, 1e-12);
  const auto first = bootstrap_mean({one.begin(), one.begin() + 30}, options);
  EXPECT_NEAR(means.interval(0, {true, false}).low, first.low, 1e-12);
  EXPECT_EQ(means.interval(0, {false, true}).items, 60);
  const double share = std::accumulate(two.begin(), two.end(), 0.0) / 90;
  EXPECT_LT(means.interval(1, {true, true}).low, share);
  EXPECT_GT(means.interval(1, {true, true}).high, share);
  EXPECT_TRUE(std::isnan(means.interval(1, {false, false}).low));
}

TEST(Bootstrap, StrataKeepTheirSizes) {
  // All values are 1 in one stratum and 0 in the other: the mean is the same in every resample.
  const Values values = {1, 0, 1, 0, 0, 1, 0, 0};
  const std::vector<std::int32_t> strata = {7, 2, 7, 2, 2, 7, 2, 2};
  const auto test = bootstrap_mean(values, {}, strata);
  EXPECT_EQ(test.low, 3.0 / 8);
  EXPECT_EQ(test.high, 3.0 / 8);
  EXPECT_LT(bootstrap_mean(values, {}).low, 3.0 / 8);
}

TEST(Bootstrap, MeanOfCorrelationsIsWeightedByItems) {
  // First system: correlation 1 on three items, -1 on five. Second: the reverse.
  const Values three = {1, 2, 3}, five = {1, 2, 3, 4, 5}, three_down = {3, 2, 1},
               five_down = {5, 4, 3, 2, 1};
  const std::vector<JudgedItems> benchmarks = {{{three}, {three_down}, three},
                                               {{five_down}, {five}, five}};
  for (const auto kind : {Correlation::pearson, Correlation::spearman}) {
    const auto test = bootstrap_mean_correlation(kind, benchmarks, {});
    EXPECT_DOUBLE_EQ(test.first, (3.0 - 5.0) / 8);
    EXPECT_DOUBLE_EQ(test.second, (5.0 - 3.0) / 8);
    EXPECT_DOUBLE_EQ(test.difference, 0.5);
    EXPECT_EQ(test.items, 8);
    // In every resample in which they are defined, the correlations are 1 and -1.
    EXPECT_DOUBLE_EQ(test.low, 0.5);
    EXPECT_DOUBLE_EQ(test.high, 0.5);
  }
}

TEST(Bootstrap, MeanOfCorrelationsAveragesTheSpread) {
  // Two independent benchmarks have half the variance of one, and seeds are averaged.
  const auto judged = normal_values(300, 0, 1, 21), other = normal_values(300, 0, 1, 22);
  const auto a = normal_values(300, 0, 1, 23), b = normal_values(300, 0, 1, 24);
  const JudgedItems first{{a}, {b}, judged}, second{{b, b}, {a, a}, other};
  const auto one = bootstrap_mean_correlation(Correlation::spearman, {first}, {});
  const auto both = bootstrap_mean_correlation(Correlation::spearman, {first, second}, {});
  EXPECT_NEAR((both.high - both.low) / (one.high - one.low), std::sqrt(0.5), 0.06);
  EXPECT_NEAR(both.first, (spearman(a, judged) + spearman(b, other)) / 2, 1e-12);
  const auto same = bootstrap_correlation(Correlation::spearman, {a}, {b}, judged, {});
  EXPECT_EQ(one.difference, same.difference);
  EXPECT_EQ(one.low, same.low);
  EXPECT_EQ(one.p, same.p);
}

TEST(Bootstrap, MeanOfCorrelationsLeavesOutUndefinedOnes) {
  const auto judged = normal_values(40, 0, 1, 25), a = normal_values(40, 0, 1, 26);
  const JudgedItems defined{{a}, {judged}, judged},
      constant{{Values(9, 1.0)}, {Values(9, 2.0)}, Values(9, 3.0)};
  const auto test = bootstrap_mean_correlation(Correlation::pearson, {constant, defined}, {});
  EXPECT_EQ(test.items, 40);
  EXPECT_DOUBLE_EQ(test.second, 1);
  EXPECT_TRUE(
      std::isnan(bootstrap_mean_correlation(Correlation::pearson, {constant, constant}, {}).p));
}

/// Naive version of bootstrap_correlation(): resamples, ranks and correlates each time.
Values naive_differences(Correlation kind, const Values& a, const Values& b, const Values& judged,
                         std::int64_t resamples) {
  const auto correlation = [&](const Values& x, const Values& y) {
    return kind == Correlation::pearson ? pearson(x, y) : spearman(x, y);
  };
  Rng rng(77, "naive");
  Values differences;
  for (std::int64_t r = 0; r < resamples; ++r) {
    Values x, y, z;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const auto k = rng.below(a.size());
      x.push_back(a[k]), y.push_back(b[k]), z.push_back(judged[k]);
    }
    differences.push_back(correlation(y, z) - correlation(x, z));
  }
  std::sort(differences.begin(), differences.end());
  return differences;
}

TEST(Bootstrap, CorrelationsAgreeWithThoseByTheBook) {
  Rng rng(6, "ties");
  Values a, b, judged;
  for (int i = 0; i < 120; ++i) {  // with ties on all sides
    judged.push_back(std::floor(3 * rng.normal()));
    a.push_back(std::floor(judged.back() + 2 * rng.normal()));
    b.push_back(std::floor(judged.back() + 4 * rng.normal()));
  }
  for (const auto kind : {Correlation::pearson, Correlation::spearman}) {
    const auto test = bootstrap_correlation(kind, {a}, {b}, judged, {});
    const auto naive = naive_differences(kind, a, b, judged, 10000);
    const double width = naive[9749] - naive[249];
    EXPECT_NEAR(test.low, naive[249], 0.05 * width);
    EXPECT_NEAR(test.high, naive[9749], 0.05 * width);
    EXPECT_DOUBLE_EQ(test.first,
                     kind == Correlation::pearson ? pearson(a, judged) : spearman(a, judged));
    EXPECT_DOUBLE_EQ(test.difference, test.second - test.first);
    EXPECT_LT(test.high, 0);
    EXPECT_LT(test.p, 0.05);
  }
}

TEST(Bootstrap, CorrelationsOfSeedsAreAveraged) {
  const auto judged = normal_values(60, 0, 1, 7);
  const auto noise = normal_values(60, 0, 1, 8);
  const auto test =
      bootstrap_correlation(Correlation::spearman, {judged, noise}, {noise, judged}, judged, {});
  EXPECT_DOUBLE_EQ(test.first, (1 + spearman(noise, judged)) / 2);
  EXPECT_NEAR(test.difference, 0, 1e-15);
  EXPECT_NEAR(test.low, 0, 1e-15);
}

TEST(Bootstrap, IntervalsCoverTheTruth) {
  BootstrapOptions options;
  options.resamples = 400;
  const int samples = 1500;
  int covered = 0;
  for (int s = 0; s < samples; ++s) {
    options.seed = s;
    const auto test =
        bootstrap_mean(normal_values(60, 0.3, 1, static_cast<std::uint64_t>(100 + s)), options);
    covered += test.low <= 0.3 && 0.3 <= test.high;
  }
  EXPECT_GT(covered, 0.93 * samples);
  EXPECT_LT(covered, 0.97 * samples);
}

TEST(Bootstrap, PIsUniformWhereNothingDiffers) {
  BootstrapOptions options;
  options.resamples = 400;
  const int samples = 1500;
  Values p;
  for (int s = 0; s < samples; ++s) {
    options.seed = s;
    p.push_back(
        bootstrap_mean(normal_values(60, 0, 1, static_cast<std::uint64_t>(5000 + s)), options).p);
  }
  std::sort(p.begin(), p.end());
  for (const double share : {0.05, 0.1, 0.25, 0.5, 0.75}) {
    const auto below = std::upper_bound(p.begin(), p.end(), share) - p.begin();
    EXPECT_NEAR(static_cast<double>(below) / samples, share, 0.035) << share;
  }
}

template <class Test>
std::string bytes_of(const Test& test) {
  std::string bytes;
  for (const double value : {test.difference, test.low, test.high, test.p}) {
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    bytes.append(raw, sizeof raw);
  }
  return bytes;
}

TEST_F(BootstrapTestOfThreads, SameBytesOnAnyNumberOfThreads) {
  const auto a = normal_values(500, 0.1, 1, 9), b = normal_values(500, 0, 1, 10);
  std::vector<std::int32_t> strata(a.size());
  for (std::size_t i = 0; i < strata.size(); ++i) strata[i] = static_cast<std::int32_t>(i % 7);
  BootstrapOptions options;
  options.resamples = 1000;
  BootstrapOptions blocks = options;
  blocks.block = 20;
  std::string expected;
  for (const int count : {1, 2, 7}) {
    set_threads(count);
    std::string bytes = bytes_of(bootstrap_mean(a, options));
    bytes += bytes_of(bootstrap_mean(a, blocks));
    bytes += bytes_of(bootstrap_mean(a, options, strata));
    bytes += bytes_of(bootstrap_correlation(Correlation::spearman, {a}, {b}, b, options));
    bytes += bytes_of(bootstrap_correlation(Correlation::pearson, {a}, {b}, b, options));
    if (expected.empty()) expected = bytes;
    EXPECT_EQ(bytes, expected) << count << " threads";
  }
  options.seed = 2;
  EXPECT_NE(bytes_of(bootstrap_mean(a, options)), expected.substr(0, 32)) << "another seed";
}

TEST(Holm, ByHand) {
  // Sorted: 0.01 * 4, 0.02 * 3, 0.03 * 2 (not below 0.06), 0.5.
  EXPECT_EQ(holm_adjusted({0.03, 0.01, 0.5, 0.02}), (Values{0.06, 0.04, 0.5, 0.06}));
  EXPECT_EQ(holm_adjusted({0.9, 0.8}), (Values{1, 1}));
  const auto adjusted = holm_adjusted({0.01, std::nan(""), 0.04});
  EXPECT_EQ(adjusted[0], 0.02);
  EXPECT_TRUE(std::isnan(adjusted[1]));
  EXPECT_EQ(adjusted[2], 0.04);
  EXPECT_TRUE(holm_adjusted({}).empty());
}

}  // namespace
}  // namespace wordbridge
