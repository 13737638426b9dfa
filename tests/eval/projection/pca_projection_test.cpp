#include "eval/projection/pca_projection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/threads.h"
#include "eval/projection/centered_rows.h"
#include "tests/eval/random_table.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::FloatNear;
using testing::Pointwise;

TEST(PcaMap, ByHand) {
  // The scatter matrix is diag(18, 8, 2).
  const auto map = pca_projection(
      numbered_table({3, 0, 0, -3, 0, 0, 0, 2, 0, 0, -2, 0, 0, 0, 1, 0, 0, -1}, 3), 0);
  EXPECT_EQ(map.method, "pca");
  EXPECT_THAT(map.xy, Pointwise(FloatNear(1e-6f), {3, 0, -3, 0, 0, 2, 0, -2, 0, 0, 0, 0}));
  EXPECT_NEAR(map.explained, 26.0 / 28, 1e-12);
  EXPECT_EQ(map.kept, 1);
  EXPECT_TRUE(std::isnan(map.divergence));
}

/// Left singular vectors of the centred rows times their singular values, with the sign of `like`.
std::vector<float> by_singular_values(const EmbeddingTable& table, const std::vector<float>& like,
                                      double& explained) {
  using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Eigen::MatrixXd x =
      Eigen::Map<const Rows>(table.data(), table.size(), table.dim()).cast<double>();
  x.rowwise() -= x.colwise().mean().eval();
  const Eigen::JacobiSVD<Eigen::MatrixXd> svd(x, Eigen::ComputeThinU | Eigen::ComputeThinV);
  const auto squares = svd.singularValues().array().square();
  explained = (squares(0) + squares(1)) / squares.sum();
  std::vector<float> points;
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    for (Eigen::Index axis = 0; axis < 2; ++axis) {
      const Eigen::VectorXd along = svd.matrixU().col(axis) * svd.singularValues()(axis);
      const double sign = along(0) * like[static_cast<std::size_t>(axis)] < 0 ? -1 : 1;
      points.push_back(static_cast<float>(sign * along(i)));
    }
  }
  return points;
}

TEST(PcaMap, AgreesWithSingularValuesOfTallAndWideTables) {
  for (const auto& [count, dim] : {std::pair{60, 7}, std::pair{9, 40}, std::pair{2500, 4}}) {
    SCOPED_TRACE(count);
    auto rows = normal_rows(count, dim, 2);
    for (std::size_t i = 0; i < rows.size(); ++i)  // unequal variances, and a nonzero mean
      rows[i] = rows[i] * (1 + static_cast<float>(i % static_cast<std::size_t>(dim))) + 100;
    const auto table = numbered_table(rows, dim);
    const auto map = pca_projection(table, 0);
    double explained = 0;
    EXPECT_THAT(map.xy, Pointwise(FloatNear(2e-4f), by_singular_values(table, map.xy, explained)));
    EXPECT_NEAR(map.explained, explained, 1e-6);
    for (std::size_t axis = 0; axis < 2; ++axis) {
      float largest = 0;
      for (std::size_t i = axis; i < map.xy.size(); i += 2)
        if (std::abs(map.xy[i]) > std::abs(largest)) largest = map.xy[i];
      EXPECT_GT(largest, 0) << "the farthest point is on the positive side of axis " << axis;
    }
  }
}

TEST(PcaMap, SameBitsForAnyThreads) {
  const auto table = numbered_table(normal_rows(3000, 20, 3), 20);
  set_threads(1);
  const auto one = pca_projection(table, 2900);
  EXPECT_EQ(one.xy.size(), 2u * 2900);
  for (const int threads : {2, 7}) {
    set_threads(threads);
    const auto map = pca_projection(table, 2900);
    EXPECT_EQ(map.xy, one.xy);
    EXPECT_EQ(map.kept, one.kept);
  }
  set_threads(0);
}

TEST(PcaMap, OneAndTwoDimensionsAreTheRowsThemselves) {
  const auto line = pca_projection(numbered_table({5, -1, 2, 7}, 1), 3);
  EXPECT_EQ(line.method, "identity");
  EXPECT_THAT(line.xy, ElementsAre(5, 0, -1, 0, 2, 0));
  EXPECT_EQ(line.kept, 1);
  const auto plane = pca_projection(numbered_table({5, -1, 2, 7}, 2), 0);
  EXPECT_EQ(plane.method, "identity");
  EXPECT_THAT(plane.xy, ElementsAre(5, -1, 2, 7));
  EXPECT_TRUE(std::isnan(plane.kept)) << "undefined for fewer than three rows";
}

TEST(PcaMap, OfHardlyAnything) {
  EXPECT_TRUE(pca_projection(numbered_table({}, 3), 0).xy.empty());
  const auto one = pca_projection(numbered_table({1, 2, 3}, 3), 0);
  EXPECT_THAT(one.xy, ElementsAre(0, 0));
  EXPECT_TRUE(std::isnan(one.explained));
  const auto two = pca_projection(numbered_table({0, 0, 0, 0, 3, 4}, 3), 0);
  EXPECT_THAT(two.xy, Pointwise(FloatNear(1e-6f), {2.5f, 0.0f, -2.5f, 0.0f}));
  EXPECT_NEAR(two.explained, 1, 1e-12);
  const auto constant = pca_projection(numbered_table(std::vector<float>(30, 0.1f), 3), 0);
  EXPECT_THAT(constant.xy, Each(0));
  EXPECT_TRUE(std::isnan(constant.explained));
  EXPECT_EQ(constant.kept, 1);
  auto line = normal_rows(50, 1, 1);
  std::vector<float> rows;
  for (const float value : line) rows.insert(rows.end(), {value, 2 * value, 5 - value});
  const auto map = pca_projection(numbered_table(rows, 3), 0);
  for (std::size_t i = 1; i < map.xy.size(); i += 2) EXPECT_EQ(map.xy[i], 0);
}

TEST(PcaMap, RowsThatAreNotFiniteHaveNoPoint) {
  auto rows = normal_rows(20, 3, 4);
  const auto clean = pca_projection(numbered_table({rows.begin() + 6, rows.end()}, 3), 0);
  rows[1] = std::numeric_limits<float>::quiet_NaN();
  rows[5] = std::numeric_limits<float>::infinity();
  const auto map = pca_projection(numbered_table(rows, 3), 0);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_TRUE(std::isnan(map.xy[i]));
  EXPECT_EQ(std::vector<float>(map.xy.begin() + 4, map.xy.end()), clean.xy);
  EXPECT_EQ(map.kept, clean.kept);
  rows[3] = rows[0] = rows[6] = rows[1];
  EXPECT_TRUE(std::isnan(pca_projection(numbered_table(rows, 3), 3).explained))
      << "no row is finite";
}

/// The k nearest rows of each row by distances in double precision.
std::vector<std::vector<std::size_t>> neighbors(const float* rows, std::size_t count,
                                                std::size_t dim, std::size_t k) {
  std::vector<std::vector<std::size_t>> all;
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<std::pair<double, std::size_t>> order;
    for (std::size_t j = 0; j < count; ++j) {
      double distance = 0;
      for (std::size_t c = 0; c < dim; ++c)
        distance += std::pow(static_cast<double>(rows[i * dim + c]) - rows[j * dim + c], 2);
      if (j != i) order.emplace_back(distance, j);
    }
    std::sort(order.begin(), order.end());
    all.emplace_back();
    for (std::size_t n = 0; n < k; ++n) all.back().push_back(order[n].second);
  }
  return all;
}

/// Squares of the differences are below the least number of single precision.
TEST(PcaMap, OfShortVectorsIsThatOfLongerOnes) {
  const float scale = std::ldexp(1.0f, -100);
  auto rows = normal_rows(40, 9, 2);
  const auto expected = pca_projection(numbered_table(rows, 9), 0);
  for (float& value : rows) value *= scale;
  const auto map = pca_projection(numbered_table(rows, 9), 0);
  EXPECT_LT(expected.kept, 1);
  EXPECT_EQ(map.kept, expected.kept);
  EXPECT_NEAR(map.explained, expected.explained, 1e-12);
  for (std::size_t i = 0; i < map.xy.size(); ++i)
    EXPECT_NEAR(map.xy[i] / scale, expected.xy[i], 1e-6f);
}

TEST(PcaMap, RowsWhoseDistancesHaveNoNumberAreSaid) {
  EXPECT_EQ(
      pca_projection(numbered_table({1e17f, 0, 0, -1e17f, 0, 0, 0, 1, 0, 0, 0, 1}, 3), 0).kept, 1);
  const auto table = numbered_table({3e38f, 0, 0, -3e38f, 0, 0, 0, 1, 0, 0, 0, 1}, 3);
  EXPECT_THAT(message_of<Error>([&] { pca_projection(table, 0); }), testing::HasSubstr("1e+18"));
}

TEST(PcaMap, KeptIsTheShareOfNeighborsThatStayNeighbors) {
  for (const auto& [count, k] : {std::pair<std::size_t, std::size_t>{8, 3}, {150, 10}}) {
    const auto table = numbered_table(normal_rows(static_cast<std::int64_t>(count), 5, 6), 5);
    const auto map = pca_projection(table, 0);
    const auto before = neighbors(table.data(), count, 5, k);
    const auto after = neighbors(map.xy.data(), count, 2, k);
    std::ptrdiff_t both = 0;
    for (std::size_t i = 0; i < count; ++i)
      for (const auto j : before[i]) both += std::count(after[i].begin(), after[i].end(), j);
    EXPECT_DOUBLE_EQ(map.kept, static_cast<double>(both) / static_cast<double>(count * k));
    EXPECT_LT(map.kept, 1);
  }
}

TEST(Distances, AreZeroBetweenEqualRows) {
  auto rows = normal_rows(70, 13, 8);
  std::copy_n(rows.begin(), 13, rows.begin() + 13 * 69);
  const Distances distances(rows.data(), 70, 13);
  const auto first = distances.from(0, 1), last = distances.from(68, 70);
  EXPECT_EQ(first[0], 0);
  EXPECT_EQ(first[69], 0);
  EXPECT_EQ(last[70], 0) << "from row 69 to row 0";
  double expected = 0;
  for (std::size_t c = 0; c < 13; ++c) {
    const double difference = static_cast<double>(rows[c]) - rows[13 * 68 + c];
    expected += difference * difference;
  }
  EXPECT_NEAR(first[68], expected, 1e-4);
  EXPECT_EQ(first[68], last[0]);
}

}  // namespace
}  // namespace wordbridge
