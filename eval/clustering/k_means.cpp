#include <algorithm>
#include <limits>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/rng.h"
#include "core/threads.h"
#include "eval/clustering/clustering.h"
#include "kernels/search/products.h"

namespace wordbridge {
namespace {

constexpr std::size_t kPointsAChunk = 256;  // their products with all centres fit in the cache

/// One restart of Lloyd's algorithm.
class Restart {
 public:
  Restart(const std::vector<float>& points, const std::vector<float>& squares, std::size_t dim,
          std::size_t k, Rng rng)
      : points_(points),
        squares_(squares),
        count_(squares.size()),
        dim_(dim),
        k_(k),
        rng_(rng),
        assigned_(count_, 0),
        distances_(count_) {}

  KMeans run(std::int64_t iterations) {
    seed_centres();
    assign();
    for (std::int64_t i = 0; i < iterations; ++i) {
      if (interrupted()) throw Interrupted("interrupted while words were clustered");
      const Clusters before = assigned_;
      fill_empty_clusters();
      move_centres();
      assign();
      if (assigned_ == before) break;
    }
    move_centres();
    double inertia = 0;
    for (std::size_t i = 0; i < count_; ++i) inertia += exact_distance(i);
    return {named_by_occurrence(assigned_), inertia};
  }

 private:
  const float* point(std::size_t i) const { return points_.data() + i * dim_; }
  float* centre(std::size_t c) { return centres_.data() + c * dim_; }

  /// Squared distance of a point to the centre of its cluster, in double precision.
  double exact_distance(std::size_t i) {
    const float *x = point(i), *y = centre(assigned_[i]);
    double sum = 0;
    for (std::size_t d = 0; d < dim_; ++d) {
      const double difference = static_cast<double>(x[d]) - static_cast<double>(y[d]);
      sum += difference * difference;
    }
    return sum;
  }

  void seed_centres() {
    centres_.reserve(k_ * dim_);
    std::vector<float> products(count_);
    std::vector<double> nearest(count_, std::numeric_limits<double>::infinity());
    std::size_t chosen = rng_.below(count_);
    while (true) {
      centres_.insert(centres_.end(), point(chosen), point(chosen) + dim_);
      if (centres_.size() == k_ * dim_) return;
      row_products(point(chosen), 1, points_.data(), static_cast<std::int64_t>(count_),
                   static_cast<std::int64_t>(dim_), products.data());
      double sum = 0;
      for (std::size_t i = 0; i < count_; ++i) {
        // Exactly zero for equal points: the bits of a product do not depend on the position of its
        // rows.
        const double square = static_cast<double>(squares_[i]) +
                              static_cast<double>(squares_[chosen]) -
                              2 * static_cast<double>(products[i]);
        nearest[i] = std::min(nearest[i], std::max(0.0, square));
        sum += nearest[i];
      }
      chosen = sum > 0 ? drawn_by(nearest, sum) : rng_.below(count_);
    }
  }

  std::size_t drawn_by(const std::vector<double>& weights, double sum) {
    double left = rng_.uniform() * sum;
    std::size_t chosen = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (weights[i] == 0) continue;
      chosen = i;
      left -= weights[i];
      if (left < 0) break;
    }
    return chosen;
  }

  /// Assigns each point to its nearest centre: the one with the lowest |c|^2 - 2 x.c.
  void assign() {
    std::vector<double> squares(k_, 0.0);
    for (std::size_t c = 0; c < k_; ++c)
      for (std::size_t d = 0; d < dim_; ++d)
        squares[c] += static_cast<double>(centre(c)[d]) * static_cast<double>(centre(c)[d]);
    std::vector<float> products(kPointsAChunk * k_);
    for (std::size_t begin = 0; begin < count_; begin += kPointsAChunk) {
      const std::size_t chunk = std::min(kPointsAChunk, count_ - begin);
      row_products(point(begin), static_cast<std::int64_t>(chunk), centres_.data(),
                   static_cast<std::int64_t>(k_), static_cast<std::int64_t>(dim_), products.data());
      for (std::size_t i = 0; i < chunk; ++i) {
        std::size_t best = 0;
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t c = 0; c < k_; ++c) {
          const double value = squares[c] - 2 * static_cast<double>(products[i * k_ + c]);
          if (value < least) least = value, best = c;
        }
        assigned_[begin + i] = best;
      }
    }
  }

  void fill_empty_clusters() {
    std::vector<std::size_t> sizes(k_, 0);
    for (const auto cluster : assigned_) ++sizes[cluster];
    if (std::find(sizes.begin(), sizes.end(), 0U) == sizes.end()) return;
    for (std::size_t i = 0; i < count_; ++i) distances_[i] = exact_distance(i);
    for (std::size_t c = 0; c < k_; ++c) {
      if (sizes[c] > 0) continue;
      std::size_t farthest = count_;  // always found: some cluster has two points or more
      for (std::size_t i = 0; i < count_; ++i)
        if (sizes[assigned_[i]] > 1 && (farthest == count_ || distances_[i] > distances_[farthest]))
          farthest = i;
      --sizes[assigned_[farthest]];
      assigned_[farthest] = c;
      sizes[c] = 1;
      distances_[farthest] = 0;
    }
  }

  /// Moves each centre to the mean of its points; the centre of an empty cluster stays.
  void move_centres() {
    std::vector<double> sums(k_ * dim_, 0.0);
    std::vector<std::size_t> sizes(k_, 0);
    for (std::size_t i = 0; i < count_; ++i) {
      double* const sum = sums.data() + assigned_[i] * dim_;
      for (std::size_t d = 0; d < dim_; ++d) sum[d] += static_cast<double>(point(i)[d]);
      ++sizes[assigned_[i]];
    }
    for (std::size_t c = 0; c < k_; ++c) {
      if (sizes[c] == 0) continue;
      for (std::size_t d = 0; d < dim_; ++d)
        centre(c)[d] = static_cast<float>(sums[c * dim_ + d] / static_cast<double>(sizes[c]));
    }
  }

  const std::vector<float>& points_;
  const std::vector<float>& squares_;  // squared length of each point
  std::size_t count_, dim_, k_;
  Rng rng_;
  std::vector<float> centres_;  // [k, dim]
  Clusters assigned_;
  std::vector<double> distances_;
};

}  // namespace

KMeans k_means(const std::vector<float>& points, std::int64_t count, std::int64_t dim,
               std::int64_t k, const KMeansOptions& options) {
  WB_ASSERT(k > 0 && k <= count && options.restarts > 0 &&
            points.size() == static_cast<std::size_t>(count * dim));
  std::vector<float> squares(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    const float* const point = points.data() + i * dim;
    row_products(point, 1, point, 1, dim, &squares[static_cast<std::size_t>(i)]);
  }
  std::vector<KMeans> results(static_cast<std::size_t>(options.restarts));
  for_each_block(options.restarts, [&](std::int64_t r) {
    Restart restart(
        points, squares, static_cast<std::size_t>(dim), static_cast<std::size_t>(k),
        Rng(static_cast<std::uint64_t>(options.seed), "k-means", static_cast<std::uint64_t>(r)));
    results[static_cast<std::size_t>(r)] = restart.run(options.iterations);
  });
  return *std::min_element(results.begin(), results.end(),
                           [](const KMeans& a, const KMeans& b) { return a.inertia < b.inertia; });
}

}  // namespace wordbridge
