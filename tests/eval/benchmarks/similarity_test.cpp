#include "eval/benchmarks/similarity.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/eval/random_table.h"

namespace wordbridge {
namespace {

/// Cosine similarities with "x": 1, 0.8, 0.6, 0, -1; "nil" has a zero vector.
EmbeddingTable small_table() {
  return EmbeddingTable({"x", "same", "near", "far", "right", "back", "nil"},
                        {1, 0, 2, 0, 4, 3, 3, 4, 0, 1, -1, 0, 0, 0}, 2, "by hand");
}

/// Words whose vectors are multiples of each other: no pair is nearer than another.
TEST(Similarity, PairsOfEqualDirectionTie) {
  auto rows = normal_rows(40, 5, 2);
  for (const double factor : {1.0, 3.0, 0.1})
    for (std::size_t i = 0; i < 200; ++i) rows.push_back(static_cast<float>(factor * rows[i]));
  rows.insert(rows.end(), {1, 0, 0, 0, 0, 0, 1, 0, 0, 0});
  const auto table = numbered_table(rows, 5);
  for (const int other : {0, 40, 80, 120}) {
    std::vector<WordPair> pairs;
    for (int i = 0; i < 40; ++i)
      pairs.push_back({"w" + std::to_string(i), "w" + std::to_string(i + other), 1.0 * i});
    const auto equal = score_similarity(table, pairs);
    EXPECT_TRUE(std::isnan(equal.spearman) && std::isnan(equal.pearson)) << other;
    EXPECT_EQ(equal.used, 40);
    pairs.push_back({"w160", "w161", 100});  // at right angles: the lowest of 41 cosines
    // Ranks 1 and 40 times 21.5 against 41 and 1, ..., 40, with mean 21: sums of products
    // -20 * 20 - 0.5 * 20 = -410, 20 * 20 + 40 * 0.25 = 410 and 41 * (41 * 41 - 1) / 12 = 5740.
    EXPECT_NEAR(score_similarity(table, pairs).spearman, -410 / std::sqrt(410.0 * 5740), 1e-12);
  }
}

TEST(Similarity, CorrelationsByHand) {
  const auto scores = score_similarity(
      small_table(), {{"x", "same", 4}, {"x", "near", 2}, {"x", "far", 3}, {"x", "back", 1}});
  EXPECT_EQ(scores.used, 4);
  EXPECT_EQ(scores.total, 4);
  EXPECT_NEAR(scores.spearman, 0.8, 1e-12);  // 1 - 6 * 2 / 60
  // Cosine similarities 1, 0.8, 0.6, -1 (mean 0.35); human scores 4, 2, 3, 1 (mean 2.5).
  const double xy = .65 * 1.5 + .45 * -.5 + .25 * .5 + -1.35 * -1.5;
  const double xx = .65 * .65 + .45 * .45 + .25 * .25 + 1.35 * 1.35;
  EXPECT_NEAR(scores.pearson, xy / std::sqrt(xx * 5), 1e-7);
}

TEST(Similarity, UnknownAndUndefinedPairsAreDroppedAndCounted) {
  const auto scores = score_similarity(
      small_table(),
      {{"x", "same", 3}, {"X", "near", 9}, {"x", "nil", 0}, {"x", "right", 2}, {"x", "y", 0}});
  EXPECT_EQ(scores.total, 5);
  EXPECT_EQ(scores.used, 2);
  EXPECT_EQ(scores.unknown, 2);
  EXPECT_EQ(scores.undefined, 1);
  EXPECT_DOUBLE_EQ(scores.spearman, 1);

  const auto folded =
      score_similarity({small_table(), {LetterCase::lower}}, {{"X", "Near", 9}, {"x", "same", 8}});
  EXPECT_EQ(folded.used, 2);
  EXPECT_DOUBLE_EQ(folded.spearman, -1);
}

TEST(Similarity, UndefinedIsNotANumber) {
  const auto scores = score_similarity(small_table(), {{"x", "same", 3}, {"y", "z", 1}});
  EXPECT_EQ(scores.used, 1);
  EXPECT_TRUE(std::isnan(scores.spearman));
  EXPECT_TRUE(std::isnan(scores.pearson));
}

}  // namespace
}  // namespace wordbridge
