#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace wordbridge {

/// Ranks from 1; equal values have the mean of their ranks: {10, 20, 20} -> {1, 2.5, 2.5}.
std::vector<double> average_ranks(const std::vector<double>& values);

/// Pearson's product-moment correlation, in two passes. NaN where undefined: fewer than two pairs,
/// or one side constant. Sizes must agree.
double pearson(const std::vector<double>& x, const std::vector<double>& y);

/// Spearman's rank correlation: Pearson's correlation of the average ranks (exact with ties). NaN
/// as above.
double spearman(const std::vector<double>& x, const std::vector<double>& y);

/// Steiger's Z (1980, "Tests for comparing elements of a correlation matrix", equation 14 with the
/// mean of the two correlations) and its two-sided p for r_jk against r_jh, two correlations that
/// share variable j in `n` observations, where the other two variables have correlation r_kh. NaN
/// for fewer than four observations, or if a correlation is 1 or -1 or undefined. Designed for
/// Pearson's correlations; with Spearman's, a common practice, it is an approximation.
struct SteigerTest {
  double z = std::numeric_limits<double>::quiet_NaN();
  double p = std::numeric_limits<double>::quiet_NaN();
};
SteigerTest steiger_test(double r_jk, double r_jh, double r_kh, std::int64_t n);

/// Mean and sample standard deviation (n - 1); NaN if there are too few values.
struct Spread {
  double mean = std::numeric_limits<double>::quiet_NaN();
  double sd = std::numeric_limits<double>::quiet_NaN();
  std::int64_t n = 0;
};

/// Spread of the finite values. If all values are equal, the mean is exactly that value and the
/// deviation exactly 0.
Spread spread(const std::vector<double>& values);

}  // namespace wordbridge
