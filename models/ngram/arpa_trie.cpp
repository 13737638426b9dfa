#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/log.h"
#include "core/text.h"
#include "core/threads.h"
#include "models/ngram/arpa_file.h"

namespace wordbridge {
namespace {

class TrieBuilder {
 public:
  TrieBuilder(ArpaFile& file, std::int32_t boundary)
      : file_(file), sections_(file.sections), boundary_(boundary) {}

  BackoffTable build() {
    // The suffixes of each listed n-gram must be in the trie. Highest order first.
    for (std::size_t k = sections_.size(); k-- > 1;) {
      sort(k);
      if (k > 1) sort(k - 1), add_missing(k);
    }
    check_histories();
    std::vector<BackoffTable::Level> levels;
    for (std::size_t k = 0; k < sections_.size(); ++k) {
      if (k > 0 && file_.form == ArpaFile::Form::iarpa) add_lower_orders(k, levels);
      levels.push_back(level(k));
    }
    return BackoffTable(std::move(levels), boundary_);
  }

 private:
  const std::int32_t* ngram(std::size_t k, std::int64_t i) const {
    return sections_[k].words.data() + i * static_cast<std::int64_t>(k + 1);
  }
  /// Compares the last `words` words of two n-grams, in reverse order.
  static int compare(const std::int32_t* a_end, const std::int32_t* b_end, std::size_t words) {
    for (std::size_t j = 1; j <= words; ++j) {
      const auto back = -static_cast<std::ptrdiff_t>(j);
      if (a_end[back] != b_end[back]) return a_end[back] < b_end[back] ? -1 : 1;
    }
    return 0;
  }
  int compare(std::size_t k, std::int64_t a, std::int64_t b) const {
    return compare(ngram(k, a) + k + 1, ngram(k, b) + k + 1, k + 1);
  }

  /// Indices of the n-grams in reverse order of their words: sorted by the first words, then by the
  /// second ones and so on, where equal words keep their order.
  std::vector<std::int32_t> sorted(std::size_t k) const {
    const auto size = static_cast<std::size_t>(sections_[k].size());
    std::vector<std::int32_t> order(size), next(size);
    std::iota(order.begin(), order.end(), 0);
    for (std::size_t j = 0; j <= k; ++j) {
      const auto* const words = sections_[k].words.data() + j;
      const auto word = [&](std::int32_t i) {
        return static_cast<std::size_t>(words[static_cast<std::size_t>(i) * (k + 1)]);
      };
      std::vector<std::int32_t> place(file_.words.size() + 1);
      for (const auto i : order) ++place[word(i) + 1];
      std::partial_sum(place.begin(), place.end(), place.begin());
      for (const auto i : order) next[static_cast<std::size_t>(place[word(i)]++)] = i;
      order.swap(next);
    }
    return order;
  }

  bool is_sorted(std::size_t k) const {
    for (std::int64_t i = 1; i < sections_[k].size(); ++i)
      if (compare(k, i - 1, i) >= 0) return false;
    return true;
  }

  void sort(std::size_t k) {
    auto& section = sections_[k];
    if (section.size() > std::numeric_limits<std::int32_t>::max())
      throw Error("too many n-grams").at("{}: order {}", file_.path.string(), k + 1);
    if (is_sorted(k)) return;
    const auto order = sorted(k);
    for (std::size_t i = 1; i < order.size(); ++i) {
      if (compare(k, order[i - 1], order[i]) == 0) throw at(k, order[i], "duplicate n-gram");
    }
    ArpaSection sorted;
    sorted.expected = section.expected, sorted.first_line = section.first_line;
    sorted.words.reserve(section.words.size());
    for (const auto i : order)
      sorted.words.insert(sorted.words.end(), ngram(k, i), ngram(k, i) + k + 1);
    const auto take = [&](auto& from, auto& to) {
      to.reserve(from.size());
      for (const auto i : order) to.push_back(from[static_cast<std::size_t>(i)]);
    };
    take(section.log10_prob, sorted.log10_prob);
    take(section.log10_backoff, sorted.log10_backoff);
    take(section.line, sorted.line);
    section = std::move(sorted);
  }

  /// Adds the suffix w_2 .. w_k of each n-gram to the next lower order where it is missing, as an
  /// n-gram that is not listed.
  void add_missing(std::size_t k) {
    auto& below = sections_[k - 1];
    const auto listed = below.size();
    std::int64_t j = 0;
    const std::int32_t* last = nullptr;
    std::vector<std::int32_t> missing;
    for (std::int64_t i = 0; i < sections_[k].size(); ++i) {
      const auto* end = ngram(k, i) + k + 1;
      while (j < listed && compare(ngram(k - 1, j) + k, end, k) < 0) ++j;
      if (j < listed && compare(ngram(k - 1, j) + k, end, k) == 0) continue;
      if (last != nullptr && compare(last, end, k) == 0) continue;
      last = end;
      below.log10_prob.push_back(BackoffTable::kNotListed);
      below.log10_backoff.push_back(0);
      below.line.push_back(-1);
      missing.insert(missing.end(), end - k, end);
    }
    below.words.insert(below.words.end(), missing.begin(), missing.end());
  }

  /// IRSTLM's intermediate form holds the part of each probability that is not from the lower
  /// orders: P(w | h) = p(h w) + backoff(h) P(w | h').
  void add_lower_orders(std::size_t k, const std::vector<BackoffTable::Level>& levels) {
    auto& section = sections_[k];
    const BackoffTable lower(levels, boundary_);
    for_each_range(section.size(), 4096, [&](std::int64_t begin, std::int64_t end) {
      for (auto i = begin; i < end; ++i) {
        if (section.line[static_cast<std::size_t>(i)] < 0) continue;
        const auto* const words = ngram(k, i);
        NgramHistory history;
        while (history.size + 1 < static_cast<std::int64_t>(k)) {
          history.back[static_cast<std::size_t>(history.size)] =
              words[static_cast<std::int64_t>(k) - 1 - history.size];
          ++history.size;
        }
        const auto h = static_cast<std::size_t>(find(k - 1, words + k));
        const double below =
            sections_[k - 1].log10_backoff[h] + lower.log10_prob(words[k], history);
        auto& log10_prob = section.log10_prob[static_cast<std::size_t>(i)];
        const double p = std::pow(10.0, log10_prob) + std::pow(10.0, below);
        log10_prob = static_cast<float>(std::min(0.0, std::log10(p)));
      }
    });
  }

  BackoffTable::Level level(std::size_t k) {
    const auto& section = sections_[k];
    BackoffTable::Level level;
    std::vector<std::int32_t> words, begin;
    words.reserve(section.log10_prob.size());
    for (std::int64_t i = 0; i < section.size(); ++i) words.push_back(ngram(k, i)[0]);
    level.word = SharedArray<std::int32_t>(std::move(words));
    level.log10_prob = SharedArray<float>(section.log10_prob);
    if (k + 1 == sections_.size()) return level;
    level.log10_backoff = SharedArray<float>(section.log10_backoff);
    const auto longer = sections_[k + 1].size();
    std::int64_t j = 0;
    begin.reserve(section.log10_prob.size() + 1);
    for (std::int64_t i = 0; i < section.size(); ++i) {
      begin.push_back(static_cast<std::int32_t>(j));
      const auto* end = ngram(k, i) + k + 1;
      while (j < longer && compare(ngram(k + 1, j) + k + 2, end, k + 1) == 0) ++j;
    }
    begin.push_back(static_cast<std::int32_t>(j));
    WB_ASSERT(j == longer);
    level.begin = SharedArray<std::int32_t>(std::move(begin));
    return level;
  }

  /// Checks that the history of each listed n-gram is listed, and sets its back-off weight if the
  /// file has none.
  void check_histories() {
    std::int64_t missing = 0;
    std::string first;
    for (std::size_t k = 1; k < sections_.size(); ++k) {
      for (std::int64_t i = 0; i < sections_[k].size(); ++i) {
        if (sections_[k].line[static_cast<std::size_t>(i)] < 0) continue;
        const auto history = find(k - 1, ngram(k, i) + k);
        const auto h = static_cast<std::size_t>(history);
        if (history < 0 || sections_[k - 1].line[h] < 0)
          throw at(k, i, "the history of an n-gram is not listed")
              .expected("its first {} words as an n-gram", k);
        auto& backoff = sections_[k - 1].log10_backoff[h];
        if (backoff != ArpaSection::kNoBackoff) continue;
        backoff = 0;
        if (missing++ == 0)
          first = fmt::format("line {}: {}", line(k - 1, history), text(k - 1, history, true));
      }
    }
    for (auto& section : sections_)
      std::replace(section.log10_backoff.begin(), section.log10_backoff.end(),
                   ArpaSection::kNoBackoff, 0.0F);
    if (missing == 0) return;
    warn("{}: {} without a back-off weight, although longer ones begin with {}: taken as 0 ({})",
         file_.path.string(), missing == 1 ? "one n-gram" : fmt::format("{} n-grams", missing),
         missing == 1 ? "it" : "them", first);
  }

  /// Index of the n-gram of order k + 1 whose words end at `end`, -1: none.
  std::int64_t find(std::size_t k, const std::int32_t* end) const {
    if (k == 0) return end[-1];
    std::int64_t low = 0, high = sections_[k].size();
    while (low < high) {
      const auto middle = (low + high) / 2;
      const bool before = compare(ngram(k, middle) + k + 1, end, k + 1) < 0;
      (before ? low : high) = before ? middle + 1 : middle;
    }
    return low < sections_[k].size() && compare(ngram(k, low) + k + 1, end, k + 1) == 0 ? low : -1;
  }

  /// The boundary as a history is <s>, elsewhere </s>.
  std::int64_t line(std::size_t k, std::int64_t i) const {
    return k == 0 && ngram(k, i)[0] == boundary_ && file_.start_line > 0 ? file_.start_line
                                                                         : file_.line(k, i);
  }
  std::string text(std::size_t k, std::int64_t i, bool is_history = false) const {
    std::vector<std::string> words;
    for (std::size_t j = 0; j <= k; ++j) {
      const auto word = ngram(k, i)[j];
      const bool starts = j == 0 && (k > 0 || is_history) && word == boundary_;
      words.push_back(starts ? "<s>" : file_.words[static_cast<std::size_t>(word)]);
    }
    return printable(join(words, " "));
  }
  Error at(std::size_t k, std::int64_t i, const std::string& what) const {
    return file_.error_at(what, file_.line(k, i)).got("{}", text(k, i));
  }

  ArpaFile& file_;
  std::vector<ArpaSection>& sections_;
  std::int32_t boundary_;
};

}  // namespace

BackoffTable arpa_trie(ArpaFile& file, std::int32_t boundary) {
  return TrieBuilder(file, boundary).build();
}

}  // namespace wordbridge
