#include <gtest/gtest.h>

#include <cctype>
#include <fstream>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "core/index.h"
#include "models/pca/centered_matrix.h"
#include "models/pca/count_transform.h"
#include "models/pca/truncated_svd.h"
#include "tests/support/count_matrices.h"

namespace wordbridge {
namespace {

/// The transformed counts in float64, with the zeros that arise.
Matrix transformed(const SparseMatrix& counts, const PcaOptions& options) {
  const CountTransform transform(counts.view(), options);
  SparseMatrix values = counts;
  for (std::int64_t i = 0; i < counts.rows; ++i)
    transform.row(i, values.value.data() + counts.begin[at(i)]);
  return dense_of(values);
}

CenteredMatrix centered_matrix(const SparseMatrix& counts, const PcaOptions& options) {
  return {CountTransform(counts.view(), options), options.center};
}

CenteredMatrix centered_matrix(const SparseMatrix& values, bool center) {
  PcaOptions options = pca_options(1);
  options.center = center;
  return centered_matrix(values, options);
}

/// The first `columns` columns.
Matrix dense_of(const TallMatrix& tall, std::int64_t columns) {
  Matrix dense(tall.rows(), columns);
  for (std::int64_t i = 0; i < tall.rows(); ++i)
    for (std::int64_t j = 0; j < columns; ++j) dense(i, j) = tall.entry(i, j);
  return dense;
}

/// The sine of the largest principal angle between the column spaces of two orthonormal matrices.
double largest_sine(const Matrix& a, const Matrix& b) {
  return ReferenceSvd(b - a * (a.transpose() * b)).singularValues()(0);
}

/// Compares both solvers with Eigen's Jacobi SVD of the dense matrix: singular values, subspaces,
/// and each component.
void expect_reference_svd(const SparseMatrix& x, const PcaOptions& options) {
  const std::int64_t dim = options.dim;
  // The solvers use values in float32.
  Matrix dense = transformed(x, options).cast<float>().cast<double>();
  if (options.center) dense = centred(dense);
  const ReferenceSvd reference(dense, Eigen::ComputeThinU | Eigen::ComputeThinV);
  const CenteredMatrix a = centered_matrix(x, options);
  EXPECT_NEAR(a.squared_norm() / dense.squaredNorm(), 1, 1e-12);
  for (const bool exact : {true, false}) {
    SCOPED_TRACE(exact ? "exact" : "randomized");
    const TruncatedSvd svd = exact ? exact_svd(a, dim) : randomized_svd(a, {dim, 1e-8, 1});
    const Matrix u = dense_of(svd.u, dim), v = dense_of(svd.v, dim);
    EXPECT_LT((u.transpose() * u - Matrix::Identity(dim, dim)).norm(), 1e-9);
    EXPECT_LT((v.transpose() * v - Matrix::Identity(dim, dim)).norm(), 1e-9);
    EXPECT_LT(largest_sine(reference.matrixU().leftCols(dim), u), 1e-5);
    EXPECT_LT(largest_sine(reference.matrixV().leftCols(dim), v), 1e-5);
    for (Eigen::Index i = 0; i < dim; ++i) {
      const double value = svd.singular_values[at(i)];
      EXPECT_NEAR(value / reference.singularValues()(i), 1, 1e-9) << i;
      // A^T u = s v: the columns belong to this singular value, even if others are close to it.
      EXPECT_LT((dense.transpose() * u.col(i) - value * v.col(i)).norm(), 1e-9 * value) << i;
      EXPECT_LT((dense * v.col(i) - value * u.col(i)).norm(), 1e-6 * value) << i;
    }
  }
}

PcaOptions svd_options(std::int64_t dim, bool center, Transform transform = Transform::raw,
                       double smoothing = 1) {
  PcaOptions options = pca_options(dim, Solver::automatic, transform);
  options.center = center;
  options.ppmi_smoothing = smoothing;
  return options;
}

TEST(CountTransform, PpmiByHand) {
  Matrix dense(2, 3);
  dense << 6, 2, 0, 1, 2, 5;
  const SparseMatrix counts = sparse_of(dense);
  // Row sums 8 and 8, column sums 7, 4 and 5, total 16. 2 * 16 = 8 * 4 yields 0, and 1 * 16 < 8 * 7
  // a negative value.
  PcaOptions options = pca_options(1, Solver::automatic, Transform::ppmi);
  const Matrix plain = transformed(counts, options);
  EXPECT_NEAR(plain(0, 0), std::log(6 * 16 / (8.0 * 7)), 1e-12);
  EXPECT_NEAR(plain(1, 2), std::log(5 * 16 / (8.0 * 5)), 1e-12);
  EXPECT_EQ((plain.array() != 0).count(), 2);
  EXPECT_EQ(centered_matrix(counts, options).nonzeros(), 2);
  // Shifted by log 1.9: log(12 / 7) is below, log 2 above.
  options.ppmi_shift = 1.9;
  const Matrix shifted = transformed(counts, options);
  EXPECT_NEAR(shifted(1, 2), std::log(2) - std::log(1.9), 1e-12);
  EXPECT_EQ((shifted.array() != 0).count(), 1);
  options.ppmi_shift = 1;
  options.ppmi_smoothing = 0.75;
  const Matrix smooth = transformed(counts, options);
  const double total = std::pow(7, 0.75) + std::pow(4, 0.75) + std::pow(5, 0.75);
  EXPECT_NEAR(smooth(0, 0), std::log(6 * total / (8 * std::pow(7, 0.75))), 1e-12);
  EXPECT_NEAR(smooth(1, 2), std::log(5 * total / (8 * std::pow(5, 0.75))), 1e-12);
  EXPECT_EQ(smooth(1, 0), 0);
}

TEST(CountTransform, TheOthersByHand) {
  Matrix counts(2, 2);
  counts << 3, 0, 1, 4;
  const auto with = [&](Transform transform) {
    return transformed(sparse_of(counts), pca_options(1, Solver::automatic, transform));
  };
  EXPECT_DOUBLE_EQ(with(Transform::log)(0, 0), std::log(4.0));
  EXPECT_DOUBLE_EQ(with(Transform::sqrt)(0, 0), std::sqrt(3.0));
  EXPECT_EQ(with(Transform::raw), counts);
  // P(context | word) is 1 for the only context of the first word, 1/5 and 4/5 for the second.
  Matrix hellinger(2, 2);
  hellinger << 1, 0, std::sqrt(0.2), std::sqrt(0.8);
  EXPECT_LT((with(Transform::hellinger) - hellinger).norm(), 1e-15);
}

/// Small values with the columns of a block, and the same as a dense matrix.
ColumnBlock random_block(std::int64_t rows, Matrix& dense) {
  ColumnBlock block(at(rows * kBlockColumns));
  Rng rng(1, "test");
  dense.resize(rows, kBlockColumns);
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < kBlockColumns; ++j)
      dense(i, j) = block[at(i * kBlockColumns + j)] = rng.normal();
  return block;
}

Matrix dense_of(const ColumnBlock& block) {
  const auto rows = static_cast<Eigen::Index>(block.size()) / kBlockColumns;
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  return Eigen::Map<const RowMajor>(block.data(), rows, kBlockColumns);
}

TEST(CenteredMatrix, ProductsAreThoseOfTheDenseMatrix) {
  // With more than 8,192 rows or columns, or for larger shares of the non-zeros, there are several
  // groups of rows and ranges of columns.
  for (const auto& [rows, cols, density] :
       {std::tuple(150, 90, 0.1), std::tuple(9000, 200, 1e-3), std::tuple(200, 9000, 1e-3)}) {
    const SparseMatrix x = random_sparse(rows, cols, density);
    const Matrix dense = centred(dense_of(x));
    const CenteredMatrix a = centered_matrix(x, true);
    EXPECT_EQ(a.nonzeros(), x.nonzeros());
    EXPECT_NEAR(a.squared_norm() / dense.squaredNorm(), 1, 1e-12);
    Matrix dense_q, dense_p;
    const ColumnBlock q = random_block(cols, dense_q), p = random_block(rows, dense_p);
    EXPECT_LT((dense_of(a.times(q)) - dense * dense_q).norm(), 1e-10 * dense.norm());
    EXPECT_LT((dense_of(a.transposed_times(p)) - dense.transpose() * dense_p).norm(),
              1e-10 * dense.norm());
    EXPECT_LT((a.dense_rows(true, 10, 15) - dense.transpose().middleRows(10, 5)).norm(), 1e-12);
    EXPECT_LT((a.dense_rows(false, 80, 85) - dense.middleRows(80, 5)).norm(), 1e-12);
  }
}

TEST(Svd, AgreesWithJacobiOnRandomSparseMatrices) {
  expect_reference_svd(random_sparse(280, 200, 0.05), svd_options(12, true));
  expect_reference_svd(random_sparse(200, 280, 0.05), svd_options(12, true));
  expect_reference_svd(random_sparse(280, 200, 0.05), svd_options(12, false));
}

TEST(Svd, ExactMergesBlocksOfRows) {
  // 9000 rows are five blocks, and 9000 columns are five blocks of the transposed matrix.
  for (const bool wide : {false, true}) {
    SparseMatrix x = wide ? random_sparse(8, 9000, 0.3) : random_sparse(9000, 8, 0.3);
    const Matrix dense = centred(dense_of(x));
    const ReferenceSvd reference(dense, Eigen::ComputeThinU);
    const TruncatedSvd svd = exact_svd(centered_matrix(x, true), 6);
    const Matrix found = dense_of(svd.u, 6);
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
    const CenteredMatrix a = centered_matrix(x, false);
    const TruncatedSvd svd = exact ? exact_svd(a, 6) : randomized_svd(a, {6, 1e-7, 1});
    const Matrix u = dense_of(svd.u, 6);
    EXPECT_LT(largest_sine(ReferenceSvd(left, Eigen::ComputeThinU).matrixU(), u.leftCols(3)), 1e-9);
    EXPECT_EQ(u.rightCols(3).norm(), 0);
    EXPECT_EQ(svd.singular_values[3], 0);
  }
}

TEST(Svd, OfNothingIsNothing) {
  const CenteredMatrix a = centered_matrix(sparse_of(Matrix::Constant(200, 180, 2)), true);
  for (const bool exact : {true, false}) {
    const TruncatedSvd svd = exact ? exact_svd(a, 4) : randomized_svd(a, {4, 1e-7, 1});
    EXPECT_EQ(svd.singular_values, std::vector<double>(4, 0.0));
    EXPECT_EQ(dense_of(svd.u, 4), Matrix::Zero(200, 4));
    EXPECT_EQ(dense_of(svd.v, 4), Matrix::Zero(180, 4));
  }
}

/// Singular values 1, 0.56, 0.32, ... 0.001: those of A A^T differ by a factor of a million.
TEST(Svd, SmallSingularValuesArePrecise) {
  const Matrix left =
      ReferenceSvd(dense_of(random_sparse(200, 150, 0.5)), Eigen::ComputeThinU).matrixU();
  const Matrix right =
      ReferenceSvd(dense_of(random_sparse(180, 150, 0.5)), Eigen::ComputeThinU).matrixU();
  Eigen::VectorXd values(150);
  for (Eigen::Index i = 0; i < 150; ++i) values(i) = std::pow(10, -0.25 * static_cast<double>(i));
  const Matrix graded = left * values.asDiagonal() * right.transpose();
  expect_reference_svd(sparse_of(graded), svd_options(13, false));
}

TEST(Svd, AgreesWithJacobiOnCountsOfText) {
  const auto ids = zipfian_text(60000, 250);
  const SparseMatrix counts = window_counts(ids, 250, 3);
  expect_reference_svd(counts, svd_options(20, true, Transform::log));
  expect_reference_svd(counts, svd_options(20, false, Transform::ppmi, 0.75));
  expect_reference_svd(counts, svd_options(20, true, Transform::hellinger));
  expect_reference_svd(counts, svd_options(20, true));
}

/// As users run it: many components, which are close to each other, at the default tolerance.
TEST(Svd, ManyComponentsAtTheDefaultTolerance) {
  const std::int64_t types = 600, dim = 100;
  const SparseMatrix counts = window_counts(zipfian_text(200000, types), types, 5);
  for (const auto transform : {Transform::ppmi, Transform::log}) {
    SCOPED_TRACE(static_cast<int>(transform));
    const PcaOptions options = svd_options(dim, true, transform);
    const Matrix dense = centred(transformed(counts, options).cast<float>().cast<double>());
    // The eigenvalues of A A^T ascend.
    const Eigen::SelfAdjointEigenSolver<Matrix> full(dense * dense.transpose());
    const TruncatedSvd svd =
        randomized_svd(centered_matrix(counts, options), {dim, PcaOptions().tolerance, 1});
    EXPECT_LT(largest_sine(full.eigenvectors().rightCols(dim), dense_of(svd.u, dim)), 1e-4);
    double energy = 0;
    for (const double value : svd.singular_values) energy += value * value;
    EXPECT_NEAR(energy / full.eigenvalues().tail(dim).sum(), 1, 1e-3);
  }
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
  expect_reference_svd(window_counts(ids, 250, 5), svd_options(30, true, Transform::log));
}

}  // namespace
}  // namespace wordbridge
