#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace wordbridge {

struct BootstrapOptions {
  std::int64_t resamples = 10000;
  std::int64_t seed = 1;
  std::int64_t block = 1;  // consecutive items resampled together (means only)
};

/// 95 % interval of a score. NaN where undefined.
struct BootstrapInterval {
  double low = std::numeric_limits<double>::quiet_NaN();
  double high = std::numeric_limits<double>::quiet_NaN();
  std::int64_t items = 0;
  std::int64_t resamples = 0;  // resamples in which the score is defined
};

/// Result of a paired bootstrap test of a difference.
struct BootstrapTest : BootstrapInterval {
  double difference = std::numeric_limits<double>::quiet_NaN();
  double p = std::numeric_limits<double>::quiet_NaN();  // two-sided
};

/// The paired bootstrap: items are sampled with replacement, as many as there are, and both systems
/// are scored on the resample. The differences over many resamples estimate how much the observed
/// difference would vary on other items of the same kind.
///
/// - Interval: the percentile interval (Efron and Tibshirani 1993, "An Introduction to the
///   Bootstrap", chapter 13): the k-th smallest and the k-th largest difference, k = floor(0.025
///   (resamples + 1)).
/// - p: the share of resamples on the other side of zero (Koehn 2004, "Statistical Significance
///   Tests for Machine Translation Evaluation"), including those at zero, doubled for two sides,
///   with the observed sample counted as one more (Davison and Hinkley 1997, section 4.2), so that
///   it is never 0: min(1, 2 (min(#{d <= 0}, #{d >= 0}) + 1) / (resamples + 1)).
///
/// Resample r uses Rng(seed, "bootstrap", r), so results do not depend on the number of threads.
/// Fewer than two items (or blocks) have no spread: interval and p are NaN. Throws Interrupted.

/// Test of the mean of `values`, for example the difference of two systems on each item, or one
/// system's score of each item. With `strata`, which contains the stratum of each item, items are
/// resampled within strata, whose sizes stay the same. Without strata, blocks of `block`
/// consecutive items can be resampled instead of single items, because neighbouring items are
/// similar: any block of the sequence, whose end is joined to its beginning (circular: Politis and
/// Romano 1992), and as many blocks as fit into it.
BootstrapTest bootstrap_mean(const std::vector<double>& values, const BootstrapOptions& options,
                             const std::vector<std::int32_t>& strata = {});

/// Intervals of the means of several scores of the same items, over any subset of the strata. Items
/// are resampled once, within their strata, for all scores.
class StratifiedMeans {
 public:
  /// `scores`: [scores][items]; `strata`: stratum of each item, from 0. Throws Interrupted.
  StratifiedMeans(const std::vector<std::vector<double>>& scores,
                  const std::vector<std::int32_t>& strata, const BootstrapOptions& options);
  /// Interval of the mean of a score over the items of the `chosen` strata [strata]; NaN for fewer
  /// than two items.
  BootstrapInterval interval(std::size_t score, const std::vector<bool>& chosen) const;

 private:
  std::size_t scores_ = 0, strata_ = 0;
  std::vector<std::int64_t> sizes_;  // items of each stratum
  std::vector<double> sums_;         // [resamples, strata, scores]
  std::int64_t resamples_ = 0;
};

enum class Correlation { pearson, spearman };

/// Interval of one system's correlation with `judged`. Resamples in which it is undefined (one side
/// constant) are dropped.
BootstrapInterval bootstrap_correlation(Correlation kind, const std::vector<double>& values,
                                        const std::vector<double>& judged,
                                        const BootstrapOptions& options);

struct CorrelationTest : BootstrapTest {
  double first = std::numeric_limits<double>::quiet_NaN();
  double second = std::numeric_limits<double>::quiet_NaN();
};

/// Test of the second system's correlation with `judged` minus the first's. A system is one row of
/// values [items], or several (seeds) whose correlations are averaged. Resamples in which a
/// correlation is undefined (one side constant) are dropped.
CorrelationTest bootstrap_correlation(Correlation kind,
                                      const std::vector<std::vector<double>>& first,
                                      const std::vector<std::vector<double>>& second,
                                      const std::vector<double>& judged,
                                      const BootstrapOptions& options);

/// A benchmark's human scores [items], and two systems' values for its items, as above.
struct JudgedItems {
  std::vector<std::vector<double>> first, second;
  std::vector<double> judged;
};

/// The same for the mean of the correlations on several benchmarks, weighted by their items. Items
/// are resampled within each benchmark. Benchmarks on which a correlation is undefined are left
/// out.
CorrelationTest bootstrap_mean_correlation(Correlation kind,
                                           const std::vector<JudgedItems>& benchmarks,
                                           const BootstrapOptions& options);

/// Holm's (1979) step-down adjustment of the p-values of a family of tests: the probability that
/// any of them would be this small if no difference were real. NaN stays NaN and does not count as
/// a test.
std::vector<double> holm_adjusted(const std::vector<double>& p);

}  // namespace wordbridge
