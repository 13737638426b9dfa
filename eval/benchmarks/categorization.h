#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "data/text/word_groups.h"
#include "eval/benchmarks/word_lookup.h"
#include "eval/clustering/clustering.h"
#include "eval/statistics/bootstrap.h"

namespace wordbridge {

/// How well clusters agree with classes, each from 0 to 1. NaN without items.
struct ClusterAgreement {
  /// Share of the items that are of the class which most of their cluster are of:
  /// (1/N) sum over clusters c of max over classes t of |c and t|.
  double purity = std::numeric_limits<double>::quiet_NaN();
  /// 1 - H(class | cluster) / H(class), 1 where there is one class; completeness likewise with
  /// classes and clusters swapped; V is their harmonic mean, 0 where both are 0 (Rosenberg and
  /// Hirschberg 2007, "V-Measure: A Conditional Entropy-Based External Cluster Evaluation
  /// Measure", with beta = 1).
  double homogeneity = std::numeric_limits<double>::quiet_NaN();
  double completeness = std::numeric_limits<double>::quiet_NaN();
  double v_measure = std::numeric_limits<double>::quiet_NaN();
};

/// Of the items' classes and clusters, small numbers.
ClusterAgreement cluster_agreement(const std::vector<std::size_t>& classes,
                                   const Clusters& clusters);

/// What became of one class: of its words in use, how many stand together.
struct ClassInClusters {
  std::int64_t words = 0;     // in use
  std::int64_t together = 0;  // in the cluster that holds most of them, the first of equal ones
  std::int64_t cluster = 0;   // words of all classes in that cluster
  std::int64_t other = -1;    // the class that most of the other words there are of, -1: none
  /// together / words, NaN for a class without words in use.
  double share() const;
};

/// Of each of `class_count` classes.
std::vector<ClassInClusters> classes_in_clusters(const std::vector<std::size_t>& classes,
                                                 const Clusters& clusters, std::size_t class_count);

struct ClusteringScores : ClusterAgreement {
  double purity_low = std::numeric_limits<double>::quiet_NaN();  // of the 95 % interval
  double purity_high = std::numeric_limits<double>::quiet_NaN();
  /// Of each word of the groups: 1 if its class is the one that most of its cluster are of (the
  /// first of equal ones), 0 if not, NaN if it was dropped. Their mean is the purity.
  std::vector<double> pure;
  std::vector<ClassInClusters> classes;  // in the order of the groups' names
};

struct CategorizationScores {
  ClusteringScores k_means, average, ward;
  std::int64_t used = 0, total = 0;  // words
  std::int64_t classes = 0;          // with words in use: as many clusters are made
  std::int64_t total_classes = 0;
};

/// Clusters words without a look at their classes, into as many clusters as there are classes, and
/// says how well the two agree: k_means() of the vectors at unit length; agglomerate() by the
/// average cosine and by Ward's criterion on the same (Baroni, Dinu and Kruszewski 2014,
/// section 3, score clusters of words by purity). Which restart of k-means counts, its
/// inertia says, never the purity.
///
/// Words that have no directed_vector() are dropped. The interval of the purity is that of
/// bootstrap_mean() over words: clusters and the class that each stands for are held fixed, so it
/// says how far the purity depends on which words were asked for, not on how they were clustered.
/// (Finding the majority anew in each resample would put the interval above the purity.)
///
/// NaN for fewer than two classes in use. Error for more than 8,192 known words; Interrupted. The
/// same on any number of threads.
CategorizationScores score_categorization(const WordLookup& words, const WordGroups& groups,
                                          const BootstrapOptions& bootstrap = {},
                                          const KMeansOptions& options = {});

}  // namespace wordbridge
