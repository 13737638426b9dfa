#include "models/ngram/ngram_counts.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <utility>

#include "core/error.h"
#include "core/index.h"
#include "core/io/array_builder.h"
#include "core/io/spilled_blocks.h"
#include "core/io/temporary_folder.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/rounds.h"
#include "core/threads.h"
#include "models/ngram/sorted_ngrams.h"

namespace wordbridge {
namespace {

constexpr std::size_t kMostWords = 255;
constexpr const char* kStopped = "stopped while counting n-grams";

/// How the memory is divided.
struct Plan {
  fs::path folder;  // of the counts; empty: in memory
  std::int64_t chunk_tokens = 1;
  double round_bytes = 0;  // results that wait until they are written
};

Plan make_plan(const NgramStream& stream, std::int64_t order, const NgramResources& resources) {
  constexpr double kMostRoundBytes = 64e6;
  // About half of the n-grams of an order are distinct, with 12 bytes each.
  constexpr double kBytesPerTokenAndOrder = 7;
  // A word has at most a tenth of the tokens, and is sorted by each of two threads.
  constexpr double kSortBytes =
      SortedNgrams::kBytesPerPosition + 0.2 * SortedNgrams::kBytesPerOccurrence + sizeof(int);
  const auto tokens = static_cast<double>(stream.size);
  const double types = SortedNgrams::kBytesPerType * static_cast<double>(stream.types);
  Plan plan;
  plan.folder = resources.folder_for(
      tokens * (kSortBytes + kBytesPerTokenAndOrder * static_cast<double>(order)) + types);
  plan.round_bytes = std::min(resources.memory / 16, kMostRoundBytes);
  // Two rounds at a time, whose vectors can be twice as large as their content.
  const double left = resources.memory - types - 5 * plan.round_bytes;
  // Few chunks, because they are all read at the same time in the end.
  const double least_tokens = std::max(1024.0, tokens / 500);
  if (left / kSortBytes < std::min(least_tokens, tokens)) {
    warn("counting the n-grams of {} of {} {}", counted(stream.size, "token"),
         counted(stream.types, "word"),
         resources.share.explanation(resources.memory - left + least_tokens * kSortBytes,
                                     "model.ngram.memory"));
  }
  plan.chunk_tokens =
      resources.chunk_tokens > 0
          ? resources.chunk_tokens
          : static_cast<std::int64_t>(std::clamp(left / kSortBytes, least_tokens, 3e9));
  return plan;
}

/// A part of the trie: the n-grams that end in the words of a block.
struct TriePart {
  struct Level {
    std::vector<std::int32_t> word, begin, count;
  };
  std::vector<Level> levels;

  explicit TriePart(std::size_t order = 0) : levels(order) {}
  void clear() {
    for (auto& level : levels) {
      level.word.clear();
      level.begin.clear();
      level.count.clear();
    }
  }
  void add_word(std::int32_t word) { add_ngram(0, word); }
  /// Adds `count` occurrences of an n-gram that differs from the previous one in all but the last
  /// `shared` words. `word(back)`: the word `back` positions before the last one.
  template <class Word>
  void add(std::size_t shared, std::size_t length, std::int32_t count, const Word& word) {
    for (std::size_t k = std::max<std::size_t>(1, shared); k < length; ++k) add_ngram(k, word(k));
    for (std::size_t k = 0; k < length; ++k) levels[k].count.back() += count;
  }

 private:
  void add_ngram(std::size_t k, std::int32_t word) {
    levels[k].word.push_back(word);
    levels[k].count.push_back(0);
    if (k + 1 < levels.size())
      levels[k].begin.push_back(static_cast<std::int32_t>(levels[k + 1].word.size()));
  }
};

/// The trie while it is written, part after part.
class TrieWriter {
 public:
  TrieWriter(std::size_t order, const fs::path& folder) {
    for (std::size_t k = 0; k < order; ++k) levels_.emplace_back(folder);
  }
  void append(TriePart& part) {
    for (std::size_t k = 0; k < levels_.size(); ++k) {
      if (k + 1 < levels_.size()) {
        const auto before = static_cast<std::int32_t>(levels_[k + 1].word.size());
        for (auto& begin : part.levels[k].begin) begin += before;
        levels_[k].begin.append(part.levels[k].begin);
      }
      levels_[k].word.append(part.levels[k].word);
      levels_[k].count.append(part.levels[k].count);
    }
  }
  std::vector<NgramCounts::Level> take() {
    std::vector<NgramCounts::Level> levels;
    for (std::size_t k = 0; k < levels_.size(); ++k) {
      if (k + 1 < levels_.size()) {
        const auto size = static_cast<std::int32_t>(levels_[k + 1].word.size());
        levels_[k].begin.append(&size, 1);
      }
    }
    for (auto& level : levels_)
      levels.push_back({level.word.take(), level.begin.take(), level.count.take()});
    return levels;
  }

 private:
  struct Level {
    explicit Level(const fs::path& folder) : word(folder), begin(folder), count(folder) {}
    ArrayBuilder<std::int32_t> word, begin, count;
  };
  std::vector<Level> levels_;
};

/// Writes the n-grams of a word as numbers: the length, the number of words shared with the
/// previous n-gram, the other words, and the count. 0 ends a block.
void spill(const SortedNgrams& sorted, const std::vector<SortedNgrams::Ngram>& ngrams,
           std::string& bytes) {
  for (std::size_t i = 0, next = 0; i < ngrams.size(); i = next) {
    const auto& ngram = ngrams[i];
    const auto same = [&](const auto& other) {
      return other.shared == ngram.length && other.length == ngram.length;
    };
    for (next = i + 1; next < ngrams.size() && same(ngrams[next]);) ++next;
    put_number(bytes, ngram.length);
    put_number(bytes, ngram.shared);
    for (std::int64_t back = ngram.shared; back < ngram.length; ++back)
      put_number(bytes, static_cast<std::uint64_t>(sorted.word_before(ngram.position, back)));
    put_number(bytes, next - i);
  }
}

/// The n-grams of a spilled block, one after another.
class SpilledNgrams {
 public:
  explicit SpilledNgrams(NumberReader reader) : reader_(std::move(reader)) { next(); }

  bool ended() const { return length == 0; }
  void next() {
    length = reader_.next();
    if (ended()) return;
    for (auto k = reader_.next(); k < length; ++k)
      words[k] = static_cast<std::int32_t>(reader_.next());
    count = static_cast<std::int32_t>(reader_.next());
  }
  /// Number of last words that both n-grams share.
  std::size_t shared_with(const SpilledNgrams& other) const {
    std::size_t k = 0;
    while (k < std::min(length, other.length) && words[k] == other.words[k]) ++k;
    return k;
  }
  /// The order of SortedNgrams.
  bool precedes(const SpilledNgrams& other) const {
    const std::size_t k = shared_with(other);
    return k == length || k == other.length ? length < other.length : words[k] < other.words[k];
  }

  std::array<std::int32_t, kMostWords> words;  // nearest first
  std::size_t length = 0;
  std::int32_t count = 0;

 private:
  NumberReader reader_;
};

class Counter {
 public:
  Counter(const NgramStream& stream, std::int64_t order, const NgramResources& resources)
      : stream_(stream), order_(order), resources_(resources) {
    std::vector<std::int64_t> counts(at(stream.types));
    for (std::int64_t t = 0; t < stream.size; ++t) ++counts[at(stream.ids[t])];
    plan_ = make_plan(stream, order, resources);
    const auto row_bytes = [&](std::int64_t count) {
      return 8 + 12.0 * static_cast<double>(order) * static_cast<double>(count);
    };
    blocks_ = divide_rows(counts, row_bytes, plan_.round_bytes, threads());
  }

  NgramCounts run() {
    TrieWriter trie(at(order_), plan_.folder);
    Progress progress("n-grams", static_cast<std::uint64_t>(stream_.size), "tokens");
    progress_ = &progress;
    if (plan_.chunk_tokens >= stream_.size) {
      const SortedNgrams sorted(stream_, order_, 0, stream_.size);
      for_each_word_block<TriePart>(
          sorted,
          [&](std::int64_t word, const std::vector<SortedNgrams::Ngram>& ngrams, TriePart& part) {
            add_word(sorted, word, ngrams, part);
          },
          [&](TriePart& part) { trie.append(part); });
      progress.finish();
    } else {
      const auto spilled = sort_chunks();
      progress.finish();
      merge(*spilled, trie);
    }
    NgramCounts counts;
    counts.boundary = stream_.boundary;
    counts.levels = trie.take();
    return counts;
  }

 private:
  /// Sorts the n-grams of all words, and passes the results of the blocks to `use` in order.
  template <class Result, class Compute, class Use>
  void for_each_word_block(const SortedNgrams& sorted, const Compute& compute, const Use& use) {
    std::vector<std::vector<SortedNgrams::Ngram>> ngrams(at(threads()));
    for_each_round<Result>(
        blocks_, threads(), kStopped,
        [&](std::int64_t worker, std::int64_t block, Result& result) {
          std::int64_t tokens = 0;
          for (auto word = blocks_.rows[at(block)]; word < blocks_.rows[at(block + 1)]; ++word) {
            sorted.of_word(word, ngrams[at(worker)]);
            tokens += static_cast<std::int64_t>(ngrams[at(worker)].size());
            compute(word, ngrams[at(worker)], result);
          }
          show(tokens);
        },
        use);
  }

  void add_word(const SortedNgrams& sorted, std::int64_t word,
                const std::vector<SortedNgrams::Ngram>& ngrams, TriePart& part) const {
    if (part.levels.empty()) part = TriePart(at(order_));
    part.add_word(static_cast<std::int32_t>(word));
    for (const auto& ngram : ngrams) {
      part.add(ngram.shared, ngram.length, 1, [&](std::size_t back) {
        return sorted.word_before(ngram.position, static_cast<std::int64_t>(back));
      });
    }
  }

  std::unique_ptr<SpilledBlocks> sort_chunks() {
    auto spilled = std::make_unique<SpilledBlocks>(
        resources_.folder.empty() ? temporary_folder() : resources_.folder, blocks_.blocks());
    for (std::int64_t begin = 0; begin < stream_.size; begin += plan_.chunk_tokens) {
      const std::int64_t end = std::min(stream_.size, begin + plan_.chunk_tokens);
      const SortedNgrams sorted(stream_, order_, begin, end);
      for_each_word_block<SpilledBlock>(
          sorted,
          [&](std::int64_t /*word*/, const std::vector<SortedNgrams::Ngram>& ngrams,
              SpilledBlock& block) { spill(sorted, ngrams, block.bytes); },
          [&](SpilledBlock& block) {
            put_number(block.bytes, 0);
            spilled->add_block(block);
          });
      if (stream_.file) stream_.file->release(stream_.ids + begin, at(end - begin) * sizeof(int));
    }
    spilled->flush();
    return spilled;
  }

  void merge(const SpilledBlocks& spilled, TrieWriter& trie) {
    constexpr double kLeastBuffer = 4096, kMostBuffer = 1 << 18;
    const auto buffer = static_cast<std::size_t>(
        std::clamp(resources_.memory / 4 / static_cast<double>(threads() * spilled.parts()),
                   kLeastBuffer, kMostBuffer));
    Progress progress("merging n-grams", spilled.bytes(), "bytes");
    progress_ = &progress;
    done_ = 0;
    for_each_round<TriePart>(
        blocks_, threads(), kStopped,
        [&](std::int64_t /*worker*/, std::int64_t block, TriePart& part) {
          if (part.levels.empty()) part = TriePart(at(order_));
          std::vector<std::unique_ptr<SpilledNgrams>> parts;
          std::int64_t bytes = 0;
          for (std::int64_t i = 0; i < spilled.parts(); ++i) {
            NumberReader reader = spilled.block(i, block, buffer);
            bytes += static_cast<std::int64_t>(reader.bytes());
            parts.push_back(std::make_unique<SpilledNgrams>(std::move(reader)));
          }
          merge_block(parts, blocks_.rows[at(block)], blocks_.rows[at(block + 1)], part);
          show(bytes);
        },
        [&](TriePart& part) { trie.append(part); });
    progress.finish();
  }

  /// Merges the n-grams that end in the words [word, end).
  static void merge_block(std::vector<std::unique_ptr<SpilledNgrams>>& parts, std::int64_t word,
                          std::int64_t end, TriePart& trie) {
    const auto later = [](const auto& a, const auto& b) { return b->precedes(*a); };
    parts.erase(std::remove_if(parts.begin(), parts.end(), [](auto& p) { return p->ended(); }),
                parts.end());
    std::make_heap(parts.begin(), parts.end(), later);
    std::vector<std::int32_t> previous;
    while (!parts.empty()) {
      std::pop_heap(parts.begin(), parts.end(), later);
      SpilledNgrams& first = *parts.back();
      for (; word <= first.words[0]; ++word) trie.add_word(static_cast<std::int32_t>(word));
      std::size_t shared = 0;
      while (shared < std::min(previous.size(), first.length) &&
             previous[shared] == first.words[shared])
        ++shared;
      trie.add(shared, first.length, first.count, [&](std::size_t k) { return first.words[k]; });
      previous.assign(first.words.begin(),
                      first.words.begin() + static_cast<std::ptrdiff_t>(first.length));
      first.next();
      if (first.ended()) {
        parts.pop_back();
      } else {
        std::push_heap(parts.begin(), parts.end(), later);
      }
    }
    for (; word < end; ++word) trie.add_word(static_cast<std::int32_t>(word));
  }

  void show(std::int64_t more) {
    const std::lock_guard<std::mutex> lock(progress_mutex_);
    done_ += more;
    progress_->update(static_cast<std::uint64_t>(done_));
  }

  const NgramStream& stream_;
  std::int64_t order_;
  const NgramResources& resources_;
  Plan plan_;
  RowBlocks blocks_;  // of words
  std::mutex progress_mutex_;
  std::int64_t done_ = 0;
  Progress* progress_ = nullptr;
};

}  // namespace

fs::path NgramResources::folder_for(double bytes) const {
  if (bytes <= memory) return {};
  return folder.empty() ? temporary_folder() : folder;
}

void NgramCounts::Level::release(std::int64_t first, std::int64_t last) const {
  word.release(first, last);
  if (count.size() > 0) count.release(first, last);
  if (begin.size() > 0) begin.release(first, last);
}

NgramCounts count_ngrams(const NgramStream& stream, std::int64_t order,
                         const NgramResources& resources) {
  WB_ASSERT(order >= 1 && order <= static_cast<std::int64_t>(kMostWords));
  if (stream.size > std::numeric_limits<std::int32_t>::max()) {
    throw Error("the training split is too large for n-grams")
        .expected("at most {} tokens", std::numeric_limits<std::int32_t>::max())
        .got("{}", stream.size);
  }
  return Counter(stream, order, resources).run();
}

}  // namespace wordbridge
