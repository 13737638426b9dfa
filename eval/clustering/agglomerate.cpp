#include <algorithm>
#include <limits>
#include <numeric>
#include <unordered_map>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/threads.h"
#include "eval/clustering/clustering.h"
#include "kernels/search/products.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kRowsABlock = 32;

struct Join {
  std::size_t first, second;  // clusters, each identified by its first point
  double height;
};

/// Each cluster is stored at the index of its first point; `distances` of the other indices are
/// stale.
class Agglomeration {
 public:
  Agglomeration(const std::vector<float>& points, std::int64_t count, std::int64_t dim,
                Linkage linkage)
      : linkage_(linkage),
        count_(static_cast<std::size_t>(count)),
        distances_(count_ * count_),
        sizes_(count_, 1),
        heights_(count_, 0.0),
        active_(count_) {
    std::iota(active_.begin(), active_.end(), std::size_t{0});
    for_each_range(count, kRowsABlock, [&](std::int64_t begin, std::int64_t end) {
      row_products(points.data() + begin * dim, end - begin, points.data(), count, dim,
                   distances_.data() + begin * count);
    });
    std::vector<float> squares(count_);
    for (std::size_t i = 0; i < count_; ++i) squares[i] = distances_[i * count_ + i];
    for_each_range(count, kRowsABlock, [&](std::int64_t begin, std::int64_t end) {
      for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i)
        for (std::size_t j = 0; j < count_; ++j) {
          float& value = distances_[i * count_ + j];
          // The product of equal points differs from 1 by rounding alone.
          const bool is_same = value > 0 && value == squares[i] && value == squares[j];
          // Merging two points adds half their squared distance.
          value = is_same ? 0
                  : linkage == Linkage::average_cosine
                      ? 1 - value
                      : std::max(0.0F, (squares[i] + squares[j]) / 2 - value);
        }
    });
  }

  /// All count - 1 merges, each after those that formed its two clusters.
  std::vector<Join> joins() {
    std::vector<Join> joins;
    std::vector<std::size_t> chain;
    while (active_.size() > 1) {
      if (interrupted()) throw Interrupted("interrupted while words were clustered");
      if (chain.empty()) chain.push_back(active_.front());
      while (true) {
        const std::size_t last = chain.back();
        const std::size_t before = chain.size() > 1 ? chain[chain.size() - 2] : last;
        const std::size_t next = nearest(last, before);
        if (next == before) break;
        chain.push_back(next);
      }
      const auto [first, second] = std::minmax(chain[chain.size() - 2], chain.back());
      joins.push_back(join(first, second));
      chain.resize(chain.size() - 2);
    }
    return joins;
  }

 private:
  float& distance(std::size_t i, std::size_t j) { return distances_[i * count_ + j]; }

  /// `before` (if it is a different cluster) wins ties, so that the chain ends.
  std::size_t nearest(std::size_t cluster, std::size_t before) {
    const float* const row = &distance(cluster, 0);
    std::size_t best = before;
    float least = before == cluster ? std::numeric_limits<float>::infinity() : row[before];
    for (const auto other : active_) {
      if (row[other] < least && other != cluster) {
        least = row[other];
        best = other;
      }
    }
    return best;
  }

  /// Merges the second cluster into the first by the formulas of Lance and Williams (1967).
  Join join(std::size_t first, std::size_t second) {
    const auto a = static_cast<double>(sizes_[first]), b = static_cast<double>(sizes_[second]);
    const auto between = static_cast<double>(distance(first, second));
    active_.erase(std::lower_bound(active_.begin(), active_.end(), second));
    for (const auto other : active_) {
      if (other == first) continue;
      const auto to_first = static_cast<double>(distance(first, other));
      const auto to_second = static_cast<double>(distance(second, other));
      const auto c = static_cast<double>(sizes_[other]);
      const double joined =
          linkage_ == Linkage::average_cosine
              ? (a * to_first + b * to_second) / (a + b)
              : ((a + c) * to_first + (b + c) * to_second - c * between) / (a + b + c);
      distance(first, other) = distance(other, first) = static_cast<float>(joined);
    }
    sizes_[first] += sizes_[second];
    // At least the height of the merges within both clusters; rounding could put it below.
    heights_[first] = std::max({between, heights_[first], heights_[second]});
    return {first, second, heights_[first]};
  }

  Linkage linkage_;
  std::size_t count_;
  std::vector<float> distances_;  // [count, count]
  std::vector<std::size_t> sizes_;
  std::vector<double> heights_;      // of the last merge in each cluster
  std::vector<std::size_t> active_;  // first points of the clusters, ascending
};

}  // namespace

Clusters named_by_occurrence(const Clusters& names) {
  std::unordered_map<std::size_t, std::size_t> numbers;
  Clusters clusters;
  clusters.reserve(names.size());
  for (const auto name : names)
    clusters.push_back(numbers.emplace(name, numbers.size()).first->second);
  return clusters;
}

Clusters agglomerate(const std::vector<float>& points, std::int64_t count, std::int64_t dim,
                     std::int64_t k, Linkage linkage) {
  WB_ASSERT(k > 0 && k <= count && points.size() == static_cast<std::size_t>(count * dim));
  if (count > kMostAgglomerated) {
    throw Error("too many words for agglomerative clustering")
        .expected("at most {}", kMostAgglomerated)
        .got("{}", count);
  }
  auto joins = Agglomeration(points, count, dim, linkage).joins();
  // The chain does not find the merges in order of height, but each one after those within it.
  std::stable_sort(joins.begin(), joins.end(),
                   [](const Join& a, const Join& b) { return a.height < b.height; });
  joins.resize(static_cast<std::size_t>(count - k));
  // The first point of a cluster never has a higher index than the others, so one ascending pass
  // resolves all links.
  Clusters towards(static_cast<std::size_t>(count));
  std::iota(towards.begin(), towards.end(), std::size_t{0});
  for (const auto& join : joins) towards[join.second] = join.first;
  for (auto& next : towards) next = towards[next];
  return named_by_occurrence(towards);
}

}  // namespace wordbridge
