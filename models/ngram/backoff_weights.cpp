#include "models/ngram/backoff_weights.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/io/array_builder.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "models/ngram/history_sums.h"

namespace wordbridge {
namespace {

/// Sums over the n-grams of a history.
struct WeightSums {
  double removed = 0;       // of p(w | h) that are no longer listed
  double lower = 0;         // of P(w | h') over the listed words
  std::int64_t words = 0;   // listed
  std::int64_t former = 0;  // no longer listed
};

/// Visitor of HistorySums.
struct WeightVisitor {
  using Sum = WeightSums;
  using OfHistory = WeightSums;
  enum Kind : std::int32_t { unlisted, listed, removed };

  Continuation get(std::int64_t parent, std::int64_t i) const {
    if (table.levels()[level].log10_prob[i] != BackoffTable::kNotListed)
      return {0, 0, listed, table.log10_prob_at(level - 1, parent)};
    if (before == nullptr || (*before)[i] == BackoffTable::kNotListed) return {0, 0, unlisted, 0};
    return {0, 0, removed, (*before)[i]};
  }
  static void add(WeightSums& sums, const Continuation& ngram) {
    if (ngram.count == listed) {
      sums.lower += power_of_10(ngram.value);
      ++sums.words;
    } else if (ngram.count == removed) {
      sums.removed += power_of_10(ngram.value);
      ++sums.former;
    }
  }
  static WeightSums of_history(const WeightSums& sums) { return sums; }
  static float of_ngram(const WeightSums& /*sums*/, const Continuation& /*ngram*/) { return 0; }
  void release(std::int64_t first, std::int64_t last) const {
    table.levels()[level - 1].log10_prob.release(first, last);
  }

  const BackoffTable& table;
  std::size_t level;
  const SharedArray<float>* before;
  const char* stopped;
};

/// The histories whose weights could not be computed.
struct Unsolved {
  std::int64_t histories = 0;
  std::vector<std::int32_t> first;  // the words of the first one
};

void warn_of(const Unsolved& unsolved, const WordNames& names) {
  if (unsolved.histories == 0) return;
  std::vector<std::string> words;
  for (const auto word : unsolved.first)
    words.push_back(names ? names(word) : std::to_string(word));
  warn(
      "the back-off {} of {} can't be computed and {} as before: the words listed after {} already "
      "have all the probability of the lower orders ('{}')",
      unsolved.histories == 1 ? "weight" : "weights",
      counted(unsolved.histories, "history", "histories"),
      unsolved.histories == 1 ? "stays" : "stay", unsolved.histories == 1 ? "it" : "them",
      printable(join(words, " ")));
}

}  // namespace

NgramCounts trie_of(const std::vector<BackoffTable::Level>& levels) {
  NgramCounts trie;
  for (const auto& level : levels) trie.levels.push_back({level.word, level.begin, {}});
  return trie;
}

double trie_bytes(const std::vector<BackoffTable::Level>& levels) {
  double bytes = 0;
  for (const auto& level : levels) bytes += 24.0 * static_cast<double>(level.size());
  return bytes;
}

void set_backoff_weights(std::vector<BackoffTable::Level>& levels, std::int32_t boundary,
                         const BackoffMass& mass, const NgramResources& resources,
                         const WordNames& names, const char* stopped) {
  constexpr double kRounding = 1e-6;  // of sums of float32 logarithms
  const NgramCounts trie = trie_of(levels);
  const fs::path folder = resources.folder_for(trie_bytes(levels));
  SharedArray<std::int32_t> histories;
  Unsolved unsolved;
  for (std::size_t level = 1; level < levels.size(); ++level) {
    const BackoffTable so_far(levels, boundary);
    const WeightVisitor visitor{so_far, level,
                                mass.removed.empty() ? nullptr : &mass.removed[level], stopped};
    HistorySums<WeightVisitor> sums(trie, level, histories, resources.memory, folder, visitor);
    sums.run();
    auto& of = levels[level - 1];
    ArrayBuilder<float> weights(folder);
    for (std::int64_t h = 0; h < of.size(); ++h) {
      const WeightSums& sum = sums.of_histories[h];
      const double left = mass.left[level - 1][h] + sum.removed, rest = 1 - sum.lower;
      float weight = of.log10_backoff[h];
      if (of.log10_prob[h] == BackoffTable::kNotListed || (sum.words == 0 && sum.former > 0)) {
        weight = 0;
      } else if (sum.words > 0 && left > 0 && rest > kRounding) {
        weight = static_cast<float>(std::log10(left / rest));
      } else if (sum.words > 0 && sum.words < so_far.types() && unsolved.histories++ == 0) {
        unsolved.first = so_far.words_at(level - 1, h);
      }
      weights.push(weight);
    }
    of.log10_backoff = weights.take();
    histories = std::move(sums.histories);
  }
  warn_of(unsolved, names);
}

}  // namespace wordbridge
