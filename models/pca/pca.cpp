#include "models/pca/pca.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/threads.h"
#include "data/counts/open_counts.h"
#include "models/pca/centered_matrix.h"
#include "models/pca/count_transform.h"
#include "models/pca/truncated_svd.h"

namespace wordbridge {
namespace {

using Solver = PcaOptions::Solver;

constexpr std::int64_t kRows = 256;  // rows of a task

bool use_exact(const PcaOptions& options, std::int64_t rows, std::int64_t cols) {
  return options.solver == Solver::exact ||
         (options.solver == Solver::automatic && std::min(rows, cols) <= options.exact_limit);
}

TruncatedSvd decompose(const CenteredMatrix& a, const PcaOptions& options, std::uint64_t seed) {
  const bool exact = use_exact(options, a.rows(), a.cols());
  log("pca", "{} singular value decomposition of {} x {}, {} components",
      exact ? "exact" : "randomized", a.rows(), a.cols(), options.dim);
  if (exact) return exact_svd(a, options.dim);
  return randomized_svd(a, {options.dim, options.tolerance, seed});
}

/// The entry of largest magnitude in each of the first `dim` columns; the first one of equals.
std::vector<double> largest_entries(const TallMatrix& u, std::int64_t dim) {
  std::vector<double> largest(at(dim), 0.0);
  for (std::int64_t i = 0; i < u.rows(); ++i) {
    for (std::int64_t j = 0; j < dim; ++j) {
      const double entry = u.entry(i, j);
      if (std::abs(entry) > std::abs(largest[at(j)])) largest[at(j)] = entry;
    }
  }
  return largest;
}

/// U S^power in float32, or (U + V) S^power; the largest entry of each column of U is made
/// positive.
std::vector<float> signed_scores(const TruncatedSvd& svd, double power, bool add_contexts) {
  const auto dim = static_cast<std::int64_t>(svd.singular_values.size());
  std::vector<double> factor = largest_entries(svd.u, dim);
  for (std::size_t j = 0; j < at(dim); ++j)
    factor[j] = std::copysign(std::pow(svd.singular_values[j], power), factor[j]);
  std::vector<float> scores(at(svd.u.rows() * dim));
  for_each_range(svd.u.rows(), kRows, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      for (std::int64_t j = 0; j < dim; ++j) {
        const double entry = svd.u.entry(i, j) + (add_contexts ? svd.v.entry(i, j) : 0);
        scores[at(i * dim + j)] = static_cast<float>(entry * factor[at(j)]);
      }
    }
  });
  return scores;
}

void check_shape(const SparseView& counts, const PcaOptions& options) {
  if (counts.nonzeros() == 0) {
    throw Error("nothing to decompose: no word has a context")
        .hint("if every document is a single word, try model.pca.counts.cross_documents=true");
  }
  if (options.add_contexts && counts.rows != counts.cols) {
    throw Error("the contexts of the counts are not the words")
        .at("model.pca.add_contexts")
        .expected("as many contexts as words: {}", counts.rows)
        .got("{}", counts.cols);
  }
  const std::int64_t most = std::min(counts.rows, counts.cols);
  if (options.dim <= most) return;
  throw Error("more components than the count matrix can have")
      .at("model.pca.dim")
      .expected("at most {}, the smaller of {} words and {} contexts", most, counts.rows,
                counts.cols)
      .got("{}", options.dim);
}

/// Error if all vectors would be zero, or differ only by rounding.
void check_variance(double before_centering, double variance, const PcaOptions& options) {
  constexpr double kRounding = 1e-24;
  if (!std::isfinite(before_centering) || !std::isfinite(variance)) {
    throw Error("the counts are too large: the sum of their squares is not finite")
        .at("model.pca.transform: {}", name_of(PcaOptions::transform_names(), options.transform))
        .hint("divide all counts by the same number");
  }
  if (before_centering > 0 && variance > kRounding * before_centering) return;
  Error error("nothing to decompose: all words have the same contexts");
  error.at("model.pca.transform: {}, model.pca.center: {}",
           name_of(PcaOptions::transform_names(), options.transform), options.center);
  if (options.counts.context == CountContext::document) {
    throw error.hint(
        "model.pca.counts.context: document needs several documents that differ; try "
        "model.pca.counts.context=window");
  }
  if (!options.counts.file.empty())
    throw error.hint("the counts of {} are too uniform", options.counts.file);
  throw error.hint("the text is too short or too uniform");
}

void warn_of_zero_components(const TruncatedSvd& svd) {
  const auto& values = svd.singular_values;
  const auto zeros = std::count(values.begin(), values.end(), 0.0);
  if (zeros == 0) return;
  warn(
      "{} of the {} components are zero in all vectors: the counts have only rank {} "
      "(model.pca.dim)",
      zeros, values.size(), static_cast<std::int64_t>(values.size()) - zeros);
}

}  // namespace

PcaScores pca_scores(SparseCounts counts, const PcaOptions& options, std::uint64_t seed) {
  check_shape(counts.view(), options);
  const CenteredMatrix a(CountTransform(counts.view(), options), options.center);
  counts = SparseCounts();
  log("pca", "transform {}: {} non-zeros",
      name_of(PcaOptions::transform_names(), options.transform),
      human_count(static_cast<std::uint64_t>(a.nonzeros())));
  const double variance = a.squared_norm();
  check_variance(a.squared_norm_before_centering(), variance, options);
  TruncatedSvd svd = decompose(a, options, seed);
  warn_of_zero_components(svd);
  PcaScores scores;
  scores.nonzeros = a.nonzeros();
  scores.rows = signed_scores(svd, options.power.value_or(1), options.add_contexts);
  double explained = 0;
  for (const double value : svd.singular_values) explained += value * value;
  scores.explained_variance_ratio = explained / variance;
  scores.singular_values = std::move(svd.singular_values);
  return scores;
}

void PcaModel::fit(const Corpus& corpus, std::uint64_t seed) {
  SparseCounts counts = open_counts(corpus, options_.counts, seed);
  const std::int64_t contexts = counts.view().cols;
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
      fmt::format("pca of {} counts, {}",
                  options_.counts.file.empty() ? name_of(count_contexts(), options_.counts.context)
                                               : "a file's",
                  name_of(PcaOptions::transform_names(), options_.transform)));
}

std::optional<EmbeddingTable> PcaModel::vectors() const {
  WB_ASSERT(table_.has_value(), "fit() first");
  return table_;
}

std::vector<std::pair<std::string, double>> PcaModel::metrics() const { return metrics_; }

double PcaModel::estimated_bytes(const Corpus& corpus) const {
  const ExpectedCounts expected = expected_counts(corpus, options_.counts);
  const std::int64_t rows = corpus.vocabulary().size(), cols = expected.columns;
  // 6 bytes for each non-zero, and before the decomposition the counts, 12 bytes each.
  const double nonzeros = expected.nonzeros;
  // Dense float64: blocks of rows in each thread and the triangular factors of all blocks, or the
  // Krylov space and a few blocks.
  const auto least = static_cast<double>(std::min(rows, cols));
  const auto most = static_cast<double>(std::max(rows, cols));
  double dense = 8 * most * (2 * static_cast<double>(options_.dim) + 150);
  if (use_exact(options_, rows, cols)) {
    const double block = std::min(most, std::max(2048.0, 4 * least));
    dense = 8 * least * (most / 4 + 3 * block * threads());
  }
  return std::max(expected.reading_bytes, 6 * nonzeros + std::max(12 * nonzeros, dense));
}

std::unique_ptr<FittedModel> make_pca(const ModelOptions& options) {
  return std::make_unique<PcaModel>(dynamic_cast<const PcaOptions&>(options));
}

}  // namespace wordbridge
