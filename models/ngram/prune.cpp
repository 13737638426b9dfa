#include "models/ngram/prune.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "core/error.h"
#include "core/index.h"
#include "core/interrupt.h"
#include "core/io/array_builder.h"
#include "core/progress.h"
#include "models/ngram/history_sums.h"

namespace wordbridge {
namespace {

constexpr const char* kStoppedPruning = "stopped while pruning n-grams";

/// Visitor of HistorySums that computes the increase of perplexity by the removal of each n-gram,
/// -1 for one that is not listed, and for each history the probability that the lower order gives
/// to the words that are not listed after it. A continuation's `count` holds the bits of its log10
/// p(w | h), its value is log10 p(w | h').
struct IncreaseVisitor {
  using Sum = double;  // of p(w | h') over the listed words
  using OfHistory = double;

  Continuation get(std::int64_t parent, std::int64_t i) const {
    Continuation continuation{0, 0, 0, table.log10_prob_at(level - 1, parent)};
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
  static void add(double& lower, const Continuation& continuation) {
    if (is_listed(continuation)) lower += power_of_10(continuation.value);
  }
  static double of_history(double lower) { return std::max(0.0, 1 - lower); }
  float of_ngram(double of_listed, const Continuation& ngram) const {
    if (!is_listed(ngram)) return -1;
    const std::int64_t history = ngram.history;
    const double p = power_of_10(log10_prob(ngram)), lower = power_of_10(ngram.value);
    const double backoff = power_of_10(table.levels()[level - 1].log10_backoff[history]);
    const double rest = of_history(of_listed);
    const double new_backoff = (backoff * rest + p) / (rest + lower);
    double divergence = p * (std::log(p) - std::log(lower) - std::log(new_backoff));
    if (backoff > 0 && rest > 0)
      divergence += backoff * rest * (std::log(backoff) - std::log(new_backoff));
    return static_cast<float>(std::expm1(power_of_10(log10_sequence[history]) * divergence));
  }
  void release(std::int64_t first, std::int64_t last) const {
    table.levels()[level - 1].log10_prob.release(first, last);
  }

  const BackoffTable& table;
  std::size_t level;
  const SharedArray<float>& log10_sequence;  // log10 P of each history
  const char* stopped = kStoppedPruning;
};

class Pruner {
 public:
  Pruner(const BackoffTable& table, double threshold, const NgramResources& resources,
         const WordNames& names)
      : table_(table),
        threshold_(threshold),
        resources_(resources),
        names_(names),
        folder_(resources.folder_for(trie_bytes(table.levels()))),
        trie_(trie_of(table.levels())),
        levels_(table.levels().size()) {}

  BackoffTable run() {
    const std::size_t orders = levels_.size();
    Progress progress("pruning", 2 * orders, "steps");
    for (std::size_t level = 1; level < orders; ++level) {
      score(level);
      progress.update(level);
    }
    choose();
    progress.update(orders);
    std::vector<BackoffTable::Level> levels = table_.levels();
    BackoffMass mass;
    for (std::size_t level = 0; level < orders; ++level) {
      mass.removed.push_back(levels[level].log10_prob);
      levels[level].log10_prob = kept_probs(level);
      if (level + 1 < orders) mass.left.push_back(left_after(level));
    }
    set_backoff_weights(levels, table_.boundary(), mass, resources_, names_, kStoppedPruning);
    progress.update(2 * orders - 1);
    auto kept = keep_listed(
        levels,
        [&](std::size_t level, std::int64_t i) {
          stop_if_interrupted(i);
          return levels_[level].kept[at(i)] != 0;
        },
        folder_);
    progress.finish();
    return BackoffTable(std::move(kept), table_.boundary());
  }

 private:
  struct Level {
    SharedArray<float> increase;          // of perplexity, by the removal of each n-gram
    SharedArray<std::int32_t> histories;  // of each n-gram, in the level above
    SharedArray<float> log10_sequence;    // log10 P of the n-gram's words as a sequence
    SharedArray<double> rest;             // of each history: the lower order's share of other words
    std::vector<std::uint8_t> kept;
  };

  static void stop_if_interrupted(std::int64_t i) {
    if ((i & 0xffff) == 0 && interrupted()) throw Interrupted(kStoppedPruning);
  }

  void score(std::size_t level) {
    Level& of = levels_[level];
    const auto& above =
        level == 1 ? table_.levels()[0].log10_prob : levels_[level - 1].log10_sequence;
    const IncreaseVisitor visitor{table_, level, above};
    HistorySums<IncreaseVisitor> sums(trie_, level, levels_[level - 1].histories, resources_.memory,
                                      folder_, visitor);
    sums.run();
    of.increase = std::move(sums.of_ngrams);
    of.histories = std::move(sums.histories);
    of.rest = std::move(sums.of_histories);
    if (level + 1 == levels_.size()) return;
    const auto& begin = table_.levels()[level - 1].begin;
    ArrayBuilder<float> sequence(folder_);
    for (std::int64_t parent = 0; parent + 1 < begin.size(); ++parent) {
      stop_if_interrupted(parent);
      for (std::int64_t i = begin[parent]; i < begin[parent + 1]; ++i)
        sequence.push(above[of.histories[i]] + table_.log10_prob_at(level, i));
    }
    of.log10_sequence = sequence.take();
  }

  void choose() {
    for (std::size_t level = 0; level < levels_.size(); ++level)
      levels_[level].kept.assign(at(table_.levels()[level].size()), level == 0 ? 1 : 0);
    for (std::size_t level = levels_.size() - 1; level > 0; --level) {
      Level& of = levels_[level];
      for (std::int64_t i = 0; i < of.increase.size(); ++i) {
        stop_if_interrupted(i);
        // kept: so far, whether it is the history of an n-gram that is kept
        if (of.increase[i] >= threshold_) of.kept[at(i)] = 1;
        if (of.kept[at(i)] != 0) levels_[level - 1].kept[at(of.histories[i])] = 1;
      }
    }
  }

  /// log10_prob without the n-grams that are removed.
  SharedArray<float> kept_probs(std::size_t level) const {
    const auto& probs = table_.levels()[level].log10_prob;
    ArrayBuilder<float> kept(folder_);
    for (std::int64_t i = 0; i < probs.size(); ++i)
      kept.push(levels_[level].kept[at(i)] != 0 ? probs[i] : BackoffTable::kNotListed);
    return kept.take();
  }

  /// What each history leaves to the words that are not listed after it, before anything is
  /// removed.
  SharedArray<double> left_after(std::size_t level) const {
    const auto& backoff = table_.levels()[level].log10_backoff;
    const auto& rest = levels_[level + 1].rest;
    ArrayBuilder<double> left(folder_);
    for (std::int64_t h = 0; h < backoff.size(); ++h) left.push(power_of_10(backoff[h]) * rest[h]);
    return left.take();
  }

  const BackoffTable& table_;
  double threshold_;
  const NgramResources& resources_;
  const WordNames& names_;
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

BackoffTable prune(const BackoffTable& table, double threshold, const NgramResources& resources,
                   const WordNames& names) {
  return Pruner(table, threshold, resources, names).run();
}

}  // namespace wordbridge
