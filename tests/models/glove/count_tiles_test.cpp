#include "models/glove/count_tiles.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "core/index.h"
#include "core/threads.h"
#include "data/counts/cooccurrence.h"
#include "tests/support/word2vec_toys.h"

namespace wordbridge {
namespace {

TEST(TileGroupsTest, DividesWordsInTurnAndBlocksDouble) {
  const TileGroups groups(6400, 128 << 10);  // three rows fit into the first block
  EXPECT_EQ(groups.groups(), 64);
  EXPECT_EQ(groups.most(), 100);
  EXPECT_EQ(groups.group(130), 2);
  EXPECT_EQ(groups.place(130), 2);
  EXPECT_EQ(groups.row(130), 202);
  const std::pair<std::int64_t, std::int64_t> kBlocks[] = {{0, 0},  {2, 0},  {3, 1},  {5, 1},
                                                           {6, 2},  {11, 2}, {12, 3}, {24, 4},
                                                           {47, 4}, {48, 5}, {95, 5}, {96, 6}};
  for (const auto& [place, block] : kBlocks) EXPECT_EQ(groups.block(place), block) << place;
  EXPECT_EQ(groups.blocks(), 7);
}

TEST(TileGroupsTest, EveryWordHasARowOfItsOwn) {
  for (const std::int64_t words : {1, 15, 16, 33, 1000, 64 * 65536 + 1}) {
    const TileGroups groups(words, 1000);
    EXPECT_GE(groups.groups(), 1);
    EXPECT_LE(groups.most(), 65536);
    std::set<std::int64_t> rows;
    for (std::int64_t word = 0; word < words; word += words / 1000 + 1) {
      const std::int64_t row = groups.row(word);
      EXPECT_TRUE(row >= 0 && row < groups.rows()) << words << ' ' << word;
      EXPECT_TRUE(rows.insert(row).second) << words << ' ' << word;
    }
  }
  EXPECT_EQ(TileGroups(1, 1000).groups(), 1);
  EXPECT_EQ(TileGroups(31, 1000).groups(), 1);
  EXPECT_EQ(TileGroups(32, 1000).groups(), 2);
}

SparseMatrix zipf_counts() {
  CountOptions options;
  options.weighting = CountWeighting::harmonic;
  static const IdText text = zipf_text(5000, 70);
  return count_cooccurrences(text.stream(), options);
}

using Order = std::vector<std::pair<std::pair<std::int64_t, std::int64_t>, float>>;

/// The counts in the order of the tiles, with their words.
Order order_of(const CountTiles& tiles, const TileGroups& groups) {
  Order order;
  for (std::int64_t a = 0; a < groups.groups(); ++a)
    for (std::int64_t b = 0; b < groups.groups(); ++b)
      for (std::int64_t p = 0; p < tiles.parts(); ++p) {
        const CountTiles::Part part = tiles.part(a, b, p);
        for (std::int64_t i = 0; i < part.size; ++i) {
          const GloveCount& count = part.counts[i];
          EXPECT_EQ(groups.block(count.word) * groups.blocks() + groups.block(count.context), p);
          order.push_back({{count.word * groups.groups() + a, count.context * groups.groups() + b},
                           count.log_count});
        }
      }
  return order;
}

TEST(CountTilesTest, HoldEachCountOnceOnAnyNumberOfThreads) {
  const SparseMatrix matrix = zipf_counts();
  const SparseView counts = matrix.view();
  const TileGroups groups(counts.rows, 64 << 10);  // blocks of 6, 6 and 12 words
  ASSERT_EQ(groups.groups(), 4);
  ASSERT_EQ(groups.blocks(), 3);
  Order first;
  for (const int threads : {1, 2, 7}) {
    set_threads(threads);
    const CountTiles tiles(counts, groups, 1);
    EXPECT_EQ(tiles.size(), counts.nonzeros());
    const Order order = order_of(tiles, groups);
    if (first.empty()) first = order;
    EXPECT_EQ(order, first);
  }
  set_threads(0);
  const std::map<std::pair<std::int64_t, std::int64_t>, float> by_pair(first.begin(), first.end());
  ASSERT_EQ(by_pair.size(), at(counts.nonzeros()));
  for (std::int64_t row = 0; row < counts.rows; ++row)
    for (std::int64_t i = counts.begin[row]; i < counts.begin[row + 1]; ++i)
      EXPECT_EQ(by_pair.at({row, counts.column[i]}), static_cast<float>(std::log(counts.value[i])));
}

TEST(CountTilesTest, OrderWithinAPartIsRandom) {
  const SparseMatrix matrix = zipf_counts();
  const SparseView counts = matrix.view();
  const TileGroups groups(counts.rows, 1);
  const Order a = order_of(CountTiles(counts, groups, 1), groups),
              b = order_of(CountTiles(counts, groups, 2), groups);
  EXPECT_NE(a, b);
  std::size_t ascending = 0;  // as many as in the matrix, were they not shuffled
  for (std::size_t i = 1; i < a.size(); ++i) ascending += a[i].first > a[i - 1].first;
  EXPECT_LT(ascending, a.size() * 6 / 10);
}

}  // namespace
}  // namespace wordbridge
