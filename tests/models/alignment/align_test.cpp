#include "models/alignment/align.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "core/error.h"
#include "core/threads.h"
#include "models/alignment/alignment_maps.h"
#include "tests/models/alignment/random_vectors.h"

namespace wordbridge {
namespace {

using Eigen::MatrixXd;
using testing::ElementsAre;
using testing::HasSubstr;

double distance(const MatrixXd& a, const MatrixXd& b) { return (a - b).cwiseAbs().maxCoeff(); }

std::vector<RowPair> same_rows(std::int64_t count) {
  std::vector<RowPair> pairs;
  for (std::int64_t i = 0; i < count; ++i) pairs.emplace_back(i, i);
  return pairs;
}

AlignOptions with_center(bool center) {
  AlignOptions options;
  options.center = center;
  return options;
}

/// Also the lengths, which are those of the source.
TEST(Align, FindsTheRotationOfACopy) {
  const MatrixXd a = random_matrix(400, 16, 1), rotation = random_rotation(16, 2);
  const EmbeddingTable source = table_of(a), target = table_of(a * rotation);
  for (const bool center : {false, true}) {
    const Aligned aligned = align(source, target, same_rows(400), with_center(center));
    EXPECT_LT(distance(rows_of(aligned.source), a * rotation), 1e-5) << center;
    EXPECT_EQ(aligned.target.data(), target.data());  // unchanged
    EXPECT_THAT(aligned.pairs, ElementsAre(400));
  }
}

/// The formula of the header, from whole matrices.
TEST(Align, CentringMovesTheSourceToTheTargetsMean) {
  MatrixXd a = random_matrix(60, 4, 3), b = random_matrix(80, 4, 4);
  a.rowwise() += Eigen::RowVector4d(2, 0, 1, 0);
  b.rowwise() += Eigen::RowVector4d(0, 0, 0, 3);
  const MatrixXd unit_a = a.rowwise().normalized(), unit_b = b.rowwise().normalized();
  const Eigen::RowVector4d mean_a = unit_a.colwise().mean(), mean_b = unit_b.colwise().mean();
  const MatrixXd centered_a = unit_a.rowwise() - mean_a, centered_b = unit_b.rowwise() - mean_b;
  const MatrixXd x = centered_a.topRows(30).rowwise().normalized(),
                 z = centered_b.topRows(30).rowwise().normalized();
  const Eigen::JacobiSVD<MatrixXd> svd(x.transpose() * z,
                                       Eigen::ComputeFullU | Eigen::ComputeFullV);
  const MatrixXd W = svd.matrixU() * svd.matrixV().transpose();
  const MatrixXd moved = (centered_a * W).rowwise() + mean_b;
  const Aligned aligned = align(table_of(a), table_of(b), same_rows(30), with_center(true));
  const MatrixXd found = rows_of(aligned.source);
  EXPECT_LT(distance(found, a.rowwise().norm().asDiagonal() * moved), 1e-5);
  // Distances between unit rows are those of the centred rows.
  const MatrixXd scaled = a.rowwise().norm().cwiseInverse().asDiagonal() * found;
  EXPECT_NEAR((scaled.row(7) - unit_b.row(9)).norm(),
              (centered_a.row(7) * W - centered_b.row(9)).norm(), 1e-6);
  // With the target changed, too, both are the prepared rows.
  AlignOptions both = with_center(true);
  both.change_target = true;
  const Aligned changed = align(table_of(a), table_of(b), same_rows(30), both);
  EXPECT_LT(distance(rows_of(changed.source), centered_a.rowwise().normalized() * W), 1e-5);
  EXPECT_LT(distance(rows_of(changed.target), centered_b.rowwise().normalized()), 1e-6);
}

TEST(Align, OtherDimensionsAndZeros) {
  MatrixXd a = random_matrix(200, 6, 5);
  const MatrixXd rotation = random_rotation(9, 6).topRows(6);
  a.row(3).setZero();
  const Aligned wider = align(table_of(a), table_of(a * rotation),
                              {{0, 0}, {1, 1}, {2, 2}, {4, 4}, {5, 5}, {6, 6}}, with_center(false));
  EXPECT_EQ(wider.source.dim(), 9);
  EXPECT_LT(distance(rows_of(wider.source), a * rotation), 1e-5);
  const Aligned narrower =
      align(table_of(a * rotation), table_of(a), same_rows(3), with_center(true));
  EXPECT_EQ(narrower.source.dim(), 6);
  EXPECT_EQ(rows_of(narrower.source).row(3), MatrixXd::Zero(1, 6));
  EXPECT_THAT(alignable_rows(table_of(a.topRows(5))), ElementsAre(0, 1, 2, -1, 4));
}

/// Fewer pairs than dimensions do not determine the rotation; their neighbours complete it.
TEST(Align, RefinementRecoversTheRotationFromATenthOfThePairs) {
  const MatrixXd a = random_matrix(300, 40, 7), rotation = random_rotation(40, 8);
  const EmbeddingTable source = table_of(a), target = table_of(a * rotation);
  AlignOptions options;
  EXPECT_GT(distance(rows_of(align(source, target, same_rows(30), options).source), a * rotation),
            0.5);
  options.refine = 8;
  const Aligned refined = align(source, target, same_rows(30), options);
  EXPECT_LT(distance(rows_of(refined.source), a * rotation), 1e-5);
  EXPECT_LT(refined.pairs.size(), 9U);  // the pairs stay the same after some rounds
  EXPECT_EQ(refined.pairs.front(), 30);
  EXPECT_EQ(refined.pairs.back(), 300);
  options.refine_words = 100;  // only the first words are paired
  EXPECT_LE(align(source, target, same_rows(30), options).pairs.back(), 100);
}

TEST(Align, TheSameBitsOnAnyNumberOfThreadsAndInAnyOrderOfThePairs) {
  const EmbeddingTable source = table_of(random_matrix(1500, 8, 9)),
                       target = table_of(random_matrix(1400, 8, 10));
  auto pairs = same_rows(1200);
  AlignOptions options;
  options.refine = 2;
  const MatrixXd first = rows_of(align(source, target, pairs, options).source);
  std::reverse(pairs.begin(), pairs.end());
  const int before = threads();
  for (const int count : {1, 2, 3, 8}) {
    set_threads(count);
    EXPECT_EQ(rows_of(align(source, target, pairs, options).source), first) << count;
  }
  set_threads(before);
}

class AlignmentMapsTest : public testing::Test {
 protected:
  AlignmentMaps maps(const MapOptions& options) const {
    return alignment_maps(x_.transpose() * x_, z_.transpose() * z_, x_.transpose() * z_, options);
  }
  const MatrixXd x_ = random_matrix(50, 5, 11) * random_matrix(5, 5, 12);
  const MatrixXd z_ = x_ * random_matrix(5, 5, 13) + random_matrix(50, 5, 14);
  const MatrixXd identity_ = MatrixXd::Identity(5, 5);
};

TEST_F(AlignmentMapsTest, WhitenedRowsAreUncorrelated) {
  const AlignmentMaps white = maps({true, 0, false});
  const MatrixXd x = x_ * white.source, z = z_ * white.target;
  EXPECT_LT(distance(x.transpose() * x, identity_), 1e-9);
  EXPECT_LT(distance(z.transpose() * z, identity_), 1e-9);
  // The products of both are V S V^T, symmetric. Weights of S^p on both sides give V S^(1 + 2 p)
  // V^T.
  const MatrixXd products = x.transpose() * z;
  EXPECT_LT(distance(products, products.transpose()), 1e-9);
  const AlignmentMaps weighted = maps({true, 0.5, false});
  EXPECT_LT(
      distance((x_ * weighted.source).transpose() * (z_ * weighted.target), products * products),
      1e-9);
}

TEST_F(AlignmentMapsTest, DewhiteningRestoresTheLengths) {
  const AlignmentMaps restored = maps({true, 0, true});
  EXPECT_LT(distance(restored.target, identity_), 1e-9);
  EXPECT_LT(distance(restored.source * restored.source.transpose(), identity_), 1e-9);
  // Not the rotation of the rows as they are.
  EXPECT_GT(distance(restored.source, maps({}).source), 1e-3);
  EXPECT_EQ(maps({}).target, identity_);
}

TEST_F(AlignmentMapsTest, MissingRankIsAnError) {
  const auto error = [](const MatrixXd& x, const MatrixXd& z) -> std::string {
    try {
      alignment_maps(x.transpose() * x, z.transpose() * z, x.transpose() * z, {true, 0, false});
    } catch (const Error& thrown) {
      return thrown.what();
    }
    return "no error";
  };
  EXPECT_THAT(error(x_.topRows(3), z_.topRows(3)),
              testing::AllOf(HasSubstr("the source vectors of the pairs can't be whitened"),
                             HasSubstr("rank 5"), HasSubstr("rank 3")));
  MatrixXd flat = z_;
  flat.col(4) = flat.col(0).cast<float>().cast<double>();
  flat.col(0) = flat.col(4) * (1 + 1e-9);  // differs by less than single precision
  EXPECT_THAT(error(x_, flat),
              testing::AllOf(HasSubstr("the target vectors"), HasSubstr("rank 4")));
  EXPECT_THAT(error(x_.leftCols(4), z_), HasSubstr("vectors of one dimension"));
}

}  // namespace
}  // namespace wordbridge
