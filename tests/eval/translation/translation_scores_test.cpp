#include "eval/translation/translation_scores.h"

#include <gmock/gmock.h>

#include <map>

namespace wordbridge {
namespace {

using testing::ElementsAre;

FindRow rows(const std::map<std::string, std::int64_t>& known) {
  return [known](const std::string& word) {
    const auto found = known.find(word);
    return found == known.end() ? -1 : found->second;
  };
}

/// Any translation counts, and only words with a known translation.
TEST(TranslationScores, FiveWordsByHand) {
  const std::vector<TranslationPair> pairs = {
      {"dog", "Hund"},      {"bank", "Bank"}, {"bank", "Ufer"}, {"cat", "Katze"}, {"owl", "Eule"},
      {"big", "gro\u00df"}, {"big", "dick"},  {"gnu", "Gnu"},   {"yak", "Jak"}};
  const auto found = translation_questions(
      pairs, rows({{"cat", 0}, {"dog", 1}, {"bank", 2}, {"owl", 3}, {"big", 4}, {"gnu", 5}}),
      rows({{"Hund", 10},
            {"Bank", 11},
            {"Ufer", 12},
            {"Katze", 13},
            {"Eule", 14},
            {"dick", 15},
            {"Jak", 16}}));
  EXPECT_EQ(found.words, 7);
  EXPECT_EQ(found.known, 6);
  ASSERT_EQ(found.questions.size(), 5U);  // without gnu, whose translation is unknown
  EXPECT_EQ(found.questions[0].source, 0);
  EXPECT_THAT(found.questions[2].answers, ElementsAre(11, 12));
  EXPECT_THAT(found.questions[4].answers, ElementsAre(15));
  const std::vector<std::int64_t> cosine = {13, 1,  2,   // cat: first
                                            1,  2,  3,   // dog: not found
                                            2,  12, 11,  // bank: second
                                            1,  2,  14,  // owl: third
                                            1,  -1, -1};
  const std::vector<std::int64_t> csls = {13, 1, 2, 10, 2, 3, 12, 11, 2, 1, 14, 3, 1, 2, 3};
  const auto scores = translation_scores(found.questions, cosine, csls, 3, {1, 2, 3}, {});
  ASSERT_EQ(scores.size(), 3U);
  const double by_cosine[] = {0.2, 0.4, 0.6}, by_csls[] = {0.6, 0.8, 0.8};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(scores[i].cosine.difference, by_cosine[i], 1e-12);
    EXPECT_NEAR(scores[i].csls.difference, by_csls[i], 1e-12);
    EXPECT_NEAR(scores[i].difference.difference, by_csls[i] - by_cosine[i], 1e-12);
    EXPECT_LE(scores[i].csls.low, by_csls[i]);
    EXPECT_GE(scores[i].csls.high, by_csls[i]);
  }
  // The difference is paired: 2 of 5 words differ, all for CSLS, so no resample is below zero.
  EXPECT_EQ(scores[0].difference.low, 0);
  EXPECT_EQ(scores[0].difference.items, 5);
}

}  // namespace
}  // namespace wordbridge
