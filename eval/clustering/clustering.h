#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace wordbridge {

/// Cluster of each point: 0, 1, ... in order of first occurrence.
using Clusters = std::vector<std::size_t>;

/// Renumbers clusters by first occurrence: {7, 3, 7} -> {0, 1, 0}.
Clusters named_by_occurrence(const Clusters& names);

struct KMeansOptions {
  std::int64_t restarts = 10;
  std::int64_t iterations = 300;  // maximum per restart
  std::int64_t seed = 1;
};

struct KMeans {
  Clusters clusters;
  double inertia = 0;  // sum of squared distances of the points to their cluster means
};

/// Lloyd's (1982) k-means of the points [count, dim] by Euclidean distance, initialised by
/// k-means++ (Arthur and Vassilvitskii 2007: each further centre is a point sampled in proportion
/// to its squared distance to the nearest centre chosen before). Returns the restart with the
/// lowest inertia, the first in a tie. A point equally near to two centres is assigned to the
/// first. An empty cluster receives the point farthest from its own centre, and stays empty if all
/// points coincide with their centres. Restart r uses Rng(seed, "k-means", r). Runs the restarts in
/// parallel; the result does not depend on the number of threads. Throws Interrupted.
KMeans k_means(const std::vector<float>& points, std::int64_t count, std::int64_t dim,
               std::int64_t k, const KMeansOptions& options = {});

/// Distance between two clusters: the mean of 1 - cosine similarity over all pairs of a point of
/// one and a point of the other (UPGMA: Sokal and Michener 1958), or the increase in the sum of
/// squared Euclidean distances to the cluster means if they are merged (Ward 1963).
enum class Linkage { average_cosine, ward };

/// Maximum number of points for agglomerate(): 268 MB of distances.
constexpr std::int64_t kMostAgglomerated = 8192;

/// Merges the two nearest clusters until k remain, by the nearest-neighbour chain algorithm
/// (Muellner 2011, "Modern hierarchical, agglomerative clustering algorithms"): O(count^2) time,
/// count^2 floats of memory. The points [count, dim] must have unit length or be zero. Ties: among
/// equally near clusters, the preceding one in the chain, otherwise the one with the first point;
/// among merges of equal height, the one found first. If distances tie, the result depends on the
/// order of the points. Throws Interrupted.
Clusters agglomerate(const std::vector<float>& points, std::int64_t count, std::int64_t dim,
                     std::int64_t k, Linkage linkage);

}  // namespace wordbridge
