#include "models/pca/pca.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/threads.h"
#include "data/counts/cooccurrence.h"
#include "data/counts/open_counts.h"
#include "models/pca/randomized_svd.h"

namespace wordbridge {
namespace {

using Solver = PcaOptions::Solver;
using Transform = PcaOptions::Transform;

constexpr std::int64_t kRows = 256;  // rows in one block

template <class F>
void for_each_value(SparseMatrix& matrix, const F& change) {
  for_each_range(matrix.rows, kRows, [&](std::int64_t begin, std::int64_t end) {
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
      for (auto k = static_cast<std::size_t>(matrix.begin[i]);
           k < static_cast<std::size_t>(matrix.begin[i + 1]); ++k) {
        change(i, static_cast<std::size_t>(matrix.column[k]), matrix.value[k]);
      }
    }
  });
}

void drop_zeros(SparseMatrix& matrix) {
  std::size_t kept = 0, k = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(matrix.rows); ++i) {
    for (; k < static_cast<std::size_t>(matrix.begin[i + 1]); ++k) {
      if (matrix.value[k] == 0) continue;
      matrix.column[kept] = matrix.column[k];
      matrix.value[kept++] = matrix.value[k];
    }
    matrix.begin[i + 1] = static_cast<std::int64_t>(kept);
  }
  matrix.column.resize(kept);
  matrix.value.resize(kept);
}

void make_ppmi(SparseMatrix& counts, double smoothing) {
  std::vector<double> rows(static_cast<std::size_t>(counts.rows), 0.0);
  std::vector<double> columns(static_cast<std::size_t>(counts.cols), 0.0);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (auto k = static_cast<std::size_t>(counts.begin[i]);
         k < static_cast<std::size_t>(counts.begin[i + 1]); ++k) {
      rows[i] += counts.value[k];
      columns[static_cast<std::size_t>(counts.column[k])] += counts.value[k];
    }
  }
  double total = 0;
  for (double& column : columns) {
    if (column > 0) column = std::pow(column, smoothing);
    total += column;
  }
  for_each_value(counts, [&](std::size_t i, std::size_t j, double& x) {
    x = std::max(0.0, std::log(x * total / (rows[i] * columns[j])));
  });
  drop_zeros(counts);
}

bool use_exact(const PcaOptions& options, std::int64_t rows, std::int64_t cols) {
  return options.solver == Solver::exact ||
         (options.solver == Solver::automatic && std::min(rows, cols) <= options.exact_limit);
}

LeftSvd decompose(const CenteredMatrix& a, const PcaOptions& options, std::uint64_t seed) {
  const bool exact = use_exact(options, a.rows(), a.cols());
  log("pca", "{} singular value decomposition of {} x {}, {} components",
      exact ? "exact" : "randomized", a.rows(), a.cols(), options.dim);
  if (exact) return exact_svd(a, options.dim);
  return randomized_svd(a, {options.dim, options.tolerance, seed});
}

/// U S^power in float32; the largest entry of each column of U is made positive.
std::vector<float> signed_scores(const LeftSvd& svd, double power) {
  const auto dim = static_cast<std::size_t>(svd.u.cols);
  std::vector<double> largest(dim, 0.0), factor(dim);
  for (std::int64_t i = 0; i < svd.u.rows; ++i) {
    for (std::size_t j = 0; j < dim; ++j) {
      const double entry = svd.u.row(i)[j];
      if (std::abs(entry) > std::abs(largest[j])) largest[j] = entry;
    }
  }
  for (std::size_t j = 0; j < dim; ++j) {
    factor[j] = std::copysign(std::pow(svd.singular_values[j], power), largest[j]);
  }
  std::vector<float> scores(svd.u.value.size());
  for_each_range(svd.u.rows, kRows, [&](std::int64_t begin, std::int64_t end) {
    for (auto k = static_cast<std::size_t>(begin) * dim; k < static_cast<std::size_t>(end) * dim;
         ++k) {
      scores[k] = static_cast<float>(svd.u.value[k] * factor[k % dim]);
    }
  });
  return scores;
}

void check_shape(const SparseMatrix& counts, const PcaOptions& options) {
  if (counts.nonzeros() == 0) {
    throw Error("nothing to decompose: no word has a context")
        .hint("if every document is a single word, try model.pca.counts.cross_documents=true");
  }
  const std::int64_t most = std::min(counts.rows, counts.cols);
  if (options.dim <= most) return;
  throw Error("more components than the count matrix can have")
      .at("model.pca.dim")
      .expected("at most {}, the smaller of {} words and {} contexts", most, counts.rows,
                counts.cols)
      .got("{}", options.dim);
}

double squared_norm(const SparseMatrix& matrix) {
  double sum = 0;
  for (const double x : matrix.value) sum += x * x;
  return sum;
}

/// Error if all vectors would be zero, or differ only by rounding.
void check_variance(double before_centering, double variance, const PcaOptions& options) {
  constexpr double kRounding = 1e-24;
  if (before_centering > 0 && variance > kRounding * before_centering) return;
  Error error("nothing to decompose: all words have the same contexts");
  error.at("model.pca.transform: {}, model.pca.center: {}",
           name_of(PcaOptions::transform_names(), options.transform), options.center);
  if (options.counts.context == CountContext::document) {
    throw error.hint(
        "model.pca.counts.context: document needs several documents that differ; try "
        "model.pca.counts.context=window");
  }
  throw error.hint("the text is too short or too uniform");
}

void warn_of_zero_components(const LeftSvd& svd) {
  const auto& values = svd.singular_values;
  const auto zeros = std::count(values.begin(), values.end(), 0.0);
  if (zeros == 0) return;
  warn(
      "{} of the {} components are zero in all vectors: the counts have only rank {} "
      "(model.pca.dim)",
      zeros, values.size(), static_cast<std::int64_t>(values.size()) - zeros);
}

SparseMatrix copy_of(const SparseView& view) {
  SparseMatrix copy;
  copy.rows = view.rows;
  copy.cols = view.cols;
  copy.begin.assign(view.begin, view.begin + view.rows + 1);
  copy.column.assign(view.column, view.column + view.nonzeros());
  copy.value.assign(view.value, view.value + view.nonzeros());
  return copy;
}

}  // namespace

SparseMatrix transform_counts(SparseMatrix counts, Transform transform, double ppmi_smoothing) {
  switch (transform) {
    case Transform::raw:
      break;
    case Transform::log:
      for_each_value(counts, [](std::size_t, std::size_t, double& x) { x = std::log1p(x); });
      break;
    case Transform::sqrt:
      for_each_value(counts, [](std::size_t, std::size_t, double& x) { x = std::sqrt(x); });
      break;
    case Transform::ppmi:
      make_ppmi(counts, ppmi_smoothing);
      break;
  }
  return counts;
}

PcaScores pca_scores(SparseMatrix counts, const PcaOptions& options, std::uint64_t seed) {
  check_shape(counts, options);
  SparseMatrix transformed =
      transform_counts(std::move(counts), options.transform, options.ppmi_smoothing);
  log("pca", "transform {}: {} non-zeros",
      name_of(PcaOptions::transform_names(), options.transform),
      human_count(static_cast<std::uint64_t>(transformed.nonzeros())));
  if (interrupted()) throw Interrupted("interrupted during PCA");
  const double before_centering = squared_norm(transformed);
  const CenteredMatrix a(std::move(transformed), options.center);
  const double variance = a.squared_norm();
  check_variance(before_centering, variance, options);
  LeftSvd svd = decompose(a, options, seed);
  warn_of_zero_components(svd);
  PcaScores scores;
  scores.nonzeros = a.nonzeros();
  scores.rows = signed_scores(svd, options.power.value_or(1));
  double explained = 0;
  for (const double value : svd.singular_values) explained += value * value;
  scores.explained_variance_ratio = explained / variance;
  scores.singular_values = std::move(svd.singular_values);
  return scores;
}

void PcaModel::fit(const Corpus& corpus, std::uint64_t seed) {
  SparseMatrix counts = copy_of(open_counts(corpus, options_.counts, seed).view());
  const std::int64_t contexts = counts.cols;
  log("pca", "{} x {} ({}): {}, {}", counted(counts.rows, "word"), counted(contexts, "context"),
      name_of(count_contexts(), options_.counts.context), counted(counts.nonzeros(), "non-zero"),
      human_bytes(12.0 * static_cast<double>(counts.nonzeros())));
  PcaScores scores = pca_scores(std::move(counts), options_, seed);
  log("pca", "{} {:.2f} % of the {}",
      counted(options_.dim, "component explains", "components explain"),
      100 * scores.explained_variance_ratio,
      options_.center ? "variance" : "squared length (without centring, not of the variance)");
  metrics_ = {{"explained_variance_ratio", scores.explained_variance_ratio}};
  for (std::size_t i = 0; i < std::min<std::size_t>(scores.singular_values.size(), 10); ++i) {
    metrics_.emplace_back(fmt::format("singular_value_{}", i + 1), scores.singular_values[i]);
  }
  metrics_.emplace_back("nonzeros", static_cast<double>(scores.nonzeros));
  metrics_.emplace_back("contexts", static_cast<double>(contexts));
  table_.emplace(
      corpus.vocabulary().words(), std::move(scores.rows), options_.dim,
      fmt::format("pca of {} counts, {}", name_of(count_contexts(), options_.counts.context),
                  name_of(PcaOptions::transform_names(), options_.transform)));
}

std::optional<EmbeddingTable> PcaModel::vectors() const {
  WB_ASSERT(table_.has_value(), "fit() first");
  return table_;
}

std::vector<std::pair<std::string, double>> PcaModel::metrics() const { return metrics_; }

double PcaModel::estimated_bytes(const Corpus& corpus) const {
  const IdStream stream = training_stream(corpus);
  const std::int64_t rows = stream.types;
  const std::int64_t cols = context_columns(stream, options_.counts);
  // X and its transpose, 12 bytes per non-zero each.
  const double sparse = 24 * expected_nonzeros(stream, options_.counts);
  // Dense float64: blocks of rows in each thread and the triangular factors of all blocks, or the
  // Krylov space and the part of it that a restart keeps.
  const auto least = static_cast<double>(std::min(rows, cols));
  const auto most = static_cast<double>(std::max(rows, cols));
  if (use_exact(options_, rows, cols)) {
    const double block = std::min(most, std::max(2048.0, 4 * least));
    return sparse + 8 * least * (most / 4 + 3 * block * threads());
  }
  return sparse + 8 * most * (3.5 * static_cast<double>(options_.dim) + 180);
}

std::unique_ptr<FittedModel> make_pca(const ModelOptions& options) {
  return std::make_unique<PcaModel>(dynamic_cast<const PcaOptions&>(options));
}

}  // namespace wordbridge
