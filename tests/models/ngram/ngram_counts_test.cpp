#include "models/ngram/ngram_counts.h"

#include <gtest/gtest.h>

#include <map>

#include "core/rng.h"
#include "core/threads.h"

namespace wordbridge {
namespace {

using Ngram = std::vector<std::int32_t>;

/// The n-grams of a trie in reading order, with their counts.
std::map<Ngram, std::int64_t> listed(const NgramCounts& counts, std::size_t level) {
  std::map<Ngram, std::int64_t> found;
  for (std::size_t i = 0; i < counts.levels[level].word.size(); ++i) {
    Ngram ngram;
    std::size_t at = i;
    for (std::size_t k = level + 1; k-- > 0;) {
      ngram.push_back(counts.levels[k].word[at]);
      if (k == 0) break;
      const auto& begin = counts.levels[k - 1].begin;
      std::size_t parent = 0;
      while (static_cast<std::size_t>(begin[parent + 1]) <= at) ++parent;
      at = parent;
    }
    if (level == 0 && counts.levels[0].count[i] == 0) continue;
    EXPECT_TRUE(found.emplace(ngram, counts.levels[level].count[i]).second);
  }
  return found;
}

/// Reference: counts n-grams with a map.
std::map<Ngram, std::int64_t> naive(const Ngram& ids, std::size_t words, std::int32_t boundary) {
  Ngram stream = ids;
  if (boundary >= 0) stream.insert(stream.begin(), boundary);
  const std::size_t first = boundary >= 0 ? 1 : 0;
  std::map<Ngram, std::int64_t> found;
  for (std::size_t end = first; end < stream.size(); ++end) {
    if (end + 1 < words) continue;
    const Ngram ngram(stream.begin() + static_cast<std::ptrdiff_t>(end + 1 - words),
                      stream.begin() + static_cast<std::ptrdiff_t>(end + 1));
    bool crosses = false;
    for (std::size_t i = 1; i + 1 < words; ++i) crosses |= ngram[i] == boundary;
    if (!crosses) ++found[ngram];
  }
  return found;
}

Ngram random_stream(std::size_t size, std::uint64_t types, std::uint64_t seed) {
  Rng rng(seed, "stream");
  Ngram ids;
  // Small ids are frequent, so that long n-grams repeat.
  for (std::size_t i = 0; i < size; ++i)
    ids.push_back(static_cast<std::int32_t>(rng.below(rng.below(types) + 1)));
  return ids;
}

TEST(NgramCountsTest, AreThoseOfPlainCounting) {
  for (const std::int32_t boundary : {-1, 2}) {
    const Ngram ids = random_stream(500, 6, 3);
    for (const std::int64_t order : {1, 2, 3, 4, 5, 8}) {
      const auto counts = count_ngrams({ids.data(), 500, 7, boundary}, order);
      ASSERT_EQ(counts.levels.size(), static_cast<std::size_t>(order));
      for (std::size_t k = 0; k < counts.levels.size(); ++k)
        EXPECT_EQ(listed(counts, k), naive(ids, k + 1, boundary)) << boundary << " " << k + 1;
    }
  }
}

TEST(NgramCountsTest, KnowEachNgramsHistory) {
  for (const std::int32_t boundary : {-1, 1}) {
    const Ngram ids = random_stream(300, 5, 4);
    const auto counts = count_ngrams({ids.data(), 300, 5, boundary}, 4);
    std::vector<std::vector<Ngram>> words(4);
    for (std::size_t k = 0; k < 4; ++k) {
      const auto& level = counts.levels[k];
      for (std::size_t i = 0; i < level.word.size(); ++i) {
        Ngram ngram = {level.word[i]};
        if (k > 0) {
          std::size_t parent = 0;
          while (static_cast<std::size_t>(counts.levels[k - 1].begin[parent + 1]) <= i) ++parent;
          ngram.insert(ngram.end(), words[k - 1][parent].begin(), words[k - 1][parent].end());
          const Ngram history(ngram.begin(), ngram.end() - 1);
          EXPECT_EQ(words[k - 1][static_cast<std::size_t>(level.context[i])], history);
        }
        words[k].push_back(ngram);
      }
    }
  }
}

TEST(NgramCountsTest, ShortStreams) {
  const Ngram ids = {3, 1};
  const auto one = count_ngrams({ids.data(), 1, 4, -1}, 3);
  EXPECT_EQ(listed(one, 0), (std::map<Ngram, std::int64_t>{{{3}, 1}}));
  EXPECT_EQ(one.levels[1].size(), 0);
  const auto two = count_ngrams({ids.data(), 2, 4, -1}, 3);
  EXPECT_EQ(listed(two, 1), (std::map<Ngram, std::int64_t>{{{3, 1}, 1}}));
  EXPECT_EQ(two.levels[2].size(), 0);
}

TEST(NgramCountsTest, AreTheSameOnAnyNumberOfThreads) {
  const Ngram ids = random_stream(20000, 300, 5);
  set_threads(1);
  const auto one = count_ngrams({ids.data(), 20000, 300, -1}, 5);
  for (const int count : {2, 7}) {
    set_threads(count);
    const auto many = count_ngrams({ids.data(), 20000, 300, -1}, 5);
    for (std::size_t k = 0; k < 5; ++k) {
      EXPECT_EQ(one.levels[k].word, many.levels[k].word);
      EXPECT_EQ(one.levels[k].begin, many.levels[k].begin);
      EXPECT_EQ(one.levels[k].count, many.levels[k].count);
      EXPECT_EQ(one.levels[k].context, many.levels[k].context);
    }
  }
  set_threads(0);
}

}  // namespace
}  // namespace wordbridge
