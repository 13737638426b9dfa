#include "models/pca/pca.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

#include "core/error.h"
#include "core/threads.h"
#include "data/corpus/open_corpus.h"
#include "tests/support/count_matrices.h"
#include "tests/support/memory.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

Matrix scores_of(const PcaScores& scores, std::int64_t dim) {
  const auto rows = static_cast<Eigen::Index>(scores.rows.size()) / dim;
  return Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
             scores.rows.data(), rows, dim)
      .cast<double>();
}

TEST(PcaScores, AreProjectionsOnThePrincipalAxes) {
  const SparseMatrix x = random_sparse(200, 60, 0.2);
  const Matrix dense = centred(dense_of(x));
  const ReferenceSvd reference(dense, Eigen::ComputeThinU | Eigen::ComputeThinV);
  for (const double power : {0.0, 0.5, 1.0}) {
    PcaOptions options = pca_options(5);
    options.power = power;
    const PcaScores found = pca_scores(SparseCounts(x), options, 1);
    const Matrix scores = scores_of(found, 5);
    for (int i = 0; i < 5; ++i) {
      Eigen::VectorXd expected =
          reference.matrixU().col(i) * std::pow(reference.singularValues()(i), power);
      Eigen::Index largest = 0;
      expected.cwiseAbs().maxCoeff(&largest);
      if (expected(largest) < 0) expected = -expected;
      EXPECT_LT((scores.col(i) - expected).norm(), 1e-5 * expected.norm()) << power << " " << i;
    }
    const auto values = reference.singularValues();
    EXPECT_NEAR(found.explained_variance_ratio, values.head(5).squaredNorm() / values.squaredNorm(),
                1e-10);
    EXPECT_EQ(found.nonzeros, x.nonzeros());
  }
  // Principal component scores are the projections of the centred data on its axes, with mean 0.
  const Matrix scores = scores_of(pca_scores(SparseCounts(x), pca_options(5), 1), 5);
  const Matrix projected = dense * reference.matrixV().leftCols(5);
  EXPECT_LT((scores.cwiseAbs() - projected.cwiseAbs()).norm(), 1e-4);
  EXPECT_LT(scores.colwise().mean().norm(), 1e-4);
}

TEST(PcaScores, WithoutCentringItIsTheSvdOfTheCounts) {
  Matrix diagonal(3, 3);
  diagonal << 3, 0, 0, 0, 5, 0, 0, 0, 1;
  PcaOptions options = pca_options(2);
  options.center = false;
  const PcaScores scores = pca_scores(SparseCounts(sparse_of(diagonal)), options, 1);
  EXPECT_NEAR(scores.singular_values[0], 5, 1e-12);
  EXPECT_NEAR(scores.singular_values[1], 3, 1e-12);
  EXPECT_NEAR(scores.explained_variance_ratio, 34.0 / 35.0, 1e-12);
  Matrix expected(3, 2);
  expected << 0, 3, 5, 0, 0, 0;
  EXPECT_LT((scores_of(scores, 2) - expected).norm(), 1e-6);
}

TEST(PcaScores, AddsContextVectors) {
  // X = s u v^T with u = (0.6, 0.8) and v = (0.8, 0.6).
  const double s = 10;
  Matrix x(2, 2);
  x << s * 0.48, s * 0.36, s * 0.64, s * 0.48;
  PcaOptions options = pca_options(1);
  options.center = false;
  options.add_contexts = true;
  for (const double power : {0.0, 0.5, 1.0}) {
    options.power = power;
    const Matrix scores = scores_of(pca_scores(SparseCounts(sparse_of(x)), options, 1), 1);
    EXPECT_NEAR(scores(0, 0), 1.4 * std::pow(s, power), 1e-5) << power;
    EXPECT_NEAR(scores(1, 0), 1.4 * std::pow(s, power), 1e-5) << power;
  }
  const std::string message =
      message_of<Error>([&] { pca_scores(SparseCounts(random_sparse(30, 20, 0.5)), options, 1); });
  EXPECT_NE(message.find("model.pca.add_contexts"), std::string::npos) << message;
  EXPECT_NE(message.find("20"), std::string::npos) << message;
}

TEST(PcaScores, SameBitsOnAnyNumberOfThreads) {
  const SparseMatrix counts = window_counts(zipfian_text(100000, 5000), 5000, 3);
  for (const auto solver : {Solver::exact, Solver::randomized}) {
    PcaOptions options = pca_options(10, solver, Transform::ppmi);
    SparseMatrix x = counts;
    if (solver == Solver::exact) x = random_sparse(9000, 40, 0.2);
    std::vector<PcaScores> found;
    for (const int count : {1, 2, 7}) {
      set_threads(count);
      found.push_back(pca_scores(SparseCounts(x), options, 3));
    }
    set_threads(0);
    for (const PcaScores& other : found) {
      EXPECT_EQ(other.rows, found[0].rows);
      EXPECT_EQ(other.singular_values, found[0].singular_values);
      EXPECT_EQ(other.explained_variance_ratio, found[0].explained_variance_ratio);
    }
  }
}

TEST(PcaScores, TheSeedChangesNothingThatHasConverged) {
  const SparseMatrix counts = window_counts(zipfian_text(100000, 3000), 3000, 3);
  PcaOptions options = pca_options(10, Solver::randomized, Transform::log);
  options.tolerance = 1e-7;
  const Matrix one = scores_of(pca_scores(SparseCounts(counts), options, 1), 10);
  const Matrix two = scores_of(pca_scores(SparseCounts(counts), options, 2), 10);
  EXPECT_LT((one - two).norm(), 1e-4 * one.norm());
}

TEST(PcaScores, SaysWhatIsWrong) {
  const std::string message = message_of<Error>(
      [] { pca_scores(SparseCounts(random_sparse(30, 20, 0.5)), pca_options(21), 1); });
  EXPECT_NE(message.find("model.pca.dim"), std::string::npos) << message;
  EXPECT_NE(message.find("at most 20"), std::string::npos) << message;
  EXPECT_NE(message.find("21"), std::string::npos) << message;
  const std::string empty = message_of<Error>(
      [] { pca_scores(SparseCounts(sparse_of(Matrix::Zero(4, 4))), pca_options(2), 1); });
  EXPECT_NE(empty.find("no word has a context"), std::string::npos) << empty;
}

TEST(PcaScores, RefusesCountsWithoutVariance) {
  // One document: every pointwise mutual information is log(1) = 0.
  PcaOptions document = pca_options(1, Solver::exact, Transform::ppmi);
  document.counts.context = CountContext::document;
  Matrix counts(3, 1);
  counts << 2, 5, 1;
  const std::string one =
      message_of<Error>([&] { pca_scores(SparseCounts(sparse_of(counts)), document, 1); });
  EXPECT_NE(one.find("all words have the same contexts"), std::string::npos) << one;
  EXPECT_NE(one.find("model.pca.counts.context=window"), std::string::npos) << one;
  // Equal rows: nothing is left after centring, except for rounding.
  const Matrix equal = Matrix::Constant(7, 3, 0.1);
  const std::string centred =
      message_of<Error>([&] { pca_scores(SparseCounts(sparse_of(equal)), pca_options(2), 1); });
  EXPECT_NE(centred.find("all words have the same contexts"), std::string::npos) << centred;
  PcaOptions raw = pca_options(1);
  raw.center = false;
  EXPECT_NEAR(pca_scores(SparseCounts(sparse_of(equal)), raw, 1).explained_variance_ratio, 1,
              1e-12);
}

TEST(PcaOptions, Contradictions) {
  PcaOptions options;
  Problems none;
  options.validate(none, "model.pca");
  EXPECT_TRUE(none.empty());
  options.transform = Transform::log;
  options.power = 0.3;
  options.ppmi_smoothing = 0.75;
  options.ppmi_shift = 5;
  options.add_contexts = true;
  options.counts.max_contexts = 5;
  Problems problems;
  options.validate(problems, "model.pca");
  ASSERT_EQ(problems.found().size(), 5u);
  EXPECT_EQ(problems.found()[0].first, "model.pca.power");
  EXPECT_EQ(problems.found()[1].first, "model.pca.ppmi_smoothing");
  EXPECT_EQ(problems.found()[2].first, "model.pca.ppmi_shift");
  EXPECT_EQ(problems.found()[3].first, "model.pca.add_contexts");
  EXPECT_EQ(problems.found()[4].first, "model.pca.counts.max_contexts");
}

Corpus small_corpus() {
  std::vector<std::string> tokens;
  for (const std::int32_t id : zipfian_text(20000, 200)) tokens.push_back("w" + std::to_string(id));
  VocabularyOptions vocabulary;
  vocabulary.min_count = 1;
  return corpus_from_tokens(tokens, vocabulary, SplitOptions());
}

TEST(PcaModel, FromCorpusToVectors) {
  const Corpus corpus = small_corpus();
  PcaOptions options = pca_options(12, Solver::automatic, Transform::log);
  options.counts.max_contexts = 100;
  PcaModel model(options);
  EXPECT_GT(model.estimated_bytes(corpus), 0);
  model.fit(corpus, 1);
  const EmbeddingTable table = *model.vectors();
  ASSERT_EQ(table.size(), corpus.vocabulary().size());
  ASSERT_EQ(table.dim(), 12);
  const PcaScores expected = pca_scores(
      SparseCounts(count_cooccurrences(training_stream(corpus), options.counts)), options, 1);
  EXPECT_TRUE(std::equal(expected.rows.begin(), expected.rows.end(), table.data()));
  EXPECT_EQ(table.word(3), corpus.vocabulary().word(3));
  const auto metrics = model.metrics();
  ASSERT_EQ(metrics.size(), 13u);
  EXPECT_EQ(metrics[0].first, "explained_variance_ratio");
  EXPECT_GT(metrics[0].second, 0.1);
  EXPECT_LT(metrics[0].second, 1);
  EXPECT_EQ(metrics[10].first, "singular_value_10");
  EXPECT_EQ(metrics[12], (std::pair<std::string, double>("contexts", 100)));
}

TEST(PcaScores, MemoryIsInProportionToTheNonzeros) {
  if (!kMemoryIsMeasured) GTEST_SKIP() << "the address sanitizer keeps freed memory";
  constexpr std::int64_t types = 100000, tokens = 2000000, dim = 10;
  const auto ids = zipfian_text(tokens, types);
  forget_peak_memory();
  const double before = memory("VmRSS");
  SparseMatrix counts = window_counts(ids, types, 2);
  const auto nonzeros = static_cast<double>(counts.nonzeros());
  const PcaScores scores = pca_scores(SparseCounts(std::move(counts)),
                                      pca_options(dim, Solver::automatic, Transform::log), 1);
  const double grown = memory("VmHWM") - before;
  EXPECT_EQ(scores.rows.size(), static_cast<std::size_t>(types * dim));
  const double bound = 12 * 2 * nonzeros + 8.0 * types * (dim + 110) * 1.5;
  std::printf("%.0f non-zeros, memory grew by %.0f MB, bound %.0f MB, dense 80000 MB\n", nonzeros,
              grown / 1e6, bound / 1e6);
  EXPECT_LT(grown, bound);
  EXPECT_LT(bound, 1e9);
}

TEST(PcaTest, CountsThatOverflowAreErrors) {
  Matrix x(3, 3);
  x << 1e308, 1e308, 1, 2, 3, 1e200, 4, 1, 1;
  for (const auto& [transform, part] :
       {std::pair{PcaOptions::Transform::hellinger, "row 1"},
        {PcaOptions::Transform::ppmi, "row 1"},
        {PcaOptions::Transform::raw, "the sum of their squares is not finite"}}) {
    PcaOptions options = pca_options(1);
    options.transform = transform;
    EXPECT_THAT(message_of<Error>([&] { pca_scores(SparseCounts(sparse_of(x)), options, 1); }),
                testing::AllOf(testing::HasSubstr("too large"), testing::HasSubstr(part)));
  }
}

}  // namespace
}  // namespace wordbridge
