#include <gmock/gmock.h>

#include <Eigen/Dense>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/rng.h"
#include "core/threads.h"
#include "models/join/join_maps.h"
#include "models/join/joined_table.h"

namespace wordbridge {
namespace {

using Eigen::MatrixXd;
using testing::ElementsAre;
using testing::HasSubstr;
using Method = JoinSettings::Method;

MatrixXd random_rows(Eigen::Index rows, Eigen::Index cols, std::uint64_t seed) {
  Rng rng(seed, "join test");
  MatrixXd matrix(rows, cols);
  for (Eigen::Index i = 0; i < rows; ++i)
    for (Eigen::Index j = 0; j < cols; ++j) matrix(i, j) = rng.normal();
  return matrix;
}

/// A table of words "a", "b", ... or "w0", "w1", ...
EmbeddingTable table_of(const MatrixXd& rows, std::vector<std::string> words = {}) {
  std::vector<float> values;
  for (Eigen::Index i = 0; i < rows.rows(); ++i) {
    if (static_cast<Eigen::Index>(words.size()) <= i) words.push_back("w" + std::to_string(i));
    for (Eigen::Index j = 0; j < rows.cols(); ++j) values.push_back(static_cast<float>(rows(i, j)));
  }
  return {words, values, rows.cols(), "test"};
}

MatrixXd rows_of(const EmbeddingTable& table) {
  MatrixXd rows(table.size(), table.dim());
  for (std::int64_t i = 0; i < table.size(); ++i)
    for (std::int64_t j = 0; j < table.dim(); ++j) rows(i, j) = table.row(i)[j];
  return rows;
}

std::vector<std::string> words_of(const EmbeddingTable& table) {
  std::vector<std::string> words;
  for (std::int64_t i = 0; i < table.size(); ++i) words.emplace_back(table.word(i));
  return words;
}

JoinSettings settings_of(Method method) {
  JoinSettings settings;
  settings.method = method;
  return settings;
}

std::string error_of(const std::vector<EmbeddingTable>& tables, const JoinSettings& settings) {
  try {
    join_tables(tables, settings);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

/// Two tables with two shared words; 0.6 and 0.8 make unit vectors by hand.
struct SmallTables {
  MatrixXd a = (MatrixXd(3, 2) << 3, 4, 0, -2, 5, 0).finished();
  MatrixXd b = (MatrixXd(3, 1) << -7, 2, 3).finished();
  std::vector<EmbeddingTable> tables = {table_of(a, {"x", "y", "z"}), table_of(b, {"z", "u", "x"})};
};

TEST(Join, ConcatenatesByHand) {
  const SmallTables small;
  JoinSettings settings;
  settings.weights = {1, 2};
  const auto shared = join_tables(small.tables, settings);
  EXPECT_THAT(words_of(shared), ElementsAre("x", "z"));
  EXPECT_TRUE(rows_of(shared).isApprox((MatrixXd(2, 3) << 0.6, 0.8, 2, 1, 0, -2).finished(), 1e-6));
  EXPECT_EQ(shared.steps(), "join:concatenation,weights=1/2 of test + test");
  settings.words = JoinSettings::Words::all;
  settings.unit = false;
  const auto all = join_tables(small.tables, settings);
  EXPECT_THAT(words_of(all), ElementsAre("x", "y", "z", "u"));
  EXPECT_TRUE(rows_of(all).isApprox(
      (MatrixXd(4, 3) << 3, 4, 6, 0, -2, 0, 5, 0, -14, 0, 0, 4).finished(), 1e-6));
}

TEST(Join, AveragesByHandOverTheInputsThatHaveAWord) {
  const SmallTables small;
  JoinSettings settings = settings_of(Method::average);
  settings.words = JoinSettings::Words::all;
  settings.weights = {1, 3};
  // x: (1 (0.6, 0.8) + 3 (1, 0)) / 4; y and u: their only vectors; z: ((1, 0) - 3 (1, 0)) / 4.
  EXPECT_TRUE(rows_of(join_tables(small.tables, settings))
                  .isApprox((MatrixXd(4, 2) << 0.9, 0.2, 0, -1, -0.5, 0, 1, 0).finished(), 1e-6));
}

TEST(Join, SubtractsTheMeanOfSharedWords) {
  const SmallTables small;
  JoinSettings settings = settings_of(Method::concatenation);
  settings.center = true;
  settings.unit = false;
  EXPECT_TRUE(rows_of(join_tables(small.tables, settings))
                  .isApprox((MatrixXd(2, 3) << -1, 2, 5, 1, -2, -5).finished(), 1e-6));
  // The same means for words that only one table has.
  settings.words = JoinSettings::Words::all;
  EXPECT_TRUE(
      rows_of(join_tables(small.tables, settings))
          .isApprox((MatrixXd(4, 3) << -1, 2, 5, -4, -4, 0, 1, -2, -5, 0, 0, 4).finished(), 1e-6));
}

/// Singular value decomposition of the whole concatenation, by Eigen.
TEST(Join, SvdEqualsThatOfTheConcatenation) {
  const MatrixXd a = random_rows(50, 4, 1), b = random_rows(50, 3, 2);
  JoinSettings settings = settings_of(Method::svd);
  settings.dim = 5;
  settings.unit = false;
  settings.weights = {1, 0.5};
  const MatrixXd joined = rows_of(join_tables({table_of(a), table_of(b)}, settings));
  MatrixXd whole(50, 7);
  whole << a, 0.5 * b;
  const Eigen::JacobiSVD<MatrixXd> svd(whole, Eigen::ComputeThinU | Eigen::ComputeThinV);
  for (Eigen::Index column = 0; column < 5; ++column) {
    const Eigen::VectorXd score = svd.matrixU().col(column) * svd.singularValues()[column];
    const double sign = score.dot(joined.col(column)) > 0 ? 1 : -1;
    EXPECT_LT((joined.col(column) - sign * score).norm(), 1e-4 * score.norm());
  }
}

TEST(Join, ProcrustesAndGpaUndoRotations) {
  const MatrixXd a = random_rows(80, 6, 3);
  const MatrixXd turn = Eigen::HouseholderQR<MatrixXd>(random_rows(6, 6, 4)).householderQ();
  const MatrixXd other = Eigen::HouseholderQR<MatrixXd>(random_rows(6, 6, 5)).householderQ();
  const std::vector<EmbeddingTable> tables = {table_of(a), table_of(a * turn), table_of(a * other)};
  for (const auto method : {Method::procrustes, Method::gpa}) {
    JoinSettings settings = settings_of(method);
    settings.unit = false;
    const MatrixXd joined = rows_of(join_tables(tables, settings));
    // GPA's mean may be turned as a whole, so all products of rows are compared.
    EXPECT_LT((joined * joined.transpose() - a * a.transpose()).cwiseAbs().maxCoeff(), 1e-4);
    if (method == Method::procrustes) {
      EXPECT_LT((joined - a).cwiseAbs().maxCoeff(), 1e-5);
    }
  }
}

/// MAX-VAR computed from the projections themselves.
TEST(Join, GccaEqualsTheEigenvectorsOfTheSumOfProjections) {
  const MatrixXd a = random_rows(40, 4, 6), b = random_rows(40, 3, 7), c = random_rows(40, 5, 8);
  JoinSettings settings = settings_of(Method::gcca);
  settings.dim = 4;
  settings.unit = false;
  const MatrixXd joined = rows_of(join_tables({table_of(a), table_of(b), table_of(c)}, settings));
  MatrixXd projections = MatrixXd::Zero(40, 40);
  for (const MatrixXd& x : {a, b, c})
    projections += x * (x.transpose() * x).inverse() * x.transpose();
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(projections);
  for (Eigen::Index column = 0; column < 4; ++column) {
    const Eigen::VectorXd expected = std::sqrt(40.0) * solver.eigenvectors().col(39 - column);
    const double sign = expected.dot(joined.col(column)) > 0 ? 1 : -1;
    EXPECT_LT((joined.col(column) - sign * expected).cwiseAbs().maxCoeff(), 1e-4);
  }
}

TEST(Join, RankDeficientInputs) {
  MatrixXd a = random_rows(30, 4, 9);
  a.col(3) = a.col(0) + a.col(1);
  const MatrixXd b = random_rows(30, 2, 10);
  JoinSettings settings = settings_of(Method::svd);
  settings.unit = false;
  settings.dim = 6;
  EXPECT_THAT(error_of({table_of(a), table_of(b)}, settings),
              testing::AllOf(HasSubstr("rank"), HasSubstr("at most 5")));
  settings.method = Method::gcca;
  EXPECT_THAT(error_of({table_of(a), table_of(b)}, settings), HasSubstr("at most 5"));
  settings.dim = 5;
  EXPECT_TRUE(rows_of(join_tables({table_of(a), table_of(b)}, settings)).allFinite());
}

TEST(Join, OneWordZerosAndDisjointVocabularies) {
  const auto one = table_of((MatrixXd(1, 2) << 0, 2).finished(), {"x"}),
             zero = table_of(MatrixXd::Zero(1, 2), {"x"}),
             other = table_of((MatrixXd(1, 2) << 1, 0).finished(), {"y"});
  EXPECT_TRUE(rows_of(join_tables({one, one}, settings_of(Method::gpa)))
                  .isApprox((MatrixXd(1, 2) << 0, 1).finished()));
  EXPECT_TRUE(rows_of(join_tables({one, zero}, settings_of(Method::average)))
                  .isApprox((MatrixXd(1, 2) << 0, 0.5).finished()));
  EXPECT_THAT(error_of({one, zero}, settings_of(Method::procrustes)),
              HasSubstr("share no direction"));
  EXPECT_THAT(error_of({one, other}, {}), HasSubstr("no word in common"));
  JoinSettings all = settings_of(Method::gpa);
  all.words = JoinSettings::Words::all;
  EXPECT_THAT(error_of({one, other}, all), HasSubstr("no word in common"));
  all.method = Method::concatenation;
  EXPECT_TRUE(rows_of(join_tables({one, other}, all))
                  .isApprox((MatrixXd(2, 4) << 0, 1, 0, 0, 0, 0, 1, 0).finished()));
}

TEST(Join, SettingsThatContradictEachOtherAreNamed) {
  JoinSettings settings;
  EXPECT_THAT(settings.problem(1), HasSubstr("two inputs"));
  EXPECT_EQ(settings.problem(2), "");
  settings.dim = 3;
  EXPECT_EQ(settings.text(), "concatenation") << "dim has no effect";
  settings.method = Method::svd;
  EXPECT_EQ(settings.text(), "svd,dim=3");
  settings.weights = {1, 2, 3};
  EXPECT_THAT(settings.problem(2), HasSubstr("one weight per input"));
  settings.weights = {1, 0};
  EXPECT_THAT(settings.problem(2), HasSubstr("weights must be in [1e-06, 1000000], got 0"));
  settings.weights = {1e308, 1e308};  // their sum overflows
  EXPECT_THAT(settings.problem(2), HasSubstr("got 1e+308"));
  settings.weights = {1, std::numeric_limits<double>::quiet_NaN()};
  EXPECT_THAT(settings.problem(2), HasSubstr("got nan"));
  settings.weights = {1e-6, 1e6};
  EXPECT_EQ(settings.problem(2), "");
}

TEST(Join, VectorsOfZeroAreNamed) {
  const auto zero = table_of(MatrixXd::Zero(3, 2));
  EXPECT_THAT(error_of({zero, zero}, settings_of(Method::svd)), HasSubstr("all zero"));
  EXPECT_THAT(error_of({zero, zero}, settings_of(Method::gcca)), HasSubstr("all zero"));
}

TEST(Join, SettingsWithoutAnEffectAreNamed) {
  JoinSettings settings = settings_of(Method::gpa);
  EXPECT_TRUE(settings.unused().empty());
  settings.dim = 3;
  settings.autoencoder.epochs = 7;
  settings.autoencoder.agreement = 2;
  EXPECT_THAT(settings.unused(), ElementsAre("dim", "epochs", "agreement"));
  EXPECT_TRUE(settings.without_unused().unused().empty());
  EXPECT_EQ(settings.text(), "gpa");
  settings.method = Method::aaeme;
  EXPECT_THAT(settings.unused(), ElementsAre("agreement"));
  EXPECT_EQ(settings.text(), "aaeme,dim=3,epochs=7");
  settings.method = Method::daeme;
  EXPECT_TRUE(settings.unused().empty());
  EXPECT_EQ(settings.text(), "daeme,dim=3,epochs=7,agreement=2");
}

TEST(Join, AutoencodersNeedLibTorch) {
  const auto table = table_of(random_rows(3, 2, 14));
  EXPECT_THAT(error_of({table, table}, settings_of(Method::aaeme)), HasSubstr("needs LibTorch"));
}

TEST(Join, TheSameBytesOnAnyNumberOfThreads) {
  const std::vector<EmbeddingTable> tables = {table_of(random_rows(3000, 6, 11)),
                                              table_of(random_rows(2500, 4, 12)),
                                              table_of(random_rows(3000, 6, 13))};
  const int before = threads();
  for (const auto& [name, method] : JoinSettings::methods()) {
    JoinSettings settings = settings_of(method);
    if (settings.is_autoencoder()) continue;  // meta_autoencoder_test.cpp
    settings.words = JoinSettings::Words::all;
    settings.center = true;
    set_threads(1);
    const auto expected = join_tables(tables, settings);
    for (const int count : {2, 3, 8}) {
      set_threads(count);
      const auto found = join_tables(tables, settings);
      EXPECT_TRUE(
          std::equal(found.data(), found.data() + found.size() * found.dim(), expected.data()))
          << name << ", " << count << " threads";
    }
  }
  set_threads(before);
}

}  // namespace
}  // namespace wordbridge
