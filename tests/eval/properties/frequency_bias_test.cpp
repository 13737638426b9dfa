#include "eval/properties/frequency_bias.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "eval/properties/moments.h"
#include "eval/statistics/cosine.h"
#include "tests/eval/random_table.h"

namespace wordbridge {
namespace {

FrequencyBias bias_of(const EmbeddingTable& table, const std::vector<std::int64_t>& nearest = {}) {
  const auto rows = rows_with_direction(table);
  return frequency_bias(table, rows, moments_of_folds(WordVectors(table, rows)), nearest);
}

TEST(FrequencyBiasTest, MeanDifferenceByHand) {
  EXPECT_DOUBLE_EQ(mean_difference({0, 1, 5}), (1 + 5 + 4) / 3.0);
  EXPECT_DOUBLE_EQ(mean_difference({2, 2}), 0);
  EXPECT_TRUE(std::isnan(mean_difference({2})));
}

TEST(FrequencyBiasTest, LengthsAndNeighborsByHand) {
  // Lengths 3, 1, 2; the zero vector keeps its rank, 3 of 4.
  const auto table = numbered_table({3, 0, 1, 0, 0, 0, 0, 2}, 2);
  const FrequencyBias bias = bias_of(table, {1, 0, 0});
  EXPECT_DOUBLE_EQ(bias.norm_correlation, -0.5);  // d = (2, -1, -1): 1 - 6 * 6 / 24
  EXPECT_DOUBLE_EQ(bias.neighbor_distance, (std::log(2) + std::log(2) + std::log(4)) / 3);
  EXPECT_DOUBLE_EQ(bias.neighbor_distance_by_chance, (std::log(2) + std::log(4) + std::log(2)) / 3);
  EXPECT_TRUE(std::isnan(bias.r2)) << "three words";
  EXPECT_TRUE(std::isnan(bias_of(table).neighbor_distance)) << "neighbours unknown";
}

TEST(FrequencyBiasTest, LengthsThatDifferByRoundingAreEqual) {
  auto rows = normal_rows(500, 20, 3);
  for (auto row = rows.begin(); row != rows.end(); row += 20) {
    const double length = norm(&*row, 20);
    std::transform(row, row + 20, row,
                   [&](float value) { return static_cast<float>(value / length); });
  }
  EXPECT_TRUE(std::isnan(bias_of(numbered_table(rows, 20)).norm_correlation));
  rows[0] += 0.01f;
  EXPECT_FALSE(std::isnan(bias_of(numbered_table(rows, 20)).norm_correlation));
}

/// Vectors that contain ln(rank) predict it; unrelated vectors predict worse than the mean.
TEST(FrequencyBiasTest, RSquaredFromAllToNothing) {
  const std::int64_t words = 2000, dim = 30;
  auto rows = normal_rows(words, dim, 4);
  const double nothing = bias_of(numbered_table(rows, dim)).r2;
  EXPECT_LT(nothing, 0);
  EXPECT_GT(nothing, -0.05);
  for (std::int64_t i = 0; i < words; ++i)
    rows[static_cast<std::size_t>(i * dim + 7)] =
        static_cast<float>(3 - 0.5 * std::log(static_cast<double>(i + 1)));
  EXPECT_GT(bias_of(numbered_table(rows, dim)).r2, 0.999);
}

/// Compared with a regression computed word by word.
TEST(FrequencyBiasTest, RSquaredAsByWords) {
  const std::int64_t words = 53, dim = 4;
  auto values = normal_rows(words, dim, 9);
  for (std::int64_t i = 0; i < words; ++i)
    values[static_cast<std::size_t>(i * dim)] +=
        static_cast<float>(std::log(static_cast<double>(i + 1))) + 1;
  const auto table = numbered_table(values, dim);
  Eigen::MatrixXd V(words, dim);
  Eigen::VectorXd y(words);
  for (std::int64_t i = 0; i < words; ++i) {
    y[i] = std::log(static_cast<double>(i + 1));
    for (std::int64_t j = 0; j < dim; ++j) V(i, j) = static_cast<double>(table.row(i)[j]);
  }
  const double penalty = 0.1;
  double error = 0;
  for (int fold = 0; fold < 5; ++fold) {
    std::vector<Eigen::Index> seen;
    for (Eigen::Index i = 0; i < words; ++i)
      if (i % 5 != fold) seen.push_back(i);
    Eigen::MatrixXd X(seen.size(), dim);
    for (std::size_t i = 0; i < seen.size(); ++i)
      X.row(static_cast<Eigen::Index>(i)) = V.row(seen[i]);
    const Eigen::VectorXd t = y(seen);
    const Eigen::RowVectorXd mean = X.colwise().mean();
    const Eigen::MatrixXd centered = X.rowwise() - mean;
    const auto n = static_cast<double>(seen.size());
    Eigen::MatrixXd C = centered.transpose() * centered / n;
    C += penalty * C.trace() / dim * Eigen::MatrixXd::Identity(dim, dim);
    const Eigen::VectorXd w =
        C.inverse() * (centered.transpose() * (t.array() - t.mean()).matrix()) / n;
    for (Eigen::Index i = fold; i < words; i += 5)
      error += std::pow(y[i] - t.mean() - (V.row(i) - mean).dot(w), 2);
  }
  const double expected = 1 - error / (y.array() - y.mean()).square().sum();
  const auto folds = moments_of_folds(WordVectors(table, rows_with_direction(table)));
  EXPECT_NEAR(log_rank_r2(folds, penalty), expected, 1e-10);
  EXPECT_NE(log_rank_r2(folds), log_rank_r2(folds, penalty));
}

TEST(FrequencyBiasTest, VectorsThatAreAllEqual) {
  const auto table = numbered_table(std::vector<float>(60, 0.3f), 3);
  EXPECT_TRUE(std::isnan(bias_of(table).r2));
  EXPECT_TRUE(std::isnan(bias_of(table).norm_correlation));
}

}  // namespace
}  // namespace wordbridge
