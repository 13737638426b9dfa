#include "eval/benchmarks/similarity.h"

#include <gtest/gtest.h>

#include <cmath>

#include "eval/statistics/cosine.h"

namespace wordbridge {
namespace {

TEST(Cosine, ByHand) {
  const float a[] = {3, 4}, b[] = {4, 3}, zero[] = {0, 0};
  EXPECT_NEAR(cosine(a, b, 2), 24.0 / 25, 1e-15);
  EXPECT_DOUBLE_EQ(cosine(a, a, 2), 1);
  EXPECT_TRUE(std::isnan(cosine(a, zero, 2)));
}

/// Cosine similarities with "x": 1, 0.8, 0.6, 0, -1; "nil" has a zero vector.
EmbeddingTable small_table() {
  return EmbeddingTable({"x", "same", "near", "far", "right", "back", "nil"},
                        {1, 0, 2, 0, 4, 3, 3, 4, 0, 1, -1, 0, 0, 0}, 2, "by hand");
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
