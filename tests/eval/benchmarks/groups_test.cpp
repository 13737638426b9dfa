#include "eval/benchmarks/groups.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/index.h"
#include "core/rng.h"
#include "core/threads.h"

namespace wordbridge {
namespace {

EmbeddingTable line(const std::vector<std::pair<std::string, float>>& points) {
  std::vector<std::string> words;
  std::vector<float> rows;
  for (const auto& [word, x] : points) {
    words.push_back(word);
    rows.push_back(x);
  }
  return EmbeddingTable(words, rows, 1, "a line");
}

const WordGroups kPeopleAndFruit = {{"people", "fruit"},
                                    {{"man", 0}, {"woman", 0}, {"apple", 1}, {"orange", 1}}};

TEST(GroupsTest, ThePostsExampleIsPerfect) {
  const auto table = line({{"man", 0.1F}, {"apple", 0.8F}, {"woman", 0.14F}, {"orange", 0.78F}});
  const auto scores = score_groups(table, kPeopleAndFruit);
  EXPECT_EQ(scores.auc, 1);
  EXPECT_EQ(scores.within, 2);
  EXPECT_EQ(scores.across, 4);
  // One of the three divisions of four words into pairs reaches this AUC, so p is near 1/3.
  EXPECT_NEAR(scores.p, 1. / 3, 0.02);
}

TEST(GroupsTest, CountsComparisonsByHand) {
  // Distances within groups: man-woman 3, apple-orange 1; across: man-apple 1, man-orange 2,
  // woman-apple 2, woman-orange 1. Comparisons with the four distances across: 3 is smaller than
  // none; 1 is smaller than two and ties with two.
  const auto table = line({{"man", 0}, {"woman", 3}, {"apple", 1}, {"orange", 2}});
  const auto scores = score_groups(table, kPeopleAndFruit);
  EXPECT_DOUBLE_EQ(scores.auc, (0 + 2 + 0.5 * 2) / 8);
}

/// The distance man-apple has the same squares as man-woman, added in another order: a tie. Of the
/// other distances across, woman-apple is shorter and two are longer; apple-orange is shorter than
/// those two.
TEST(GroupsTest, DistancesThatDifferByRoundingTie) {
  constexpr std::int64_t kDim = 30;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Rng rng(seed, "test");
    std::vector<float> rows(kDim, 0), woman(kDim), orange(kDim, 0);
    for (std::int64_t i = 0; i < kDim; ++i)  // large and small numbers, the same in reverse order
      woman[at(i)] = static_cast<float>(rng.uniform(0.5, 1) * (i % 2 == i / 15 ? 1 : 1e-3));
    woman.front() = 0.5, woman.back() = 1, orange.front() = 1000;
    rows.insert(rows.end(), woman.begin(), woman.end());
    rows.insert(rows.end(), woman.rbegin(), woman.rend());  // apple
    rows.insert(rows.end(), orange.begin(), orange.end());
    const EmbeddingTable table({"man", "woman", "apple", "orange"}, rows, kDim, "by hand");
    EXPECT_EQ(score_groups(table, kPeopleAndFruit).auc, (0.5 + 0 + 2 + 2) / 8) << seed;
  }
}

TEST(GroupsTest, EqualPointsAreChance) {
  const auto table = line({{"man", 1}, {"woman", 1}, {"apple", 1}, {"orange", 1}});
  const auto scores = score_groups(table, kPeopleAndFruit);
  EXPECT_EQ(scores.auc, 0.5);
  EXPECT_EQ(scores.p, 1);
}

TEST(GroupsTest, EqualsTheNaiveCountOnRandomPoints) {
  Rng rng(7, "test");
  std::vector<std::string> words;
  std::vector<float> rows;
  WordGroups groups{{"a", "b", "c"}, {}};
  for (std::size_t i = 0; i < 20; ++i) {
    words.push_back("w" + std::to_string(i));
    groups.words.emplace_back(words.back(), rng.below(3));
    for (int j = 0; j < 3; ++j) rows.push_back(static_cast<float>(rng.below(4)));
  }
  const EmbeddingTable table(words, rows, 3, "random");
  const auto squares = [&](std::size_t i, std::size_t j) {
    double sum = 0;
    for (std::size_t k = 0; k < 3; ++k) sum += std::pow(rows[3 * i + k] - rows[3 * j + k], 2);
    return sum;
  };
  double won = 0, compared = 0;
  for (std::size_t a = 0; a < 20; ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      if (groups.words[a].second != groups.words[b].second) continue;
      for (std::size_t c = 0; c < 20; ++c) {
        for (std::size_t d = 0; d < c; ++d) {
          if (groups.words[c].second == groups.words[d].second) continue;
          const double within = squares(a, b), across = squares(c, d);
          won += within < across ? 1 : within == across ? 0.5 : 0;
          compared += 1;
        }
      }
    }
  }
  EXPECT_NEAR(score_groups(table, groups, 99).auc, won / compared, 1e-12);
}

TEST(GroupsTest, UnknownAndUndefinedWordsAreDroppedAndCounted) {
  const auto table = line({{"man", 0.1F},
                           {"woman", 0.14F},
                           {"orange", 0.78F},
                           {"apple", std::numeric_limits<float>::quiet_NaN()}});
  const auto scores = score_groups(table, kPeopleAndFruit);
  EXPECT_EQ(scores.used, 3);
  EXPECT_EQ(scores.total, 4);
  EXPECT_EQ(scores.within, 1);
  EXPECT_EQ(scores.auc, 1);
}

TEST(GroupsTest, WithoutPairsToCompareItIsUndefined) {
  const auto table = line({{"man", 0}, {"woman", 1}, {"apple", 2}});
  EXPECT_TRUE(std::isnan(score_groups(table, {{"all"}, {{"man", 0}, {"woman", 0}}}).auc));
  EXPECT_TRUE(std::isnan(score_groups(table, {{"a", "b"}, {{"man", 0}, {"apple", 1}}}).auc));
  EXPECT_TRUE(std::isnan(score_groups(table, {{"a"}, {{"none", 0}}}).p));
}

TEST(GroupsTest, FoldsToLowerCaseIfAsked) {
  const auto table = line({{"man", 0.1F}, {"woman", 0.14F}, {"apple", 0.8F}, {"orange", 0.78F}});
  const WordGroups upper{{"p", "f"}, {{"Man", 0}, {"Woman", 0}, {"Apple", 1}, {"Orange", 1}}};
  EXPECT_EQ(score_groups(table, upper).used, 0);
  EXPECT_EQ(score_groups({table, {LetterCase::lower}}, upper).used, 4);
}

TEST(GroupsTest, PermutationsGiveTheNullDistribution) {
  // For random points, p is uniformly distributed, so its mean over many tables is 1/2.
  double sum = 0;
  constexpr int kTables = 200;
  for (int i = 0; i < kTables; ++i) {
    Rng rng(static_cast<std::uint64_t>(i), "null");
    std::vector<std::pair<std::string, float>> points;
    WordGroups groups{{"a", "b"}, {}};
    for (std::size_t w = 0; w < 12; ++w) {
      points.emplace_back("w" + std::to_string(w), static_cast<float>(rng.normal()));
      groups.words.emplace_back(points.back().first, w % 2);
    }
    sum += score_groups(line(points), groups, 199).p;
  }
  EXPECT_NEAR(sum / kTables, 0.5, 4 * 0.2887 / std::sqrt(kTables));
}

TEST(GroupsTest, DoesNotDependOnTheNumberOfThreads) {
  const auto table = line({{"man", 0}, {"woman", 3}, {"apple", 1}, {"orange", 2}});
  set_threads(1);
  const double one = score_groups(table, kPeopleAndFruit).p;
  set_threads(7);
  EXPECT_EQ(score_groups(table, kPeopleAndFruit).p, one);
  set_threads(0);
}

}  // namespace
}  // namespace wordbridge
