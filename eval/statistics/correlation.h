#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace wordbridge {

/// Ranks from 1, equal values share the mean of their ranks: {10, 20, 20} -> {1, 2.5, 2.5}.
std::vector<double> average_ranks(const std::vector<double>& values);

/// Pearson's product-moment correlation, in two passes. NaN where it is undefined: fewer than two
/// pairs, or one side constant. Sizes must agree.
double pearson(const std::vector<double>& x, const std::vector<double>& y);

/// Spearman's rank correlation: Pearson's of the average ranks (exact with ties). NaN as above.
double spearman(const std::vector<double>& x, const std::vector<double>& y);

/// Steiger's (1980, "Tests for comparing elements of a correlation matrix", equation 14 with the
/// mean of the two correlations) Z and its two-sided p for r_jk against r_jh, two correlations with
/// one variable j in `n` observations, where the other two correlate with r_kh. NaN for fewer than
/// four observations, or where a correlation is 1 or -1 or not defined. Made for Pearson's
/// correlations; with Spearman's ones, as is common, it is an approximation.
struct SteigerTest {
  double z = std::numeric_limits<double>::quiet_NaN();
  double p = std::numeric_limits<double>::quiet_NaN();
};
SteigerTest steiger_test(double r_jk, double r_jh, double r_kh, std::int64_t n);

/// Mean and sample standard deviation (of n - 1); NaN where there are too few values.
struct Spread {
  double mean = std::numeric_limits<double>::quiet_NaN();
  double sd = std::numeric_limits<double>::quiet_NaN();
  std::int64_t n = 0;
};

/// Of the finite values. Equal values have exactly their mean, and no deviation.
Spread spread(const std::vector<double>& values);

}  // namespace wordbridge
