#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace wordbridge {

struct BootstrapOptions {
  std::int64_t resamples = 10000;
  std::int64_t seed = 1;
  std::int64_t block = 1;  // neighbouring items that are drawn together (means only)
};

/// The 95 % interval of a score. NaN where it is undefined.
struct BootstrapInterval {
  double low = std::numeric_limits<double>::quiet_NaN();
  double high = std::numeric_limits<double>::quiet_NaN();
  std::int64_t items = 0;
  std::int64_t resamples = 0;  // those in which the score is defined
};

/// What a paired bootstrap says of a difference.
struct BootstrapTest : BootstrapInterval {
  double difference = std::numeric_limits<double>::quiet_NaN();
  double p = std::numeric_limits<double>::quiet_NaN();  // two-sided
};

/// The paired bootstrap: items are drawn with replacement, as many as there are, both systems are
/// measured on what was drawn, and the differences of many such resamples tell how far the observed
/// one might be another on other items of the kind.
///
/// - Interval: the percentile interval (Efron and Tibshirani 1993, "An Introduction to the
///   Bootstrap", chapter 13): the k-th smallest and the k-th largest difference,
///   k = floor(.025 (resamples + 1)).
/// - p: the share of resamples on the other side of zero (Koehn 2004, "Statistical Significance
///   Tests for Machine Translation Evaluation"), those at zero counted with them, twice for two
///   sides, the observed sample counted as one more (Davison and Hinkley 1997, section 4.2), so
///   that it is never 0: min(1, 2 (min(#{d <= 0}, #{d >= 0}) + 1) / (resamples + 1)).
///
/// Resample r draws from Rng(seed, "bootstrap", r): the same on any number of threads. Fewer than
/// two items (or blocks) have no spread: interval and p are NaN. Interrupted.

/// Of the mean of `values`, say a difference an item, or one system's score of it. Where `strata`
/// says of each item to which part of the test it belongs, items are drawn within the parts, whose
/// sizes stay. Without strata, blocks of `block` neighbours may be drawn instead of single items,
/// because neighbours are alike: any block of the sequence, the last going on with the first
/// (circular: Politis and Romano 1992), as many as fit into it.
BootstrapTest bootstrap_mean(const std::vector<double>& values, const BootstrapOptions& options,
                             const std::vector<std::int32_t>& strata = {});

/// Intervals of means of several scores of the same items, over any strata: items are drawn once,
/// within their strata, for all of them.
class StratifiedMeans {
 public:
  /// `scores`: [scores][items]; `strata`: of each item, from 0. Interrupted.
  StratifiedMeans(const std::vector<std::vector<double>>& scores,
                  const std::vector<std::int32_t>& strata, const BootstrapOptions& options);
  /// Of the mean of a score over the items of the strata that are `chosen` [strata]; NaN for fewer
  /// than two items.
  BootstrapInterval interval(std::size_t score, const std::vector<bool>& chosen) const;

 private:
  std::size_t scores_ = 0, strata_ = 0;
  std::vector<std::int64_t> sizes_;  // items of each stratum
  std::vector<double> sums_;         // [resamples, strata, scores]
  std::int64_t resamples_ = 0;
};

enum class Correlation { pearson, spearman };

/// Of one system's correlation with `judged`. Resamples in which it is undefined (one side
/// constant) are left out.
BootstrapInterval bootstrap_correlation(Correlation kind, const std::vector<double>& values,
                                        const std::vector<double>& judged,
                                        const BootstrapOptions& options);

struct CorrelationTest : BootstrapTest {
  double first = std::numeric_limits<double>::quiet_NaN();
  double second = std::numeric_limits<double>::quiet_NaN();
};

/// Of the second system's correlation with `judged` less the first's. A system is one row of values
/// [items], or several (seeds), whose correlations are averaged. Resamples in which a correlation
/// is undefined (one side constant) are left out.
CorrelationTest bootstrap_correlation(Correlation kind,
                                      const std::vector<std::vector<double>>& first,
                                      const std::vector<std::vector<double>>& second,
                                      const std::vector<double>& judged,
                                      const BootstrapOptions& options);

/// Holm's (1979) step-down adjustment of the p of tests that stand together: the chance that any
/// of them is below it if no difference is real. NaN stays, and counts as no test.
std::vector<double> holm_adjusted(const std::vector<double>& p);

}  // namespace wordbridge
