#include "models/join/meta_autoencoder.h"

#include <gmock/gmock.h>
#include <torch/torch.h>

#include <Eigen/Dense>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <numeric>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/rng.h"
#include "core/threads.h"
#include "models/alignment/prepared_rows.h"
#include "models/join/joined_table.h"
#include "models/join/train_autoencoder.h"
#include "tests/support/gradient_check.h"

namespace wordbridge {
namespace {

using Eigen::MatrixXd;
using testing::HasSubstr;
using torch::Tensor;
using Method = JoinSettings::Method;

constexpr Method kAutoencoders[] = {Method::daeme, Method::caeme, Method::aaeme};

JoinSettings autoencoder(Method method, std::int64_t dim = 0) {
  JoinSettings settings;
  settings.method = method;
  settings.dim = dim;
  settings.autoencoder.noise = 0;
  return settings;
}

MatrixXd normal_rows(Eigen::Index rows, Eigen::Index cols, std::uint64_t seed) {
  Rng rng(seed, "autoencoder test");
  MatrixXd matrix(rows, cols);
  for (Eigen::Index i = 0; i < rows; ++i)
    for (Eigen::Index j = 0; j < cols; ++j) matrix(i, j) = rng.normal();
  return matrix;
}

EmbeddingTable table_with(const MatrixXd& rows, std::vector<std::string> words = {}) {
  std::vector<float> values;
  for (Eigen::Index i = 0; i < rows.rows(); ++i) {
    if (static_cast<Eigen::Index>(words.size()) <= i) words.push_back("w" + std::to_string(i));
    for (Eigen::Index j = 0; j < rows.cols(); ++j) values.push_back(static_cast<float>(rows(i, j)));
  }
  return {words, values, rows.cols(), "test"};
}

MatrixXd matrix_of(const EmbeddingTable& table) {
  MatrixXd rows(table.size(), table.dim());
  for (std::int64_t i = 0; i < table.size(); ++i)
    for (std::int64_t j = 0; j < table.dim(); ++j) rows(i, j) = table.row(i)[j];
  return rows;
}

PreparedRows all_rows(const EmbeddingTable& table) {
  std::vector<std::int64_t> all(static_cast<std::size_t>(table.size()));
  std::iota(all.begin(), all.end(), 0);
  return {table, std::move(all), RowPreparation()};
}

/// Every test may run alone.
class MetaAutoencoderTest : public testing::Test {
 protected:
  MetaAutoencoderTest() {
    set_threads(2, [] { at::set_num_threads(1); });
    set_autoencoder_trainer(train_autoencoder);
  }
  ~MetaAutoencoderTest() override { set_threads(0); }

  static std::string error_of(const std::vector<EmbeddingTable>& tables,
                              const JoinSettings& settings) {
    try {
      join_tables(tables, settings);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }
};

/// Inputs of 2 and 1 dimensions, codes of 2.
///   E1 = (1 0; 0 1), E2 = (2; -1), D1 (daeme, aaeme) = (1 1; 0 1), b1 = (0, 1), D2 = (0 1), b2 = 0
void set_by_hand(MetaAutoencoder& model, bool concatenated) {
  const torch::NoGradGuard no_grad;
  auto parameters = model.named_parameters();
  parameters["E1"].copy_(torch::tensor({{1.0f, 0.0f}, {0.0f, 1.0f}}));
  parameters["E2"].copy_(torch::tensor({{2.0f}, {-1.0f}}));
  if (concatenated) {
    parameters["D1"].copy_(torch::tensor({{1.0f, 1.0f, 0.0f, 0.0f}, {0.0f, 1.0f, 0.0f, 1.0f}}));
    parameters["D2"].copy_(torch::tensor({{0.0f, 1.0f, 1.0f, 0.0f}}));
  } else {
    parameters["D1"].copy_(torch::tensor({{1.0f, 1.0f}, {0.0f, 1.0f}}));
    parameters["D2"].copy_(torch::tensor({{0.0f, 1.0f}}));
  }
  parameters["b1"].copy_(torch::tensor({0.0f, 1.0f}));
}

TEST_F(MetaAutoencoderTest, LossByHand) {
  const std::vector<Tensor> rows = {torch::tensor({{3.0f, 4.0f}}), torch::tensor({{1.0f}})};
  const auto loss = [&](Method method, Activation activation = Activation::identity) {
    JoinSettings settings = autoencoder(method, 2);
    settings.weights = {1, 3};
    settings.autoencoder.agreement = 0.5;
    settings.autoencoder.activation = activation;
    MetaAutoencoder model(settings, {2, 1});
    set_by_hand(model, method == Method::caeme);
    return model.loss(rows).item<double>();
  };
  // Codes (3, 4) and (2, -1). D1: (7, 5), so (4, 1) off; D2: -1, so -2 off; codes (1, 5) apart.
  EXPECT_NEAR(loss(Method::daeme), (16 + 1) + 3 * 4 + 0.5 * 26, 1e-4);
  // With relu, codes (3, 4) and (2, 0): D2 0, so -1 off; codes (1, 4) apart.
  EXPECT_NEAR(loss(Method::daeme, Activation::relu), 17 + 3 * 1 + 0.5 * 17, 1e-4);
  // m = (3, 4, 2, -1) / sqrt(30). D1: (7, 3) / sqrt(30) + (0, 1), D2: 6 / sqrt(30).
  const double r = std::sqrt(30.0);
  EXPECT_NEAR(loss(Method::caeme),
              std::pow(7 / r - 3, 2) + std::pow(3 / r - 3, 2) + 3 * std::pow(6 / r - 1, 2), 1e-4);
  // m = (5, 3) / sqrt(34). D1: (8, 3) / sqrt(34) + (0, 1), D2: 3 / sqrt(34).
  const double s = std::sqrt(34.0);
  EXPECT_NEAR(loss(Method::aaeme),
              std::pow(8 / s - 3, 2) + std::pow(3 / s - 3, 2) + 3 * std::pow(3 / s - 1, 2), 1e-4);
}

TEST_F(MetaAutoencoderTest, GradientsEqualDifferences) {
  torch::manual_seed(1);
  const std::vector<Tensor> rows = {torch::randn({5, 4}, torch::kFloat64),
                                    torch::randn({5, 3}, torch::kFloat64),
                                    torch::randn({5, 2}, torch::kFloat64)};
  for (const Method method : kAutoencoders)
    for (const auto activation : {Activation::identity, Activation::relu, Activation::tanh}) {
      JoinSettings settings = autoencoder(method, 3);
      settings.weights = {1, 0.5, 2};
      settings.autoencoder.activation = activation;
      MetaAutoencoder model(settings, {4, 3, 2});
      model.to(torch::kFloat64);
      expect_gradients_equal_differences(model, [&] { return model.loss(rows); });
    }
}

TEST_F(MetaAutoencoderTest, ASumOfZeroHasFiniteGradients) {
  const std::vector<Tensor> rows = {torch::zeros({2, 3}), torch::zeros({2, 3})};
  for (const Method method : kAutoencoders) {
    MetaAutoencoder model(autoencoder(method), {3, 3});
    model.loss(rows).backward();
    for (const auto& parameter : model.parameters())
      EXPECT_TRUE(!parameter.grad().defined() || parameter.grad().isfinite().all().item<bool>());
  }
}

/// Rotations of one matrix of rank 4 in 8 dimensions.
TEST_F(MetaAutoencoderTest, RotationsOfALowRankMatrixAreReconstructed) {
  const MatrixXd x = (normal_rows(400, 4, 1) * normal_rows(4, 8, 2)).rowwise().normalized();
  const MatrixXd turn = Eigen::HouseholderQR<MatrixXd>(normal_rows(8, 8, 3)).householderQ();
  const std::vector<EmbeddingTable> tables = {table_with(x), table_with(x * turn)};
  const auto nearest = [](const MatrixXd& rows) {
    MatrixXd cosines = rows * rows.transpose();
    cosines.diagonal().setConstant(-2);
    std::vector<Eigen::Index> found(static_cast<std::size_t>(rows.rows()));
    for (Eigen::Index i = 0; i < rows.rows(); ++i)
      cosines.row(i).maxCoeff(&found[static_cast<std::size_t>(i)]);
    return found;
  };
  for (const Method method : kAutoencoders) {
    JoinSettings settings = autoencoder(method, 4);
    settings.autoencoder.epochs = 300;
    settings.autoencoder.learning_rate = 0.01;
    settings.autoencoder.batch_size = 50;
    const JoinMaps maps = train_autoencoder(settings, {all_rows(tables[0]), all_rows(tables[1])});
    EXPECT_THAT(maps.facts, testing::AnyOf(HasSubstr("reconstructed 100.0 %, 100.0 %"),
                                           HasSubstr("reconstructed 99.9 %, 99.9 %")));
    const MatrixXd joined = matrix_of(join_tables(tables, settings));
    ASSERT_TRUE(joined.rowwise().norm().isOnes(1e-5));
    // Any invertible map of the codes has the same loss, unless they are scaled before decoding.
    if (method == Method::daeme) continue;
    EXPECT_EQ(nearest(joined), nearest(x)) << name_of(JoinSettings::methods(), method);
  }
}

TEST_F(MetaAutoencoderTest, MissingAndZeroVectorsHaveTheCodeZero) {
  MatrixXd a = normal_rows(5, 3, 4), b = normal_rows(5, 3, 5);
  b.row(1).setZero();
  const std::vector<EmbeddingTable> tables = {
      table_with(a, {"x", "zero in b", "c", "d", "only in a"}),
      table_with(b, {"x", "zero in b", "c", "d", "only in b"})};
  for (const auto activation : {Activation::identity, Activation::relu, Activation::tanh}) {
    JoinSettings settings = autoencoder(Method::caeme);
    settings.words = JoinSettings::Words::all;
    settings.autoencoder.activation = activation;
    const auto joined = join_tables(tables, settings);
    const MatrixXd rows = matrix_of(joined);
    ASSERT_EQ(joined.dim(), 6);
    for (const char* word : {"zero in b", "only in a"}) {
      EXPECT_EQ(rows.row(joined.find(word)).tail(3).norm(), 0) << word;
      if (activation == Activation::identity) {
        EXPECT_NEAR(rows.row(joined.find(word)).norm(), 1, 1e-6) << word;
      }
    }
    EXPECT_EQ(rows.row(joined.find("only in b")).head(3).norm(), 0);
  }
  // The average of a single code is that code, scaled to unit length, whatever the other input is.
  JoinSettings settings = autoencoder(Method::aaeme);
  settings.words = JoinSettings::Words::all;
  const auto joined = join_tables(tables, settings);
  EXPECT_NEAR(matrix_of(joined).row(joined.find("only in b")).norm(), 1, 1e-6);
}

TEST_F(MetaAutoencoderTest, RankOneWordsZerosAndDisjointVocabularies) {
  const auto one = table_with((MatrixXd(1, 2) << 0, 2).finished(), {"x"}),
             zero = table_with(MatrixXd::Zero(1, 2), {"x"}),
             other = table_with((MatrixXd(1, 2) << 1, 0).finished(), {"y"});
  MatrixXd deficient = normal_rows(30, 4, 6);
  deficient.col(3) = deficient.col(0) + deficient.col(1);
  for (const Method method : kAutoencoders) {
    JoinSettings settings = autoencoder(method);
    EXPECT_NEAR(matrix_of(join_tables({one, one}, settings)).norm(), 1, 1e-6);
    EXPECT_NEAR(matrix_of(join_tables({one, zero}, settings)).norm(), 1, 1e-6);
    EXPECT_EQ(matrix_of(join_tables({zero, zero}, settings)).norm(), 0);
    settings.words = JoinSettings::Words::all;
    EXPECT_THAT(error_of({one, other}, settings), HasSubstr("no word in common"));
    settings.dim = 7;  // more than the rank
    EXPECT_TRUE(
        matrix_of(join_tables({table_with(deficient), table_with(deficient.leftCols(2))}, settings))
            .allFinite());
    settings.center = true;
    EXPECT_EQ(matrix_of(join_tables({one, one}, settings)).norm(), 0);
  }
}

TEST_F(MetaAutoencoderTest, ADivergingTrainingIsAnError) {
  for (const Method method : kAutoencoders) {
    JoinSettings settings = autoencoder(method);
    settings.autoencoder.learning_rate = 1e30;
    EXPECT_THAT(error_of({table_with(normal_rows(300, 4, 7)), table_with(normal_rows(300, 4, 8))},
                         settings),
                testing::AllOf(HasSubstr("not finite"), HasSubstr("learning_rate 1e+30")));
  }
}

TEST_F(MetaAutoencoderTest, CanBeInterrupted) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto join_interrupted = [] {
    catch_interrupts();
    std::raise(SIGINT);
    const auto table = table_with(normal_rows(300, 4, 12));
    try {
      join_tables({table, table}, autoencoder(Method::aaeme));
    } catch (const Interrupted&) {
      std::_Exit(7);
    }
    std::_Exit(0);
  };
  EXPECT_EXIT(join_interrupted(), testing::ExitedWithCode(7), "");
}

TEST_F(MetaAutoencoderTest, TheSameBytesOnAnyNumberOfThreads) {
  const std::vector<EmbeddingTable> tables = {table_with(normal_rows(900, 40, 9)),
                                              table_with(normal_rows(800, 33, 10)),
                                              table_with(normal_rows(900, 17, 11))};
  for (const Method method : kAutoencoders) {
    JoinSettings settings = autoencoder(method);
    settings.words = JoinSettings::Words::all;
    settings.autoencoder.epochs = 3;
    settings.autoencoder.noise = 0.1;
    std::vector<MatrixXd> results;
    for (const int count : {1, 2, 7, 7}) {
      set_threads(count, [] { at::set_num_threads(1); });
      results.push_back(matrix_of(join_tables(tables, settings)));
      EXPECT_EQ(results.back(), results.front()) << count;
    }
    settings.autoencoder.seed = 2;
    EXPECT_NE(matrix_of(join_tables(tables, settings)), results.front());
  }
}

}  // namespace
}  // namespace wordbridge
