#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "data/corpus/cooccurrence.h"
#include "models/fitted_model.h"
#include "models/pca/pca_options.h"

namespace wordbridge {

/// Counts made into what is decomposed: log(1 + x), sqrt(x), x itself (raw), or ppmi, for which
/// max(0, log(x_ij T / (r_i c_j^s))) with r_i the sum of row i, c_j that of column j, s the
/// smoothing and T = sum_j c_j^s (Levy, Goldberg and Dagan 2015). All keep zeros; ppmi's new
/// ones are taken out.
SparseMatrix transform_counts(SparseMatrix counts, PcaOptions::Transform transform,
                              double ppmi_smoothing);

/// The principal components of a matrix.
struct PcaScores {
  std::vector<float> rows;              // [counts.rows, dim], row-major: U S^power
  std::vector<double> singular_values;  // [dim], descending
  double explained_variance_ratio = 0;  // of all dim together; nan if there is no variance
  std::int64_t nonzeros = 0;            // after the transform
};

/// Decomposes X - 1 mu^T of the transformed counts X. Of each column of U the entry largest in
/// magnitude is positive. The same on any number of threads. Error if dim > min(rows, cols) or
/// there is no count at all. Throws Interrupted.
PcaScores pca_scores(SparseMatrix counts, const PcaOptions& options, std::uint64_t seed);

/// PCA of a corpus's words by their contexts; see README.md.
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
