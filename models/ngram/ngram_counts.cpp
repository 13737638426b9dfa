#include "models/ngram/ngram_counts.h"

#include <algorithm>
#include <limits>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/threads.h"

namespace wordbridge {
namespace {

/// The positions of the stream, sorted by their reversed n-grams: word, preceding word, ...
class SortedPositions {
 public:
  SortedPositions(const NgramStream& stream, std::int64_t order)
      : stream_(stream),
        order_(order),
        group_(static_cast<std::size_t>(stream.types) + 1),
        position_(static_cast<std::size_t>(stream.size)),
        shared_(static_cast<std::size_t>(stream.size)),
        length_(static_cast<std::size_t>(stream.size)) {
    group_by_word();
    for_each_block(stream_.types, [&](std::int64_t word) {
      if (interrupted()) return;
      const auto begin = group_[static_cast<std::size_t>(word)];
      const auto end = group_[static_cast<std::size_t>(word) + 1];
      for (auto i = begin; i < end; ++i) length_[i] = length_at(position_[i]);
      if (begin < end) shared_[begin] = 0;
      sort(begin, end, 1);
    });
    if (interrupted()) throw Interrupted("stopped while counting n-grams");
  }

  /// The sorted positions of a word are [first(word), first(word + 1)).
  std::size_t first(std::int64_t word) const { return group_[static_cast<std::size_t>(word)]; }
  std::int64_t position(std::size_t i) const { return position_[i]; }
  /// The levels in which a new n-gram starts at sorted index i are [shared(i), length(i)).
  int shared(std::size_t i) const { return shared_[i]; }
  /// Number of words of the longest n-gram that ends at that position, at most the order.
  int length(std::size_t i) const { return length_[i]; }

  /// The word `back` positions before t; only valid within an n-gram.
  std::int32_t word_before(std::int64_t t, std::int64_t back) const {
    return t < back ? stream_.boundary : stream_.ids[t - back];
  }

 private:
  struct Entry {
    std::uint64_t key;  // two preceding words, 0: none
    std::uint32_t position;
  };

  void group_by_word() {
    for (std::int64_t t = 0; t < stream_.size; ++t)
      ++group_[static_cast<std::size_t>(stream_.ids[t]) + 1];
    for (std::size_t w = 1; w < group_.size(); ++w) group_[w] += group_[w - 1];
    std::vector<std::size_t> next(group_.begin(), group_.end() - 1);
    for (std::int64_t t = 0; t < stream_.size; ++t)
      position_[next[static_cast<std::size_t>(stream_.ids[t])]++] = static_cast<std::uint32_t>(t);
  }

  std::uint8_t length_at(std::int64_t t) const {
    const std::int64_t all = t + 1 + (stream_.boundary >= 0 ? 1 : 0);
    std::int64_t words = 1;
    while (words < std::min(order_, all)) {
      ++words;
      if (word_before(t, words - 1) == stream_.boundary) break;
    }
    return static_cast<std::uint8_t>(words);
  }

  std::uint64_t key(std::uint32_t position, std::uint8_t words, std::int64_t depth) const {
    const auto code = [&](std::int64_t back) {
      return back < words ? static_cast<std::uint64_t>(word_before(position, back)) + 1 : 0;
    };
    return code(depth) << 32 | code(depth + 1);
  }

  /// Sorts positions that share their last `depth` words.
  void sort(std::size_t begin, std::size_t end, std::int64_t depth) {
    if (end - begin < 2 || depth >= order_) {
      for (auto i = begin + 1; i < end; ++i) shared_[i] = static_cast<std::uint8_t>(depth);
      return;
    }
    std::vector<Entry> entries;
    entries.reserve(end - begin);
    for (auto i = begin; i < end; ++i)
      entries.push_back({key(position_[i], length_at(position_[i]), depth), position_[i]});
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      return a.key != b.key ? a.key < b.key : a.position < b.position;
    });
    std::size_t run = begin;
    for (auto i = begin; i < end; ++i) {
      const Entry& entry = entries[i - begin];
      position_[i] = entry.position;
      length_[i] = length_at(entry.position);
      if (i == begin || entry.key == entries[i - begin - 1].key) continue;
      const bool same_first = entry.key >> 32 == entries[i - begin - 1].key >> 32;
      shared_[i] =
          static_cast<std::uint8_t>(same_first && entry.key >> 32 != 0 ? depth + 1 : depth);
      finish_run(run, i, depth, entries[run - begin].key);
      run = i;
    }
    const std::uint64_t last = entries[run - begin].key;
    entries = {};
    finish_run(run, end, depth, last);
  }

  /// Handles a run of equal keys: sorts it by earlier words, or, if the histories end here, marks
  /// all its n-grams as equal.
  void finish_run(std::size_t begin, std::size_t end, std::int64_t depth, std::uint64_t run_key) {
    const bool ends = (run_key & 0xffffffffu) == 0;
    if (!ends) return sort(begin, end, depth + 2);
    const std::int64_t words = depth + (run_key >> 32 != 0 ? 1 : 0);
    for (auto i = begin + 1; i < end; ++i) shared_[i] = static_cast<std::uint8_t>(words);
  }

  const NgramStream& stream_;
  std::int64_t order_;
  std::vector<std::size_t> group_;
  std::vector<std::uint32_t> position_;
  std::vector<std::uint8_t> shared_, length_;
};

/// Index of the first n-gram of each word in each level, [level][word]; the last entry is the size
/// of the level.
using Offsets = std::vector<std::vector<std::int64_t>>;

Offsets count_levels(const SortedPositions& sorted, std::int64_t types, std::int64_t order) {
  Offsets offsets(static_cast<std::size_t>(order),
                  std::vector<std::int64_t>(static_cast<std::size_t>(types) + 1));
  for_each_block(types, [&](std::int64_t word) {
    for (auto i = sorted.first(word); i < sorted.first(word + 1); ++i) {
      for (int k = sorted.shared(i); k < sorted.length(i); ++k)
        ++offsets[static_cast<std::size_t>(k)][static_cast<std::size_t>(word) + 1];
    }
  });
  for (auto& level : offsets) {
    for (std::size_t word = 1; word < level.size(); ++word) level[word] += level[word - 1];
  }
  for (std::int64_t word = 0; word <= types; ++word)
    offsets[0][static_cast<std::size_t>(word)] = word;
  return offsets;
}

/// Fills words, children and counts of all levels; `example` receives one position of each n-gram.
void fill_levels(const SortedPositions& sorted, const Offsets& offsets, NgramCounts& counts,
                 std::vector<std::vector<std::uint32_t>>& example) {
  const auto types = static_cast<std::int64_t>(offsets[0].size()) - 1;
  const std::size_t order = counts.levels.size();
  for_each_block(types, [&](std::int64_t word) {
    std::vector<std::size_t> next(order), current(order);
    for (std::size_t k = 0; k < order; ++k)
      next[k] = static_cast<std::size_t>(offsets[k][static_cast<std::size_t>(word)]);
    counts.levels[0].word[static_cast<std::size_t>(word)] = static_cast<std::int32_t>(word);
    if (order > 1) counts.levels[0].begin[next[0]] = static_cast<std::int32_t>(next[1]);
    for (auto i = sorted.first(word); i < sorted.first(word + 1); ++i) {
      const auto length = static_cast<std::size_t>(sorted.length(i));
      for (auto k = static_cast<std::size_t>(sorted.shared(i)); k < length; ++k) {
        current[k] = next[k]++;
        auto& level = counts.levels[k];
        level.word[current[k]] =
            sorted.word_before(sorted.position(i), static_cast<std::int64_t>(k));
        if (k + 1 < order) level.begin[current[k]] = static_cast<std::int32_t>(next[k + 1]);
        if (k > 0) example[k][current[k]] = static_cast<std::uint32_t>(sorted.position(i));
      }
      for (std::size_t k = 0; k < length; ++k) ++counts.levels[k].count[current[k]];
    }
  });
}

/// For each position, the index of the n-gram of the level that ends there, if any.
std::vector<std::int32_t> ngram_at(const SortedPositions& sorted, const Offsets& offsets,
                                   std::size_t level, std::int64_t size) {
  std::vector<std::int32_t> index(static_cast<std::size_t>(size));
  for_each_block(static_cast<std::int64_t>(offsets[0].size()) - 1, [&](std::int64_t word) {
    auto current = static_cast<std::int32_t>(offsets[level][static_cast<std::size_t>(word)]) - 1;
    for (auto i = sorted.first(word); i < sorted.first(word + 1); ++i) {
      const bool is_long = sorted.length(i) > static_cast<int>(level);
      if (is_long && sorted.shared(i) <= static_cast<int>(level)) ++current;
      if (is_long) index[static_cast<std::size_t>(sorted.position(i))] = current;
    }
  });
  return index;
}

void find_contexts(const SortedPositions& sorted, const Offsets& offsets, const NgramStream& stream,
                   std::vector<std::vector<std::uint32_t>>& example, NgramCounts& counts) {
  constexpr std::int64_t kRange = 1 << 16;
  for (std::size_t k = 1; k < counts.levels.size(); ++k) {
    auto& level = counts.levels[k];
    level.context.resize(level.word.size());
    // The context of a bigram is a word, whose index is its id.
    const auto before =
        k == 1 ? std::vector<std::int32_t>() : ngram_at(sorted, offsets, k - 1, stream.size);
    for_each_range(level.size(), kRange, [&](std::int64_t begin, std::int64_t end) {
      for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
        const std::int64_t t = example[k][i];
        level.context[i] =
            k == 1 ? sorted.word_before(t, 1) : before[static_cast<std::size_t>(t) - 1];
      }
    });
    example[k] = {};
  }
}

}  // namespace

NgramCounts count_ngrams(const NgramStream& stream, std::int64_t order) {
  WB_ASSERT(order >= 1 && order < 256);
  if (stream.size > std::numeric_limits<std::int32_t>::max()) {
    throw Error("the training split is too large for n-grams")
        .expected("at most {} tokens", std::numeric_limits<std::int32_t>::max())
        .got("{}", stream.size);
  }
  const SortedPositions sorted(stream, order);
  const Offsets offsets = count_levels(sorted, stream.types, order);
  NgramCounts counts;
  counts.boundary = stream.boundary;
  counts.levels.resize(static_cast<std::size_t>(order));
  std::vector<std::vector<std::uint32_t>> example(static_cast<std::size_t>(order));
  for (std::size_t k = 0; k < counts.levels.size(); ++k) {
    const auto size = static_cast<std::size_t>(offsets[k].back());
    auto& level = counts.levels[k];
    level.word.resize(size);
    level.count.resize(size);
    if (k > 0) example[k].resize(size);
    if (k + 1 == counts.levels.size()) continue;
    level.begin.resize(size + 1);
    level.begin[size] = static_cast<std::int32_t>(offsets[k + 1].back());
  }
  fill_levels(sorted, offsets, counts, example);
  find_contexts(sorted, offsets, stream, example, counts);
  return counts;
}

}  // namespace wordbridge
