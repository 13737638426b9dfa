#include "models/pca/pca.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>

#include "core/error.h"
#include "core/rng.h"
#include "core/threads.h"
#include "data/corpus/open_corpus.h"
#include "data/counts/cooccurrence.h"
#include "models/pca/randomized_svd.h"
#include "tests/support/memory.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using Matrix = Eigen::MatrixXd;
using ReferenceSvd =
    Eigen::JacobiSVD<Matrix>;  // runs more slowly than BDCSVD, but compiles four times as fast
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

SparseMatrix sparse_of(const Matrix& dense) {
  SparseMatrix x;
  x.rows = dense.rows();
  x.cols = dense.cols();
  x.begin.push_back(0);
  for (Eigen::Index i = 0; i < dense.rows(); ++i) {
    for (Eigen::Index j = 0; j < dense.cols(); ++j) {
      if (dense(i, j) == 0) continue;
      x.column.push_back(static_cast<std::int32_t>(j));
      x.value.push_back(dense(i, j));
    }
    x.begin.push_back(x.nonzeros());
  }
  return x;
}

Matrix dense_of(const SparseMatrix& x) {
  Matrix dense = Matrix::Zero(x.rows, x.cols);
  for (std::int64_t i = 0; i < x.rows; ++i) {
    for (auto k = static_cast<std::size_t>(x.begin[static_cast<std::size_t>(i)]);
         k < static_cast<std::size_t>(x.begin[static_cast<std::size_t>(i) + 1]); ++k) {
      dense(i, x.column[k]) = x.value[k];
    }
  }
  return dense;
}

Matrix centred(const Matrix& dense) { return dense.rowwise() - dense.colwise().mean(); }

SparseMatrix random_sparse(std::int64_t rows, std::int64_t cols, double density) {
  Rng rng(5, "test");
  Matrix dense = Matrix::Zero(rows, cols);
  for (double& x : dense.reshaped()) {
    if (rng.uniform() < density) x = std::floor(1 + 20 * std::pow(rng.uniform(), 4));
  }
  return sparse_of(dense);
}

using Solver = PcaOptions::Solver;
using Transform = PcaOptions::Transform;

PcaOptions pca_options(std::int64_t dim, Solver solver = Solver::automatic,
                       Transform transform = Transform::raw) {
  PcaOptions options;
  options.power = 1;
  options.dim = dim;
  options.solver = solver;
  options.transform = transform;
  return options;
}

Matrix scores_of(const PcaScores& scores, std::int64_t dim) {
  const auto rows = static_cast<Eigen::Index>(scores.rows.size()) / dim;
  return Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
             scores.rows.data(), rows, dim)
      .cast<double>();
}

/// The sine of the largest principal angle between the column spaces of two orthonormal matrices.
double largest_sine(const Matrix& a, const Matrix& b) {
  return ReferenceSvd(b - a * (a.transpose() * b)).singularValues()(0);
}

/// Compares both solvers with Eigen's Jacobi SVD of the dense matrix: singular values, subspace,
/// and each component.
void expect_reference_svd(const SparseMatrix& x, bool center, std::int64_t dim) {
  const Matrix dense = center ? centred(dense_of(x)) : dense_of(x);
  const ReferenceSvd reference(dense, Eigen::ComputeThinU | Eigen::ComputeThinV);
  const Matrix u = reference.matrixU().leftCols(dim);
  const CenteredMatrix a(x, center);
  EXPECT_NEAR(a.squared_norm() / dense.squaredNorm(), 1, 1e-12);
  for (const bool exact : {true, false}) {
    SCOPED_TRACE(exact ? "exact" : "randomized");
    const LeftSvd svd = exact ? exact_svd(a, dim) : randomized_svd(a, {dim, 1e-8, 1});
    const Matrix found = Eigen::Map<const RowMajor>(svd.u.value.data(), x.rows, dim);
    EXPECT_LT((found.transpose() * found - Matrix::Identity(dim, dim)).norm(), 1e-9);
    EXPECT_LT(largest_sine(u, found), 1e-5);
    for (Eigen::Index i = 0; i < dim; ++i) {
      const double value = svd.singular_values[static_cast<std::size_t>(i)];
      EXPECT_NEAR(value / reference.singularValues()(i), 1, 1e-9) << i;
      // ||A^T u|| = s: the column belongs to this singular value, even if others are close to it.
      EXPECT_NEAR((dense.transpose() * found.col(i)).norm() / value, 1, 1e-6) << i;
    }
  }
}

TEST(Transform, PpmiByHand) {
  Matrix counts(2, 3);
  counts << 6, 2, 0, 1, 2, 5;
  // Row sums 8 and 8, column sums 7, 4 and 5, total 16. 2 * 16 = 8 * 4 yields 0, and 1 * 16 < 8 * 7
  // a negative value.
  const SparseMatrix plain = transform_counts(sparse_of(counts), Transform::ppmi, 1);
  EXPECT_EQ(plain.nonzeros(), 2);
  EXPECT_EQ(plain.begin, (std::vector<std::int64_t>{0, 1, 2}));
  EXPECT_NEAR(dense_of(plain)(0, 0), std::log(6 * 16 / (8.0 * 7)), 1e-12);
  EXPECT_NEAR(dense_of(plain)(1, 2), std::log(5 * 16 / (8.0 * 5)), 1e-12);
  const Matrix smooth = dense_of(transform_counts(sparse_of(counts), Transform::ppmi, 0.75));
  const double total = std::pow(7, 0.75) + std::pow(4, 0.75) + std::pow(5, 0.75);
  EXPECT_NEAR(smooth(0, 0), std::log(6 * total / (8 * std::pow(7, 0.75))), 1e-12);
  EXPECT_NEAR(smooth(1, 2), std::log(5 * total / (8 * std::pow(5, 0.75))), 1e-12);
  EXPECT_EQ(smooth(1, 0), 0);
}

TEST(Transform, LogSqrtRaw) {
  Matrix counts(1, 2);
  counts << 3, 0;
  EXPECT_DOUBLE_EQ(dense_of(transform_counts(sparse_of(counts), Transform::log, 1))(0, 0),
                   std::log(4.0));
  EXPECT_DOUBLE_EQ(dense_of(transform_counts(sparse_of(counts), Transform::sqrt, 1))(0, 0),
                   std::sqrt(3.0));
  EXPECT_EQ(dense_of(transform_counts(sparse_of(counts), Transform::raw, 1)), counts);
}

TEST(CenteredMatrix, ProductsAreThoseOfTheDenseMatrix) {
  const SparseMatrix x = random_sparse(150, 90, 0.1);
  const Matrix dense = centred(dense_of(x));
  const CenteredMatrix a(x, true);
  DenseMatrix q(90, 3), p(150, 3);
  Rng rng(1, "test");
  for (double& value : q.value) value = rng.normal();
  for (double& value : p.value) value = rng.normal();
  const Matrix dense_q = Eigen::Map<RowMajor>(q.value.data(), 90, 3);
  const Matrix dense_p = Eigen::Map<RowMajor>(p.value.data(), 150, 3);
  const DenseMatrix aq = a.times(q), ap = a.transposed_times(p);
  EXPECT_LT((Eigen::Map<const RowMajor>(aq.value.data(), 150, 3) - dense * dense_q).norm(), 1e-10);
  EXPECT_LT(
      (Eigen::Map<const RowMajor>(ap.value.data(), 90, 3) - dense.transpose() * dense_p).norm(),
      1e-10);
  const DenseMatrix rows = a.dense_rows(true, 10, 15);
  EXPECT_EQ(rows.rows, 5);
  EXPECT_LT(
      (Eigen::Map<const RowMajor>(rows.value.data(), 5, 150) - dense.transpose().middleRows(10, 5))
          .norm(),
      1e-12);
}

TEST(Svd, AgreesWithJacobiOnRandomSparseMatrices) {
  expect_reference_svd(random_sparse(280, 200, 0.05), true, 12);
  expect_reference_svd(random_sparse(200, 280, 0.05), true, 12);
  expect_reference_svd(random_sparse(280, 200, 0.05), false, 12);
}

TEST(Svd, ExactMergesBlocksOfRows) {
  // 9000 rows are five blocks, and 9000 columns are five blocks of the transposed matrix.
  for (const bool wide : {false, true}) {
    SparseMatrix x = wide ? random_sparse(8, 9000, 0.3) : random_sparse(9000, 8, 0.3);
    const Matrix dense = centred(dense_of(x));
    const ReferenceSvd reference(dense, Eigen::ComputeThinU);
    const LeftSvd svd = exact_svd(CenteredMatrix(x, true), 6);
    const Matrix found = Eigen::Map<const RowMajor>(svd.u.value.data(), x.rows, 6);
    EXPECT_LT(largest_sine(reference.matrixU().leftCols(6), found), 1e-9);
    for (int i = 0; i < 6; ++i) {
      EXPECT_NEAR(svd.singular_values[static_cast<std::size_t>(i)] / reference.singularValues()(i),
                  1, 1e-10);
    }
  }
}

/// Rank 3, so that the Krylov space is exhausted immediately.
TEST(Svd, MatricesOfLowRankGiveZeroColumns) {
  Rng rng(2, "test");
  Matrix left(400, 3), right(3, 350);
  for (double& x : left.reshaped()) x = std::floor(4 * rng.uniform());
  for (double& x : right.reshaped()) x = std::floor(4 * rng.uniform());
  const SparseMatrix x = sparse_of(left * right);
  for (const bool exact : {true, false}) {
    SCOPED_TRACE(exact ? "exact" : "randomized");
    const CenteredMatrix a(x, false);
    const LeftSvd svd = exact ? exact_svd(a, 6) : randomized_svd(a, {6, 1e-7, 1});
    const Matrix u = Eigen::Map<const RowMajor>(svd.u.value.data(), 400, 6);
    EXPECT_LT(largest_sine(ReferenceSvd(left, Eigen::ComputeThinU).matrixU(), u.leftCols(3)), 1e-9);
    EXPECT_EQ(u.rightCols(3).norm(), 0);
    EXPECT_EQ(svd.singular_values[3], 0);
  }
}

TEST(Svd, OfNothingIsNothing) {
  const CenteredMatrix a(sparse_of(Matrix::Constant(200, 180, 2)), true);
  for (const bool exact : {true, false}) {
    const LeftSvd svd = exact ? exact_svd(a, 4) : randomized_svd(a, {4, 1e-7, 1});
    EXPECT_EQ(svd.singular_values, std::vector<double>(4, 0.0));
    EXPECT_EQ(svd.u.value, std::vector<double>(800, 0.0));
  }
}

/// Random text that follows Zipf's law and in which neighbouring words tend to share a topic.
std::vector<std::int32_t> zipfian_text(std::int64_t tokens, std::int64_t types) {
  Rng rng(11, "test");
  std::vector<std::int32_t> ids(static_cast<std::size_t>(tokens));
  const double log_types = std::log(static_cast<double>(types));
  std::int64_t topic = 0;
  for (auto& id : ids) {
    if (rng.uniform() < 0.02) topic = static_cast<std::int64_t>(rng.below(20));
    const double rank = std::exp(log_types * rng.uniform());
    auto word = std::min(static_cast<std::int64_t>(rank) - 1, types - 1);
    if (word >= 20 && rng.uniform() < 0.7) word = word / 20 * 20 + topic;
    id = static_cast<std::int32_t>(std::min(word, types - 1));
  }
  return ids;
}

SparseMatrix window_counts(const std::vector<std::int32_t>& ids, std::int64_t types,
                           std::int64_t window) {
  IdStream stream;
  stream.ids = ids.data();
  stream.tokens = static_cast<std::int64_t>(ids.size());
  stream.types = types;
  CountOptions options;
  options.window = window;
  return count_cooccurrences(stream, options);
}

TEST(Svd, AgreesWithJacobiOnCountsOfText) {
  const auto ids = zipfian_text(60000, 250);
  expect_reference_svd(transform_counts(window_counts(ids, 250, 3), Transform::log, 1), true, 20);
  expect_reference_svd(transform_counts(window_counts(ids, 250, 3), Transform::ppmi, 0.75), false,
                       20);
  expect_reference_svd(window_counts(ids, 250, 3), true, 20);
}

TEST(Svd, AgreesWithJacobiOnCountsOfGlosses) {
  std::ifstream file("/usr/share/wordnet/data.adj");
  if (!file) GTEST_SKIP() << "WordNet not found (Debian package wordnet-base)";
  std::vector<std::string> words;
  std::map<std::string, std::int64_t> counts;
  for (std::string line; words.size() < 100000 && std::getline(file, line);) {
    std::string word;
    for (const char c : line.substr(std::min(line.size(), line.find(" | ")))) {
      if (std::isalpha(static_cast<unsigned char>(c))) {
        word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      } else if (!word.empty()) {
        ++counts[word];
        words.push_back(std::exchange(word, ""));
      }
    }
  }
  std::vector<std::pair<std::int64_t, std::string>> order;
  for (const auto& [word, count] : counts) order.emplace_back(-count, word);
  std::sort(order.begin(), order.end());
  std::map<std::string, std::int32_t> ids_of;
  for (std::size_t i = 0; i < 250; ++i) ids_of[order[i].second] = static_cast<std::int32_t>(i);
  std::vector<std::int32_t> ids;
  for (const auto& word : words) {
    if (const auto found = ids_of.find(word); found != ids_of.end()) ids.push_back(found->second);
  }
  expect_reference_svd(transform_counts(window_counts(ids, 250, 5), Transform::log, 1), true, 30);
}

TEST(PcaScores, AreProjectionsOnThePrincipalAxes) {
  const SparseMatrix x = random_sparse(200, 60, 0.2);
  const Matrix dense = centred(dense_of(x));
  const ReferenceSvd reference(dense, Eigen::ComputeThinU | Eigen::ComputeThinV);
  for (const double power : {0.0, 0.5, 1.0}) {
    PcaOptions options = pca_options(5);
    options.power = power;
    const PcaScores found = pca_scores(x, options, 1);
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
  const Matrix scores = scores_of(pca_scores(x, pca_options(5), 1), 5);
  const Matrix projected = dense * reference.matrixV().leftCols(5);
  EXPECT_LT((scores.cwiseAbs() - projected.cwiseAbs()).norm(), 1e-4);
  EXPECT_LT(scores.colwise().mean().norm(), 1e-4);
}

TEST(PcaScores, WithoutCentringItIsTheSvdOfTheCounts) {
  Matrix diagonal(3, 3);
  diagonal << 3, 0, 0, 0, 5, 0, 0, 0, 1;
  PcaOptions options = pca_options(2);
  options.center = false;
  const PcaScores scores = pca_scores(sparse_of(diagonal), options, 1);
  EXPECT_NEAR(scores.singular_values[0], 5, 1e-12);
  EXPECT_NEAR(scores.singular_values[1], 3, 1e-12);
  EXPECT_NEAR(scores.explained_variance_ratio, 34.0 / 35.0, 1e-12);
  Matrix expected(3, 2);
  expected << 0, 3, 5, 0, 0, 0;
  EXPECT_LT((scores_of(scores, 2) - expected).norm(), 1e-6);
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
      found.push_back(pca_scores(x, options, 3));
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
  const PcaOptions options = pca_options(10, Solver::randomized, Transform::log);
  const Matrix one = scores_of(pca_scores(counts, options, 1), 10);
  const Matrix two = scores_of(pca_scores(counts, options, 2), 10);
  EXPECT_LT((one - two).norm(), 1e-4 * one.norm());
}

TEST(PcaScores, SaysWhatIsWrong) {
  const std::string message =
      message_of<Error>([] { pca_scores(random_sparse(30, 20, 0.5), pca_options(21), 1); });
  EXPECT_NE(message.find("model.pca.dim"), std::string::npos) << message;
  EXPECT_NE(message.find("at most 20"), std::string::npos) << message;
  EXPECT_NE(message.find("21"), std::string::npos) << message;
  const std::string empty =
      message_of<Error>([] { pca_scores(sparse_of(Matrix::Zero(4, 4)), pca_options(2), 1); });
  EXPECT_NE(empty.find("no word has a context"), std::string::npos) << empty;
}

TEST(PcaScores, RefusesCountsWithoutVariance) {
  // One document: every pointwise mutual information is log(1) = 0.
  PcaOptions document = pca_options(1, Solver::exact, Transform::ppmi);
  document.counts.context = CountContext::document;
  Matrix counts(3, 1);
  counts << 2, 5, 1;
  const std::string one = message_of<Error>([&] { pca_scores(sparse_of(counts), document, 1); });
  EXPECT_NE(one.find("all words have the same contexts"), std::string::npos) << one;
  EXPECT_NE(one.find("model.pca.counts.context=window"), std::string::npos) << one;
  // Equal rows: nothing is left after centring, except for rounding.
  const Matrix equal = Matrix::Constant(7, 3, 0.1);
  const std::string centred =
      message_of<Error>([&] { pca_scores(sparse_of(equal), pca_options(2), 1); });
  EXPECT_NE(centred.find("all words have the same contexts"), std::string::npos) << centred;
  PcaOptions raw = pca_options(1);
  raw.center = false;
  EXPECT_NEAR(pca_scores(sparse_of(equal), raw, 1).explained_variance_ratio, 1, 1e-12);
}

TEST(PcaOptions, Contradictions) {
  PcaOptions options;
  Problems none;
  options.validate(none, "model.pca");
  EXPECT_TRUE(none.empty());
  options.transform = Transform::log;
  options.power = 0.3;
  options.ppmi_smoothing = 0.75;
  options.counts.max_contexts = 5;
  Problems problems;
  options.validate(problems, "model.pca");
  ASSERT_EQ(problems.found().size(), 3u);
  EXPECT_EQ(problems.found()[0].first, "model.pca.power");
  EXPECT_EQ(problems.found()[1].first, "model.pca.ppmi_smoothing");
  EXPECT_EQ(problems.found()[2].first, "model.pca.counts.max_contexts");
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
  const PcaScores expected =
      pca_scores(count_cooccurrences(training_stream(corpus), options.counts), options, 1);
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
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the address sanitizer keeps freed memory, so memory cannot be measured";
#endif
  constexpr std::int64_t types = 100000, tokens = 2000000, dim = 10;
  const auto ids = zipfian_text(tokens, types);
  forget_peak_memory();
  const double before = memory("VmRSS");
  SparseMatrix counts = window_counts(ids, types, 2);
  const auto nonzeros = static_cast<double>(counts.nonzeros());
  const PcaScores scores =
      pca_scores(std::move(counts), pca_options(dim, Solver::automatic, Transform::log), 1);
  const double grown = memory("VmHWM") - before;
  EXPECT_EQ(scores.rows.size(), static_cast<std::size_t>(types * dim));
  const double bound = 12 * 3.5 * nonzeros + 8.0 * types * (dim + 110) * 3;
  std::printf("%.0f non-zeros, memory grew by %.0f MB, bound %.0f MB, dense 80000 MB\n", nonzeros,
              grown / 1e6, bound / 1e6);
  EXPECT_LT(grown, bound);
  EXPECT_LT(bound, 1e9);
}

}  // namespace
}  // namespace wordbridge
