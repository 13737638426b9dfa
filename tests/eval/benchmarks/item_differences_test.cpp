#include "eval/benchmarks/item_differences.h"

#include <gtest/gtest.h>

#include <cmath>

namespace wordbridge {
namespace {

const std::vector<WordPair> kPairs = {
    {"cat", "dog", 9}, {"cat", "car", 1}, {"sun", "day", 6}, {"dog", "car", 2}, {"x", "y", 5}};

SimilarityItems items(std::vector<double> cosines) {
  SimilarityItems all;
  all.cosines = std::move(cosines);
  for (const auto& pair : kPairs) all.judged.push_back(pair.score);
  return all;
}

/// Model b does not use the last pair, so ranks are among four pairs. Human ranks: 1, 0, 2/3, 1/3.
TEST(ItemDifferences, PairsByHand) {
  const auto a = items({0.9, 0.1, 0.2, 0.7, 0.5});  // ranks 1, 0, 1/3, 2/3: errors 0, 0, 1/3, 1/3
  const auto b =
      items({0.1, 0.2, 0.8, 0.4, std::nan("")});  // ranks 0, 1/3, 1, 2/3: errors 1, 1/3, 1/3, 1/3
  const auto found = similarity_differences(kPairs, a, b, 10);
  EXPECT_TRUE(found.b_better.empty());
  ASSERT_EQ(found.a_better.size(), 2u);
  EXPECT_EQ(found.a_better[0].second, "dog");
  EXPECT_NEAR(found.a_better[0].gain_of_b(), -1, 1e-12);
  EXPECT_NEAR(found.a_better[1].gain_of_b(), -1.0 / 3, 1e-12);
  EXPECT_NEAR(found.a_better[0].people, 1, 1e-12);
  ASSERT_EQ(found.words_a_better.size(), 3u);  // sun and day occur in one pair only
  EXPECT_EQ(found.words_a_better[0].word, "cat");
  EXPECT_NEAR(found.words_a_better[0].gain_of_b, -2.0 / 3, 1e-12);
  EXPECT_EQ(found.words_a_better[1].word, "dog");
  EXPECT_EQ(similarity_differences(kPairs, a, b, 1).a_better.size(), 1u);
  EXPECT_EQ(similarity_differences(kPairs, b, a, 10).b_better[0].second, "dog");
}

TEST(ItemDifferences, QuestionsByHand) {
  const std::vector<AnalogySection> sections = {
      {"one", {{"a", "b", "c", "d"}, {"a", "b", "e", "d"}, {"a", "b", "f", "d"}}},
      {"two", {{"a", "b", "c", "g"}, {"a", "b", "c", "h"}}},
      {"none", {{"a", "b", "c", "u"}}}};
  constexpr auto kNot = AnalogyItems::kNotUsed;
  AnalogyItems a, b;
  a.add.right = {1, 0, 0, 1, 0, kNot};
  b.add.right = {1, 1, 1, 0, 0, 1};
  const auto found = analogy_differences(sections, a, b, 10);
  ASSERT_EQ(found.sections.size(), 2u);
  EXPECT_EQ(found.sections[0].used, 3);
  EXPECT_EQ(found.sections[0].only_a, 0);
  EXPECT_EQ(found.sections[0].only_b, 2);
  EXPECT_EQ(found.sections[1].only_a, 1);
  ASSERT_EQ(found.words_b_better.size(), 1u);  // g and h are each the answer to one question only
  EXPECT_EQ(found.words_b_better[0].word, "d");
  EXPECT_NEAR(found.words_b_better[0].gain_of_b, 2.0 / 3, 1e-12);
  EXPECT_TRUE(found.words_a_better.empty());
}

}  // namespace
}  // namespace wordbridge
