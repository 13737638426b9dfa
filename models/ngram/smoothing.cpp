#include "models/ngram/smoothing.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "core/index.h"
#include "core/interrupt.h"
#include "core/io/array_builder.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/threads.h"
#include "models/ngram/history_sums.h"
#include "models/ngram/prune.h"

namespace wordbridge {
namespace {

constexpr const char* kStoppedSmoothing = "stopped while smoothing n-grams";
constexpr std::int64_t kRange = 1 << 14;
constexpr std::int64_t kGoodTuringLargest = 7, kGoodTuringLargestUnigram = 1;

float log10_of(double p) {
  // Log of zero: -99, the smallest value used in ARPA files.
  return p > 0 ? static_cast<float>(std::log10(p)) : -99.0f;
}

/// Sums over the n-grams with the same history.
struct History {
  double total = 0;  // the denominator of u
  double left = 0;   // the part of the total that the numerators of u leave to the lower order
  // For back-off, over the listed n-grams: the lower-order probability of their last words, and
  // their number.
  double listed_lower = 0;
  std::int64_t listed_words = 0;
};

class Smoother {
 public:
  Smoother(NgramCounts counts, const SmoothingOptions& options, const NgramResources& resources)
      : counts_(std::move(counts)),
        options_(options),
        memory_(resources.memory),
        probs_(counts_.levels.size()) {
    double all = 0, largest = 0;
    for (const auto& level : counts_.levels) {
      all += static_cast<double>(level.size());
      largest = std::max(largest, static_cast<double>(level.size()));
    }
    folder_ = resources.folder_for((kCountBytes + kProbBytes) * all +
                                   (sizeof(Continuation) + 4.0) * largest);
  }

  BackoffTable run() {
    Progress progress("smoothing", static_cast<std::uint64_t>(counts_.levels.size()), "orders");
    SharedArray<std::int32_t> histories;
    for (std::size_t level = 0; level < counts_.levels.size(); ++level) {
      if (interrupted()) throw Interrupted(kStoppedSmoothing);
      estimate_discounts(level);
      if (level == 0) {
        smooth_unigrams();
      } else {
        histories = smooth_level(level, histories);
      }
      progress.update(level + 1);
    }
    progress.finish();
    return table();
  }

 private:
  static constexpr double kCountBytes = 12, kProbBytes = 8;  // per n-gram

  bool kneser_ney() const { return options_.method == Smoothing::kneser_ney; }
  bool is_last(std::size_t level) const { return level + 1 == counts_.levels.size(); }

  /// The count that is smoothed: occurrences or, for Kneser-Ney, distinct preceding words.
  std::int32_t count(std::size_t level, std::int64_t i) const {
    const auto& of = counts_.levels[level];
    if (!kneser_ney() || is_last(level)) return of.count[i];
    const std::int64_t children = of.children(i);
    return children > 0 ? static_cast<std::int32_t>(children) : of.count[i];
  }
  bool kept(std::size_t level, std::int64_t i) const {
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

  /// The number of n-grams with each count up to `largest`.
  std::vector<std::int64_t> count_of_counts(std::size_t level, std::size_t largest) const {
    const auto& of = counts_.levels[level];
    std::vector<std::vector<std::int64_t>> parts(at((of.size() + kRange - 1) / kRange));
    for_each_range(of.size(), kRange, [&](std::int64_t begin, std::int64_t end) {
      auto& numbers = parts[at(begin / kRange)];
      numbers.resize(largest + 1);
      for (auto i = begin; i < end; ++i) {
        const auto c = static_cast<std::size_t>(count(level, i));
        if (c > 0 && c <= largest) ++numbers[c];
      }
      of.release(begin, end);
    });
    std::vector<std::int64_t> sums(largest + 1);
    for (const auto& numbers : parts) {
      for (std::size_t c = 0; c <= largest; ++c) sums[c] += numbers[c];
    }
    return sums;
  }

  void estimate_discounts(std::size_t level) {
    const auto largest =
        static_cast<std::size_t>(std::max<std::int64_t>(4, kGoodTuringLargest + 1));
    const std::vector<std::int64_t> numbers = count_of_counts(level, largest);
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
                                    human_count(at(counts_.levels[level].size())),
                                    fmt::join(discounts_.begin() + 1, discounts_.end(), ", ")));
  }

  void smooth_unigrams() {
    const std::int64_t types = counts_.levels[0].size();
    History all;
    std::int64_t unseen = 0;
    for (std::int64_t i = 0; i < types; ++i) {
      const auto c = count(0, i);
      unseen += c == 0;
      all.total += weight(c);
      all.left += weight(c) - (c > 0 ? keeps(c) : 0);
    }
    leave_something(all);
    // In back-off, types without a count share the remaining mass, if there are any such types.
    const bool only_unseen = !options_.interpolate && unseen > 0;
    const double share = all.left / all.total / static_cast<double>(only_unseen ? unseen : types);
    std::vector<float> probs;
    for (std::int64_t i = 0; i < types; ++i) {
      const auto c = count(0, i);
      const double u = c > 0 ? keeps(c) / all.total : 0;
      probs.push_back(log10_of(u + (only_unseen && c > 0 ? 0 : share)));
    }
    probs_[0].log10_prob = SharedArray<float>(std::move(probs));
  }

  /// Visitor of HistorySums. Counts of n-grams that are dropped are stored as -1 - count; values
  /// are the lower-order log probabilities.
  struct Level {
    using Sum = History;
    using OfHistory = float;

    Continuation get(std::int64_t parent, std::int64_t i) const {
      const std::int32_t c = of.count(level, i);
      return {0, 0, of.kept(level, i) ? c : -1 - c, of.probs_[level - 1].log10_prob[parent]};
    }
    void add(History& history, const Continuation& ngram) const {
      const bool is_kept = ngram.count >= 0;
      const std::int64_t c = is_kept ? ngram.count : -1 - ngram.count;
      history.total += of.weight(c);
      history.left += is_kept ? of.weight(c) - of.keeps(c) : of.weight(c);
      if (!is_kept || of.options_.interpolate) return;
      history.listed_lower += power_of_10(ngram.value);
      ++history.listed_words;
    }
    float of_history(History& history) const {
      leave_something(history);
      return of.log10_backoff(history);
    }
    float of_ngram(const History& history, const Continuation& ngram) const {
      const std::int64_t c = ngram.count >= 0 ? ngram.count : -1 - ngram.count;
      double p = of.keeps(c) / history.total;
      if (of.options_.interpolate) {
        p += history.left / history.total * power_of_10(ngram.value);
      } else if (of.has_all_words(history)) {
        p *= history.total / (history.total - history.left);  // nothing to back off to
      }
      return log10_of(p);
    }
    void release(std::int64_t first, std::int64_t last) const {
      of.probs_[level - 1].log10_prob.release(first, last);
    }

    const Smoother& of;
    std::size_t level;
    const char* stopped = kStoppedSmoothing;
  };

  /// Returns the history of each n-gram; `histories` are those of the level above.
  SharedArray<std::int32_t> smooth_level(std::size_t level,
                                         const SharedArray<std::int32_t>& histories) {
    const Level visitor{*this, level};
    HistorySums<Level> sums(counts_, level, histories, memory_, folder_, visitor);
    sums.run();
    probs_[level - 1].log10_backoff = std::move(sums.of_histories);
    probs_[level].log10_prob = std::move(sums.of_ngrams);
    return std::move(sums.histories);
  }

  /// If discounting leaves no mass for unseen words, adds one to the denominator of the history (as
  /// in SRILM).
  static void leave_something(History& history) {
    if (history.total == 0 || history.left > 1e-9) return;
    history.total += 1;
    history.left += 1;
  }

  bool has_all_words(const History& history) const {
    return history.listed_words == counts_.levels[0].size();
  }

  float log10_backoff(const History& history) const {
    if (history.total == 0) return 0;  // never seen as a history
    const double left = history.left / history.total;
    if (options_.interpolate) return log10_of(left);
    return has_all_words(history) ? -99.0f : log10_of(left / (1 - history.listed_lower));
  }

  BackoffTable table() {
    std::vector<BackoffTable::Level> levels;
    for (std::size_t k = 0; k < counts_.levels.size(); ++k) {
      const auto& of = counts_.levels[k];
      levels.push_back({of.word, of.begin, probs_[k].log10_prob, probs_[k].log10_backoff});
    }
    const bool cut = std::any_of(options_.min_counts.begin(), options_.min_counts.end(),
                                 [](auto count) { return count > 1; });
    if (cut) {
      levels = keep_listed(
          levels, [&](std::size_t level, std::int64_t i) { return kept(level, i); }, folder_);
    }
    return BackoffTable(std::move(levels), counts_.boundary);
  }

  struct Probs {
    SharedArray<float> log10_prob, log10_backoff;
  };

  NgramCounts counts_;
  const SmoothingOptions& options_;
  double memory_;
  fs::path folder_;  // of large arrays; empty: in memory
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

BackoffTable smooth(NgramCounts counts, const SmoothingOptions& options,
                    const NgramResources& resources) {
  return Smoother(std::move(counts), options, resources).run();
}

}  // namespace wordbridge
