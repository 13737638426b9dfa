#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "data/text/word_groups.h"
#include "eval/benchmarks/word_lookup.h"
#include "eval/clustering/clustering.h"
#include "eval/statistics/bootstrap.h"

namespace wordbridge {

/// Agreement of clusters with classes. Each measure is between 0 and 1, NaN if there are no items.
struct ClusterAgreement {
  /// Share of the items that belong to the majority class of their cluster: (1/N) sum over clusters
  /// c of max over classes t of |c and t|.
  double purity = std::numeric_limits<double>::quiet_NaN();
  /// 1 - H(class | cluster) / H(class), 1 if there is a single class. Completeness is the same with
  /// classes and clusters swapped. V is their harmonic mean, 0 if both are 0 (Rosenberg and
  /// Hirschberg 2007, "V-Measure: A Conditional Entropy-Based External Cluster Evaluation Measure",
  /// with beta = 1).
  double homogeneity = std::numeric_limits<double>::quiet_NaN();
  double completeness = std::numeric_limits<double>::quiet_NaN();
  double v_measure = std::numeric_limits<double>::quiet_NaN();
};

/// Agreement of the items' clusters with their classes, both numbered from 0.
ClusterAgreement cluster_agreement(const std::vector<std::size_t>& classes,
                                   const Clusters& clusters);

/// How the words of one class are distributed over the clusters.
struct ClassInClusters {
  std::int64_t words = 0;     // used
  std::int64_t together = 0;  // in the cluster with most of them (the first in a tie)
  std::int64_t cluster = 0;   // words of all classes in that cluster
  std::int64_t other = -1;    // most frequent other class in that cluster; -1: none
  /// together / words; NaN for a class without used words.
  double share() const;
};

/// Distribution of each of `class_count` classes over the clusters.
std::vector<ClassInClusters> classes_in_clusters(const std::vector<std::size_t>& classes,
                                                 const Clusters& clusters, std::size_t class_count);

struct ClusteringScores : ClusterAgreement {
  double purity_low = std::numeric_limits<double>::quiet_NaN();  // of the 95 % interval
  double purity_high = std::numeric_limits<double>::quiet_NaN();
  /// For each word of the groups: 1 if its class is the majority class of its cluster (the first in
  /// a tie), 0 if not, NaN if the word was dropped. The mean is the purity.
  std::vector<double> pure;
  std::vector<ClassInClusters> classes;  // in the order of the groups' names
};

struct CategorizationScores {
  ClusteringScores k_means, average, ward;
  std::int64_t used = 0, total = 0;  // words
  std::int64_t classes = 0;          // with used words; also the number of clusters
  std::int64_t total_classes = 0;
};

/// Clusters words without using their classes, into as many clusters as there are classes, and
/// scores the agreement of clusters and classes. The unit-length vectors are clustered in three
/// ways: by k_means(), and by agglomerate() with average cosine similarity and with Ward's
/// criterion (Baroni, Dinu and Kruszewski 2014, section 3, score clusters of words by purity). The
/// restart of k-means is selected by inertia, never by purity.
///
/// Words without a directed_vector() are dropped. The confidence interval of the purity is that of
/// bootstrap_mean() over words, with the clusters and their majority classes fixed. It describes
/// how the purity depends on the choice of words, not on the clustering. (Recomputing the majority
/// class in each resample would put the interval above the purity.)
///
/// Scores are NaN if fewer than two classes have used words. Throws Error for more than 8,192 known
/// words. Throws Interrupted. The result does not depend on the number of threads.
CategorizationScores score_categorization(const WordLookup& words, const WordGroups& groups,
                                          const BootstrapOptions& bootstrap = {},
                                          const KMeansOptions& options = {});

}  // namespace wordbridge
