#pragma once

#include <limits>
#include <string>
#include <vector>

namespace wordbridge {

/// A map (2-D scatter plot) of an embedding: one point per row. A row that contains NaN or infinity
/// has the point (NaN, NaN) and is otherwise ignored.
struct Projection {
  std::string method;     // "pca", "tsne", or "identity": one or two dimensions as they are
  std::vector<float> xy;  // [N,2]; y = 0 for one dimension
  /// pca: share of the rows' variance explained by the two directions; NaN if the rows do not vary.
  double explained = std::numeric_limits<double>::quiet_NaN();
  /// Mean share of a row's k = min(10, (N-1)/2) nearest rows (Euclidean; for tsne after its
  /// normalisation) that are also among its k nearest on the map; over about 2,000 rows if there
  /// are more. NaN for fewer than 3 rows.
  double kept = std::numeric_limits<double>::quiet_NaN();
  /// tsne: final Kullback-Leibler divergence in nats.
  double divergence = std::numeric_limits<double>::quiet_NaN();
};

}  // namespace wordbridge
