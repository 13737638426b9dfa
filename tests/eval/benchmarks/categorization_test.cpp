#include "eval/benchmarks/categorization.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <limits>

#include "core/threads.h"
#include "eval/statistics/correlation.h"
#include "tests/eval/random_table.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

TEST(ClusterAgreementTest, PurityByHand) {
  // Example of Manning, Raghavan and Schuetze (2008), section 16.3: clusters x x x x x o, x o o o o
  // d and x x d d d.
  const std::vector<std::size_t> classes = {0, 0, 0, 0, 0, 1, 0, 1, 1, 1, 1, 2, 0, 0, 2, 2, 2};
  const Clusters clusters = {0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2};
  EXPECT_DOUBLE_EQ(cluster_agreement(classes, clusters).purity, (5 + 4 + 3) / 17.0);
}

TEST(ClusterAgreementTest, VMeasureByHand) {
  // One class is split into two clusters: H(class) = 1 bit and H(class | cluster) = 0. H(cluster) =
  // 1.5 bits, and H(cluster | class) is half a bit.
  const auto halved = cluster_agreement({0, 0, 1, 1}, {0, 0, 1, 2});
  EXPECT_DOUBLE_EQ(halved.purity, 1);
  EXPECT_DOUBLE_EQ(halved.homogeneity, 1);
  EXPECT_DOUBLE_EQ(halved.completeness, 2.0 / 3);
  EXPECT_DOUBLE_EQ(halved.v_measure, 0.8);
  // Classes and clusters swapped.
  const auto joined = cluster_agreement({0, 0, 1, 2}, {0, 0, 1, 1});
  EXPECT_DOUBLE_EQ(joined.purity, 0.75);
  EXPECT_DOUBLE_EQ(joined.homogeneity, 2.0 / 3);
  EXPECT_DOUBLE_EQ(joined.completeness, 1);
  EXPECT_DOUBLE_EQ(joined.v_measure, 0.8);
  const auto single = cluster_agreement({0, 0, 1, 1}, {0, 1, 2, 3});
  EXPECT_DOUBLE_EQ(single.completeness, 0.5);
  EXPECT_DOUBLE_EQ(single.v_measure, 2.0 / 3);
}

TEST(ClusterAgreementTest, ExtremesOfVMeasure) {
  EXPECT_EQ(cluster_agreement({0, 1, 1}, {1, 0, 0}).v_measure, 1);
  // The clusters are independent of the classes.
  const auto unrelated = cluster_agreement({0, 0, 1, 1}, {0, 1, 0, 1});
  EXPECT_NEAR(unrelated.homogeneity, 0, 1e-15);
  EXPECT_NEAR(unrelated.v_measure, 0, 1e-15);
  const auto one_cluster = cluster_agreement({0, 0, 1, 1}, {0, 0, 0, 0});
  EXPECT_EQ(one_cluster.homogeneity, 0);
  EXPECT_EQ(one_cluster.completeness, 1);
  EXPECT_EQ(one_cluster.v_measure, 0);
  const auto one_class = cluster_agreement({0, 0, 0}, {0, 1, 2});
  EXPECT_EQ(one_class.homogeneity, 1);
  EXPECT_EQ(one_class.v_measure, 0);
  EXPECT_TRUE(std::isnan(cluster_agreement({}, {}).purity));
  EXPECT_TRUE(std::isnan(cluster_agreement({}, {}).v_measure));
}

TEST(ClassesInClustersTest, ByHand) {
  // Classes by cluster: {0 0 1}, {0 1 1 1 2}, {2}. No word has class 3.
  const auto found =
      classes_in_clusters({0, 0, 1, 0, 1, 1, 1, 2, 2}, {0, 0, 0, 1, 1, 1, 1, 1, 2}, 4);
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0].words, 3);
  EXPECT_EQ(found[0].together, 2);
  EXPECT_EQ(found[0].cluster, 3);
  EXPECT_EQ(found[0].other, 1);
  EXPECT_DOUBLE_EQ(found[0].share(), 2.0 / 3);
  EXPECT_EQ(found[1].together, 3);
  EXPECT_EQ(found[1].cluster, 5);
  EXPECT_EQ(found[1].other, 0);  // tied with 2
  EXPECT_EQ(found[2].together, 1);
  EXPECT_EQ(found[2].cluster, 5);  // the first of two clusters with one word of the class
  EXPECT_EQ(found[2].other, 1);
  EXPECT_EQ(found[3].words, 0);
  EXPECT_EQ(found[3].other, -1);
  EXPECT_TRUE(std::isnan(found[3].share()));
}

/// Words w0, w1, ... assigned to the classes in turn.
WordGroups classes_in_turn(std::size_t words, std::size_t classes) {
  WordGroups groups;
  for (std::size_t t = 0; t < classes; ++t) groups.names.push_back("class " + std::to_string(t));
  for (std::size_t i = 0; i < words; ++i)
    groups.words.emplace_back("w" + std::to_string(i), i % classes);
  return groups;
}

EmbeddingTable clustered_table(float distance) {
  return numbered_table(clustered_rows(120, 10, 6, distance), 10);
}

TEST(CategorizationTest, SeparatedClassesArePerfect) {
  const auto scores = score_categorization(clustered_table(30), classes_in_turn(120, 6));
  EXPECT_EQ(scores.classes, 6);
  EXPECT_EQ(scores.used, 120);
  for (const auto* const clustering : {&scores.k_means, &scores.average, &scores.ward}) {
    EXPECT_EQ(clustering->purity, 1);
    EXPECT_EQ(clustering->purity_low, 1);
    EXPECT_EQ(clustering->purity_high, 1);
    EXPECT_EQ(clustering->v_measure, 1);
    for (const auto& found : clustering->classes) {
      EXPECT_EQ(found.share(), 1);
      EXPECT_EQ(found.other, -1);
    }
  }
}

TEST(CategorizationTest, LengthsDoNotCount) {
  auto rows = clustered_rows(120, 10, 6, 3);
  const auto groups = classes_in_turn(120, 6);
  const auto before = score_categorization(numbered_table(rows, 10), groups);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] *= static_cast<float>(1 << (i / 10 % 5));
  const auto after = score_categorization(numbered_table(rows, 10), groups);
  EXPECT_EQ(before.k_means.purity, after.k_means.purity);
  EXPECT_EQ(before.average.v_measure, after.average.v_measure);
  EXPECT_EQ(before.ward.v_measure, after.ward.v_measure);
}

/// Three directions, each of eight words with different lengths, in four clusters: the word that is
/// alone must not depend on the rounding of its unit vector.
TEST(CategorizationTest, WordsOfEqualDirectionAreOnePoint) {
  const auto three = normal_rows(3, 50, 7);
  std::vector<float> rows, units;
  for (int i = 0; i < 24; ++i)
    for (int d = 0; d < 50; ++d) {
      const float value = three[static_cast<std::size_t>(i % 3 * 50 + d)];
      rows.push_back(static_cast<float>(0.1 * (i + 1)) * value);
      units.push_back(value);
    }
  auto groups = classes_in_turn(24, 4);
  const auto scores = score_categorization(numbered_table(rows, 50), groups);
  const auto expected = score_categorization(numbered_table(units, 50), groups);
  EXPECT_EQ(scores.average.pure, expected.average.pure);
  EXPECT_EQ(scores.ward.pure, expected.ward.pure);
  EXPECT_EQ(scores.k_means.pure, expected.k_means.pure);
}

TEST(CategorizationTest, TheIntervalIsThatOfTheShareOfPureWords) {
  const auto scores = score_categorization(clustered_table(2.5), classes_in_turn(120, 6));
  for (const auto* const clustering : {&scores.k_means, &scores.average, &scores.ward}) {
    ASSERT_EQ(clustering->pure.size(), 120U);
    const double purity = clustering->purity;
    EXPECT_LT(purity, 1);
    EXPECT_NEAR(spread(clustering->pure).mean, purity, 1e-12);
    const double error = 1.96 * std::sqrt(purity * (1 - purity) / 120);
    EXPECT_NEAR(clustering->purity_low, purity - error, 0.02);
    EXPECT_NEAR(clustering->purity_high, purity + error, 0.02);
  }
}

TEST(CategorizationTest, TheRestartIsChosenByInertiaNotByPurity) {
  // Points at 20, 160, 200 and 340 degrees. The left pair and the right pair are the nearest, but
  // the classes are upper and lower. That partition is also a local optimum, found by one in 16
  // restarts.
  const double radians = 20 * std::acos(-1.0) / 180;
  const auto x = static_cast<float>(std::cos(radians)), y = static_cast<float>(std::sin(radians));
  const auto table = numbered_table({x, y, -x, y, -x, -y, x, -y}, 2);
  const WordGroups groups{{"upper", "lower"}, {{"w0", 0}, {"w1", 0}, {"w2", 1}, {"w3", 1}}};
  KMeansOptions options;
  options.restarts = 200;
  EXPECT_EQ(score_categorization(table, groups, {}, options).k_means.purity, 0.5);
}

TEST(CategorizationTest, UnknownAndUndefinedWordsAreDroppedAndCounted) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const auto table = numbered_table({1, 0, 0, 1, 2, 0, 0, 0, nan, 1, 0, 3}, 2);
  const WordGroups groups{
      {"a", "none", "b"},
      {{"w0", 0}, {"absent", 1}, {"w1", 2}, {"w2", 0}, {"w3", 0}, {"w4", 2}, {"w5", 2}}};
  const auto scores = score_categorization(table, groups);
  EXPECT_EQ(scores.used, 4);
  EXPECT_EQ(scores.total, 7);
  EXPECT_EQ(scores.classes, 2);
  EXPECT_EQ(scores.total_classes, 3);
  EXPECT_EQ(scores.ward.purity, 1);
  EXPECT_EQ(scores.ward.pure[0], 1);
  EXPECT_TRUE(std::isnan(scores.ward.pure[1]));
  EXPECT_TRUE(std::isnan(scores.ward.pure[4]));
  EXPECT_EQ(scores.ward.classes[1].words, 0);
  const LookupOptions zero{LetterCase::as_written, UnknownWords::zero};
  EXPECT_EQ(score_categorization({table, zero}, groups).used, 5);
  EXPECT_EQ(score_categorization({table, zero}, groups).classes, 3);
}

TEST(CategorizationTest, WithoutClassesToTellApartItIsUndefined) {
  const auto table = numbered_table({1, 0, 0, 1}, 2);
  const WordGroups groups{{"a", "b"}, {{"w0", 0}, {"w1", 0}, {"absent", 1}}};
  const auto scores = score_categorization(table, groups);
  EXPECT_EQ(scores.classes, 1);
  for (const auto* const clustering : {&scores.k_means, &scores.average, &scores.ward}) {
    EXPECT_TRUE(std::isnan(clustering->purity));
    EXPECT_TRUE(std::isnan(clustering->v_measure));
    EXPECT_EQ(clustering->pure.size(), 3U);
  }
}

TEST(CategorizationTest, DoesNotDependOnTheNumberOfThreads) {
  const auto table = clustered_table(2.5);
  const auto groups = classes_in_turn(120, 6);
  set_threads(1);
  const auto one = score_categorization(table, groups);
  set_threads(7);
  const auto seven = score_categorization(table, groups);
  set_threads(0);
  EXPECT_EQ(one.k_means.v_measure, seven.k_means.v_measure);
  EXPECT_EQ(one.k_means.purity_low, seven.k_means.purity_low);
  EXPECT_EQ(one.average.v_measure, seven.average.v_measure);
  EXPECT_EQ(one.ward.v_measure, seven.ward.v_measure);
}

}  // namespace
}  // namespace wordbridge
