#include "models/alignment/procrustes.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "core/threads.h"
#include "models/alignment/prepared_rows.h"
#include "tests/models/alignment/random_vectors.h"

namespace wordbridge {
namespace {

using Eigen::MatrixXd;
using testing::HasSubstr;

std::vector<std::int64_t> first_rows(std::int64_t count) {
  std::vector<std::int64_t> rows;
  for (std::int64_t i = 0; i < count; ++i) rows.push_back(i);
  return rows;
}

TEST(Procrustes, FindsTheRotationOfACopy) {
  const MatrixXd a = random_matrix(500, 20, 1), rotation = random_rotation(20, 2);
  const RowPreparation as_they_are{false, false, false};
  const PreparedRows from(table_of(a), first_rows(500), as_they_are),
      to(table_of(a * rotation), first_rows(500), as_they_are);
  const MatrixXd found = procrustes(cross_products(from, to));
  EXPECT_LT((found - rotation).cwiseAbs().maxCoeff(), 1e-5);
}

/// Two dimensions by hand: the best rotation has the angle of sum_i a_i x b_i and sum_i a_i . b_i.
TEST(Procrustes, IsTheBestRotationOfThePlane) {
  MatrixXd a(3, 2), b(3, 2);
  a << 1, 0, 0, 2, 1, 1;
  b << 1, 1, -2, 1, 0, 1;
  // Products: dot 1 + 2 + 1 = 4; cross (x1 y2 - y1 x2): 1 + 4 + 1 = 6. No reflection is better: its
  // sums are (1 - 2 - 1)^2 + (1 - 4 + 1)^2 = 8 instead of 16 + 36.
  const double angle = std::atan2(6.0, 4.0);
  const MatrixXd found = procrustes(a.transpose() * b);
  EXPECT_NEAR(found(0, 0), std::cos(angle), 1e-12);
  EXPECT_NEAR(found(0, 1), std::sin(angle), 1e-12);
  EXPECT_NEAR(found(1, 0), -std::sin(angle), 1e-12);
}

TEST(Procrustes, ShorterRowsArePaddedWithZeros) {
  const MatrixXd a = random_matrix(300, 6, 3);
  const MatrixXd rotation = random_rotation(9, 4);
  const MatrixXd b = a * rotation.topRows(6);
  const MatrixXd found = procrustes(a.transpose() * b);  // 6 to 9
  EXPECT_LT((found - rotation.topRows(6)).cwiseAbs().maxCoeff(), 1e-9);
  const MatrixXd back = procrustes(b.transpose() * a);  // 9 to 6
  EXPECT_LT((b * back - a).cwiseAbs().maxCoeff(), 1e-9);
}

TEST(Procrustes, IsOrthogonalWhereTheRankIsLow) {
  const MatrixXd a = random_matrix(3, 8, 5), b = random_matrix(3, 8, 6);
  const MatrixXd found = procrustes(a.transpose() * b);
  EXPECT_LT((found.transpose() * found - MatrixXd::Identity(8, 8)).cwiseAbs().maxCoeff(), 1e-12);
}

TEST(Procrustes, ZerosAreAnError) {
  try {
    procrustes(MatrixXd::Zero(3, 3));
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("share no direction"));
  }
}

std::vector<std::vector<MatrixXd>> products_of(const std::vector<MatrixXd>& all) {
  std::vector<std::vector<MatrixXd>> products(all.size(), std::vector<MatrixXd>(all.size()));
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t j = i; j < all.size(); ++j) products[i][j] = all[i].transpose() * all[j];
  return products;
}

/// Sum of squared distances to the mean, computed from the matrices themselves.
double spread(const std::vector<MatrixXd>& all, const std::vector<MatrixXd>& maps) {
  MatrixXd mean = MatrixXd::Zero(all[0].rows(), maps[0].cols());
  double total = 0, sum = 0;
  for (std::size_t i = 0; i < all.size(); ++i)
    mean += all[i] * maps[i] / static_cast<double>(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    sum += (all[i] * maps[i] - mean).squaredNorm();
    total += all[i].squaredNorm();
  }
  return sum / total;
}

TEST(GeneralisedProcrustes, RotatedCopiesAgree) {
  const MatrixXd a = random_matrix(200, 7, 7);
  const std::vector<MatrixXd> all = {a, a * random_rotation(7, 8), a * random_rotation(7, 9)};
  const auto found = generalised_procrustes(products_of(all));
  EXPECT_NEAR(found.residual, 0, 1e-12);
  for (std::size_t i = 1; i < all.size(); ++i)
    EXPECT_LT((all[i] * found.maps[i] - a * found.maps[0]).cwiseAbs().maxCoeff(), 1e-9);
}

TEST(GeneralisedProcrustes, NoRotationOfOneImprovesTheResult) {
  std::vector<MatrixXd> all = {random_matrix(60, 5, 10), random_matrix(60, 5, 11),
                               random_matrix(60, 4, 12), random_matrix(60, 5, 13)};
  const auto found = generalised_procrustes(products_of(all), 1e-14, 10000);
  EXPECT_NEAR(found.residual, spread(all, found.maps), 1e-12);
  EXPECT_LT(found.residual, 1 - 1.0 / 4);  // maps that do not fit at all leave 3/4 on average
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const double angle : {-1e-3, 1e-3}) {
      for (Eigen::Index axis = 0; axis + 1 < 5; ++axis) {
        MatrixXd turned = MatrixXd::Identity(5, 5);
        turned(axis, axis) = turned(axis + 1, axis + 1) = std::cos(angle);
        turned(axis, axis + 1) = std::sin(angle);
        turned(axis + 1, axis) = -std::sin(angle);
        auto maps = found.maps;
        maps[i] = maps[i] * turned;
        EXPECT_GE(spread(all, maps), found.residual - 1e-12);
      }
    }
  }
}

TEST(PreparedRows, PreparesRowsByHand) {
  MatrixXd rows(3, 2);
  rows << 3, 4, 0, 0, 0, -2;
  const std::vector<std::int64_t> order = {2, -1, 0, 1};
  MatrixXd unit(4, 2), centered(4, 2), again(4, 2);
  unit << 0, -1, 0, 0, 0.6, 0.8, 0, 0;
  // The mean of the three rows that are there: (0.2, -0.2 / 3).
  const double x = 0.2, y = -0.2 / 3;
  centered << -x, -1 - y, 0, 0, 0.6 - x, 0.8 - y, -x, -y;
  again = centered;
  for (const int i : {0, 2, 3}) again.row(i) /= again.row(i).norm();
  const auto block = [&](bool center, bool unit_again) {
    return PreparedRows(table_of(rows), order, {true, center, unit_again}).block(0, 4);
  };
  EXPECT_LT((block(false, false) - unit).cwiseAbs().maxCoeff(), 1e-7);
  EXPECT_LT((block(true, false) - centered).cwiseAbs().maxCoeff(), 1e-7);
  EXPECT_LT((block(true, true) - again).cwiseAbs().maxCoeff(), 1e-7);
}

TEST(PreparedRows, CrossProductsEqualThoseOfWholeMatricesOnAnyNumberOfThreads) {
  const MatrixXd a = random_matrix(3000, 5, 14), b = random_matrix(3000, 3, 15);
  const PreparedRows rows_a(table_of(a), first_rows(3000), {}),
      rows_b(table_of(b), first_rows(3000), {false, false, false});
  MatrixXd unit = a;
  for (Eigen::Index i = 0; i < a.rows(); ++i) unit.row(i) /= unit.row(i).norm();
  const MatrixXd products = cross_products(rows_a, rows_b);
  EXPECT_LT((products - unit.transpose() * b).cwiseAbs().maxCoeff(), 1e-4);
  const int before = threads();
  for (const int count : {1, 2, 3, 8}) {
    set_threads(count);
    EXPECT_EQ(cross_products(rows_a, rows_b), products) << count << " threads";
  }
  set_threads(before);
}

}  // namespace
}  // namespace wordbridge
