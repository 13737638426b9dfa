#include "models/alignment/csls.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "core/threads.h"
#include "tests/models/alignment/random_vectors.h"

namespace wordbridge {
namespace {

using Eigen::MatrixXd;
using testing::Each;
using testing::ElementsAre;

constexpr double kNone = -std::numeric_limits<double>::infinity();

/// CSLS as in the paper, in double precision.
MatrixXd naive_csls(MatrixXd x, MatrixXd y, Eigen::Index k) {
  x.rowwise().normalize();
  y.rowwise().normalize();
  const MatrixXd cosines = x * y.transpose();
  const auto mean_of_best = [k](Eigen::VectorXd values) {
    std::sort(values.data(), values.data() + values.size(), std::greater<>());
    return values.head(std::min(k, values.size())).mean();
  };
  MatrixXd csls = 2 * cosines;
  for (Eigen::Index i = 0; i < x.rows(); ++i)
    for (Eigen::Index j = 0; j < y.rows(); ++j)
      csls(i, j) -= mean_of_best(cosines.row(i)) + mean_of_best(cosines.col(j));
  return csls;
}

std::vector<std::int64_t> range(std::int64_t count) {
  std::vector<std::int64_t> rows;
  for (std::int64_t i = 0; i < count; ++i) rows.push_back(i);
  return rows;
}

TEST(Csls, EqualsTheNaiveComputation) {
  const MatrixXd x = random_matrix(150, 7, 1), y = random_matrix(90, 7, 2);
  const MatrixXd expected = naive_csls(x, y, 10);
  CslsSearch search(table_of(x), table_of(y));
  const RankedRows found = search.by_csls(range(150), 90);
  for (std::int64_t i = 0; i < 150; ++i) {
    for (std::int64_t j = 0; j < 90; ++j) {
      const auto entry = static_cast<std::size_t>(i * 90 + j);
      EXPECT_NEAR(found.scores[entry], expected(i, found.rows[entry]), 2e-6);
      EXPECT_LE(found.scores[entry], found.scores[j > 0 ? entry - 1 : entry]);
    }
  }
}

TEST(Csls, MutualNearestEqualTheNaiveComputation) {
  const MatrixXd x = random_matrix(150, 7, 3), y = random_matrix(90, 7, 4);
  const MatrixXd csls = naive_csls(x, y, 10);
  std::vector<std::pair<std::int64_t, std::int64_t>> expected;
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    Eigen::Index best = 0, back = 0;
    csls.row(i).maxCoeff(&best);
    csls.col(best).maxCoeff(&back);
    if (back == i) expected.emplace_back(i, best);
  }
  EXPECT_GT(expected.size(), 10U);
  EXPECT_EQ(CslsSearch(table_of(x), table_of(y)).mutual_nearest(), expected);
}

/// The target 0 is near to all sources: a hub, which CSLS avoids. With 1 neighbour, by hand:
/// cosines of source 0 (angle 0°) to targets at 20° and -30°, and of source 1 (40°) to them.
TEST(Csls, AvoidsHubs) {
  const auto directions = [](const std::vector<double>& degrees) {
    MatrixXd rows(static_cast<Eigen::Index>(degrees.size()), 2);
    for (std::size_t i = 0; i < degrees.size(); ++i) {
      const double angle = degrees[i] * M_PI / 180;
      rows.row(static_cast<Eigen::Index>(i)) << 3 * std::cos(angle), 3 * std::sin(angle);
    }
    return table_of(rows);
  };
  CslsSearch search(directions({0, 22}), directions({20, -30}), 1);
  EXPECT_THAT(search.by_cosine({0, 1}, 1).rows, ElementsAre(0, 0));
  const auto found = search.by_csls({0, 1}, 1);
  // r: source 0 cos 20°, target 0 cos 2°, target 1 cos 30°.
  // Source 0: target 0: 2 cos 20° - cos 20° - cos 2° = -0.0597; target 1: 2 cos 30° - cos 20° -
  // cos 30° = -0.0737. Source 1: 2 cos 2° - 2 cos 2° = 0.
  EXPECT_THAT(found.rows, ElementsAre(0, 0));
  EXPECT_NEAR(found.scores[0], std::cos(M_PI / 9) - std::cos(M_PI / 90), 1e-6);
  EXPECT_NEAR(found.scores[1], 0, 1e-6);
  // At -22° instead of -30°, target 1 is the better one for source 0: 2 cos 22° - cos 20° - cos 22°
  // = -0.0125.
  EXPECT_THAT(CslsSearch(directions({0, 22}), directions({20, -22}), 1).by_csls({0}, 1).rows,
              ElementsAre(1));
}

TEST(Csls, ZeroRowsAndSmallTables) {
  MatrixXd x(2, 2), y(3, 2);
  x << 1, 0, 0, 0;
  y << 0, 0, 1, 1, 1, 0;
  CslsSearch search(table_of(x), table_of(y));
  const auto cosine = search.by_cosine({0, 1}, 3);
  EXPECT_THAT(cosine.rows, ElementsAre(2, 1, -1, -1, -1, -1));
  const auto csls = search.by_csls({0, 1}, 3);
  EXPECT_THAT(csls.rows, ElementsAre(2, 1, -1, -1, -1, -1));
  // r(x) = (1 + 0.7071) / 2, r(y) = 1 and 0.7071: fewer than ten neighbours.
  EXPECT_NEAR(csls.scores[0], 2 - 0.853553 - 1, 1e-5);
  EXPECT_NEAR(csls.scores[1], 2 * 0.707107 - 0.853553 - 0.707107, 1e-5);
  EXPECT_EQ(csls.scores[2], kNone);
  EXPECT_THAT(search.mutual_nearest(), ElementsAre(std::pair<std::int64_t, std::int64_t>(0, 2)));
}

TEST(Csls, TheSameBitsOnAnyNumberOfThreads) {
  const EmbeddingTable x = table_of(random_matrix(5000, 12, 5)),
                       y = table_of(random_matrix(4500, 12, 6));
  const int before = threads();
  std::vector<RankedRows> found;
  for (const int count : {1, 2, 3, 8}) {
    set_threads(count);
    found.push_back(CslsSearch(x, y).by_csls(range(5000), 3));
  }
  set_threads(before);
  for (const auto& other : found) {
    EXPECT_EQ(other.rows, found[0].rows);
    EXPECT_EQ(other.scores, found[0].scores);
  }
}

}  // namespace
}  // namespace wordbridge
