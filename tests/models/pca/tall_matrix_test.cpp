#include "models/pca/tall_matrix.h"

#include <gtest/gtest.h>

#include <Eigen/Core>

#include "core/rng.h"

namespace wordbridge {
namespace {

using Matrix = Eigen::MatrixXd;

/// More than one task, and no multiple of the rows that are computed together.
constexpr std::int64_t kTall = 5003;

Matrix random_matrix(std::int64_t rows, std::int64_t cols, std::uint64_t index) {
  Matrix matrix(rows, cols);
  Rng rng(7, "test", index);
  for (double& x : matrix.reshaped()) x = rng.normal();
  return matrix;
}

Matrix all_of(const TallMatrix& tall) {
  Matrix dense(tall.rows(), tall.cols());
  for (std::int64_t i = 0; i < tall.rows(); ++i)
    for (std::int64_t j = 0; j < tall.cols(); ++j) dense(i, j) = tall.entry(i, j);
  return dense;
}

Matrix all_of(const ColumnBlock& block) {
  TallMatrix tall(static_cast<std::int64_t>(block.size()) / kBlockColumns);
  tall.append(block);
  return all_of(tall);
}

TEST(TallMatrix, ProductsAreThoseOfTheDenseMatrix) {
  const Matrix a = random_matrix(kTall, 40, 1), b = random_matrix(kTall, kBlockColumns, 2);
  TallMatrix tall = tall_matrix(a);
  ASSERT_EQ(tall.cols(), 48);
  EXPECT_EQ(all_of(tall).leftCols(40), a);
  EXPECT_EQ(all_of(tall).rightCols(8), Matrix::Zero(kTall, 8));
  ColumnBlock block = tall_matrix(b).block(0);

  EXPECT_LT((inner(tall, 0, block).topRows(40) - a.transpose() * b).norm(), 1e-9);
  EXPECT_LT((inner(tall, 1, block).topRows(24) - a.rightCols(24).transpose() * b).norm(), 1e-9);
  EXPECT_LT((gram(tall).topLeftCorner(40, 40) - a.transpose() * a).norm(), 1e-8);
  const std::vector<double> weights(a.col(0).data(), a.col(0).data() + kTall);
  EXPECT_LT((weighted_sum(weights, block) - a.col(0).transpose() * b).norm(), 1e-9);

  const Matrix w = random_matrix(32, kBlockColumns, 3);
  subtract_product(tall, 1, w, block);
  EXPECT_LT((all_of(block) - (b - a.rightCols(24) * w.topRows(24))).norm(), 1e-9);

  // Fewer and more columns than before.
  for (const std::int64_t cols : {20, 70}) {
    const Matrix factor = random_matrix(48, cols, 4);
    TallMatrix product = tall;
    multiply(product, factor);
    EXPECT_EQ(product.cols(), (cols + 15) / 16 * 16);
    EXPECT_LT((all_of(product).leftCols(cols) - a * factor.topRows(40)).norm(), 1e-9);
  }
}

/// Checks that b = basis R, that the first `rank` columns of the basis are orthonormal and the
/// others zero.
void expect_basis(const Matrix& b, double level, Eigen::Index rank, double error) {
  ColumnBlock block = tall_matrix(b).block(0);
  const Matrix r = orthonormalize(block, level), basis = all_of(block);
  Matrix expected = Matrix::Zero(kBlockColumns, kBlockColumns);
  expected.topLeftCorner(rank, rank).setIdentity();
  EXPECT_LT((basis.transpose() * basis - expected).norm(), 1e-12);
  EXPECT_EQ(r.bottomRows(kBlockColumns - rank), Matrix::Zero(kBlockColumns - rank, kBlockColumns));
  EXPECT_LE((basis * r - b).norm(), error);
}

TEST(TallMatrix, Orthonormalize) {
  const Matrix b = random_matrix(kTall, kBlockColumns, 1);
  expect_basis(b, 1e-10, 16, 1e-11);
  // Columns whose lengths differ by 10^12, and columns that differ by one part in 10^9.
  Matrix graded = b;
  for (Eigen::Index j = 0; j < 16; ++j)
    graded.col(j) *= std::pow(10, -0.8 * static_cast<double>(j));
  expect_basis(graded, 1e-14, 16, 1e-11);
  Matrix close = b;
  close.col(5) = b.col(2) + 1e-9 * b.col(5);
  expect_basis(close, 1e-12, 16, 1e-10);
  // Equal columns, combinations of columns, columns below the level, and zeros.
  Matrix deficient = b;
  deficient.col(5) = b.col(2);
  deficient.col(9) = 2 * b.col(1) - b.col(3);
  deficient.col(12).setZero();
  deficient.col(13) *= 1e-12;
  expect_basis(deficient, 1e-8, 12, 1e-8);
  expect_basis(Matrix::Zero(kTall, 16), 1e-10, 0, 0);
}

}  // namespace
}  // namespace wordbridge
