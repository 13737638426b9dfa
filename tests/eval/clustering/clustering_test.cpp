#include "eval/clustering/clustering.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/threads.h"
#include "tests/eval/random_table.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

/// Random points of unit length.
std::vector<float> unit_points(std::size_t count, std::size_t dim, std::uint64_t seed) {
  auto points = normal_rows(static_cast<std::int64_t>(count), static_cast<std::int64_t>(dim), seed);
  for (std::size_t i = 0; i < count; ++i) {
    double squares = 0;
    for (std::size_t d = 0; d < dim; ++d) squares += std::pow(points[i * dim + d], 2);
    for (std::size_t d = 0; d < dim; ++d)
      points[i * dim + d] = static_cast<float>(points[i * dim + d] / std::sqrt(squares));
  }
  return points;
}

double squared_distance(const double* a, const double* b, std::size_t dim) {
  double sum = 0;
  for (std::size_t d = 0; d < dim; ++d) sum += (a[d] - b[d]) * (a[d] - b[d]);
  return sum;
}

std::vector<double> mean_of(const std::vector<float>& points, std::size_t dim,
                            const std::vector<std::size_t>& members) {
  std::vector<double> mean(dim, 0);
  for (const auto i : members)
    for (std::size_t d = 0; d < dim; ++d)
      mean[d] += static_cast<double>(points[i * dim + d]) / static_cast<double>(members.size());
  return mean;
}

std::vector<std::vector<std::size_t>> members_of(const Clusters& clusters, std::size_t k) {
  std::vector<std::vector<std::size_t>> members(k);
  for (std::size_t i = 0; i < clusters.size(); ++i) members[clusters[i]].push_back(i);
  return members;
}

double inertia_of(const std::vector<float>& points, std::size_t dim, const Clusters& clusters,
                  std::size_t k) {
  double inertia = 0;
  for (const auto& members : members_of(clusters, k)) {
    const auto mean = mean_of(points, dim, members);
    for (const auto i : members) {
      const std::vector<double> point(points.begin() + static_cast<std::ptrdiff_t>(i * dim),
                                      points.begin() + static_cast<std::ptrdiff_t>((i + 1) * dim));
      inertia += squared_distance(point.data(), mean.data(), dim);
    }
  }
  return inertia;
}

TEST(KMeansTest, FindsTheLeastInertiaOfAllPartitions) {
  constexpr std::size_t kCount = 9, kDim = 3, k = 3;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto points = unit_points(kCount, kDim, seed);
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t code = 0; code < 19683; ++code) {  // 3^9
      Clusters clusters;
      for (std::size_t i = 0, rest = code; i < kCount; ++i, rest /= k) clusters.push_back(rest % k);
      least = std::min(least, inertia_of(points, kDim, clusters, k));
    }
    KMeansOptions options;
    options.restarts = 50;
    const auto found = k_means(points, kCount, kDim, k, options);
    EXPECT_NEAR(found.inertia, least, 1e-5) << seed;
    EXPECT_NEAR(found.inertia, inertia_of(points, kDim, found.clusters, k), 1e-6);
  }
}

TEST(KMeansTest, SeparatedClustersAreFound) {
  const auto rows = clustered_rows(300, 8, 4, 40);
  const auto found = k_means(rows, 300, 8, 4);
  for (std::size_t i = 0; i < 300; ++i) EXPECT_EQ(found.clusters[i], i % 4);
}

TEST(KMeansTest, AClusterThatRunsEmptyIsFilled) {
  // With initial centres -3.1, 1 and 1.3, the second cluster is {-1, 1}, and the means of the other
  // two then take over both points.
  const std::vector<float> points = {-3.1F, -1.07F, -1.06F, -1, 1, 1.3F, 1.4F};
  KMeansOptions options;
  options.restarts = 1;
  for (options.seed = 0; options.seed < 8000; ++options.seed) {
    const auto clusters = k_means(points, 7, 1, 3, options).clusters;
    EXPECT_EQ(*std::max_element(clusters.begin(), clusters.end()), 2U) << options.seed;
  }
}

TEST(KMeansTest, EveryRestartEndsWithEachPointAtItsNearestMean) {
  constexpr std::size_t kCount = 24, kDim = 2, k = 12;
  KMeansOptions options;
  options.restarts = 1;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const auto points = normal_rows(kCount, kDim, seed);
    const auto found = k_means(points, kCount, kDim, k, options);
    const auto members = members_of(found.clusters, k);
    for (std::size_t c = 0; c < k; ++c) {
      for (const auto i : members[c]) {
        const auto point = mean_of(points, kDim, {i}), own = mean_of(points, kDim, members[c]);
        for (const auto& others : members) {
          const auto other = mean_of(points, kDim, others);
          EXPECT_LE(squared_distance(point.data(), own.data(), kDim),
                    squared_distance(point.data(), other.data(), kDim) + 1e-5);
        }
      }
    }
  }
}

TEST(KMeansTest, FewerDistinctPointsThanClusters) {
  const auto found = k_means({1, 0, 0, 1, 1, 0, 0, 1, 1, 0}, 5, 2, 4);
  EXPECT_EQ(found.clusters, (Clusters{0, 1, 0, 1, 0}));
  EXPECT_EQ(found.inertia, 0);
}

TEST(KMeansTest, AsManyClustersAsPoints) {
  const auto points = unit_points(12, 4, 3);
  const auto found = k_means(points, 12, 4, 12);
  for (std::size_t i = 0; i < 12; ++i) EXPECT_EQ(found.clusters[i], i);
  EXPECT_EQ(found.inertia, 0);
}

TEST(KMeansTest, SeedsChangeTheDrawsAndThreadsDoNot) {
  const auto points = unit_points(400, 10, 4);
  set_threads(1);
  const auto one = k_means(points, 400, 10, 20);
  set_threads(7);
  const auto seven = k_means(points, 400, 10, 20);
  set_threads(0);
  EXPECT_EQ(one.clusters, seven.clusters);
  EXPECT_EQ(one.inertia, seven.inertia);
  KMeansOptions other;
  other.seed = 2;
  EXPECT_NE(k_means(points, 400, 10, 20, other).inertia, one.inertia);
}

TEST(KMeansTest, MoreRestartsAreNeverWorse) {
  const auto points = unit_points(200, 6, 5);
  double last = std::numeric_limits<double>::infinity();
  KMeansOptions options;
  for (const std::int64_t restarts : {1, 3, 10, 30}) {
    options.restarts = restarts;
    const double inertia = k_means(points, 200, 6, 15, options).inertia;
    EXPECT_LE(inertia, last);
    last = inertia;
  }
}

using Members = std::vector<std::size_t>;

/// Follows the definition of both linkages: recomputes all pairs of clusters for each merge.
Clusters naive_clusters(const std::vector<float>& points, std::size_t count, std::size_t dim,
                        std::size_t k, Linkage linkage) {
  const auto between = [&](const Members& a, const Members& b) {
    if (linkage == Linkage::ward) {
      const auto x = mean_of(points, dim, a), y = mean_of(points, dim, b);
      const auto n = static_cast<double>(a.size()), m = static_cast<double>(b.size());
      return n * m / (n + m) * squared_distance(x.data(), y.data(), dim);
    }
    double sum = 0;
    for (const auto i : a)
      for (const auto j : b)
        for (std::size_t d = 0; d < dim; ++d)
          sum += static_cast<double>(points[i * dim + d]) * points[j * dim + d];
    return 1 - sum / static_cast<double>(a.size() * b.size());
  };
  std::vector<Members> clusters;
  for (std::size_t i = 0; i < count; ++i) clusters.push_back({i});
  while (clusters.size() > k) {
    std::size_t first = 0, second = 1;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < clusters.size(); ++i)
      for (std::size_t j = i + 1; j < clusters.size(); ++j)
        if (const double value = between(clusters[i], clusters[j]); value < least)
          least = value, first = i, second = j;
    auto& joined = clusters[first];
    joined.insert(joined.end(), clusters[second].begin(), clusters[second].end());
    clusters.erase(clusters.begin() + static_cast<std::ptrdiff_t>(second));
  }
  Clusters names(count);
  for (std::size_t c = 0; c < clusters.size(); ++c)
    for (const auto i : clusters[c]) names[i] = c;
  return named_by_occurrence(names);
}

class AgglomerateTest : public testing::TestWithParam<Linkage> {};
INSTANTIATE_TEST_SUITE_P(Linkages, AgglomerateTest,
                         testing::Values(Linkage::average_cosine, Linkage::ward));

TEST_P(AgglomerateTest, EqualsTheNaiveAlgorithm) {
  for (std::uint64_t seed = 0; seed < 15; ++seed) {
    const std::size_t count = 20 + 2 * seed, dim = 2 + seed % 5;
    const auto points = unit_points(count, dim, seed);
    for (const std::size_t k : {std::size_t{1}, std::size_t{2}, std::size_t{5}, count / 2, count})
      EXPECT_EQ(
          agglomerate(points, static_cast<std::int64_t>(count), static_cast<std::int64_t>(dim),
                      static_cast<std::int64_t>(k), GetParam()),
          naive_clusters(points, count, dim, k, GetParam()))
          << "seed " << seed << ", k " << k;
  }
}

TEST_P(AgglomerateTest, DoesNotDependOnTheOrderOrTheThreads) {
  constexpr std::size_t kCount = 150, kDim = 5;
  const auto points = unit_points(kCount, kDim, 8);
  std::vector<float> reversed;
  for (std::size_t i = kCount; i-- > 0;)
    for (std::size_t d = 0; d < kDim; ++d) reversed.push_back(points[i * kDim + d]);
  set_threads(1);
  const auto clusters = agglomerate(points, kCount, kDim, 12, GetParam());
  set_threads(7);
  EXPECT_EQ(agglomerate(points, kCount, kDim, 12, GetParam()), clusters);
  set_threads(0);
  auto back = agglomerate(reversed, kCount, kDim, 12, GetParam());
  std::reverse(back.begin(), back.end());
  EXPECT_EQ(named_by_occurrence(back), clusters);
}

TEST_P(AgglomerateTest, TiesGoToTheFirstPoint) {
  // Four unit vectors at equal distances: 0 and 1 are merged first, then 2 joins them.
  const std::vector<float> axes = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
  EXPECT_EQ(agglomerate(axes, 4, 4, 3, GetParam()), (Clusters{0, 0, 1, 2}));
  EXPECT_EQ(agglomerate(axes, 4, 4, 2, GetParam()), (Clusters{0, 0, 0, 1}));
}

TEST_P(AgglomerateTest, EqualPointsJoinFirst) {
  const std::vector<float> points = {1, 0, 0, 1, 1, 0, 0.6F, 0.8F, 0, 1, 1, 0};
  EXPECT_EQ(agglomerate(points, 6, 2, 3, GetParam()), (Clusters{0, 1, 0, 2, 1, 0}));
  EXPECT_EQ(agglomerate(points, 6, 2, 2, GetParam()), (Clusters{0, 1, 0, 1, 1, 0}));
}

/// Three points, eight times each, in four clusters. All merges of equal points have height 0, so
/// the one that is found last is left out: not one of the first point, whatever its length is by
/// rounding.
TEST_P(AgglomerateTest, EqualPointsTieWhateverTheRoundingOfTheirLength) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const auto three = unit_points(3, 30, seed);
    std::vector<float> points;
    for (int time = 0; time < 8; ++time) points.insert(points.end(), three.begin(), three.end());
    const auto clusters = agglomerate(points, 24, 30, 4, GetParam());
    for (std::size_t i = 3; i < 22; ++i) EXPECT_EQ(clusters[i], clusters[i % 3]) << seed;
    EXPECT_NE(clusters[22] == clusters[1], clusters[23] == clusters[2]) << seed;
  }
}

TEST(AgglomerateTest, LinkagesDiffer) {
  // Four points at 0 degrees, one at 30, one at 65. By mean cosine similarity the point at 30 is
  // nearer to the four (1 - cos 30 = 0.134) than to the other (1 - cos 35 = 0.181). By Ward's
  // criterion, merging the two adds 1/2 * 2 * 0.181 = 0.181, and merging the five adds 4/5 * 2 *
  // 0.134 = 0.214.
  const auto at = [](double degrees) {
    const double radians = degrees * std::acos(-1.0) / 180;
    return std::vector<float>{static_cast<float>(std::cos(radians)),
                              static_cast<float>(std::sin(radians))};
  };
  std::vector<float> points;
  for (const double degrees : {0.0, 0.0, 0.0, 0.0, 30.0, 65.0})
    for (const float x : at(degrees)) points.push_back(x);
  EXPECT_EQ(agglomerate(points, 6, 2, 2, Linkage::average_cosine), (Clusters{0, 0, 0, 0, 0, 1}));
  EXPECT_EQ(agglomerate(points, 6, 2, 2, Linkage::ward), (Clusters{0, 0, 0, 0, 1, 1}));
}

TEST(AgglomerateTest, TooManyPointsAreRefused) {
  const auto count = kMostAgglomerated + 1;
  const std::vector<float> points(static_cast<std::size_t>(count), 1);
  EXPECT_THAT(message_of<Error>([&] { agglomerate(points, count, 1, 2, Linkage::ward); }),
              testing::HasSubstr("at most 8192"));
}

}  // namespace
}  // namespace wordbridge
