#include "eval/benchmarks/groups.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/rng.h"
#include "core/threads.h"
#include "eval/statistics/correlation.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kMostWords = 8192;  // 34 million pairs
constexpr std::int64_t kPermutationsABlock = 128;

/// Rounds to 40 significant bits, a relative step of 1e-12 (Veltkamp 1968).
double rounded(double value) {
  const double shifted = value * ((1 << 13) + 1);
  return shifted - (shifted - value);
}

/// Euclidean distance without the last bits, in which equal distances differ by the order of the
/// dimensions.
double distance(const float* x, const float* y, std::int64_t dim) {
  double squares = 0;
  for (std::int64_t i = 0; i < dim; ++i) {
    const double difference = static_cast<double>(x[i]) - static_cast<double>(y[i]);
    squares += difference * difference;
  }
  return rounded(std::sqrt(squares));
}

/// Vectors and groups of the known words.
struct Members {
  std::vector<const float*> rows;
  std::vector<std::size_t> group;  // of each row
};

Members known_members(const WordLookup& words, const WordGroups& groups) {
  const auto is_finite = [](float value) { return std::isfinite(value); };
  Members members;
  for (const auto& [word, group] : groups.words) {
    const float* values = words.vector(word).values;
    if (values == nullptr || !std::all_of(values, values + words.table().dim(), is_finite))
      continue;
    members.rows.push_back(values);
    members.group.push_back(group);
  }
  return members;
}

/// Ranks of the distances of all pairs, 1 for the nearest pair; ties have their mean rank.
class PairRanks {
 public:
  PairRanks(const std::vector<const float*>& rows, std::int64_t dim) {
    std::vector<double> distances;
    distances.reserve(rows.size() * (rows.size() - 1) / 2);
    for (std::size_t j = 1; j < rows.size(); ++j) {
      for (std::size_t i = 0; i < j; ++i) distances.push_back(distance(rows[i], rows[j], dim));
    }
    ranks_ = average_ranks(distances);
  }
  double of(std::size_t i, std::size_t j) const {
    if (i > j) std::swap(i, j);
    return ranks_[j * (j - 1) / 2 + i];
  }

 private:
  std::vector<double> ranks_;
};

/// Sum of the ranks of the pairs within groups; `borders` divides `order` into the groups.
double within_rank_sum(const PairRanks& ranks, const std::vector<std::size_t>& order,
                       const std::vector<std::size_t>& borders) {
  double sum = 0;  // multiples of 0.5: exact
  for (std::size_t g = 0; g + 1 < borders.size(); ++g) {
    for (std::size_t j = borders[g]; j < borders[g + 1]; ++j) {
      for (std::size_t i = borders[g]; i < j; ++i) sum += ranks.of(order[i], order[j]);
    }
  }
  return sum;
}

}  // namespace

GroupScores score_groups(const WordLookup& words, const WordGroups& groups,
                         std::int64_t permutations) {
  const Members members = known_members(words, groups);
  GroupScores scores;
  scores.total = static_cast<std::int64_t>(groups.words.size());
  scores.used = static_cast<std::int64_t>(members.rows.size());
  if (scores.used > kMostWords) {
    throw Error("too many words to compare all pairs")
        .expected("at most {}", kMostWords)
        .got("{}", scores.used);
  }
  std::vector<std::size_t> order(members.rows.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) {
    return members.group[i] < members.group[j];
  });
  std::vector<std::size_t> borders{0};
  for (std::size_t i = 1; i <= order.size(); ++i) {
    if (i < order.size() && members.group[order[i]] == members.group[order[i - 1]]) continue;
    const auto size = static_cast<std::int64_t>(i - borders.back());
    scores.within += size * (size - 1) / 2;
    borders.push_back(i);
  }
  scores.across = scores.used * (scores.used - 1) / 2 - scores.within;
  if (scores.within == 0 || scores.across == 0) return scores;

  const PairRanks ranks(members.rows, words.table().dim());
  const double observed = within_rank_sum(ranks, order, borders);
  const auto within = static_cast<double>(scores.within);
  const auto across = static_cast<double>(scores.across);
  // Mann-Whitney's U counts, for each pair within a group, the pairs across groups that are nearer.
  scores.auc = 1 - (observed - within * (within + 1) / 2) / (within * across);

  const auto blocks = (permutations + kPermutationsABlock - 1) / kPermutationsABlock;
  std::vector<std::int64_t> reached(static_cast<std::size_t>(blocks), 0);
  for_each_block(blocks, [&](std::int64_t block) {
    Rng rng(0, "groups", static_cast<std::uint64_t>(block));
    auto shuffled = order;
    const auto end = std::min(permutations, (block + 1) * kPermutationsABlock);
    for (auto i = block * kPermutationsABlock; i < end; ++i) {
      if (interrupted()) throw Interrupted("interrupted while scoring word groups");
      rng.shuffle(shuffled);
      if (within_rank_sum(ranks, shuffled, borders) <= observed)
        ++reached[static_cast<std::size_t>(block)];
    }
  });
  const auto extreme = std::accumulate(reached.begin(), reached.end(), std::int64_t{0});
  scores.p = static_cast<double>(extreme + 1) / static_cast<double>(permutations + 1);
  return scores;
}

}  // namespace wordbridge
