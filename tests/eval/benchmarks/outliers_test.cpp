#include "eval/benchmarks/outliers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "core/error.h"
#include "core/rng.h"
#include "eval/statistics/correlation.h"
#include "eval/statistics/cosine.h"
#include "tests/eval/random_table.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(OutlierSetsTest, ReadsTheTable) {
  const TempFolder folder;
  const auto sets = read_outlier_sets(
      folder.write("o.tsv",
                   "group\trole\tword\r\ncats\tmember\ttiger\r\ncats\tmember\tlion\r\n# more\n"
                   "days\toutlier\tnoon\ncats\toutlier\tdog\n\ndays\tmember\tMonday\n"
                   "days\tmember\tNew Year\ndays\toutlier\tnoon"));
  ASSERT_EQ(sets.size(), 2U);
  EXPECT_EQ(sets[0].name, "cats");
  EXPECT_THAT(sets[0].members, ElementsAre("tiger", "lion"));
  EXPECT_THAT(sets[0].outliers, ElementsAre("dog"));
  EXPECT_THAT(sets[1].members, ElementsAre("Monday", "New Year"));
  EXPECT_THAT(sets[1].outliers, ElementsAre("noon", "noon"));
}

TEST(OutlierSetsTest, ReadsThePublishedForm) {
  const TempFolder folder;
  const auto path =
      folder.write("big_cats.txt", "tiger\nlion\u00a0\n\ufeffpuma\r\n\r\ndog\nhouse\n\n");
  folder.write("apostles.txt", "Peter\nJohn\n\nOsiris");
  folder.write("README.md", "nothing\n");
  const auto one = read_outlier_sets(path);
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(one[0].name, "big_cats");
  EXPECT_THAT(one[0].members, ElementsAre("tiger", "lion", "puma"));
  EXPECT_THAT(one[0].outliers, ElementsAre("dog", "house"));
  testing::internal::CaptureStderr();
  const auto all = read_outlier_sets(folder / "");
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              AllOf(HasSubstr("1 file is not read"), HasSubstr("(README.md)")));
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, "apostles");
  EXPECT_THAT(all[0].outliers, ElementsAre("Osiris"));
}

TEST(OutlierSetsTest, FollowsTheRulesOfTextFiles) {
  const TempFolder folder;
  for (const auto* const content :
       {"\xef\xbb\xbf#a\tmember\tx\n#a\tmember\t#y\n#a\toutlier\tz\t\n",
        "\xef\xbb\xbfWord,Role,Group\nx,member,#a\n\"#y\",member,#a\nz,outlier,#a\n",
        "#a;member;x\n#a;member;#y\n#a;outlier;z\n"}) {
    const auto sets = read_outlier_sets(folder.write("o", content));
    ASSERT_EQ(sets.size(), 1U) << content;
    EXPECT_EQ(sets[0].name, "#a");
    EXPECT_THAT(sets[0].members, ElementsAre("x", "#y"));
    EXPECT_THAT(sets[0].outliers, ElementsAre("z"));
  }
  const auto lists =
      read_outlier_sets(folder.write("l.txt", "\xef\xbb\xbfx\t\n# comment\n#y\n \nz, or w \n"));
  EXPECT_THAT(lists[0].members, ElementsAre("x", "#y"));
  EXPECT_THAT(lists[0].outliers, ElementsAre("z, or w"));
}

TEST(OutlierSetsTest, SaysWhatIsWrong) {
  const TempFolder folder;
  const auto message = [&](const char* name, const std::string& content) {
    return message_of<Error>([&] { read_outlier_sets(folder.write(name, content)); });
  };
  EXPECT_THAT(message("r.tsv", "group\trole\tword\na\tmember\tx\na\tnone\ty\n"),
              AllOf(HasSubstr("r.tsv:3"), HasSubstr("member or outlier"), HasSubstr("none")));
  EXPECT_THAT(message("c.tsv", "a\tmember\n"), HasSubstr("c.tsv:1"));
  EXPECT_THAT(message("e.tsv", "a\tmember\t\n"), HasSubstr("e.tsv:1"));
  EXPECT_THAT(message("t.tsv", "a\tmember\tx\na\tmember\tx\na\toutlier\ty\n"),
              AllOf(HasSubstr("t.tsv"), HasSubstr("twice"), HasSubstr("'x' in 'a'")));
  EXPECT_THAT(message("b.tsv", "a\tmember\tx\na\tmember\ty\na\toutlier\ty\n"),
              HasSubstr("both member and outlier"));
  EXPECT_THAT(message("f.tsv", "a\tmember\tx\na\toutlier\ty\n"), HasSubstr("1 and 1 in 'a'"));
  EXPECT_THAT(message("l.txt", "x\ny\n"), HasSubstr("2 and 0 in 'l'"));
  EXPECT_THAT(message("p.txt", "x\ny\n\nz\n\nw\n"),
              AllOf(HasSubstr("p.txt:5"), HasSubstr("more than two parts")));
  EXPECT_THAT(message("0.tsv", "\n"), HasSubstr("no outlier sets"));
}

/// Table of words w0, w1, ... with unit vectors in the plane at the given angles in degrees.
EmbeddingTable at_degrees(const std::vector<double>& degrees) {
  std::vector<float> rows;
  for (const double angle : degrees) {
    rows.push_back(static_cast<float>(std::cos(angle * std::acos(-1.0) / 180)));
    rows.push_back(static_cast<float>(std::sin(angle * std::acos(-1.0) / 180)));
  }
  return numbered_table(rows, 2);
}

TEST(OutliersTest, PositionsByHand) {
  // Members at 0, 40 and 60 degrees.
  const auto table = at_degrees({0, 40, 60, 150, 10, 45});
  const std::vector<OutlierSet> sets = {{"a", {"w0", "w1", "w2"}, {"w3", "w4", "w5"}}};
  const auto items = outlier_items(table, sets);
  // 150: its cosine similarities are the lowest, so it ranks below all three members.
  // 10: p = cos 10 + cos 30 + cos 50 = 2.494; p of 0: cos 40 + cos 60 + cos 10 = 2.251, of 40:
  // cos 40 + cos 20 + cos 30 = 2.572, of 60: cos 60 + cos 20 + cos 50 = 2.082; below one member.
  // 45: p = cos 45 + cos 5 + cos 15 = 2.669; p of 0: 1.973, of 40: 2.702, of 60: 2.406; also one.
  EXPECT_THAT(items.position, ElementsAre(1, 1.0 / 3, 1.0 / 3));
  EXPECT_THAT(items.detected, ElementsAre(1, 0, 0));
  const auto scores = outlier_scores(items);
  EXPECT_DOUBLE_EQ(scores.opp, 5.0 / 9);
  EXPECT_DOUBLE_EQ(scores.accuracy, 1.0 / 3);
  EXPECT_EQ(scores.used, 3);
  EXPECT_EQ(scores.sets, 1);
}

/// c(w) as defined in the paper, over all pairs without w.
double compactness(const EmbeddingTable& table, const std::vector<std::int64_t>& rows,
                   std::size_t without) {
  double sum = 0;
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t j = 0; j < rows.size(); ++j)
      if (i != j && i != without && j != without)
        sum += cosine(table.row(rows[i]), table.row(rows[j]), table.dim());
  const auto n = static_cast<double>(rows.size() - 1);
  return sum / (n * (n - 1));
}

TEST(OutliersTest, EqualsTheDefinitionOnRandomVectors) {
  const auto table = numbered_table(normal_rows(400, 6, 3), 6);
  std::vector<OutlierSet> sets;
  std::vector<double> expected;
  for (std::int64_t s = 0; s < 40; ++s) {
    OutlierSet set{"set " + std::to_string(s), {}, {}};
    std::vector<std::int64_t> rows;
    for (std::int64_t i = 0; i < 7; ++i) {
      rows.push_back(10 * s + i);
      set.members.push_back("w" + std::to_string(rows.back()));
    }
    for (std::int64_t i = 7; i < 10; ++i) {
      set.outliers.push_back("w" + std::to_string(10 * s + i));
      rows.push_back(10 * s + i);
      double behind = 0;
      for (std::size_t w = 0; w < 7; ++w)
        behind += compactness(table, rows, w) < compactness(table, rows, 7);
      expected.push_back(behind / 7);
      rows.pop_back();
    }
    sets.push_back(set);
  }
  const auto items = outlier_items(table, sets);
  EXPECT_EQ(items.position, expected);
  // Among eight random words, each is equally likely to rank last.
  const auto scores = outlier_scores(items);
  EXPECT_NEAR(scores.opp, 0.5, 0.12);
  EXPECT_NEAR(scores.accuracy, 1.0 / 8, 0.1);
}

TEST(OutliersTest, TiesCountAgainstTheOutlier) {
  const auto alike = numbered_table({1, 2, 1, 2, 1, 2, 1, 2}, 2);
  const auto items = outlier_items(alike, {{"a", {"w0", "w1", "w2"}, {"w3"}}});
  EXPECT_THAT(items.position, ElementsAre(0));
  // The outlier has the same vector as the member farthest from the others; members in any order.
  const auto table = at_degrees({0, 70, 10, 5, 15, 70});
  for (const auto& members :
       {std::vector<std::string>{"w1", "w0", "w2", "w3", "w4"}, {"w0", "w2", "w3", "w4", "w1"}}) {
    const auto twin = outlier_items(table, {{"a", members, {"w5"}}});
    EXPECT_THAT(twin.position, ElementsAre(4.0 / 5));
    EXPECT_THAT(twin.detected, ElementsAre(0));
  }
}

TEST(OutliersTest, TwinsTieWhateverTheOrderOfTheSum) {
  constexpr std::int64_t kMembers = 6, kDim = 3;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    auto rows = normal_rows(kMembers, kDim, seed);
    for (float& value : rows) value = std::round(1024 * value) / 1024;  // 3 times it is exact
    const auto twin = static_cast<std::ptrdiff_t>(kDim * (seed % kMembers));
    std::vector<float> copy(rows.begin() + twin, rows.begin() + twin + kDim);
    for (float& value : copy) value *= seed % 2 == 0 ? 1.0f : 3.0f;  // the length does not count
    rows.insert(rows.end(), copy.begin(), copy.end());
    const auto table = numbered_table(rows, kDim);
    double behind = 0;
    const std::vector<std::int64_t> all = {0, 1, 2, 3, 4, 5, 6};
    for (std::size_t w = 0; w < kMembers; ++w)
      behind += compactness(table, all, w) < compactness(table, all, kMembers) - 1e-9;
    const auto items = outlier_items(table, {{"a", {"w0", "w1", "w2", "w3", "w4", "w5"}, {"w6"}}});
    EXPECT_EQ(items.position[0], behind / kMembers) << "seed " << seed;
  }
}

TEST(OutliersTest, WordsWithoutVectorsAreDroppedAndCounted) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const auto table = numbered_table({1, 0, 1, 0.1F, 0.9F, 0.2F, 0, 1, 0, 0, nan, 1}, 2);
  const std::vector<OutlierSet> sets = {
      {"whole", {"w0", "w1", "absent", "w2"}, {"w3", "absent", "w4", "w5"}},
      {"one member", {"w0", "none"}, {"w3", "w2"}},
      {"pair", {"w0", "w1"}, {"w3"}}};
  const auto items = outlier_items(table, sets);
  ASSERT_EQ(items.position.size(), 7U);
  EXPECT_EQ(items.position[0], 1);
  for (const std::size_t dropped : {1, 2, 3, 4, 5}) {
    EXPECT_TRUE(std::isnan(items.position[dropped])) << dropped;
    EXPECT_TRUE(std::isnan(items.detected[dropped])) << dropped;
  }
  EXPECT_EQ(items.position[6], 1);
  EXPECT_THAT(items.set, ElementsAre(0, 0, 0, 0, 1, 1, 2));
  const auto scores = outlier_scores(items);
  EXPECT_EQ(scores.used, 2);
  EXPECT_EQ(scores.total, 7);
  EXPECT_EQ(scores.sets, 2);
  EXPECT_EQ(scores.members_used, 6);
  EXPECT_EQ(scores.members_total, 8);
  // A zero vector has cosine similarity 0 with every vector, like an orthogonal one.
  const LookupOptions zero{LetterCase::as_written, UnknownWords::zero};
  EXPECT_EQ(outlier_items({table, zero}, {sets[0]}).position[1], 3.0 / 4);
  EXPECT_EQ(outlier_scores(outlier_items({table, zero}, sets)).used, 5);
}

TEST(OutliersTest, WithoutCasesItIsUndefined) {
  const auto scores =
      outlier_scores(outlier_items(at_degrees({0, 1}), {{"a", {"w0", "w1"}, {"absent"}}}));
  EXPECT_TRUE(std::isnan(scores.opp));
  EXPECT_TRUE(std::isnan(scores.accuracy));
  EXPECT_TRUE(std::isnan(scores.accuracy_low));
  EXPECT_EQ(scores.total, 1);
}

TEST(OutliersTest, IntervalsAreWithinSets) {
  // All outliers of set 0 are detected, none of set 1: the share is the same in every resample.
  OutlierItems items;
  for (std::int32_t i = 0; i < 20; ++i) {
    items.set.push_back(i / 10);
    items.detected.push_back(i < 10 ? 1 : 0);
    items.position.push_back(i < 10 ? 1 : 0.1 * (i % 2));
  }
  const auto scores = outlier_scores(items);
  EXPECT_EQ(scores.accuracy, 0.5);
  EXPECT_EQ(scores.accuracy_low, 0.5);
  EXPECT_EQ(scores.accuracy_high, 0.5);
  EXPECT_DOUBLE_EQ(scores.opp, 0.525);
  // The sum over set 1 is 0.1 times a binomial variable with 10 trials of probability 1/2, whose 95
  // % interval is 5 - 3 to 5 + 3.
  EXPECT_NEAR(scores.opp_low, 0.525 - 0.1 * 3 / 20, 1e-9);
  EXPECT_NEAR(scores.opp_high, 0.525 + 0.1 * 3 / 20, 1e-9);
}

TEST(OutliersTest, SmallSetsAreDrawnFromAsOne) {
  OutlierItems items;
  const auto add = [&](std::int32_t set, double detected) {
    items.set.push_back(set);
    items.detected.push_back(detected);
    items.position.push_back(detected);
  };
  for (std::int32_t set = 0; set < 40; ++set) {
    add(set, set % 3 == 0 ? 1 : 0);
    add(set, std::numeric_limits<double>::quiet_NaN());
  }
  std::vector<double> used;
  for (std::size_t i = 0; i < items.set.size(); i += 2) used.push_back(items.detected[i]);
  const auto plain = bootstrap_mean(used, {});
  const auto small = outlier_scores(items);
  EXPECT_EQ(small.sets, 40);
  EXPECT_EQ(small.accuracy_low, plain.low);
  EXPECT_EQ(small.accuracy_high, plain.high);
  EXPECT_LT(small.accuracy_low, small.accuracy);
  // A set of five cases is its own stratum. All its values are 1, so it adds no spread.
  for (int i = 0; i < 5; ++i) add(40, 1);
  const auto mixed = outlier_scores(items);
  EXPECT_NEAR(mixed.accuracy_high - mixed.accuracy_low, (plain.high - plain.low) * 40 / 45, 1e-9);
}

}  // namespace
}  // namespace wordbridge
