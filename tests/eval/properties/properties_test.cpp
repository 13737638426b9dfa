#include "eval/properties/properties.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>

#include "core/threads.h"
#include "eval/properties/moments.h"
#include "eval/properties/spectrum.h"
#include "tests/eval/random_table.h"

namespace wordbridge {
namespace {

constexpr double kHalf = 0.5;

/// Vectors (1, 0), (0, 1), (0, 0), (1, 1); the third has no direction. Mean (2/3, 2/3), lengths 1,
/// 1, sqrt 2. V^T V = (2 1, 1 2), eigenvalues 3 and 1. Covariance (2 -1, -1 2) / 9, eigenvalues 3/9
/// and 1/9.
TEST(PropertiesTest, ByHand) {
  PropertyOptions options;
  options.neighbors = 1;
  const Properties p =
      measure_properties(numbered_table({1, 0, 0, 1, 0, 0, 1, 1, 9, 9}, 2).first(4), options);
  EXPECT_EQ(p.words, 3);
  EXPECT_EQ(p.left_out, 1);
  EXPECT_EQ(p.dim, 2);
  EXPECT_NEAR(p.mean_vector, 2 * std::sqrt(2.0) / (2 + std::sqrt(2.0)), 1e-12);
  EXPECT_NEAR(p.stable_rank, 4.0 / 3, 1e-12);
  EXPECT_NEAR(p.inverse_condition, 1 / std::sqrt(3.0), 1e-12);
  EXPECT_NEAR(p.variance_first, 0.75, 1e-12);
  EXPECT_NEAR(p.variance_first_8, 1, 1e-12);
  // l = (3, 1): s = sqrt(2/10) (3, 1); |s - 1|^2 / 2 = 2 - 4 sqrt(0.2) = q; ((2 - q)^2 - 2) / 2.
  EXPECT_NEAR(p.iso_score, (std::pow(4 * std::sqrt(0.2), 2) - 2) / 2, 1e-12);
  // With r = sqrt 0.5, the components along (1, 1) / sqrt 2 are r, r, 2 r, and along the other
  // direction -r, r, 0.
  const double r = std::sqrt(kHalf);
  EXPECT_NEAR(p.partition_isotropy,
              (2 * std::exp(-r) + std::exp(-2 * r)) / (2 * std::exp(r) + std::exp(2 * r)), 1e-12);
  // The cosine similarities of the pairs are 0, r, r; standard deviation r sqrt(2)/3.
  EXPECT_NEAR(p.random_cosine, 2 * r / 3, 5 * p.random_cosine_error);
  EXPECT_NEAR(p.random_cosine_error, r * std::sqrt(2.0) / 3 / std::sqrt(1e5), 1e-5);
  // The third word is nearest to both others; its own nearest is the first of two equally near.
  EXPECT_NEAR(p.hubness.antihubs, 1.0 / 3, 1e-12);
  EXPECT_NEAR(p.frequency.neighbor_distance, (std::log(4) + std::log(2) + std::log(4)) / 3, 1e-12);
}

TEST(PropertiesTest, OfAnIsotropicGaussian) {
  const std::int64_t dim = 10;
  auto rows = normal_rows(20000, dim, 1);
  for (float& value : rows) value *= 0.3f;
  PropertyOptions options;
  options.neighbors = 0;
  const Properties p = measure_properties(numbered_table(rows, dim), options);
  EXPECT_GT(p.iso_score, 0.99);
  EXPECT_GT(p.partition_isotropy, 0.97);
  EXPECT_LT(p.mean_vector, 0.02);
  EXPECT_NEAR(p.random_cosine, 0, 5 * p.random_cosine_error);
  EXPECT_NEAR(p.random_cosine_error, 1 / std::sqrt(10 * 1e5), 1e-4);
  EXPECT_NEAR(p.rank_me, 10, 0.01);
  // The largest singular value of noise exceeds the others: (1 + sqrt(dim / words)) times the mean.
  EXPECT_NEAR(p.stable_rank, 10 / std::pow(1 + std::sqrt(10.0 / 20000), 2), 0.15);
  EXPECT_TRUE(std::isnan(p.hubness.hubs)) << "not requested";
}

TEST(PropertiesTest, OfOneDirection) {
  std::vector<float> rows;
  for (int i = 1; i <= 50; ++i) rows.insert(rows.end(), {0.01f * static_cast<float>(i), 0, 0});
  const Properties p = measure_properties(numbered_table(rows, 3), {});
  EXPECT_NEAR(p.iso_score, 0, 1e-9);
  EXPECT_DOUBLE_EQ(p.random_cosine, 1);
  EXPECT_DOUBLE_EQ(p.mean_vector, 1);
  EXPECT_NEAR(p.rank_me, 1, 1e-6);
  EXPECT_NEAR(p.stable_rank, 1, 1e-9);
  EXPECT_NEAR(p.variance_first, 1, 1e-9);
  EXPECT_NEAR(p.frequency.norm_correlation, 1, 1e-12);
}

/// Orthonormal rows: everything is uniform. The mean of d unit vectors has the length 1 / sqrt d.
TEST(PropertiesTest, OfTheIdentity) {
  const std::int64_t dim = 12;
  std::vector<float> rows(dim * dim, 0.0f);
  for (std::int64_t i = 0; i < dim; ++i) rows[static_cast<std::size_t>(i * dim + i)] = 1;
  const Properties p = measure_properties(numbered_table(rows, dim), {});
  EXPECT_NEAR(p.stable_rank, dim, 1e-9);
  EXPECT_NEAR(p.rank_me, dim, 1e-9);
  EXPECT_NEAR(p.inverse_condition, 1, 1e-9);
  EXPECT_NEAR(p.mean_vector, 1 / std::sqrt(12.0), 1e-9);
  EXPECT_EQ(p.random_cosine, 0);
}

/// (2, 0, 0) and (0, 0, 1): V V^T = diag(4, 1). Mean (1, 0, 1/2), covariance with the only
/// eigenvalue 5/4.
TEST(PropertiesTest, OfFewerWordsThanDimensionsByHand) {
  const Properties p = measure_properties(numbered_table({2, 0, 0, 0, 0, 1}, 3), {});
  EXPECT_EQ(p.dim, 3);
  EXPECT_NEAR(p.stable_rank, 5.0 / 4, 1e-12);
  EXPECT_EQ(p.inverse_condition, 0);
  EXPECT_NEAR(p.variance_first, 1, 1e-12);
  EXPECT_NEAR(p.iso_score, 0, 1e-12);
  EXPECT_NEAR(p.mean_vector, std::sqrt(1.25) / 1.5, 1e-12);
  EXPECT_EQ(p.random_cosine, 0);
  // p = 2/3 and 1/3.
  EXPECT_NEAR(p.rank_me, std::exp(-2.0 / 3 * std::log(2.0 / 3) + std::log(3.0) / 3), 1e-12);
}

/// By the smaller side of words x dimensions, and by matrices [dim, dim].
TEST(PropertiesTest, BothSidesOfTheMatrixAgree) {
  const std::int64_t words = 300, dim = 320;
  auto values = normal_rows(words, dim, 5);
  for (std::int64_t i = 0; i < words; ++i)
    values[static_cast<std::size_t>(i * dim)] +=
        static_cast<float>(std::log(static_cast<double>(i + 1)));
  for (float& value : values) value *= 0.2f;
  const auto table = numbered_table(values, dim);
  const auto rows = rows_with_direction(table);
  const WordVectors few(table, rows), all(table, rows, true);
  EXPECT_EQ(few.coordinates(), words);
  EXPECT_EQ(all.coordinates(), dim);
  const auto folds_few = moments_of_folds(few), folds_all = moments_of_folds(all);
  const Moments by_few = sum_of(folds_few), by_all = sum_of(folds_all);
  EXPECT_NEAR(by_few.sum.norm(), by_all.sum.norm(), 1e-9);
  for (const bool centered : {false, true}) {
    const auto a = spectrum_of(centered ? by_few.covariance() : by_few.gram, dim);
    const auto b = spectrum_of(centered ? by_all.covariance() : by_all.gram, dim);
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-9 * b[0]);
  }
  EXPECT_NEAR(partition_isotropy(few, by_few.gram), partition_isotropy(all, by_all.gram), 1e-9);
  EXPECT_NEAR(log_rank_r2(folds_few), log_rank_r2(folds_all), 1e-9);
}

void expect_near(const Properties& a, const Properties& b, double tolerance) {
  EXPECT_NEAR(a.partition_isotropy, b.partition_isotropy, tolerance);
  EXPECT_NEAR(a.iso_score, b.iso_score, tolerance);
  EXPECT_NEAR(a.random_cosine, b.random_cosine, tolerance);
  EXPECT_NEAR(a.mean_vector, b.mean_vector, tolerance);
  EXPECT_NEAR(a.variance_first, b.variance_first, tolerance);
  EXPECT_NEAR(a.variance_first_8, b.variance_first_8, tolerance);
  EXPECT_NEAR(a.stable_rank, b.stable_rank, 10 * tolerance);
  EXPECT_NEAR(a.rank_me, b.rank_me, 10 * tolerance);
  EXPECT_NEAR(a.inverse_condition, b.inverse_condition, tolerance);
  EXPECT_NEAR(a.hubness.skewness, b.hubness.skewness, 1e3 * tolerance);
  EXPECT_NEAR(a.frequency.norm_correlation, b.frequency.norm_correlation, tolerance);
  EXPECT_NEAR(a.frequency.r2, b.frequency.r2, tolerance);
  EXPECT_NEAR(a.frequency.neighbor_distance, b.frequency.neighbor_distance, 1e2 * tolerance);
}

std::vector<float> stretched_rows(std::int64_t words, std::int64_t dim) {
  auto rows = normal_rows(words, dim, 6);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto column = static_cast<float>(i % static_cast<std::size_t>(dim));
    rows[i] = 0.2f + 0.3f * rows[i] / (1 + column);
  }
  return rows;
}

TEST(PropertiesTest, DoNotChangeWhenVectorsAreTurned) {
  const std::int64_t words = 1500, dim = 12;
  const auto rows = stretched_rows(words, dim);
  const auto noise = normal_rows(dim, dim, 7);
  const Eigen::Map<const Eigen::MatrixXf> random(noise.data(), dim, dim);
  const Eigen::MatrixXf Q = Eigen::HouseholderQR<Eigen::MatrixXf>(random).householderQ();
  auto turned = rows;
  Eigen::Map<Eigen::MatrixXf> columns(turned.data(), dim, words);
  columns = (Q * columns).eval();
  expect_near(measure_properties(numbered_table(turned, dim), {}),
              measure_properties(numbered_table(rows, dim), {}), 1e-5);
}

TEST(PropertiesTest, TheSameOnAnyNumberOfThreads) {
  const auto table = numbered_table(stretched_rows(9000, 12), 12);
  set_threads(1);
  const Properties one = measure_properties(table, {});
  set_threads(3);
  const Properties three = measure_properties(table, {});
  set_threads(0);
  expect_near(one, three, 0);
}

TEST(PropertiesTest, OfTheFirstWordsOnly) {
  auto rows = stretched_rows(300, 5);
  PropertyOptions options;
  options.vocabulary = 200;
  const Properties first = measure_properties(numbered_table(rows, 5), options);
  EXPECT_EQ(first.words, 200);
  rows.resize(200 * 5);
  options.vocabulary = 0;
  expect_near(first, measure_properties(numbered_table(rows, 5), options), 0);
}

TEST(PropertiesTest, UndefinedIsNotANumber) {
  const Properties none = measure_properties(numbered_table({0, 0, 0, 0}, 2), {});
  EXPECT_EQ(none.words, 0);
  EXPECT_EQ(none.left_out, 2);
  EXPECT_TRUE(std::isnan(none.partition_isotropy));
  EXPECT_TRUE(std::isnan(none.mean_vector));
  EXPECT_TRUE(std::isnan(none.rank_me));
  const Properties one = measure_properties(numbered_table({0.1f, 0.7f}, 2), {});
  EXPECT_TRUE(std::isnan(one.iso_score));
  EXPECT_TRUE(std::isnan(one.variance_first));
  EXPECT_TRUE(std::isnan(one.random_cosine));
  EXPECT_TRUE(std::isnan(one.hubness.antihubs));
  EXPECT_DOUBLE_EQ(one.mean_vector, 1);
  const Properties equal = measure_properties(numbered_table(std::vector<float>(90, 0.7f), 3), {});
  EXPECT_TRUE(std::isnan(equal.iso_score)) << "all equal";
  EXPECT_TRUE(std::isnan(equal.frequency.r2));
}

}  // namespace
}  // namespace wordbridge
