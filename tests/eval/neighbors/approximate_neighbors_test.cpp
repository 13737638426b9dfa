#include "eval/neighbors/approximate_neighbors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "eval/neighbors/neighbors.h"
#include "tests/eval/random_table.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

#ifdef WB_HAS_FAISS

NearestRows by(const ApproximateNeighbors& index) {
  return [&](const float* query, std::int64_t count, std::int64_t* rows, float* cosines) {
    index.search(query, count, rows, cosines);
  };
}

void expect_same(const std::vector<Neighbor>& found, const std::vector<Neighbor>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].word, expected[i].word) << i;
    EXPECT_EQ(found[i].index, expected[i].index) << i;
    EXPECT_EQ(found[i].cosine, expected[i].cosine) << i << ": bit for bit";
  }
}

/// In a graph of few words each is linked with each, so nothing is missed. Zero vectors are not
/// neighbours, ties are in the order of the table, and lengths do not matter.
TEST(ApproximateNeighbors, OfFewWordsLikeTheExactOnes) {
  const EmbeddingTable table(
      {"nowhere", "east", "easterly", "north", "west", "south", "northeast", "far"},
      {0, 0, 1, 0, 4, 3, 0, 2, -1, 0, 0, -5, 1, 1, 900, 100}, 2, "compass.vec");
  const ApproximateNeighbors index(table);
  for (const char* const asked : {"east", "north", "far", "east + north", "east - west + north"})
    for (const std::int64_t count : {1, 3, 99})
      expect_same(nearest(table, asked, count, by(index)), nearest(table, asked, count));
  const auto found = index.recall(3);
  EXPECT_EQ(found.recall, 1);
  EXPECT_EQ(found.words, 7) << "all except the zero vector";
  EXPECT_EQ(index.recall(99).recall, 1) << "all neighbours, if there are fewer than k";
  EXPECT_EQ(index.recall(3, 2).words, 2);
  EXPECT_THAT(message_of<Error>([&] { nearest(table, "nowhere", 3, by(index)); }),
              testing::HasSubstr("zero vector"));
}

TEST(ApproximateNeighbors, OfOneWordThereAreNone) {
  const auto table = numbered_table({1, 2}, 2);
  const ApproximateNeighbors index(table);
  EXPECT_TRUE(nearest(table, "w0", 5, by(index)).empty());
  EXPECT_TRUE(std::isnan(index.recall(5).recall));
  EXPECT_EQ(index.recall(5).words, 0);
}

/// Recomputes the reported recall word by word.
TEST(ApproximateNeighbors, FindsMostOfManyInClusters) {
  constexpr std::int64_t kWords = 6000, kNearest = 10;
  const auto table = numbered_table(clustered_rows(kWords, 24, 20, 3.0f), 24);
  const ApproximateNeighbors index(table);
  const auto found = index.recall(kNearest);
  EXPECT_EQ(found.k, kNearest);
  EXPECT_EQ(found.words, 1000);
  EXPECT_GE(found.recall, 0.9);
  EXPECT_LE(found.recall, 1);
  EXPECT_EQ(index.recall(kNearest).recall, found.recall) << "the same sample";

  const auto all = index.recall(kNearest, 60, 7);
  Rng rng(7, "approximate neighbors");
  std::vector<std::int64_t> rows(kWords);
  for (std::int64_t i = 0; i < kWords; ++i) rows[static_cast<std::size_t>(i)] = i;
  rng.shuffle(rows);
  std::int64_t hits = 0;
  for (std::size_t q = 0; q < 60; ++q) {
    const std::string word(table.word(rows[q]));
    const auto exact = nearest(table, word, kNearest);
    for (const auto& neighbor : nearest(table, word, kNearest, by(index)))
      for (const auto& right : exact) hits += neighbor.index == right.index;
  }
  EXPECT_NEAR(all.recall, static_cast<double>(hits) / (60 * kNearest), 1e-12);
}

#else

TEST(ApproximateNeighbors, NeedFaiss) {
  const auto message = message_of<Error>([] { ApproximateNeighbors(numbered_table({1, 2}, 2)); });
  EXPECT_THAT(message, testing::HasSubstr("built without FAISS"));
  EXPECT_THAT(message, testing::HasSubstr("-DWB_FAISS=ON"));
}

#endif

}  // namespace
}  // namespace wordbridge
