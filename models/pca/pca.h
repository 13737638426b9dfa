#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "data/counts/sparse_view.h"
#include "models/fitted_model.h"
#include "models/pca/pca_options.h"

namespace wordbridge {

/// Transforms counts x before the decomposition: x (raw), log(1 + x), sqrt(x), or PPMI:
///     max(0, log(x_ij T / (r_i c_j^s)))
/// with r_i the sum of row i, c_j the sum of column j, s the smoothing and T = sum_j c_j^s (Levy,
/// Goldberg and Dagan 2015). All of them preserve zeros; new zeros of PPMI are removed from the
/// sparse matrix.
SparseMatrix transform_counts(SparseMatrix counts, PcaOptions::Transform transform,
                              double ppmi_smoothing);

/// Principal component scores of a matrix.
struct PcaScores {
  std::vector<float> rows;              // [counts.rows, dim], row-major: U S^power
  std::vector<double> singular_values;  // [dim], descending
  double explained_variance_ratio = 0;  // of all dim components; NaN if the variance is 0
  std::int64_t nonzeros = 0;            // after the transform
};

/// Decomposes X - 1 mu^T of the transformed counts X. In each column of U the entry of largest
/// magnitude is positive. The result is the same on any number of threads. Error if dim > min(rows,
/// cols) or all counts are zero. Throws Interrupted.
PcaScores pca_scores(SparseMatrix counts, const PcaOptions& options, std::uint64_t seed);

/// PCA of the word-context counts of a corpus; see README.md.
class PcaModel : public FittedModel {
 public:
  explicit PcaModel(PcaOptions options) : options_(std::move(options)) {}

  void fit(const Corpus& corpus, std::uint64_t seed) override;
  std::optional<EmbeddingTable> vectors() const override;
  /// explained_variance_ratio, singular_value_1 .. up to 10, nonzeros, contexts.
  std::vector<std::pair<std::string, double>> metrics() const override;
  double estimated_bytes(const Corpus& corpus) const override;

 private:
  PcaOptions options_;
  std::optional<EmbeddingTable> table_;
  std::vector<std::pair<std::string, double>> metrics_;
};

}  // namespace wordbridge
