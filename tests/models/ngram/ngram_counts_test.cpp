#include "models/ngram/ngram_counts.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <map>

#include "core/error.h"
#include "core/rng.h"
#include "core/threads.h"
#include "tests/support/skewed_ids.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using Ngram = std::vector<std::int32_t>;

/// The n-grams of a trie in reading order, with their counts.
std::map<Ngram, std::int64_t> listed(const NgramCounts& counts, std::size_t level) {
  std::map<Ngram, std::int64_t> found;
  for (std::int64_t i = 0; i < counts.levels[level].size(); ++i) {
    Ngram ngram;
    std::int64_t index = i;
    for (std::size_t k = level + 1; k-- > 0;) {
      ngram.push_back(counts.levels[k].word[index]);
      if (k == 0) break;
      const auto& begin = counts.levels[k - 1].begin;
      std::int64_t parent = 0;
      while (begin[parent + 1] <= index) ++parent;
      index = parent;
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

TEST(NgramCountsTest, AreThoseOfPlainCounting) {
  for (const std::int32_t boundary : {-1, 2}) {
    const Ngram ids = skewed_ids(500, 6, 3);
    for (const std::int64_t order : {1, 2, 3, 4, 5, 8}) {
      const auto counts = count_ngrams({ids.data(), 500, 7, boundary}, order);
      ASSERT_EQ(counts.levels.size(), static_cast<std::size_t>(order));
      for (std::size_t k = 0; k < counts.levels.size(); ++k)
        EXPECT_EQ(listed(counts, k), naive(ids, k + 1, boundary)) << boundary << " " << k + 1;
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

void expect_equal(const NgramCounts& a, const NgramCounts& b) {
  ASSERT_EQ(a.levels.size(), b.levels.size());
  const auto same = [](const auto& x, const auto& y) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end());
  };
  for (std::size_t k = 0; k < a.levels.size(); ++k) {
    EXPECT_TRUE(same(a.levels[k].word, b.levels[k].word)) << k;
    EXPECT_TRUE(same(a.levels[k].begin, b.levels[k].begin)) << k;
    EXPECT_TRUE(same(a.levels[k].count, b.levels[k].count)) << k;
  }
}

TEST(NgramCountsTest, AreTheSameOnAnyNumberOfThreads) {
  const Ngram ids = skewed_ids(20000, 300, 5);
  set_threads(1);
  const auto one = count_ngrams({ids.data(), 20000, 300, -1}, 5);
  for (const int count : {2, 7}) {
    set_threads(count);
    expect_equal(one, count_ngrams({ids.data(), 20000, 300, -1}, 5));
  }
  set_threads(0);
}

TEST(NgramCountsTest, AreTheSameInChunksAndInFiles) {
  const TempFolder folder;
  for (const std::int32_t boundary : {-1, 3}) {
    const Ngram ids = skewed_ids(5000, 40, 6);
    const NgramStream stream = {ids.data(), 5000, 41, boundary};
    for (const std::int64_t order : {1, 2, 5, 9}) {
      const auto whole = count_ngrams(stream, order);
      for (const std::int64_t chunk : {97, 1000, 4999, 5000}) {
        NgramResources resources;
        resources.memory = 1e5;
        resources.folder = folder.path();
        resources.chunk_tokens = chunk;
        expect_equal(whole, count_ngrams(stream, order, resources));
      }
    }
  }
}

TEST(NgramCountsTest, AFullDiskIsAnErrorAndLeavesNothing) {
  const TempFolder folder;
  const Ngram ids = skewed_ids(50000, 400, 6);
  NgramResources resources;
  resources.memory = 1e5;
  resources.folder = folder.path();
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{100000, before.rlim_max};
  for (const std::int64_t chunk : {50000, 9000}) {
    resources.chunk_tokens = chunk;
    ::setrlimit(RLIMIT_FSIZE, &small);
    std::string message;
    try {
      count_ngrams({ids.data(), 50000, 400, -1}, 5, resources);
    } catch (const Error& error) {
      message = error.what();
    }
    ::setrlimit(RLIMIT_FSIZE, &before);
    EXPECT_NE(message.find("can't write"), std::string::npos) << chunk << message;
  }
  std::signal(SIGXFSZ, ignored);
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

/// Types of few, some and very many bits, of which one to six fit into a key.
TEST(NgramCountsTest, AreSortedForAnyNumberOfTypes) {
  for (const std::int64_t types : {2, 1000, 70000, 2100000}) {
    Ngram ids = skewed_ids(400, 2, 8);
    for (auto& id : ids) id = static_cast<std::int32_t>(id * (types - 1));
    const auto counts = count_ngrams({ids.data(), 400, types, -1}, 9);
    for (std::size_t k = 1; k < 9; ++k) {
      std::vector<std::int64_t> expected;
      for (const auto& [ngram, count] : naive(ids, k + 1, -1)) expected.push_back(count);
      const auto& of = counts.levels[k].count;
      std::vector<std::int64_t> found(of.begin(), of.end());
      std::sort(expected.begin(), expected.end());
      std::sort(found.begin(), found.end());
      EXPECT_EQ(found, expected) << types << " " << k;
    }
  }
}

}  // namespace
}  // namespace wordbridge
