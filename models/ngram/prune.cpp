#include "models/ngram/prune.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "core/error.h"
#include "core/index.h"
#include "core/interrupt.h"
#include "core/io/array_builder.h"
#include "core/threads.h"
#include "models/ngram/history_sums.h"

namespace wordbridge {
namespace {

/// The trie of a table, as HistorySums reads it.
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

/// log10 P of the last word of an n-gram given its other words. If the n-gram is not listed, its
/// words are looked up on the path to its ancestors.
float log10_prob_of(const BackoffTable& table, std::size_t level, std::int64_t i) {
  const auto& levels = table.levels();
  if (levels[level].log10_prob[i] != BackoffTable::kNotListed) return levels[level].log10_prob[i];
  std::vector<std::int32_t> words;  // the first word first
  for (std::size_t k = level;; --k) {
    words.push_back(levels[k].word[i]);
    if (k == 0) break;
    const auto& begin = levels[k - 1].begin;
    i = std::upper_bound(begin.begin(), begin.end(), static_cast<std::int32_t>(i)) - begin.begin() -
        1;
  }
  NgramHistory history;
  for (std::size_t k = words.size() - 1; k-- > 0;) history.back[at(history.size++)] = words[k];
  return static_cast<float>(table.log10_prob(words.back(), history));
}

/// Sums over the listed n-grams of a history.
struct ListedSums {
  double listed = 0, lower = 0;  // of p(w | h) and p(w | h')
  std::int64_t words = 0;
};

/// Visitor of HistorySums. A continuation's `count` holds the bits of its log10 p(w | h), its value
/// is log10 p(w | h').
struct ListedVisitor {
  using Sum = ListedSums;
  using OfHistory = float;

  Continuation get(std::int64_t parent, std::int64_t i) const {
    Continuation continuation{0, 0, 0, log10_prob_of(table, level - 1, parent)};
    const float log10_prob = table.levels()[level].log10_prob[i];
    std::memcpy(&continuation.count, &log10_prob, sizeof log10_prob);
    return continuation;
  }
  static float log10_prob(const Continuation& continuation) {
    float value = 0;
    std::memcpy(&value, &continuation.count, sizeof value);
    return value;
  }
  static bool is_listed(const Continuation& continuation) {
    return log10_prob(continuation) != BackoffTable::kNotListed;
  }
  void add(ListedSums& sums, const Continuation& continuation) const {
    if (!is_listed(continuation)) return;
    sums.listed += power_of_10(log10_prob(continuation));
    sums.lower += power_of_10(continuation.value);
    ++sums.words;
  }
  void release(std::int64_t first, std::int64_t last) const {
    table.levels()[level - 1].log10_prob.release(first, last);
  }

  const BackoffTable& table;
  std::size_t level;
};

/// Computes back-off weights.
struct BackoffVisitor : ListedVisitor {
  BackoffVisitor(const BackoffTable& of_table, std::size_t of_level)
      : ListedVisitor{of_table, of_level} {}
  float of_history(const ListedSums& sums) const {
    if (sums.words == 0) return 0;
    const double left = 1 - sums.listed, lower = 1 - sums.lower;
    // A history that is followed by every word leaves nothing.
    if (sums.words == table.types() || left <= 0 || lower <= 0) return -99;
    return static_cast<float>(std::log10(left / lower));
  }
  float of_ngram(const ListedSums& /*sums*/, const Continuation& /*continuation*/) const {
    return 0;
  }
};

/// Computes the increase of perplexity by the removal of each n-gram, -1 for one that is not
/// listed.
struct IncreaseVisitor : ListedVisitor {
  IncreaseVisitor(const BackoffTable& of_table, std::size_t of_level,
                  const SharedArray<float>& sequence)
      : ListedVisitor{of_table, of_level}, log10_sequence(sequence) {}
  float of_history(const ListedSums& /*sums*/) const { return 0; }
  float of_ngram(const ListedSums& sums, const Continuation& ngram) const {
    if (!is_listed(ngram)) return -1;
    const std::int64_t history = ngram.history;
    const double p = power_of_10(log10_prob(ngram)), lower = power_of_10(ngram.value);
    const double backoff = power_of_10(table.levels()[level - 1].log10_backoff[history]);
    const double rest = std::max(0.0, 1 - sums.lower);
    const double new_backoff = (backoff * rest + p) / (rest + lower);
    double divergence = p * (std::log(p) - std::log(lower) - std::log(new_backoff));
    if (backoff > 0 && rest > 0)
      divergence += backoff * rest * (std::log(backoff) - std::log(new_backoff));
    return static_cast<float>(std::expm1(power_of_10(log10_sequence[history]) * divergence));
  }

  const SharedArray<float>& log10_sequence;  // log10 P of each history
};

class Pruner {
 public:
  Pruner(const BackoffTable& table, double threshold, const NgramResources& resources)
      : table_(table),
        threshold_(threshold),
        resources_(resources),
        folder_(resources.folder_for(trie_bytes(table.levels()))),
        trie_(trie_of(table.levels())),
        levels_(table.levels().size()) {}

  BackoffTable run() {
    for (std::size_t level = 1; level < levels_.size(); ++level) {
      if (interrupted()) throw Interrupted("stopped while pruning n-grams");
      score(level);
    }
    choose();
    auto kept = keep_listed(
        table_.levels(),
        [&](std::size_t level, std::int64_t i) { return levels_[level].kept[at(i)] != 0; },
        folder_);
    return with_backoff_weights(BackoffTable(std::move(kept), table_.boundary()), resources_);
  }

 private:
  struct Level {
    SharedArray<float> increase;          // of perplexity, by the removal of each n-gram
    SharedArray<std::int32_t> histories;  // of each n-gram, in the level above
    SharedArray<float> log10_sequence;    // log10 P of the n-gram's words as a sequence
    std::vector<std::uint8_t> kept;
  };

  void score(std::size_t level) {
    Level& of = levels_[level];
    const auto& above =
        level == 1 ? table_.levels()[0].log10_prob : levels_[level - 1].log10_sequence;
    const IncreaseVisitor visitor(table_, level, above);
    HistorySums<IncreaseVisitor> sums(trie_, level, levels_[level - 1].histories, resources_.memory,
                                      folder_, visitor);
    sums.run();
    of.increase = std::move(sums.of_ngrams);
    of.histories = std::move(sums.histories);
    if (level + 1 == levels_.size()) return;
    const auto& begin = table_.levels()[level - 1].begin;
    ArrayBuilder<float> sequence(folder_);
    for (std::int64_t parent = 0; parent + 1 < begin.size(); ++parent) {
      for (std::int64_t i = begin[parent]; i < begin[parent + 1]; ++i)
        sequence.push(above[of.histories[i]] + log10_prob_of(table_, level, i));
    }
    of.log10_sequence = sequence.take();
  }

  void choose() {
    for (std::size_t level = 0; level < levels_.size(); ++level)
      levels_[level].kept.assign(at(table_.levels()[level].size()), level == 0 ? 1 : 0);
    for (std::size_t level = levels_.size() - 1; level > 0; --level) {
      Level& of = levels_[level];
      for (std::int64_t i = 0; i < of.increase.size(); ++i) {
        // kept: so far, whether it is the history of an n-gram that is kept
        if (of.increase[i] >= threshold_) of.kept[at(i)] = 1;
        if (of.kept[at(i)] != 0) levels_[level - 1].kept[at(of.histories[i])] = 1;
      }
    }
  }

  const BackoffTable& table_;
  double threshold_;
  const NgramResources& resources_;
  fs::path folder_;
  NgramCounts trie_;
  std::vector<Level> levels_;
};

}  // namespace

std::vector<BackoffTable::Level> keep_listed(
    const std::vector<BackoffTable::Level>& levels,
    const std::function<bool(std::size_t level, std::int64_t i)>& listed, const fs::path& folder) {
  std::vector<BackoffTable::Level> kept(levels.size());
  SharedArray<std::int32_t> children;  // [size + 1]: first kept child of each n-gram of the level
  for (std::size_t level = levels.size() - 1; level > 0; --level) {
    const auto& of = levels[level];
    const auto& begin = levels[level - 1].begin;
    const bool is_last = level + 1 == levels.size();
    ArrayBuilder<std::int32_t> words(folder), begins(folder), above(folder);
    ArrayBuilder<float> probs(folder), backoffs(folder);
    std::int32_t size = 0;
    for (std::int64_t parent = 0; parent + 1 < begin.size(); ++parent) {
      above.push(size);
      for (std::int64_t i = begin[parent]; i < begin[parent + 1]; ++i) {
        const bool is_listed = listed(level, i);
        if (!is_listed && (is_last || children[i] == children[i + 1])) continue;
        words.push(of.word[i]);
        probs.push(is_listed ? of.log10_prob[i] : BackoffTable::kNotListed);
        if (!is_last) {
          begins.push(children[i]);
          backoffs.push(is_listed ? of.log10_backoff[i] : 0);
        }
        ++size;
      }
    }
    above.push(size);
    if (!is_last) begins.push(children[children.size() - 1]);
    kept[level] = {words.take(), begins.take(), probs.take(), backoffs.take()};
    children = above.take();
  }
  kept[0] = levels[0];
  if (levels.size() > 1) kept[0].begin = children;
  return kept;
}

BackoffTable with_backoff_weights(const BackoffTable& table, const NgramResources& resources) {
  std::vector<BackoffTable::Level> levels = table.levels();
  const NgramCounts trie = trie_of(levels);
  const fs::path folder = resources.folder_for(trie_bytes(levels));
  SharedArray<std::int32_t> histories;
  for (std::size_t level = 1; level < levels.size(); ++level) {
    const BackoffTable so_far(levels, table.boundary());
    const BackoffVisitor visitor(so_far, level);
    HistorySums<BackoffVisitor> sums(trie, level, histories, resources.memory, folder, visitor);
    sums.run();
    levels[level - 1].log10_backoff = std::move(sums.of_histories);
    histories = std::move(sums.histories);
  }
  return BackoffTable(std::move(levels), table.boundary());
}

BackoffTable prune(const BackoffTable& table, double threshold, const NgramResources& resources) {
  return Pruner(table, threshold, resources).run();
}

}  // namespace wordbridge
