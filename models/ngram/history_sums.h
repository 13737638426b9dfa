#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/error.h"
#include "core/index.h"
#include "core/io/array_builder.h"
#include "core/rounds.h"
#include "core/shared_array.h"
#include "core/threads.h"
#include "models/ngram/ngram_counts.h"
#include "models/ngram/record_lists.h"
#include "models/ngram/trie.h"

namespace wordbridge {

/// An n-gram w_1 .. w_k as its history w_1 .. w_k-1 sees it.
struct Continuation {
  std::int32_t history;  // index in the level above; at first that of w_2 .. w_k-1
  std::int32_t word;     // w_1
  std::int32_t count;    // any number of the caller
  float value;           // any number of the caller, and at the end the result
};

/// The histories of a level of the trie, divided into groups of consecutive ones: all children of
/// some n-grams w_2 .. w_k-1, so that the history w_1 .. w_k-1 is found among them.
struct HistoryGroups {
  std::vector<std::int64_t> parents;  // [groups + 1]: first n-gram w_2 .. w_k-1 of each group
  std::int64_t groups() const { return static_cast<std::int64_t>(parents.size()) - 1; }
  std::int64_t group_of(std::int64_t parent) const;
};
/// `bytes`: memory for one group, with `history_bytes` for a history.
HistoryGroups group_histories(const NgramCounts& counts, std::size_t level, double history_bytes,
                              double bytes);

/// Sums over the n-grams of each history, and a number for each n-gram that depends on the sums.
/// They are added up in the order of the trie, so that their bits do not depend on the number of
/// threads or on the memory: n-grams are distributed over groups of histories, whose sums fit into
/// the processor's cache, and collected again in the same order.
///
/// Visitor:
///     using Sum = ...;                        starts at Sum()
///     using OfHistory = ...;                  result of a history, trivially copyable
///     Continuation get(std::int64_t parent, std::int64_t i) const;  count and value of n-gram i
///     void add(Sum&, const Continuation&) const;
///     OfHistory of_history(Sum&) const;       after all n-grams have been added
///     float of_ngram(const Sum&, const Continuation&) const;
///     void release(std::int64_t first, std::int64_t last) const;    parents that have been read
///     const char* stopped;                    message of Interrupted
template <class Visitor>
class HistorySums {
 public:
  using Sum = typename Visitor::Sum;
  using OfHistory = typename Visitor::OfHistory;

  /// `parent_history` [size of the level above]: the history of each n-gram there; not used for
  /// bigrams, whose history is their first word (level 1). `folder` of large arrays; empty: in
  /// memory.
  HistorySums(const NgramCounts& counts, std::size_t level,
              const SharedArray<std::int32_t>& parent_history, double memory,
              const fs::path& folder, const Visitor& visitor)
      : counts_(counts),
        level_(level),
        parent_history_(parent_history),
        visitor_(visitor),
        groups_(group_histories(counts, level, kHistoryBytes,
                                memory / 8 / static_cast<double>(threads()))),
        folder_(folder) {
    divide_parents();
    const double pieces = static_cast<double>(groups_.groups() * parts());
    piece_ = static_cast<std::size_t>(
        std::clamp(memory / 8 / pieces / sizeof(Continuation), 16.0, static_cast<double>(kPiece)));
  }

  void run() {
    distribute();
    add_up();
    collect();
  }

  SharedArray<OfHistory> of_histories;  // [size of the level above]
  SharedArray<float> of_ngrams;         // [size of the level]
  SharedArray<std::int32_t> histories;  // [size of the level]: the history of each n-gram

 private:
  static constexpr std::size_t kPiece = 1024;
  static constexpr double kHistoryBytes = sizeof(Sum) + sizeof(OfHistory);
  static constexpr std::int64_t kStep = 1 << 16;  // n-grams after which memory is released

  std::int64_t parts() const { return static_cast<std::int64_t>(parents_.size()) - 1; }
  const NgramCounts::Level& above() const { return counts_.levels[level_ - 1]; }
  bool bigrams() const { return level_ == 1; }

  /// Divides the parents into one part per thread, with about equally many n-grams.
  void divide_parents() {
    const auto& begin = above().begin;
    const std::int64_t size = counts_.levels[level_].size();
    parents_ = {0};
    for (std::int64_t part = 1; part < threads(); ++part) {
      parents_.push_back(std::upper_bound(begin.begin(), begin.end() - 1, size * part / threads()) -
                         begin.begin());
      parents_.back() = std::max(parents_.back(), parents_[at(part) - 1]);
    }
    parents_.push_back(above().size());
    begin.release();
  }

  /// Calls `use(group, parent's history, parent, n-gram)` for the n-grams of a part, and releases
  /// the memory of what it has read.
  template <class F>
  void for_each_ngram(std::int64_t part, const F& use) const {
    const auto& level = counts_.levels[level_];
    const auto& begin = above().begin;
    std::int64_t released = parents_[at(part)];
    for (auto parent = parents_[at(part)]; parent < parents_[at(part) + 1]; ++parent) {
      std::int64_t history = -1, group = -1;
      for (std::int64_t i = begin[parent]; i < begin[parent + 1]; ++i) {
        if (bigrams() || history < 0) {
          history = bigrams() ? level.word[i] : parent_history_[parent];
          group = groups_.group_of(history);
        }
        use(group, static_cast<std::int32_t>(history), parent, i);
      }
      if (begin[parent + 1] - begin[released] >= kStep || parent + 1 == parents_[at(part) + 1]) {
        level.release(begin[released], begin[parent + 1]);
        visitor_.release(released, parent + 1);
        if (!bigrams()) parent_history_.release(released, parent + 1);
        above().release(released, parent + 1);
        released = parent + 1;
      }
    }
  }

  void distribute() {
    for (std::int64_t part = 0; part < parts(); ++part)
      lists_.push_back(
          std::make_unique<RecordLists<Continuation>>(groups_.groups(), piece_, folder_));
    for_each_block(parts(), [&](std::int64_t part) {
      RecordLists<Continuation>& lists = *lists_[at(part)];
      const auto& word = counts_.levels[level_].word;
      for_each_ngram(
          part, [&](std::int64_t group, std::int32_t history, std::int64_t parent, std::int64_t i) {
            Continuation continuation = visitor_.get(parent, i);
            continuation.history = history;
            continuation.word = word[i];
            lists.push(group, continuation);
          });
      lists.finish();
    });
  }

  /// Index of the first history of a group.
  std::int64_t first_history(std::int64_t group) const {
    const std::int64_t parent = groups_.parents[at(group)];
    return bigrams() ? parent : counts_.levels[level_ - 2].begin[parent];
  }

  struct GroupResult {
    std::vector<OfHistory> values;
    void clear() { values.clear(); }
  };

  void add_up() {
    ArrayBuilder<OfHistory> results(folder_);
    std::vector<std::vector<Sum>> workers(at(threads()));
    RowBlocks rounds;
    for (std::int64_t group = 0; group < groups_.groups(); group += 2L * threads())
      rounds.rounds.push_back(group);
    rounds.rounds.push_back(groups_.groups());
    for_each_round<GroupResult>(
        rounds, threads(), visitor_.stopped,
        [&](std::int64_t worker, std::int64_t group, GroupResult& result) {
          add_up(group, workers[at(worker)], result.values);
        },
        [&](GroupResult& result) { results.append(result.values); });
    of_histories = results.take();
  }

  void add_up(std::int64_t group, std::vector<Sum>& sums, std::vector<OfHistory>& results) {
    const std::int64_t first = first_history(group), last = first_history(group + 1);
    sums.assign(at(last - first), Sum());
    for (auto& lists : lists_) {
      lists->change(group, [&](Continuation* continuations, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i) {
          Continuation& continuation = continuations[i];
          if (!bigrams()) continuation.history = find(continuation);
          visitor_.add(sums[at(continuation.history - first)], continuation);
        }
      });
    }
    results.reserve(sums.size());
    for (Sum& sum : sums) results.push_back(visitor_.of_history(sum));
    for (auto& lists : lists_) {
      lists->change(group, [&](Continuation* continuations, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i) {
          Continuation& continuation = continuations[i];
          continuation.value =
              visitor_.of_ngram(sums[at(continuation.history - first)], continuation);
        }
      });
    }
    above().word.release(first, last);
    if (!bigrams()) {
      counts_.levels[level_ - 2].begin.release(groups_.parents[at(group)],
                                               groups_.parents[at(group) + 1]);
    }
  }

  /// The history w_1 .. w_k-1 among the children of w_2 .. w_k-1.
  std::int32_t find(const Continuation& continuation) const {
    const std::int64_t found = find_child(counts_.levels[level_ - 2].begin, above().word,
                                          continuation.history, continuation.word);
    WB_ASSERT(found >= 0, "an n-gram of order {} without its history", level_ + 1);
    return static_cast<std::int32_t>(found);
  }

  void collect() {
    const std::int64_t size = counts_.levels[level_].size();
    ArrayBuilder<float> ngrams(folder_);
    ArrayBuilder<std::int32_t> found(folder_);
    ngrams.resize(size);
    found.resize(size);
    for_each_block(parts(), [&](std::int64_t part) {
      std::vector<typename RecordLists<Continuation>::Reader> readers;
      for (std::int64_t group = 0; group < groups_.groups(); ++group)
        readers.emplace_back(*lists_[at(part)], group);
      const std::int64_t begin = above().begin[parents_[at(part)]];
      ArrayPart<float> ngram_part(ngrams, begin);
      ArrayPart<std::int32_t> found_part(found, begin);
      for_each_ngram(part, [&](std::int64_t group, std::int32_t, std::int64_t, std::int64_t) {
        const Continuation& continuation = readers[at(group)].next();
        ngram_part.push(continuation.value);
        found_part.push(continuation.history);
      });
      ngram_part.flush();
      found_part.flush();
    });
    lists_.clear();
    of_ngrams = ngrams.take();
    histories = found.take();
  }

  const NgramCounts& counts_;
  std::size_t level_;
  const SharedArray<std::int32_t>& parent_history_;
  const Visitor& visitor_;
  HistoryGroups groups_;
  fs::path folder_;
  std::vector<std::int64_t> parents_;  // [parts + 1]: first parent of each part
  std::size_t piece_ = 0;
  std::vector<std::unique_ptr<RecordLists<Continuation>>> lists_;  // [parts]
};

}  // namespace wordbridge
