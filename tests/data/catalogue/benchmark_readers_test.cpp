#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "data/catalogue/dataset_reader.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::HasSubstr;

class BenchmarkReadersTest : public testing::Test {
 protected:
  DatasetContent read(const std::string& reader, const std::string& file, const std::string& text) {
    entry_.files = {{file, {}, 1, 0, "", ""}};
    folder_.write(file, text);
    return dataset_reader(reader).read(entry_, folder_.path());
  }
  std::string failure(const std::string& reader, const std::string& file, const std::string& text) {
    return message_of<Error>([&] { read(reader, file, text); });
  }

  TempFolder folder_;
  DatasetEntry entry_;
};

TEST_F(BenchmarkReadersTest, PairsLoseTheirLineEndsAndTypingErrors) {
  entry_.replace = {{"chord", "cord"}};
  const auto content =
      read("pairs", "a.txt", "chord\tsmile\t0.13\r\nsmile\tcord\t1\r\ntiger\ttiger\t10.00\r\n");
  EXPECT_EQ(content.canonical,
            "word1\tword2\tscore\ncord\tsmile\t0.13\nsmile\tcord\t1\ntiger\ttiger\t10.00\n");
  EXPECT_EQ(content.counts,
            (Counts{{"pairs", 3}, {"distinct_pairs", 2}, {"identical_words", 1}, {"words", 3}}));
}

TEST_F(BenchmarkReadersTest, PairsWithHeaderAndRowNumbers) {
  const auto content =
      read("pairs", "a.csv",
           ",word1,word2,similarity\n0,Joule,spacecraft,0.58\n1,Promised Land,Baku,0.42\n");
  EXPECT_EQ(content.canonical,
            "word1\tword2\tscore\nJoule\tspacecraft\t0.58\nPromised Land\tBaku\t0.42\n");
}

TEST_F(BenchmarkReadersTest, BadPairsHaveTheirLine) {
  EXPECT_THAT(failure("pairs", "a.txt", "a\tb\t1\n\na\tb\tmany\n"), HasSubstr("a.txt:3"));
  EXPECT_THAT(failure("pairs", "a.txt", "a\tb\t1\na\t\t1\n"), HasSubstr("a.txt:2"));
  EXPECT_THAT(failure("pairs", "a.txt", "a\tb\tnan\n"), HasSubstr("a.txt:1"));
  EXPECT_THAT(failure("pairs", "a.txt", "a\tb\t1\na\tb\n"), HasSubstr("number of columns"));
  EXPECT_THAT(failure("pairs", "a.txt", "\n"), HasSubstr("empty"));
}

TEST_F(BenchmarkReadersTest, QuestionsAreCountedByMeaningAndForm) {
  const auto content =
      read("questions", "q.txt", ": capitals\na b c d\na b c d\n: gram1\ne f g h\n");
  EXPECT_EQ(content.counts, (Counts{{"sections", 2},
                                    {"questions", 3},
                                    {"semantic", 2},
                                    {"syntactic", 1},
                                    {"distinct_questions", 2}}));
  EXPECT_EQ(content.canonical, ": capitals\na b c d\na b c d\n: gram1\ne f g h\n");
  EXPECT_THAT(failure("questions", "q.txt", ": s\na b c\n"), HasSubstr("q.txt:2"));
  EXPECT_THAT(failure("questions", "q.txt", "a b c d\n"), HasSubstr("q.txt:1"));
}

TEST_F(BenchmarkReadersTest, MixedRelationsAreSorted) {
  const auto content = read("msr", "m.csv",
                            ",type,word1,word2,word3,target\n0,A_B,good,better,rough,rougher\n"
                            "1,N_P,dog,dog's,cat,cat's\n2,A_B,bad,worse,big,bigger\n");
  EXPECT_EQ(content.canonical,
            ": gram-A_B\ngood better rough rougher\nbad worse big bigger\n: gram-N_P\ndog dog's "
            "cat cat's\n");
  EXPECT_EQ(content.counts, (Counts{{"sections", 2}, {"questions", 3}, {"with_possessive", 1}}));
}

TEST_F(BenchmarkReadersTest, CategoriesLoseEmptyAndAmbiguousWords) {
  const auto content =
      read("categories", "c.csv",
           ",category,word\n0,stone,ruby\n1,stone,\n2,fish,carp\n3,colour,ruby\n4,fish,eel\n");
  EXPECT_EQ(content.canonical, "carp\tfish\neel\tfish\n");
  EXPECT_EQ(content.counts, (Counts{{"rows", 5},
                                    {"empty_words", 1},
                                    {"words", 3},
                                    {"words_in_several_classes", 1},
                                    {"classes", 3}}));
}

TEST_F(BenchmarkReadersTest, LevelsOfClassesAndFineOnes) {
  const auto nouns = read("categories", "n.tsv",
                          "word\tclass\tclass2\tclass3\tfreq\nhen_N\tbird\tanimal\tnatural\t2\ncup_"
                          "N\ttool\tthing\tmade\t1\n");
  EXPECT_EQ(nouns.canonical, "hen\tbird\ncup\ttool\n");
  EXPECT_THAT(nouns.counts,
              testing::Contains(std::make_pair(std::string("coarse_classes"), std::uint64_t{2})));
  entry_.name = "esslli-2c";
  const auto verbs =
      read("categories", "v.csv", ",category,word\n0,fine1-coarse,go\n1,fine2-coarse,run\n");
  EXPECT_EQ(verbs.canonical, "go\tfine1\nrun\tfine2\n");
  EXPECT_THAT(verbs.counts,
              testing::Contains(std::make_pair(std::string("coarse_classes"), std::uint64_t{1})));
}

TEST_F(BenchmarkReadersTest, OutliersAreListsOfPython) {
  const auto content = read(
      "outliers", "o.csv",
      ",category,outliers,words\n0,cats,\"['dog', '']\",\"['lion', \"\"Schrödinger's_cat\"\"]\"\n");
  EXPECT_EQ(content.canonical,
            "group\trole\tword\ncats\tmember\tlion\ncats\tmember\tSchrödinger's_"
            "cat\ncats\toutlier\tdog\n");
  EXPECT_EQ(content.counts, (Counts{{"groups", 1}, {"members", 2}, {"outliers", 1}}));
  EXPECT_THAT(failure("outliers", "o.csv", ",category,outliers,words\n0,cats,dog,\"['lion']\"\n"),
              HasSubstr("o.csv:2"));
}

TEST_F(BenchmarkReadersTest, RelationsAreCounted) {
  const auto content =
      read("relations", "b.txt", "eel-n\tfish\thyper\tanimal-n\neel-n\tfish\tattri\tlong-j\n");
  EXPECT_EQ(content.counts,
            (Counts{{"tuples", 2}, {"concepts", 1}, {"classes", 1}, {"attri", 1}, {"hyper", 1}}));
}

TEST_F(BenchmarkReadersTest, TestsOfAssociation) {
  const auto content = read("weat", "weat1.jsonl",
                            R"({"targ1": {"category": "Flowers", "examples": ["rose"]},
                                "targ2": {"category": "Insects", "examples": ["ant", "bee"]},
                                "attr1": {"category": "Pleasant", "examples": ["love"]},
                                "attr2": {"category": "Unpleasant", "examples": []}})");
  EXPECT_THAT(content.canonical, HasSubstr("weat1\ttarg2\tInsects\tbee\n"));
  EXPECT_THAT(content.counts,
              testing::Contains(std::make_pair(std::string("weat1_targ2"), std::uint64_t{2})));
  EXPECT_THAT(failure("weat", "weat1.jsonl", "{}"), HasSubstr("targ1"));
}

}  // namespace
}  // namespace wordbridge
