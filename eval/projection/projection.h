#pragma once

#include <limits>
#include <string>
#include <vector>

namespace wordbridge {

/// A picture of an embedding: a point in the plane for each row. A row that holds NaN or infinity
/// has the point (NaN, NaN) and counts for nothing else.
struct Projection {
  std::string method;     // "pca", "tsne", or "identity": one or two dimensions as they are
  std::vector<float> xy;  // [N,2]; of one dimension y = 0
  /// pca: share of the rows' variance that the two directions hold; NaN if the rows do not vary.
  double explained = std::numeric_limits<double>::quiet_NaN();
  /// Mean share of a row's k = min(10, (N-1)/2) nearest rows (Euclidean; tsne: of the rows as it
  /// takes them) that are also among the k nearest on the map; of about 2,000 rows where there are
  /// more. NaN for fewer than 3 rows.
  double kept = std::numeric_limits<double>::quiet_NaN();
  /// tsne: the Kullback-Leibler divergence that is left, in nats.
  double divergence = std::numeric_limits<double>::quiet_NaN();
};

}  // namespace wordbridge
