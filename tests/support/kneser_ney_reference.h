#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <vector>

namespace wordbridge {

/// Interpolated modified Kneser-Ney smoothing by its definition, in float64, with the conventions
/// of KenLM (Heafield, Pouzyrevsky, Clark and Koehn 2013, section 3): n-grams that start with <s>
/// keep their counts in all orders, and the unigrams are interpolated with 1/V, where V counts </s>
/// and the unknown word but not <s>.
class KneserNeyReference {
 public:
  using Ngram = std::vector<std::int32_t>;
  static constexpr std::int32_t kStart = -1;  // <s>

  /// `sentences`: ids with the id of </s> at their ends.
  KneserNeyReference(const std::vector<Ngram>& sentences, std::size_t order, std::int64_t types)
      : order_(order), types_(types), count_(order + 1) {
    for (Ngram text : sentences) {
      text.insert(text.begin(), kStart);
      for (std::size_t i = 0; i < text.size(); ++i)
        for (std::size_t n = 1; n <= order && i + n <= text.size(); ++n)
          ++count_[n][Ngram(text.begin() + at(i), text.begin() + at(i + n))];
    }
    count_[1].erase({kStart});
    adjust();
    for (std::size_t n = 1; n <= order; ++n) smooth(n);
  }

  /// log10 of P of the last word, and of the back-off weight, by n-gram.
  const std::map<Ngram, double>& log10_prob() const { return log10_prob_; }
  const std::map<Ngram, double>& log10_backoff() const { return log10_backoff_; }

  /// log10 P of a sentence, whose unknown words are -2.
  double log10_prob_of(Ngram sentence) const {
    sentence.insert(sentence.begin(), kStart);
    double sum = 0;
    for (std::size_t end = 2; end <= sentence.size(); ++end) {
      const std::size_t begin = end > order_ ? end - order_ : 0;
      sum += log10_prob_of_last({sentence.begin() + at(begin), sentence.begin() + at(end)});
    }
    return sum;
  }

 private:
  static std::ptrdiff_t at(std::size_t i) { return static_cast<std::ptrdiff_t>(i); }
  static Ngram without_first(const Ngram& ngram) { return {ngram.begin() + 1, ngram.end()}; }
  static Ngram without_last(const Ngram& ngram) { return {ngram.begin(), ngram.end() - 1}; }

  /// Below the highest order, the counts become numbers of distinct preceding words.
  void adjust() {
    for (std::size_t n = 1; n < order_; ++n) {
      std::map<Ngram, std::int64_t> preceding;
      for (const auto& [ngram, count] : count_[n + 1]) ++preceding[without_first(ngram)];
      for (auto& [ngram, count] : count_[n])
        if (ngram.front() != kStart) count = preceding.at(ngram);
    }
  }

  /// The discounts of the counts 1, 2, and 3 or more.
  std::array<double, 4> discounts(std::size_t n) const {
    std::array<double, 5> t{};
    for (const auto& [ngram, count] : count_[n])
      if (count <= 4) ++t[static_cast<std::size_t>(count)];
    const double y = t[1] / (t[1] + 2 * t[2]);
    return {0, 1 - 2 * y * t[2] / t[1], 2 - 3 * y * t[3] / t[2], 3 - 4 * y * t[4] / t[3]};
  }

  void smooth(std::size_t n) {
    const std::array<double, 4> d = discounts(n);
    const auto discount = [&](std::int64_t count) {
      return d[static_cast<std::size_t>(std::min<std::int64_t>(count, 3))];
    };
    std::map<Ngram, double> total, left;
    for (const auto& [ngram, count] : count_[n]) {
      total[without_last(ngram)] += static_cast<double>(count);
      left[without_last(ngram)] += discount(count);
    }
    for (const auto& [ngram, count] : count_[n]) {
      const Ngram history = without_last(ngram);
      const double lower = n == 1 ? 1 / static_cast<double>(types_)
                                  : std::pow(10, log10_prob_.at(without_first(ngram)));
      const double p =
          (static_cast<double>(count) - discount(count) + left[history] * lower) / total[history];
      log10_prob_[ngram] = std::log10(p);
    }
    for (const auto& [history, sum] : total)
      log10_backoff_[history] = std::log10(left[history] / sum);
  }

  double log10_prob_of_last(const Ngram& ngram) const {
    const auto found = log10_prob_.find(ngram);
    if (found != log10_prob_.end()) return found->second;
    const auto backoff = log10_backoff_.find(without_last(ngram));
    const double weight = backoff == log10_backoff_.end() ? 0 : backoff->second;
    // An unknown word has the share that the unigrams leave.
    if (ngram.size() == 1) return weight - std::log10(static_cast<double>(types_));
    return weight + log10_prob_of_last(without_first(ngram));
  }

  std::size_t order_;
  std::int64_t types_;
  std::vector<std::map<Ngram, std::int64_t>> count_;  // [order + 1]
  std::map<Ngram, double> log10_prob_, log10_backoff_;
};

}  // namespace wordbridge
