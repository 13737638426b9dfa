#include "eval/statistics/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/rng.h"
#include "core/threads.h"
#include "eval/statistics/correlation.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kResamplesABlock = 64;
constexpr double kTail = 0.025;  // probability beyond each end of the interval

using Values = std::vector<double>;

/// Calls use(i) for `draws` randomly sampled items i of `size`: two for each 64 random bits,
/// without bias (Lemire 2019, as in Rng::below; if one of the two is rejected, both are sampled
/// again).
template <class Use>
void draw(std::size_t size, std::size_t draws, Rng& rng, const Use& use) {
  constexpr std::uint64_t kOne = std::uint64_t{1} << 32;
  WB_ASSERT(size > 0 && size < kOne, "{} items", size);
  const std::uint64_t rejected = kOne % size;
  for (std::size_t i = 0; i < draws;) {
    const std::uint64_t bits = rng.next();
    const std::uint64_t first = (bits % kOne) * size, second = (bits / kOne) * size;
    if (first % kOne < rejected || second % kOne < rejected) continue;
    use(first / kOne, 0);
    if (i + 1 < draws) use(second / kOne, 1);
    i += 2;
  }
}

double sum_of_draws(const Values& values, std::size_t draws, Rng& rng) {
  double sums[2] = {0, 0};  // two, so that consecutive additions are independent
  draw(values.size(), draws, rng, [&](std::size_t i, int of_two) { sums[of_two] += values[i]; });
  return sums[0] + sums[1];
}

/// statistic(rng) of every resample, in order.
Values resampled(const BootstrapOptions& options, const std::function<double(Rng&)>& statistic) {
  WB_ASSERT(options.resamples > 0);
  Values differences(static_cast<std::size_t>(options.resamples));
  for_each_range(options.resamples, kResamplesABlock, [&](std::int64_t begin, std::int64_t end) {
    for (auto r = begin; r < end; ++r) {
      if (interrupted()) throw Interrupted("interrupted during bootstrap resampling");
      Rng rng(static_cast<std::uint64_t>(options.seed), "bootstrap", static_cast<std::uint64_t>(r));
      differences[static_cast<std::size_t>(r)] = statistic(rng);
    }
  });
  return differences;
}

/// Sets the interval from the resamples' values. Removes NaN from the values and sorts them.
void conclude(Values& values, BootstrapInterval& interval) {
  values.erase(std::remove_if(values.begin(), values.end(), [](double v) { return std::isnan(v); }),
               values.end());
  interval.resamples = static_cast<std::int64_t>(values.size());
  if (values.empty()) return;
  std::sort(values.begin(), values.end());
  const auto more = static_cast<double>(values.size() + 1);
  const auto k = std::clamp(static_cast<std::size_t>(kTail * more), std::size_t{1}, values.size());
  interval.low = values[k - 1];
  interval.high = values[values.size() - k];
}

/// Sets interval and p from the resamples' differences.
void conclude(Values differences, BootstrapTest& test) {
  conclude(differences, static_cast<BootstrapInterval&>(test));
  if (differences.empty()) return;
  const auto below =
      std::upper_bound(differences.begin(), differences.end(), 0.0) - differences.begin();
  const auto above =
      differences.end() - std::lower_bound(differences.begin(), differences.end(), 0.0);
  test.p = std::min(1.0, 2 * static_cast<double>(std::min(below, above) + 1) /
                             static_cast<double>(differences.size() + 1));
}

/// Sums over all stretches of `block` consecutive values, with the end joined to the beginning.
Values circular_block_sums(const Values& values, std::size_t block) {
  Values before(values.size() + block + 1);  // prefix sums
  for (std::size_t i = 0; i + 1 < before.size(); ++i)
    before[i + 1] = before[i] + values[i % values.size()];
  Values sums(values.size());
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = before[i + block] - before[i];
  return sums;
}

/// Values of each stratum.
std::vector<Values> parts_of(const Values& values, const std::vector<std::int32_t>& strata) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return strata[a] < strata[b]; });
  std::vector<Values> parts;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i == 0 || strata[order[i]] != strata[order[i - 1]]) parts.emplace_back();
    parts.back().push_back(values[order[i]]);
  }
  return parts;
}

/// A row of values that can be ranked within any resample without sorting again.
class RankedRow {
 public:
  explicit RankedRow(const Values& values) : order_(values.size()), starts_(values.size()) {
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::sort(order_.begin(), order_.end(),
              [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    for (std::size_t i = 0; i < order_.size(); ++i)
      starts_[i] = i == 0 || values[order_[i]] != values[order_[i - 1]];
  }
  /// Average ranks of the items in a resample that contains item i `counts`[i] times.
  void ranks(const std::vector<std::int32_t>& counts, Values& ranks) const {
    std::int64_t before = 0;
    for (std::size_t begin = 0, end = 0; begin < order_.size(); begin = end) {
      std::int64_t drawn = 0;
      for (end = begin; end < order_.size() && (end == begin || !starts_[end]); ++end)
        drawn += counts[order_[end]];
      const double rank = static_cast<double>(before) + 0.5 * static_cast<double>(drawn + 1);
      for (std::size_t i = begin; i < end; ++i) ranks[order_[i]] = rank;
      before += drawn;
    }
  }

 private:
  std::vector<std::size_t> order_;
  std::vector<char> starts_;  // whether the value differs from the preceding one in `order_`
};

/// pearson() of a resample that contains item i `counts`[i] times.
double weighted_pearson(const std::vector<std::int32_t>& counts, const Values& x, const Values& y) {
  const double infinity = std::numeric_limits<double>::infinity();
  double total = 0, sum_x = 0, sum_y = 0;
  double low_x = infinity, high_x = -infinity, low_y = infinity, high_y = -infinity;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    const double count = counts[i];
    total += count, sum_x += count * x[i], sum_y += count * y[i];
    low_x = std::min(low_x, x[i]), high_x = std::max(high_x, x[i]);
    low_y = std::min(low_y, y[i]), high_y = std::max(high_y, y[i]);
  }
  if (!(low_x < high_x) || !(low_y < high_y)) return std::numeric_limits<double>::quiet_NaN();
  const double mean_x = sum_x / total, mean_y = sum_y / total;
  double xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double count = counts[i], dx = x[i] - mean_x, dy = y[i] - mean_y;
    xx += count * dx * dx, yy += count * dy * dy, xy += count * dx * dy;
  }
  return std::clamp(xy / std::sqrt(xx * yy), -1.0, 1.0);
}

/// Correlations with the human scores, of the original items and of resamples.
class Correlations {
 public:
  Correlations(Correlation kind, const std::vector<Values>& first,
               const std::vector<Values>& second, const Values& judged)
      : kind_(kind), first_(first), second_(second), judged_(judged) {
    if (kind == Correlation::pearson) return;
    for (const auto* system : {&first, &second})
      for (const auto& row : *system) ranked_.emplace_back(row);
    ranked_.emplace_back(judged);
  }
  double of(const std::vector<Values>& system) const {
    double sum = 0;
    for (const auto& row : system)
      sum += kind_ == Correlation::pearson ? pearson(row, judged_) : spearman(row, judged_);
    return sum / static_cast<double>(system.size());
  }
  /// Correlations of the first and the second system in a resample.
  std::pair<double, double> resampled(Rng& rng) const {
    std::vector<std::int32_t> counts(judged_.size());
    draw(counts.size(), counts.size(), rng, [&](std::size_t i, int) { ++counts[i]; });
    if (kind_ == Correlation::pearson) {
      const auto mean = [&](const std::vector<Values>& system) {
        double sum = 0;
        for (const auto& row : system) sum += weighted_pearson(counts, row, judged_);
        return sum / static_cast<double>(system.size());
      };
      return {mean(first_), mean(second_)};
    }
    Values judged(judged_.size()), ranks(judged_.size());
    ranked_.back().ranks(counts, judged);
    double first = 0, second = 0;
    for (std::size_t row = 0; row + 1 < ranked_.size(); ++row) {
      ranked_[row].ranks(counts, ranks);
      (row < first_.size() ? first : second) += weighted_pearson(counts, ranks, judged);
    }
    return {first / static_cast<double>(first_.size()),
            second / static_cast<double>(second_.size())};
  }

 private:
  Correlation kind_;
  const std::vector<Values>&first_, &second_;
  const Values& judged_;
  std::vector<RankedRow> ranked_;  // first system, second system, human scores
};

}  // namespace

BootstrapTest bootstrap_mean(const Values& values, const BootstrapOptions& options,
                             const std::vector<std::int32_t>& strata) {
  WB_ASSERT(options.block > 0 && (strata.empty() || strata.size() == values.size()));
  BootstrapTest test;
  test.items = static_cast<std::int64_t>(values.size());
  if (values.empty()) return test;
  const auto count = static_cast<double>(values.size());
  test.difference = std::accumulate(values.begin(), values.end(), 0.0) / count;
  const auto block = static_cast<std::size_t>(options.block);
  if (strata.empty()) {
    const std::size_t draws = values.size() / block;
    if (draws < 2) return test;
    const Values sums = block == 1 ? values : circular_block_sums(values, block);
    const auto drawn = static_cast<double>(draws * block);
    conclude(resampled(options, [&](Rng& rng) { return sum_of_draws(sums, draws, rng) / drawn; }),
             test);
    return test;
  }
  if (values.size() < 2) return test;
  const auto parts = parts_of(values, strata);
  const auto mean = [&](Rng& rng) {
    double sum = 0;
    for (const auto& part : parts) sum += sum_of_draws(part, part.size(), rng);
    return sum / count;
  };
  conclude(resampled(options, mean), test);
  return test;
}

StratifiedMeans::StratifiedMeans(const std::vector<Values>& scores,
                                 const std::vector<std::int32_t>& strata,
                                 const BootstrapOptions& options)
    : scores_(scores.size()), resamples_(options.resamples) {
  WB_ASSERT(options.block == 1 && options.resamples > 0);
  for (const auto stratum : strata)
    strata_ = std::max(strata_, static_cast<std::size_t>(stratum) + 1);
  sizes_.assign(strata_, 0);
  for (const auto stratum : strata) ++sizes_[static_cast<std::size_t>(stratum)];
  // Items of a stratum are stored consecutively, each with all its scores.
  std::vector<Values> items(strata_);
  for (std::size_t i = 0; i < strata.size(); ++i)
    for (const auto& score : scores) items[static_cast<std::size_t>(strata[i])].push_back(score[i]);
  sums_.assign(static_cast<std::size_t>(resamples_) * strata_ * scores_, 0.0);
  for_each_range(resamples_, kResamplesABlock, [&](std::int64_t begin, std::int64_t end) {
    for (auto r = begin; r < end; ++r) {
      if (interrupted()) throw Interrupted("interrupted while intervals were estimated");
      Rng rng(static_cast<std::uint64_t>(options.seed), "bootstrap", static_cast<std::uint64_t>(r));
      double* sum = sums_.data() + static_cast<std::size_t>(r) * strata_ * scores_;
      for (std::size_t stratum = 0; stratum < strata_; ++stratum, sum += scores_) {
        const auto size = static_cast<std::size_t>(sizes_[stratum]);
        if (size == 0) continue;
        draw(size, size, rng, [&, from = items[stratum].data()](std::size_t i, int) {
          for (std::size_t score = 0; score < scores_; ++score)
            sum[score] += from[i * scores_ + score];
        });
      }
    }
  });
}

BootstrapInterval StratifiedMeans::interval(std::size_t score,
                                            const std::vector<bool>& chosen) const {
  WB_ASSERT(score < scores_ && chosen.size() == strata_);
  BootstrapInterval interval;
  for (std::size_t stratum = 0; stratum < strata_; ++stratum)
    if (chosen[stratum]) interval.items += sizes_[stratum];
  if (interval.items < 2) return interval;
  Values means(static_cast<std::size_t>(resamples_));
  for (std::size_t r = 0; r < means.size(); ++r) {
    for (std::size_t stratum = 0; stratum < strata_; ++stratum)
      if (chosen[stratum]) means[r] += sums_[(r * strata_ + stratum) * scores_ + score];
    means[r] /= static_cast<double>(interval.items);
  }
  conclude(means, interval);
  return interval;
}

CorrelationTest bootstrap_correlation(Correlation kind, const std::vector<Values>& first,
                                      const std::vector<Values>& second, const Values& judged,
                                      const BootstrapOptions& options) {
  return bootstrap_mean_correlation(kind, {{first, second, judged}}, options);
}

CorrelationTest bootstrap_mean_correlation(Correlation kind,
                                           const std::vector<JudgedItems>& benchmarks,
                                           const BootstrapOptions& options) {
  CorrelationTest test;
  struct Part {
    Correlations correlations;
    double first, second, items;
  };
  std::vector<Part> parts;
  for (const auto& items : benchmarks) {
    WB_ASSERT(!items.first.empty() && !items.second.empty());
    const Correlations correlations(kind, items.first, items.second, items.judged);
    const double first = correlations.of(items.first), second = correlations.of(items.second);
    if (benchmarks.size() > 1 && std::isnan(first + second)) continue;
    test.items += static_cast<std::int64_t>(items.judged.size());
    parts.push_back({correlations, first, second, static_cast<double>(items.judged.size())});
  }
  if (parts.empty()) return test;
  const auto weight_of = [&test](const Part& part) {
    return part.items / static_cast<double>(test.items);
  };
  test.first = test.second = 0;
  for (const auto& part : parts) {
    test.first += weight_of(part) * part.first;
    test.second += weight_of(part) * part.second;
  }
  test.difference = test.second - test.first;
  if (std::isnan(test.difference)) return test;
  const auto difference = [&](Rng& rng) {
    double sum = 0;
    for (const auto& part : parts) {
      const auto [first, second] = part.correlations.resampled(rng);
      sum += weight_of(part) * (second - first);
    }
    return sum;
  };
  conclude(resampled(options, difference), test);
  return test;
}

BootstrapInterval bootstrap_correlation(Correlation kind, const Values& values,
                                        const Values& judged, const BootstrapOptions& options) {
  BootstrapInterval interval;
  interval.items = static_cast<std::int64_t>(judged.size());
  const std::vector<Values> system = {values}, none;
  const Correlations correlations(kind, system, none, judged);
  if (std::isnan(correlations.of(system))) return interval;
  auto resamples = resampled(options, [&](Rng& rng) { return correlations.resampled(rng).first; });
  conclude(resamples, interval);
  return interval;
}

Values holm_adjusted(const Values& p) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < p.size(); ++i)
    if (!std::isnan(p[i])) order.push_back(i);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  Values adjusted = p;
  double largest = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    largest = std::max(largest, p[order[i]] * static_cast<double>(order.size() - i));
    adjusted[order[i]] = std::min(1.0, largest);
  }
  return adjusted;
}

}  // namespace wordbridge
