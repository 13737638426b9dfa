#include "eval/benchmarks/similarity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "core/error.h"
#include "eval/statistics/cosine.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string summary(const std::vector<WordPair>& pairs) {
  std::string text;
  for (const auto& pair : pairs)
    text += pair.first + "|" + pair.second + "|" + std::to_string(pair.score).substr(0, 4) + ";";
  return text;
}

TEST(WordPairs, ReadsTheFormsTheyComeIn) {
  const TempFolder folder;
  const std::vector<std::string> contents = {
      "old\tnew\t1.58\nhard\teasy\t0.95\n",
      "old new 1.58\r\nhard   easy 0.95",
      "old,new,1.58\n\n# a comment\nhard,easy,0.95\n",
      "Word 1,Word 2,Human (mean)\r\nold,new,1.58\r\nhard,easy,0.95\r\n",
      "Word 1,Word 2,Human (mean),1,2\nold,new,1.58,1,2\nhard,easy,0.95,0,1\n",
      ",word1,word2,similarity\n0,old,new,1.58\n1,hard,easy,0.95\n",
      "0,old,new,1.58\n1,hard,easy,0.95\n",
      "word1\tword2\tPOS\tSimLex999\tconc(w1)\nold\tnew\tA\t1.58\t2\nhard\teasy\tA\t0.95\t3\n",
      "old\tnew\tA\t1.58\tANTONYMS\nhard\teasy\tA\t0.95\tANTONYMS\n",
      "score\tword_1\tword_2\tmean\n9\told\tnew\t1.58\n9\thard\teasy\t0.95\n",
      "old\tnew\t1.58\t1\t2\nhard\teasy\t0.95\t0\t1\n",
  };
  for (const auto& content : contents)
    EXPECT_EQ(summary(read_word_pairs(folder.write("pairs.txt", content))),
              "old|new|1.58;hard|easy|0.95;")
        << content;
}

TEST(WordPairs, KeepsBlanksInsideColumns) {
  const TempFolder folder;
  EXPECT_EQ(summary(read_word_pairs(folder.write("p", "Promised Land,Baku,0.42\n"))),
            "Promised Land|Baku|0.42;");
}

TEST(WordPairs, TellsNumbersThatAreWordsFromRowNumbers) {
  const TempFolder folder;
  EXPECT_EQ(summary(read_word_pairs(folder.write("p", "7\tseven\t9.50\t1\n"))), "7|seven|9.50;");
}

TEST(WordPairs, SaysWhatIsWrong) {
  const TempFolder folder;
  const auto said = [&](const std::string& content) {
    return message_of<Error>([&] { read_word_pairs(folder.write("pairs.txt", content)); });
  };
  EXPECT_THAT(said(""), AllOf(HasSubstr("pairs.txt"), HasSubstr("no word pairs")));
  EXPECT_THAT(said("# nothing\n"), HasSubstr("no word pairs"));
  EXPECT_THAT(said("a b 1\nc d\n"), AllOf(HasSubstr("pairs.txt:2"), HasSubstr("'c d'")));
  EXPECT_THAT(said("a b 1\nc d e 1\n"), AllOf(HasSubstr("pairs.txt:2"), HasSubstr("3 columns")));
  EXPECT_THAT(said("a b 1\nc d x\n"), AllOf(HasSubstr("pairs.txt:2"), HasSubstr("'x'")));
  EXPECT_THAT(said("a b 1\n\nc d nan\n"), AllOf(HasSubstr("pairs.txt:3"), HasSubstr("'nan'")));
  EXPECT_THAT(said("first second mean\na b 1\n"),
              AllOf(HasSubstr("pairs.txt:1"), HasSubstr("word1 and word2")));
  EXPECT_THAT(said("a,b,1\n,d,2\n"),
              AllOf(HasSubstr("pairs.txt:2"), HasSubstr("a word of the pair is empty")));
  EXPECT_THROW(read_word_pairs(folder / "missing"), Error);
}

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

TEST(PublicPairs, HaveTheirSizes) {
  const char* mirror = std::getenv("WORDBRIDGE_MIRROR");
  if (!mirror) GTEST_SKIP() << "no local data mirror (WORDBRIDGE_MIRROR)";
  const auto folder = std::filesystem::path(mirror) / "word-similarity";
  const std::vector<std::tuple<const char*, std::size_t, double>> sets = {
      {"EN-WS-353-ALL.txt", 353, 10},   {"wordsim353/combined.csv", 353, 10},
      {"wordsim353/set1.csv", 153, 10}, {"wordsim353/set2.csv", 200, 10},
      {"EN-WS-353-SIM.txt", 203, 10},   {"EN-WS-353-REL.txt", 252, 10},
      {"EN-SIMLEX-999.txt", 999, 10},   {"EN-RG-65.txt", 65, 4},
      {"EN-MC-30.txt", 30, 4},          {"EN-MTurk-287.txt", 287, 5},
      {"EN-MTurk-771.txt", 771, 5},     {"EN-YP-130.txt", 130, 4},
      {"EN-VERB-143.txt", 144, 1},      {"semeval17.csv", 500, 4},
      {"Card-660.txt", 660, 4}};
  for (const auto& [name, size, most] : sets) {
    const auto pairs = read_word_pairs(folder / name);
    EXPECT_EQ(pairs.size(), size) << name;
    for (const auto& pair : pairs) {
      EXPECT_GE(pair.score, 0) << name;
      EXPECT_LE(pair.score, most) << name;
    }
  }
  EXPECT_EQ(summary(read_word_pairs(folder / "wordsim353/combined.csv")),
            summary(read_word_pairs(folder / "EN-WS-353-ALL.txt")));
}

}  // namespace
}  // namespace wordbridge
