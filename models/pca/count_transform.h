#pragma once

#include <cstdint>
#include <vector>

#include "data/counts/sparse_view.h"
#include "models/pca/pca_options.h"

namespace wordbridge {

/// Transforms counts x before the decomposition. With r_i the sum of row i, c_j the sum of column
/// j, s the smoothing and T = sum_j c_j^s:
///     raw x,   log log(1 + x),   sqrt sqrt(x),   hellinger sqrt(x_ij / r_i),
///     ppmi max(0, log(x_ij T / (r_i c_j^s)) - log shift)
/// (hellinger: Lebret and Collobert 2014; ppmi: Levy, Goldberg and Dagan 2015). Zeros remain zeros.
class CountTransform {
 public:
  /// `counts` must outlive this object. Error if the transform needs the sum of a row that float32
  /// can't represent.
  CountTransform(const SparseView& counts, const PcaOptions& options);

  /// out[k] is the transform of the k-th non-zero of the row.
  void row(std::int64_t index, double* out) const;
  const SparseView& counts() const { return counts_; }

 private:
  SparseView counts_;
  PcaOptions::Transform transform_;
  std::vector<double> row_sums_;        // r_i
  std::vector<double> column_weights_;  // c_j^s shift
  double total_ = 0;                    // T
};

}  // namespace wordbridge
