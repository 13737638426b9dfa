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

/// Principal component scores of a matrix.
struct PcaScores {
  std::vector<float> rows;  // [counts.rows, dim], row-major: U S^power or (U + V) S^power
  std::vector<double> singular_values;  // [dim], descending
  double explained_variance_ratio = 0;  // of all dim components; NaN if the variance is 0
  std::int64_t nonzeros = 0;            // after the transform
};

/// Decomposes X - 1 mu^T of the transformed counts X. In each column of U the entry of largest
/// magnitude is positive. The result is the same on any number of threads. Error if dim > min(rows,
/// cols) or all counts are zero. Throws Interrupted. `counts` are freed once they are transformed.
PcaScores pca_scores(SparseCounts counts, const PcaOptions& options, std::uint64_t seed);

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
