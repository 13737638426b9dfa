#include "eval/benchmarks/word_pairs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <tuple>

#include "core/error.h"
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
      "\xef\xbb\xbfold\tnew\t1.58 \r\nhard\teasy\t0.95\t\r\n",
      "\xef\xbb\xbfword1,word2,score\r\nold,new,1.58\r\nhard,easy,0.95\r\n",
      "old;new;1.58\nhard;easy;0.95\n",
      "\"old\",\"new\",1.58\n\"hard\",\"easy\",0.95\n",
      "\"word1\",\"word2\",\"score\"\n\"old\",\"new\",1.58\n\"hard\",\"easy\",0.95\n",
      "\"\",\"word1\",\"word2\",\"score\"\n\"1\",\"old\",\"new\",1.58\n\"2\",\"hard\",\"easy\",0."
      "95\n",
      "word1,word2,score\n\"old\",\"new\",1.58\nhard,\"easy\",0.95\n",
      "\"word1\" \"word2\" \"score\"\n\"1\" \"old\" \"new\" 1.58\n\"2\" \"hard\" \"easy\" 0.95\n",
      "word1\tword2\tsd\tsimilarity_en\n8\told\tnew\t1\t1.58\n9\thard\teasy\t2\t0.95\n",
      "#word1\tword2\tscore\nold\tnew\t1.58\nhard\teasy\t0.95\n",
      "word1\tword2\tid\tscore\nold\tnew\t1\t1.58\nhard\teasy\t2\t0.95\n",
      "Word 1,Word 2,1,2,3,Average\nold,new,5,8,9,1.58\nhard,easy,1,9,9,0.95\n",
      "word1,  word2, mean, ano1, ano2\nold, new, 1.58, 5, 8\nhard, easy, 0.95, 1, 9\n",
      "id,word1,POS1,word2,POS2,Human Rating\n7,old,a,new,a,1.58\n8,hard,a,easy,a,0.95\n",
      "word1,word2,SD(SimLex),SimLex999,Assoc(USF)\nold,new,1,1.58,2\nhard,easy,2,0.95,3\n",
      "word1,word2,n,similarity_en\nold,new,1,1.58\nhard,easy,2,0.95\n",
      "word1,word2,score,note\nold,new,1.58\nhard,easy,0.95,checked\n",
      "1\told\ta\tnew\ta\tan <b> old </b> one\ta <b> new </b> one\t1.58\n"
      "2\thard\ta\teasy\ta\ta <b> hard </b> one\tan <b> easy </b> one\t0.95\n",
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

TEST(WordPairs, ReadsNumbersThatAreWords) {
  const TempFolder folder;
  EXPECT_EQ(summary(read_word_pairs(folder.write("p", "7\tseven\t9.50\n"))), "7|seven|9.50;");
  EXPECT_EQ(summary(read_word_pairs(folder.write("p", "word1\tword2\tscore\tid\n7\t8\t9.50\t1\n"))),
            "7|8|9.50;");
}

TEST(WordPairs, KeepsWordsThatStartWithAHash) {
  const TempFolder folder;
  EXPECT_EQ(summary(read_word_pairs(folder.write(
                "p", "#love\t#hate\t2.00\n# comment\ntiger\tcat\t7.00\n#cat\tcat\t3.00\n"))),
            "#love|#hate|2.00;tiger|cat|7.00;#cat|cat|3.00;");
  EXPECT_EQ(summary(read_word_pairs(folder.write("p", "word1\tword2\tscore\n#cat\tcat\t3.00\n"))),
            "#cat|cat|3.00;");
}

/// The means are those of the judges: (7 + 8 + 8) / 3 = 7.67, (1 + 2 + 0) / 3 = 1.
TEST(WordPairs, FindsTheMeanOfTheJudges) {
  const TempFolder folder;
  for (const auto* const content :
       {"old\tnew\t7.67\t7\t8\t8\nhard\teasy\t1.00\t1\t2\t0\n",
        "old,new,7.67,7.67,8.67,6.67\nhard,easy,1.0,1.0,0.5,1.5\n",  // a judge equals the mean
        "old,new,7,8,8,7.67\nhard,easy,1,2,0,1.00\n",
        "1\told\ta\tnew\ta\tin old times\ta new age\t7.67\t7\t8\t8\n"
        "2\thard\ta\teasy\ta\ta hard nut\tan easy game\t1.0\t1\t2\t0\n"})
    EXPECT_EQ(summary(read_word_pairs(folder.write("p", content))), "old|new|7.67;hard|easy|1.00;")
        << content;
}

TEST(WordPairs, RefusesColumnsWithSeveralReadings) {
  const TempFolder folder;
  const auto said = [&](const std::string& content) {
    return message_of<Error>([&] { read_word_pairs(folder.write("pairs.txt", content)); });
  };
  const auto is_score = HasSubstr("which column of numbers is the score?");
  const auto is_word = HasSubstr("which columns hold the words?");
  // Judges whose mean is 7.33, not 7.35.
  EXPECT_THAT(said("tiger, cat, 5, 8, 9, 7.35\ncar, auto, 1, 9, 9, 8.9\n"),
              AllOf(HasSubstr("pairs.txt:1"), is_score, HasSubstr("3 '5', 4 '8', 5 '9', 6 '7.35'"),
                    HasSubstr("word1 and word2")));
  EXPECT_THAT(said("a\tb\t1.5\t7\nc\td\t2.5\t8\n"), is_score);
  EXPECT_THAT(said("5\ta\tb\t1.5\n5\tc\td\t2.5\n"), is_score);  // no row numbers
  EXPECT_THAT(said("animals\tcat\tdog\t8\nplaces\tsea\thill\t2\n"), is_word);
  EXPECT_THAT(said("tiger,cat,7,35\ncar,auto,8,9\n"), is_score);
  EXPECT_THAT(
      said("word1,word2,similarity,relatedness\na,b,1,2\n"),
      AllOf(HasSubstr("names several scores"), HasSubstr("3 'similarity', 4 'relatedness'")));
  EXPECT_THAT(said("word1,word2,1,2\na,b,1,2\n"), HasSubstr("names several scores"));
  EXPECT_THAT(said("word1,word2,id\na,b,1\n"), HasSubstr("names no score"));
}

TEST(WordPairs, SaysWhichColumnsItReads) {
  const TempFolder folder;
  testing::internal::CaptureStderr();
  read_word_pairs(folder.write("p.txt", "old\tnew\tA\t1.58\tANTONYMS\n"));
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr("p.txt: no header; words in columns 1 and 2, score in column 4 of 5"));
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
  EXPECT_THAT(said("a;b;7,35\n"), AllOf(HasSubstr("pairs.txt:1"), HasSubstr("decimal comma")));
  EXPECT_THAT(said("a,b,1\n\"c,d,2\n"), AllOf(HasSubstr("pairs.txt:2"), HasSubstr("quote")));
  EXPECT_THAT(said("word1;word2;score\na,b,1\n"),
              AllOf(HasSubstr("pairs.txt:2"), HasSubstr("';'")));
  EXPECT_THAT(said("a,b,1\n,d,2\n"),
              AllOf(HasSubstr("pairs.txt:2"), HasSubstr("a word of the pair is empty")));
  EXPECT_THROW(read_word_pairs(folder / "missing"), Error);
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
