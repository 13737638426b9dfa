#include "eval/properties/spectrum.h"

#include <gtest/gtest.h>

#include <cmath>

#include "eval/properties/moments.h"
#include "tests/eval/random_table.h"

namespace wordbridge {
namespace {

/// The published properties: isotropic 1, one direction 0, and k of n equal directions (k - 1) / (n
/// - 1). The last is the paper's theorem: k(phi) = (n - delta^2 (n - sqrt n))^2 / n equals k.
TEST(IsoScore, OfKnownSpectra) {
  EXPECT_DOUBLE_EQ(iso_score({2, 2, 2, 2, 2}), 1);
  EXPECT_NEAR(iso_score({3, 0, 0, 0}), 0, 1e-12);
  for (std::size_t k = 1; k <= 9; ++k) {
    std::vector<double> spectrum(9, 0.0);
    std::fill_n(spectrum.begin(), k, 0.5);
    EXPECT_NEAR(iso_score(spectrum), (static_cast<double>(k) - 1) / 8, 1e-12);
  }
  EXPECT_TRUE(std::isnan(iso_score({1}))) << "one dimension";
  EXPECT_TRUE(std::isnan(iso_score({0, 0})));
  EXPECT_TRUE(std::isnan(iso_score({})));
}

/// n = 2, l = (2, 1): s = sqrt(2/5) (2, 1) = (1.26491, 0.63246), |s - 1|^2 = 0.07018 + 0.13509 =
/// 0.20527, half 0.10263; ((2 - 0.10263)^2 - 2) / 2 = 0.8.
TEST(IsoScore, ByHand) {
  EXPECT_NEAR(iso_score({2, 1}), 0.8, 1e-9);
  EXPECT_NEAR(iso_score({2e-200, 1e-200}), 0.8, 1e-9) << "independent of the scale";
}

TEST(Spectrum, SharesAndRanksByHand) {
  EXPECT_DOUBLE_EQ(leading_share({6, 3, 1}, 1), 0.6);
  EXPECT_DOUBLE_EQ(leading_share({6, 3, 1}, 8), 1);
  EXPECT_DOUBLE_EQ(stable_rank({6, 3, 1}), 10.0 / 6);
  EXPECT_DOUBLE_EQ(inverse_condition({9, 4, 1}), 1.0 / 3);
  EXPECT_DOUBLE_EQ(inverse_condition({9, 0}), 0);
  // Singular values 3 and 1: p = (3/4, 1/4).
  EXPECT_NEAR(rank_me({9, 1}), std::exp(-0.75 * std::log(0.75) - 0.25 * std::log(0.25)), 1e-12);
  EXPECT_NEAR(rank_me({9, 0, 0}), 1, 1e-12);
  for (std::size_t d = 1; d < 6; ++d) {
    const std::vector<double> equal(d, 7.0);
    EXPECT_NEAR(rank_me(equal), static_cast<double>(d), 1e-12);
    EXPECT_NEAR(stable_rank(equal), static_cast<double>(d), 1e-12);
    EXPECT_DOUBLE_EQ(inverse_condition(equal), 1);
  }
}

TEST(Spectrum, OfNoVarianceIsUndefined) {
  EXPECT_TRUE(std::isnan(leading_share({0, 0}, 1)));
  EXPECT_TRUE(std::isnan(stable_rank({0, 0})));
  EXPECT_TRUE(std::isnan(rank_me({0, 0})));
  EXPECT_TRUE(std::isnan(inverse_condition({0, 0})));
}

TEST(Spectrum, EigenvaluesDescendAndAreNotNegative) {
  Eigen::MatrixXd matrix(2, 2);
  matrix << 2, 1, 1, 2;
  const auto spectrum = spectrum_of(matrix, 2);
  ASSERT_EQ(spectrum.size(), 2u);
  EXPECT_NEAR(spectrum[0], 3, 1e-12);
  EXPECT_NEAR(spectrum[1], 1, 1e-12);
  matrix << 1, 1, 1, 1 - 1e-13;
  EXPECT_GE(spectrum_of(matrix, 2)[1], 0);
  EXPECT_EQ(spectrum_of(matrix, 4).size(), 4u) << "two words in four dimensions";
  EXPECT_EQ(spectrum_of(matrix, 4)[2], 0);
}

double isotropy(const EmbeddingTable& table) {
  const WordVectors vectors(table, rows_with_direction(table));
  return partition_isotropy(vectors, sum_of(moments_of_folds(vectors)).gram);
}

/// V^T V = diag(5, 1), so c = +-e1, +-e2. Z(e1) = e^2 + e + 1, Z(-e1) = e^-2 + e^-1 + 1, Z(e2) = 2
/// + e, Z(-e2) = 2 + e^-1.
TEST(PartitionIsotropy, ByHand) {
  const double e = std::exp(1.0);
  EXPECT_NEAR(isotropy(numbered_table({2, 0, 1, 0, 0, 1}, 2)),
              (1 + 1 / e + 1 / e / e) / (1 + e + e * e), 1e-12);
}

/// Two words in three dimensions: V^T V = diag(4, 1, 0). Z(e1) = e^2 + 1, Z(-e1) = e^-2 + 1, Z(e2)
/// = 1 + e, Z(-e2) = 1 + e^-1, and Z(+-e3) = 2. The least is that of -e1.
TEST(PartitionIsotropy, OfFewerWordsThanDimensions) {
  EXPECT_NEAR(isotropy(numbered_table({2, 0, 0, 0, 1, 0}, 3)),
              (1 + std::exp(-2.0)) / (1 + std::exp(2.0)), 1e-12);
  // One word with one negative coordinate; 1 is that of the two other axes.
  EXPECT_NEAR(isotropy(numbered_table({0, 0, -3}, 3)), std::exp(-6.0), 1e-12);
}

/// All vectors at +-a on one axis: min / max = 1 / cosh(a). With a = 2,000 the sums overflow but
/// their logarithms do not: e^-2000 is 0, and the reverse case is not infinity / infinity.
TEST(PartitionIsotropy, OfLongVectors) {
  EXPECT_NEAR(isotropy(numbered_table({3, 0, -3, 0}, 2)), 1 / std::cosh(3.0), 1e-12);
  EXPECT_EQ(isotropy(numbered_table({2000, 0, -2000, 0}, 2)), 0);
  EXPECT_NEAR(isotropy(numbered_table({2000, 0, -2000, 0, 0, 2000, 0, -2000}, 2)), 1, 1e-9);
}

/// More words than rows per block and than parts; compared with direct sums.
TEST(PartitionIsotropy, AsSummedPlainly) {
  const std::int64_t count = 40000, dim = 3;
  auto values = normal_rows(count, dim, 8);
  for (std::size_t i = 0; i < values.size(); i += 3) values[i] = 2 * values[i] + 1;
  const auto table = numbered_table(values, dim);
  Eigen::MatrixXd V(count, dim);
  for (std::int64_t i = 0; i < count * dim; ++i)
    V(i / dim, i % dim) = static_cast<double>(values[static_cast<std::size_t>(i)]);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(V.transpose() * V);
  const Eigen::MatrixXd products = V * solver.eigenvectors();
  const Eigen::VectorXd up = products.array().exp().colwise().sum(),
                        down = (-products).array().exp().colwise().sum();
  const double least = std::min(up.minCoeff(), down.minCoeff()),
               most = std::max(up.maxCoeff(), down.maxCoeff());
  EXPECT_NEAR(isotropy(table), least / most, 1e-9 * least / most);
}

}  // namespace
}  // namespace wordbridge
