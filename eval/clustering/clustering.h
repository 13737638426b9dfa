#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace wordbridge {

/// The cluster of each point, 0, 1, ... in the order in which they first occur.
using Clusters = std::vector<std::size_t>;

/// Any names of clusters, brought to that form: {7, 3, 7} -> {0, 1, 0}.
Clusters named_by_occurrence(const Clusters& names);

struct KMeansOptions {
  std::int64_t restarts = 10;
  std::int64_t iterations = 300;  // at most, of each restart
  std::int64_t seed = 1;
};

struct KMeans {
  Clusters clusters;
  double inertia = 0;  // sum of the points' squared distances to the mean of their cluster
};

/// Lloyd's (1982) k-means of the points [count, dim] in Euclidean distance, seeded by k-means++
/// (Arthur and Vassilvitskii 2007: each next centre is a point drawn in proportion to its squared
/// distance to the nearest centre so far). Of all restarts the one with the lowest inertia is
/// taken, of equal ones the first. A point between two centres goes to the first; a cluster that
/// runs empty takes the point that is farthest from its own centre, and stays empty where all
/// points are at their centres. Restart r draws from Rng(seed, "k-means", r). Parallel over the
/// restarts, the same on any number of threads. Interrupted.
KMeans k_means(const std::vector<float>& points, std::int64_t count, std::int64_t dim,
               std::int64_t k, const KMeansOptions& options = {});

/// How far two clusters are from each other: the mean of 1 - cosine over all pairs of a point of
/// one and a point of the other (UPGMA: Sokal and Michener 1958); or what joining them adds to the
/// sum of squared Euclidean distances to the clusters' means (Ward 1963).
enum class Linkage { average_cosine, ward };

/// The most points that agglomerate() takes: 268 MB of distances.
constexpr std::int64_t kMostAgglomerated = 8192;

/// Joins the two nearest clusters until k are left, by the nearest-neighbour chain (Muellner 2011,
/// "Modern hierarchical, agglomerative clustering algorithms"): count^2 time, count^2 floats. The
/// points [count, dim] must have unit length or be zero. Ties: of equally near clusters that which
/// the chain comes from, else that with the first point; of equally high joins the one that was
/// found first. Where distances tie, the result depends on the points' order. Interrupted.
Clusters agglomerate(const std::vector<float>& points, std::int64_t count, std::int64_t dim,
                     std::int64_t k, Linkage linkage);

}  // namespace wordbridge
