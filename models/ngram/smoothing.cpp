#include "models/ngram/smoothing.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/threads.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kRange = 1 << 14;
constexpr std::int64_t kGoodTuringLargest = 7, kGoodTuringLargestUnigram = 1;

double power_of_10(double x) { return std::exp(x * 2.302585092994045684); }

float log10_of(double p) {
  // Log of zero: -99, the smallest value used in ARPA files.
  return p > 0 ? static_cast<float>(std::log10(p)) : -99.0f;
}

/// Sums over the n-grams with the same history.
struct History {
  double total = 0;  // the denominator of u
  double left = 0;   // the part of the total that the numerators of u leave to the lower order
};

/// For back-off, sums over a history's listed n-grams: the lower-order probability of their last
/// words, and their number.
struct Listed {
  double lower = 0;
  std::int64_t words = 0;
};

class Smoother {
 public:
  Smoother(NgramCounts counts, const SmoothingOptions& options)
      : counts_(std::move(counts)), options_(options), probs_(counts_.levels.size()) {}

  BackoffTable run() {
    for (std::size_t level = 0; level < counts_.levels.size(); ++level) {
      if (interrupted()) throw Interrupted("stopped while smoothing n-grams");
      estimate_discounts(level);
      if (level == 0) {
        smooth_unigrams();
      } else {
        smooth_level(level);
      }
      counts_.levels[level].context = {};
    }
    const bool cut = std::any_of(options_.min_counts.begin(), options_.min_counts.end(),
                                 [](auto count) { return count > 1; });
    for (std::size_t level = counts_.levels.size() - 1; cut && level > 0; --level) drop_rare(level);
    return table();
  }

 private:
  bool kneser_ney() const { return options_.method == Smoothing::kneser_ney; }
  bool is_last(std::size_t level) const { return level + 1 == counts_.levels.size(); }

  /// The count that is smoothed: occurrences or, for Kneser-Ney, distinct preceding words.
  std::int64_t count(std::size_t level, std::size_t i) const {
    const auto& of = counts_.levels[level];
    if (!kneser_ney() || is_last(level)) return of.count[i];
    const std::int64_t children = of.children(static_cast<std::int64_t>(i));
    return children > 0 ? children : of.count[i];
  }
  bool kept(std::size_t level, std::size_t i) const {
    return counts_.levels[level].count[i] >= options_.min_count(level);
  }
  double discount(std::int64_t count) const {
    return discounts_[std::min(static_cast<std::size_t>(count), discounts_.size() - 1)];
  }
  /// The contribution of an n-gram to the total of its history.
  double weight(std::int64_t count) const {
    const bool one_more = options_.method == Smoothing::witten_bell && count > 0;
    return static_cast<double>(count) + (one_more ? 1 : 0);
  }
  /// The count after discounting.
  double keeps(std::int64_t count) const { return static_cast<double>(count) - discount(count); }

  void estimate_discounts(std::size_t level) {
    const auto largest =
        static_cast<std::size_t>(std::max<std::int64_t>(4, kGoodTuringLargest + 1));
    std::vector<std::int64_t> numbers(largest + 1);
    for (std::size_t i = 0; i < counts_.levels[level].word.size(); ++i) {
      const auto c = static_cast<std::size_t>(count(level, i));
      if (c > 0 && c <= largest) ++numbers[c];
    }
    if (options_.method == Smoothing::witten_bell) {
      discounts_ = {0};
    } else if (options_.method == Smoothing::good_turing) {
      discounts_ = good_turing_discounts(
          numbers, level == 0 ? kGoodTuringLargestUnigram : kGoodTuringLargest);
    } else {
      bool fallback = false;
      discounts_ = kneser_ney_discounts(
          {0, numbers[1], numbers[2], numbers[3], numbers[4]},
          options_.discounts == SmoothingOptions::DiscountCount::modified, fallback);
      if (fallback && counts_.levels[level].size() > 0) {
        warn(
            "order {}: cannot estimate Kneser-Ney discounts from {} with count 1, {} with "
            "2, {} with 3, {} with 4; using {}",
            level + 1, counted(static_cast<std::int64_t>(numbers[1]), "n-gram"), numbers[2],
            numbers[3], numbers[4], fmt::join(discounts_.begin() + 1, discounts_.end(), ", "));
      }
    }
    log_detail("ngram", fmt::format("order {}: {} n-grams, discounts {:.4f}", level + 1,
                                    human_count(counts_.levels[level].word.size()),
                                    fmt::join(discounts_.begin() + 1, discounts_.end(), ", ")));
  }

  void smooth_unigrams() {
    const auto& unigrams = counts_.levels[0];
    const auto types = unigrams.word.size();
    History all;
    std::size_t unseen = 0;
    for (std::size_t i = 0; i < types; ++i) {
      const auto c = count(0, i);
      unseen += c == 0;
      all.total += weight(c);
      all.left += weight(c) - (c > 0 ? keeps(c) : 0);
    }
    leave_something(all);
    // In back-off, types without a count share the remaining mass, if there are any such types.
    const bool only_unseen = !options_.interpolate && unseen > 0;
    const double share = all.left / all.total / static_cast<double>(only_unseen ? unseen : types);
    probs_[0].log10_prob.resize(types);
    for (std::size_t i = 0; i < types; ++i) {
      const auto c = count(0, i);
      const double u = c > 0 ? keeps(c) / all.total : 0;
      probs_[0].log10_prob[i] = log10_of(u + (only_unseen && c > 0 ? 0 : share));
    }
  }

  void smooth_level(std::size_t level) {
    auto& of = counts_.levels[level];
    std::vector<History> histories(counts_.levels[level - 1].word.size());
    std::vector<Listed> listed(options_.interpolate ? 0 : histories.size());
    // In one thread, so that the order of summation is fixed.
    for_each_parent(level, 0, histories_size(level), [&](std::size_t parent, std::size_t i) {
      prefetch_history(histories, of.context, i);
      auto& history = histories[static_cast<std::size_t>(of.context[i])];
      const auto c = count(level, i);
      const bool is_kept = kept(level, i);
      history.total += weight(c);
      history.left += is_kept ? weight(c) - keeps(c) : weight(c);
      if (!is_kept || options_.interpolate) return;
      auto& words = listed[static_cast<std::size_t>(of.context[i])];
      words.lower += power_of_10(probs_[level - 1].log10_prob[parent]);
      ++words.words;
    });
    for (auto& history : histories) leave_something(history);
    auto& probs = probs_[level].log10_prob;
    probs.resize(of.word.size());
    for_each_range(histories_size(level), kRange, [&](std::int64_t begin, std::int64_t end) {
      std::size_t last = std::numeric_limits<std::size_t>::max();
      double lower = 0;
      for_each_parent(level, begin, end, [&](std::size_t parent, std::size_t i) {
        if (parent != last) lower = power_of_10(probs_[level - 1].log10_prob[parent]);
        last = parent;
        prefetch_history(histories, of.context, i);
        const auto& history = histories[static_cast<std::size_t>(of.context[i])];
        double p = keeps(count(level, i)) / history.total;
        if (options_.interpolate) {
          p += history.left / history.total * lower;
        } else if (has_all_words(listed[static_cast<std::size_t>(of.context[i])])) {
          p *= history.total / (history.total - history.left);  // nothing to back off to
        }
        probs[i] = log10_of(p);
      });
    });
    auto& backoffs = probs_[level - 1].log10_backoff;
    backoffs.resize(histories.size());
    for_each_range(histories_size(level), kRange, [&](std::int64_t begin, std::int64_t end) {
      for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i)
        backoffs[i] = log10_backoff(histories[i], options_.interpolate ? Listed() : listed[i]);
    });
  }

  /// If discounting leaves no mass for unseen words, adds one to the denominator of the history (as
  /// in SRILM).
  static void leave_something(History& history) {
    if (history.total == 0 || history.left > 1e-9) return;
    history.total += 1;
    history.left += 1;
  }

  /// Histories are accessed in random order, so prefetches the history of a later n-gram.
  static void prefetch_history(const std::vector<History>& histories,
                               const std::vector<std::int32_t>& context, std::size_t i) {
    constexpr std::size_t kAhead = 24;
    if (i + kAhead < context.size())
      __builtin_prefetch(&histories[static_cast<std::size_t>(context[i + kAhead])], 1);
  }

  bool has_all_words(const Listed& listed) const {
    return listed.words == counts_.levels[0].size();
  }

  float log10_backoff(const History& history, const Listed& listed) const {
    if (history.total == 0) return 0;  // never seen as a history
    const double left = history.left / history.total;
    if (options_.interpolate) return log10_of(left);
    return has_all_words(listed) ? -99.0f : log10_of(left / (1 - listed.lower));
  }

  std::int64_t histories_size(std::size_t level) const { return counts_.levels[level - 1].size(); }

  /// Calls use(parent, child) for each n-gram of the level that is a child of the parents [begin,
  /// end).
  template <class F>
  void for_each_parent(std::size_t level, std::int64_t begin, std::int64_t end,
                       const F& use) const {
    const auto& begins = counts_.levels[level - 1].begin;
    for (auto parent = static_cast<std::size_t>(begin); parent < static_cast<std::size_t>(end);
         ++parent) {
      for (auto i = static_cast<std::size_t>(begins[parent]);
           i < static_cast<std::size_t>(begins[parent + 1]); ++i)
        use(parent, i);
    }
  }

  /// Drops the n-grams below the cut-off from a level. The level of their children must have been
  /// processed before.
  void drop_rare(std::size_t level) {
    auto& of = counts_.levels[level];
    auto& probs = probs_[level];
    auto& above = counts_.levels[level - 1].begin;
    std::size_t size = 0, i = 0;
    for (std::size_t parent = 0; parent + 1 < above.size(); ++parent) {
      const auto end = static_cast<std::size_t>(above[parent + 1]);
      above[parent] = static_cast<std::int32_t>(size);
      for (; i < end; ++i) {
        if (!kept(level, i)) continue;
        of.word[size] = of.word[i];
        probs.log10_prob[size] = probs.log10_prob[i];
        if (!is_last(level)) {
          probs.log10_backoff[size] = probs.log10_backoff[i];
          of.begin[size] = of.begin[i];
        }
        ++size;
      }
    }
    above.back() = static_cast<std::int32_t>(size);
    of.word.resize(size);
    probs.log10_prob.resize(size);
    if (is_last(level)) return;
    probs.log10_backoff.resize(size);
    of.begin[size] = of.begin.back();
    of.begin.resize(size + 1);
  }

  BackoffTable table() {
    std::vector<BackoffTable::Level> levels;
    for (std::size_t k = 0; k < counts_.levels.size(); ++k) {
      auto& of = counts_.levels[k];
      levels.push_back({SharedArray<std::int32_t>(std::move(of.word)),
                        SharedArray<std::int32_t>(std::move(of.begin)),
                        SharedArray<float>(std::move(probs_[k].log10_prob)),
                        SharedArray<float>(std::move(probs_[k].log10_backoff))});
    }
    return BackoffTable(std::move(levels), counts_.boundary);
  }

  struct Probs {
    std::vector<float> log10_prob, log10_backoff;
  };

  NgramCounts counts_;
  const SmoothingOptions& options_;
  std::vector<Probs> probs_;
  Discounts discounts_;
};

}  // namespace

std::int64_t SmoothingOptions::min_count(std::size_t level) const {
  if (min_counts.empty()) return 1;
  return min_counts[std::min(level, min_counts.size() - 1)];
}

Discounts kneser_ney_discounts(const std::array<std::int64_t, 5>& count_of_counts, bool modified,
                               bool& fallback) {
  const auto t = [&](std::size_t r) { return static_cast<double>(count_of_counts[r]); };
  const std::size_t largest = modified ? 3 : 1;
  Discounts discounts = {0};
  const double y = t(1) / (t(1) + 2 * t(2));
  for (std::size_t r = 1; r <= largest; ++r) {
    const auto count = static_cast<double>(r);
    discounts.push_back(modified ? count - (count + 1) * y * t(r + 1) / t(r) : y);
  }
  fallback = false;
  for (std::size_t r = 1; r <= largest; ++r) {
    const bool usable = discounts[r] > 0 && discounts[r] < static_cast<double>(r);
    fallback = fallback || !usable;  // not a number: not usable
  }
  if (fallback) discounts = modified ? Discounts{0, 0.5, 1, 1.5} : Discounts{0, 0.75};
  return discounts;
}

Discounts good_turing_discounts(const std::vector<std::int64_t>& count_of_counts,
                                std::int64_t largest) {
  const auto t = [&](std::int64_t r) {
    return static_cast<double>(count_of_counts[static_cast<std::size_t>(r)]);
  };
  const double common = static_cast<double>(largest + 1) * t(largest + 1) / t(1);
  Discounts discounts = {0};
  for (std::int64_t r = 1; r <= largest; ++r) {
    const auto count = static_cast<double>(r);
    const double ratio = (count + 1) * t(r + 1) / t(r) / count;
    const double discount = count * (1 - (ratio - common) / (1 - common));
    discounts.push_back(discount > 0 && discount < count ? discount : 0);
  }
  discounts.push_back(0);
  return discounts;
}

BackoffTable smooth(NgramCounts counts, const SmoothingOptions& options) {
  return Smoother(std::move(counts), options).run();
}

}  // namespace wordbridge
