#pragma once

#include <vector>

namespace wordbridge {

/// Ranks from 1, equal values share the mean of their ranks: {10, 20, 20} -> {1, 2.5, 2.5}.
std::vector<double> average_ranks(const std::vector<double>& values);

/// Pearson's product-moment correlation, in two passes. NaN where it is undefined: fewer than two
/// pairs, or one side constant. Sizes must agree.
double pearson(const std::vector<double>& x, const std::vector<double>& y);

/// Spearman's rank correlation: Pearson's of the average ranks (exact with ties). NaN as above.
double spearman(const std::vector<double>& x, const std::vector<double>& y);

}  // namespace wordbridge
