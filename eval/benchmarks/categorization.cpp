#include "eval/benchmarks/categorization.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/index.h"
#include "core/undefined.h"
#include "eval/benchmarks/directions.h"
#include "eval/statistics/comparable.h"
#include "eval/statistics/cosine.h"

namespace wordbridge {
namespace {

/// Counts of items by cluster and class.
class Contingency {
 public:
  Contingency(const std::vector<std::size_t>& classes, const Clusters& clusters,
              std::size_t class_count = 0)
      : classes_(class_count) {
    WB_ASSERT(classes.size() == clusters.size());
    for (const auto name : classes) classes_ = std::max(classes_, name + 1);
    for (const auto name : clusters) clusters_ = std::max(clusters_, name + 1);
    counts_.resize(clusters_ * classes_, 0);
    for (std::size_t i = 0; i < classes.size(); ++i) ++counts_[clusters[i] * classes_ + classes[i]];
  }
  std::size_t classes() const { return classes_; }
  std::size_t clusters() const { return clusters_; }
  std::int64_t operator()(std::size_t cluster, std::size_t name) const {
    return counts_[cluster * classes_ + name];
  }
  std::int64_t cluster_size(std::size_t cluster) const {
    std::int64_t size = 0;
    for (std::size_t name = 0; name < classes_; ++name) size += (*this)(cluster, name);
    return size;
  }
  std::int64_t class_size(std::size_t name) const {
    std::int64_t size = 0;
    for (std::size_t cluster = 0; cluster < clusters_; ++cluster) size += (*this)(cluster, name);
    return size;
  }
  /// Majority class of the cluster, the first in a tie.
  std::size_t majority(std::size_t cluster) const {
    const auto begin = counts_.begin() + static_cast<std::ptrdiff_t>(cluster * classes_);
    const auto end = begin + static_cast<std::ptrdiff_t>(classes_);
    return static_cast<std::size_t>(std::max_element(begin, end) - begin);
  }

 private:
  std::size_t classes_, clusters_ = 0;
  std::vector<std::int64_t> counts_;  // [clusters, classes]
};

/// -(n / total) log(n / whole): the contribution of n items out of `whole` to the entropy.
double entropy_term(std::int64_t n, std::int64_t whole, std::int64_t total) {
  if (n == 0) return 0;
  return -static_cast<double>(n) / static_cast<double>(total) *
         std::log(static_cast<double>(n) / static_cast<double>(whole));
}

/// 1 - H(a | b) / H(a); full agreement if H(a) = 0.
double explained(double conditional, double entropy) {
  return entropy > 0 ? std::clamp(1 - conditional / entropy, 0.0, 1.0) : 1;
}

/// The used words, scaled to unit length.
struct Points {
  std::vector<float> rows;
  std::vector<std::size_t> words;    // indices into the groups' words
  std::vector<std::size_t> classes;  // class of each word: index into the groups
};

Points points_of(const WordLookup& words, const WordGroups& groups) {
  const std::int64_t dim = words.table().dim();
  Points points;
  for (std::size_t i = 0; i < groups.words.size(); ++i) {
    const float* const values = directed_vector(words, groups.words[i].first);
    if (values == nullptr) continue;
    const double length = norm(values, dim);
    for (std::int64_t d = 0; d < dim; ++d)
      points.rows.push_back(length > 0 ? static_cast<float>(values[d] / length) : 0);
    points.words.push_back(i);
    points.classes.push_back(groups.words[i].second);
  }
  // Words of equal direction are one point, which rounding to unit length would blur.
  const auto count = static_cast<std::int64_t>(points.words.size());
  const auto first = first_of_direction(points.rows.data(), count, dim);
  for (std::int64_t i = 0; i < count; ++i)
    std::copy_n(points.rows.begin() + first[at(i)] * dim, dim, points.rows.begin() + i * dim);
  return points;
}

ClusteringScores scores_of(const Points& points, const WordGroups& groups, const Clusters& clusters,
                           const BootstrapOptions& options) {
  ClusteringScores scores;
  static_cast<ClusterAgreement&>(scores) = cluster_agreement(points.classes, clusters);
  scores.classes = classes_in_clusters(points.classes, clusters, groups.names.size());
  scores.pure.assign(groups.words.size(), kUndefined);
  const Contingency counts(points.classes, clusters);
  std::vector<double> pure;
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    pure.push_back(counts.majority(clusters[i]) == points.classes[i] ? 1 : 0);
    scores.pure[points.words[i]] = pure.back();
  }
  const BootstrapTest interval = bootstrap_mean(pure, options);
  scores.purity_low = interval.low;
  scores.purity_high = interval.high;
  return scores;
}

}  // namespace

ClusterAgreement cluster_agreement(const std::vector<std::size_t>& classes,
                                   const Clusters& clusters) {
  if (classes.empty()) return {};
  const auto total = static_cast<std::int64_t>(classes.size());
  const Contingency counts(classes, clusters);
  std::int64_t pure = 0;
  double class_given_cluster = 0, cluster_given_class = 0, of_classes = 0, of_clusters = 0;
  for (std::size_t c = 0; c < counts.clusters(); ++c) {
    const std::int64_t size = counts.cluster_size(c);
    if (size > 0) pure += counts(c, counts.majority(c));
    of_clusters += entropy_term(size, total, total);
    for (std::size_t t = 0; t < counts.classes(); ++t)
      class_given_cluster += entropy_term(counts(c, t), size, total);
  }
  for (std::size_t t = 0; t < counts.classes(); ++t) {
    const std::int64_t size = counts.class_size(t);
    of_classes += entropy_term(size, total, total);
    for (std::size_t c = 0; c < counts.clusters(); ++c)
      cluster_given_class += entropy_term(counts(c, t), size, total);
  }
  ClusterAgreement result;
  result.purity = static_cast<double>(pure) / static_cast<double>(total);
  result.homogeneity = explained(class_given_cluster, of_classes);
  result.completeness = explained(cluster_given_class, of_clusters);
  const double sum = result.homogeneity + result.completeness;
  result.v_measure = sum > 0 ? 2 * result.homogeneity * result.completeness / sum : 0;
  return result;
}

double ClassInClusters::share() const {
  return words > 0 ? static_cast<double>(together) / static_cast<double>(words) : kUndefined;
}

std::vector<ClassInClusters> classes_in_clusters(const std::vector<std::size_t>& classes,
                                                 const Clusters& clusters,
                                                 std::size_t class_count) {
  const Contingency counts(classes, clusters, class_count);
  std::vector<ClassInClusters> result(class_count);
  for (std::size_t t = 0; t < class_count; ++t) {
    ClassInClusters& found = result[t];
    std::size_t most = 0;
    for (std::size_t c = 0; c < counts.clusters(); ++c) {
      found.words += counts(c, t);
      if (counts(c, t) > counts(most, t)) most = c;
    }
    if (found.words == 0) continue;
    found.together = counts(most, t);
    found.cluster = counts.cluster_size(most);
    std::int64_t others = 0;
    for (std::size_t other = 0; other < counts.classes(); ++other) {
      if (other == t || counts(most, other) <= others) continue;
      others = counts(most, other);
      found.other = static_cast<std::int64_t>(other);
    }
  }
  return result;
}

CategorizationScores score_categorization(const WordLookup& words, const WordGroups& groups,
                                          const BootstrapOptions& bootstrap,
                                          const KMeansOptions& options) {
  const Points points = points_of(words, groups);
  CategorizationScores scores;
  scores.total = static_cast<std::int64_t>(groups.words.size());
  scores.used = static_cast<std::int64_t>(points.words.size());
  scores.total_classes = static_cast<std::int64_t>(groups.names.size());
  for (const auto& found :
       classes_in_clusters(points.classes, Clusters(points.classes.size(), 0), groups.names.size()))
    scores.classes += found.words > 0;
  if (scores.classes < 2) {
    for (auto* const undefined : {&scores.k_means, &scores.average, &scores.ward})
      undefined->pure.assign(groups.words.size(), kUndefined);
    return scores;
  }
  const std::int64_t dim = words.table().dim();
  const auto linked = [&](Linkage linkage) {
    return scores_of(points, groups,
                     agglomerate(points.rows, scores.used, dim, scores.classes, linkage),
                     bootstrap);
  };
  scores.average = linked(Linkage::average_cosine);
  scores.ward = linked(Linkage::ward);
  const auto means = k_means(points.rows, scores.used, dim, scores.classes, options);
  scores.k_means = scores_of(points, groups, means.clusters, bootstrap);
  return scores;
}

}  // namespace wordbridge
