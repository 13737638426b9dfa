#include "eval/benchmarks/association.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/threads.h"
#include "eval/statistics/correlation.h"
#include "tests/eval/random_table.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(AssociationTestsTest, ReadsTheTable) {
  const TempFolder folder;
  const auto tests = read_association_tests(folder.write(
      "w.tsv",
      "test\trole\tcategory\tword\n# comment\nweat1\ttarg1\tFlowers\taster\r\n"
      "weat1\ttarg2\tInsects\tant\nweat1\tattr1\tPleasant\tlove\nweat1\tattr2\tUnpleasant\tugly\n"
      "\nweat1\ttarg1\tFlowers\tbluebell\nb\tattr2\tD\td\nb\tattr1\tC\tc\nb\ttarg2\tB\tb\n"
      "b\ttarg1\tA\ta"));
  ASSERT_EQ(tests.size(), 2U);
  EXPECT_EQ(tests[0].name, "weat1");
  EXPECT_EQ(tests[0].targets[0].category, "Flowers");
  EXPECT_THAT(tests[0].targets[0].words, ElementsAre("aster", "bluebell"));
  EXPECT_EQ(tests[0].attributes[1].category, "Unpleasant");
  EXPECT_THAT(tests[1].attributes[0].words, ElementsAre("c"));
}

TEST(AssociationTestsTest, ReadsThePublishedForm) {
  const TempFolder folder;
  const auto tests = read_association_tests(
      folder.write("weat6.jsonl",
                   R"( {"targ1": {"category": "MaleNames", "examples": ["John", "Paul"]},
           "targ2": {"category": "FemaleNames", "examples": ["Amy"]},
           "attr1": {"category": "Career", "examples": ["salary"]},
           "attr2": {"category": "Family", "examples": ["home", "parents"]}})"));
  ASSERT_EQ(tests.size(), 1U);
  EXPECT_EQ(tests[0].name, "weat6");
  EXPECT_THAT(tests[0].targets[0].words, ElementsAre("John", "Paul"));
  EXPECT_EQ(tests[0].attributes[1].category, "Family");
  EXPECT_THAT(tests[0].attributes[1].words, ElementsAre("home", "parents"));
}

TEST(AssociationTestsTest, FollowsTheRulesOfTextFiles) {
  const TempFolder folder;
  for (const auto* const content :
       {"\xef\xbb\xbf#t\ttarg1\tA\t#a\n#t\ttarg2\tB\tb\t\r\n#t\tattr1\tC\tc \n# "
        "x\n#t\tattr2\tD\td\n",
        "\"word\",\"category\",\"role\",\"test\"\n\"#a\",\"A\",\"targ1\",\"#t\"\nb,B,targ2,#t\n"
        "c,C,attr1,#t\nd,D,attr2,#t\n"}) {
    const auto tests = read_association_tests(folder.write("w", content));
    ASSERT_EQ(tests.size(), 1U) << content;
    EXPECT_EQ(tests[0].name, "#t");
    EXPECT_THAT(tests[0].targets[0].words, ElementsAre("#a"));
    EXPECT_EQ(tests[0].attributes[0].category, "C");
    EXPECT_THAT(tests[0].attributes[1].words, ElementsAre("d"));
  }
  const auto json =
      read_association_tests(folder.write("j.json",
                                          "\xef\xbb\xbf"
                                          R"({"targ1": {"category": "A", "examples": ["a"]},
           "targ2": {"category": "B", "examples": ["b"]},
           "attr1": {"category": "C", "examples": ["c"]},
           "attr2": {"category": "D", "examples": ["d"]}})"));
  EXPECT_THAT(json.at(0).targets[0].words, ElementsAre("a"));
}

TEST(AssociationTestsTest, SaysWhatIsWrong) {
  const TempFolder folder;
  const auto message = [&](const char* name, const std::string& content) {
    return message_of<Error>([&] { read_association_tests(folder.write(name, content)); });
  };
  EXPECT_THAT(
      message("r.tsv", "t\ttarg1\tA\ta\nt\ttarg3\tA\ta\n"),
      AllOf(HasSubstr("r.tsv:2"), HasSubstr("targ1, targ2, attr1, attr2"), HasSubstr("targ3")));
  EXPECT_THAT(message("f.tsv", "t\ttarg1\ta\n"), HasSubstr("f.tsv:1"));
  EXPECT_THAT(message("c.tsv", "t\ttarg1\tA\ta\nt\ttarg1\tB\tb\n"),
              AllOf(HasSubstr("c.tsv:2"), HasSubstr("two categories"), HasSubstr("'B'")));
  EXPECT_THAT(message("m.tsv", "t\ttarg1\tA\ta\nt\tattr1\tA\ta\nt\tattr2\tA\ta\n"),
              AllOf(HasSubstr("m.tsv"), HasSubstr("targ2 in 't'")));
  EXPECT_THAT(message("0.tsv", "test\trole\tcategory\tword\n"), HasSubstr("no association tests"));
  EXPECT_THAT(message("j.jsonl", R"({"targ1": {"examples": []}})"),
              AllOf(HasSubstr("j.jsonl"), HasSubstr("category and examples")));
}

TEST(AssociationTestsTest, ARepeatedWordCountsOnce) {
  const TempFolder folder;
  const std::string rest =
      R"("targ2": {"category": "B", "examples": ["b"]}, "attr1": {"category": "C", "examples": ["c"]},
         "attr2": {"category": "D", "examples": ["d", "e", "d"]}})";
  const auto path = folder.write(
      "r.json", R"({"targ1": {"category": "A", "examples": ["a", "f", "a", "a"]}, )" + rest);
  testing::internal::CaptureStderr();
  const auto tests = read_association_tests(path);
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              AllOf(HasSubstr("3 words"), HasSubstr("'a' in targ1 of 'r'")));
  EXPECT_THAT(tests[0].targets[0].words, ElementsAre("a", "f"));
  EXPECT_THAT(tests[0].attributes[1].words, ElementsAre("d", "e"));
  const auto message = [&](const std::string& content) {
    return message_of<Error>([&] { read_association_tests(folder.write("j.json", content)); });
  };
  EXPECT_THAT(message(R"({"targ1": {"category": "A", "examples": ["a"]},
                          "targ1": {"category": "A", "examples": ["f"]}, )" +
                      rest),
              AllOf(HasSubstr("a key occurs twice"), HasSubstr("'targ1'"), HasSubstr("j.json")));
  for (const char* start : {R"({"targ1": "a", )", R"({"targ1": {"category": 1, "examples": []}, )",
                            R"({"targ1": {"category": "A", "examples": "a"}, )", "{"})
    EXPECT_THAT(message(start + rest),
                AllOf(HasSubstr("j.json"), HasSubstr("got:      targ1: "),
                      testing::Not(HasSubstr("json.exception")), testing::Not(HasSubstr("at()"))));
}

TEST(AssociationTestsTest, ReadsAFolder) {
  const TempFolder folder;
  std::filesystem::create_directories(folder / "w/sub");
  const std::string test = "targ1\tA\ta\nT\ttarg2\tB\tb\nT\tattr1\tC\tc\nT\tattr2\tD\td\n";
  folder.write("w/two.tsv", "T\t" + test);
  folder.write("w/one.txt", "T\t" + test);
  folder.write("w/README", "x");
  folder.write("w/.hidden", "x");
  testing::internal::CaptureStderr();
  EXPECT_EQ(read_association_tests(folder / "w").size(), 2U);
  const auto said = testing::internal::GetCapturedStderr();
  EXPECT_THAT(said, AllOf(HasSubstr("2 files are not read"), HasSubstr("(README, sub)")));
  EXPECT_THAT(message_of<Error>([&] { read_association_tests(folder / "w/sub"); }),
              HasSubstr("no association tests"));
}

/// Association test with the given numbers of words w0, w1, ...: targets first, then attributes.
AssociationTest numbered_test(int x, int y, int a, int b) {
  AssociationTest test;
  int word = 0;
  const auto fill = [&](WordSet& set, int count) {
    for (int i = 0; i < count; ++i) set.words.push_back("w" + std::to_string(word++));
  };
  fill(test.targets[0], x);
  fill(test.targets[1], y);
  fill(test.attributes[0], a);
  fill(test.attributes[1], b);
  return test;
}

TEST(AssociationTest, TwoAndTwoWordsByHand) {
  // s is the first coordinate minus the second: 1 and 0.2 for X, -1 and -0.2 for Y.
  const auto table = numbered_table({1, 0, 8, 6, 0, 1, 3, 4, 1, 0, 0, 1}, 2);
  const auto scores = score_association(table, numbered_test(2, 2, 1, 1));
  EXPECT_NEAR(scores.statistic, 2.4, 1e-12);
  EXPECT_NEAR(scores.effect_size, 1.2 / std::sqrt(2.08 / 3), 1e-12);
  EXPECT_EQ(scores.partitions, 6);
  EXPECT_TRUE(scores.is_exact);
  EXPECT_DOUBLE_EQ(scores.p, 1.0 / 6);
  // Other targets: X = {w0, w3}, whose sum of s is 0.8; only 1 + 0.2 is larger.
  auto mixed = numbered_test(2, 2, 1, 1);
  std::swap(mixed.targets[0].words[1], mixed.targets[1].words[1]);
  EXPECT_DOUBLE_EQ(score_association(table, mixed).p, 2.0 / 6);
  // Targets swapped: all partitions have at least the observed sum.
  auto swapped = numbered_test(2, 2, 1, 1);
  std::swap(swapped.targets[0], swapped.targets[1]);
  EXPECT_NEAR(score_association(table, swapped).effect_size, -1.2 / std::sqrt(2.08 / 3), 1e-12);
  EXPECT_DOUBLE_EQ(score_association(table, swapped).p, 1);
}

TEST(AssociationTest, MeansOverAttributes) {
  // s of (1, 0) with A = {(1, 0), (0, 1)}, B = {(-1, 0)}: 1/2 + 1; of (0, 1): 1/2 - 0.
  const auto table = numbered_table({1, 0, 0, 1, 1, 0, 0, 1, -1, 0}, 2);
  const auto scores = score_association(table, numbered_test(1, 1, 2, 1));
  EXPECT_NEAR(scores.statistic, 1.5 - 0.5, 1e-12);
  EXPECT_NEAR(scores.effect_size, 1 / std::sqrt(0.5), 1e-12);
  EXPECT_DOUBLE_EQ(scores.p, 0.5);
}

TEST(AssociationTest, EqualWordsSayNothing) {
  const auto table = numbered_table(std::vector<float>(24, 0.3F), 3);
  const auto scores = score_association(table, numbered_test(2, 2, 2, 2));
  EXPECT_TRUE(std::isnan(scores.effect_size));
  EXPECT_EQ(scores.p, 1);
}

TEST(AssociationTest, DirectionsThatDifferByRoundingSayNothing) {
  std::vector<float> rows;
  for (const float length : {1.0F, 3.0F, 5.0F, 7.0F, 9.0F, 11.0F, 13.0F, 21.0F})
    for (const float value : {1.0F, 2.0F, 5.0F}) rows.push_back(length * value);
  for (const float value : {1.0F, 3.0F, 7.0F, 2.0F, 1.0F, 6.0F}) rows.push_back(value);
  const auto scores = score_association(numbered_table(rows, 3), numbered_test(4, 4, 1, 1));
  EXPECT_TRUE(std::isnan(scores.effect_size));
  EXPECT_EQ(scores.p, 1);
}

TEST(AssociationTest, SumsThatDifferByRoundingTie) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    // X and Y contain the same six vectors in opposite order.
    constexpr std::ptrdiff_t kWords = 6;
    std::vector<float> rows = normal_rows(kWords, 2, seed);
    for (std::ptrdiff_t i = kWords - 1; i >= 0; --i) {
      const std::vector<float> twin(rows.begin() + 2 * i, rows.begin() + 2 * i + 2);
      rows.insert(rows.end(), twin.begin(), twin.end());
    }
    for (const float value : {1.0F, 0.1F, 0.3F, 1.0F}) rows.push_back(value);
    // The 2^6 partitions with one vector of each equal pair have the observed sum. By symmetry,
    // half of the other 924 - 64 partitions have a larger sum.
    const auto scores = score_association(numbered_table(rows, 2), numbered_test(6, 6, 1, 1));
    EXPECT_NEAR(scores.statistic, 0, 1e-12);
    EXPECT_DOUBLE_EQ(scores.p, (64 + 430) / 924.0) << "seed " << seed;
  }
}

TEST(AssociationTest, UnknownWordsAreDroppedAndSizesMayDiffer) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const auto table =
      numbered_table({1, 0, 4, 3, 0, 1, nan, 1, 1, 0, 0, 1, 0, 0}, 2);  // w6: no direction
  AssociationTest test{"t", {}, {}};
  test.targets = {WordSet{"X", {"w0", "w1"}}, WordSet{"Y", {"w2", "w3", "absent"}}};
  test.attributes = {WordSet{"A", {"w4", "w6"}}, WordSet{"B", {"w5"}}};
  const auto scores = score_association(table, test);
  EXPECT_THAT(scores.targets_used, ElementsAre(2, 1));
  EXPECT_THAT(scores.targets_total, ElementsAre(2, 3));
  EXPECT_THAT(scores.attributes_used, ElementsAre(1, 1));
  EXPECT_THAT(scores.attributes_total, ElementsAre(2, 1));
  EXPECT_NEAR(scores.statistic, 1 + 0.2 + 1, 1e-7);
  // {1, 0.2, -1}: mean 0.0667, squared deviations 2.04 - 0.2^2/3 = 2.02667, divided by n - 1 = 2.
  EXPECT_NEAR(scores.effect_size, 1.6 / std::sqrt(2.0266667 / 2), 1e-6);
  EXPECT_EQ(scores.partitions, 3);
  EXPECT_DOUBLE_EQ(scores.p, 1.0 / 3);
  const LookupOptions zero{LetterCase::as_written, UnknownWords::zero};
  EXPECT_THAT(score_association({table, zero}, test).targets_used, ElementsAre(2, 2));

  test.attributes[1].words = {"absent"};
  const auto undefined = score_association(table, test);
  EXPECT_TRUE(std::isnan(undefined.statistic));
  EXPECT_TRUE(std::isnan(undefined.effect_size));
  EXPECT_TRUE(std::isnan(undefined.p));
  EXPECT_EQ(undefined.partitions, 0);
}

TEST(AssociationTest, DrawnPartitionsAgreeWithAll) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const auto table = numbered_table(normal_rows(21, 5, seed), 5);
    const auto test = numbered_test(7, 6, 4, 4);
    const auto exact = score_association(table, test);
    EXPECT_EQ(exact.partitions, 1716);
    AssociationOptions options;
    options.exact = 1715;
    const auto drawn = score_association(table, test, options);
    EXPECT_FALSE(drawn.is_exact);
    EXPECT_EQ(drawn.partitions, 100001);
    EXPECT_EQ(drawn.effect_size, exact.effect_size);
    EXPECT_NEAR(drawn.p, exact.p, 4 * std::sqrt(exact.p * (1 - exact.p) / 100000) + 1e-5);
  }
}

TEST(AssociationTest, EnumeratesEachPartitionOnce) {
  // s of w_i is about 2^i, so all sums differ: the k-th highest has p = k / 35.
  std::vector<float> rows;
  for (int i = 0; i < 7; ++i) {
    const double s = std::ldexp(1.0, i) / 256;
    rows.push_back(static_cast<float>(s));
    rows.push_back(static_cast<float>(std::sqrt(1 - s * s)));
  }
  for (const float value : {1.0F, 0.0F, -1.0F, 0.0F}) rows.push_back(value);
  const auto table = numbered_table(rows, 2);
  std::vector<double> p;
  for (int i = 0; i < 7; ++i)
    for (int j = i + 1; j < 7; ++j)
      for (int k = j + 1; k < 7; ++k) {
        AssociationTest test = numbered_test(0, 0, 0, 0);
        for (int w = 0; w < 7; ++w)
          test.targets[w == i || w == j || w == k ? 0 : 1].words.push_back("w" + std::to_string(w));
        test.attributes[0].words = {"w7"};
        test.attributes[1].words = {"w8"};
        p.push_back(35 * score_association(table, test).p);
      }
  std::sort(p.begin(), p.end());
  ASSERT_EQ(p.size(), 35U);
  for (std::size_t i = 0; i < p.size(); ++i) EXPECT_NEAR(p[i], static_cast<double>(i + 1), 1e-9);
}

TEST(AssociationTest, PIsUniformWhereNothingIsAssociated) {
  constexpr int kTables = 2000;
  int significant = 0;
  double sum = 0;
  for (std::uint64_t seed = 0; seed < kTables; ++seed) {
    const auto scores = score_association(numbered_table(normal_rows(18, 4, 1000 + seed), 4),
                                          numbered_test(5, 5, 4, 4));
    EXPECT_EQ(scores.partitions, 252);
    significant += scores.p <= 0.05;
    sum += scores.p;
  }
  // p is 1/252, 2/252, ...; 12 of these values are at most 0.05.
  const double level = 12.0 / 252;
  EXPECT_NEAR(significant, level * kTables, 3 * std::sqrt(level * (1 - level) * kTables));
  EXPECT_NEAR(sum / kTables, 253.0 / 504, 3 * 0.2887 / std::sqrt(kTables));
}

TEST(AssociationTest, ManyWordsAreSampledTheSameOnAnyNumberOfThreads) {
  const auto table = numbered_table(normal_rows(114, 8, 2), 8);
  const auto test = numbered_test(32, 32, 25, 25);
  AssociationOptions options;
  options.samples = 5500;
  set_threads(1);
  const auto one = score_association(table, test, options);
  set_threads(7);
  const auto seven = score_association(table, test, options);
  set_threads(0);
  EXPECT_EQ(one.partitions, 5501);
  EXPECT_EQ(one.p, seven.p);
  options.seed = 2;
  EXPECT_NE(score_association(table, test, options).p, one.p);
}

TEST(AssociationTest, DrawnPIsNeverZero) {
  std::vector<float> rows;
  for (int i = 0; i < 60; ++i) {
    rows.push_back(i % 60 < 30 ? 1 : 0);
    rows.push_back(i % 60 < 30 ? 0 : 1);
  }
  for (const float value : {1.0F, 0.0F, 0.0F, 1.0F}) rows.push_back(value);
  AssociationOptions options;
  options.samples = 999;
  EXPECT_DOUBLE_EQ(
      score_association(numbered_table(rows, 2), numbered_test(30, 30, 1, 1), options).p, 0.001);
}

}  // namespace
}  // namespace wordbridge
