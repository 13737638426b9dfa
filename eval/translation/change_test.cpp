#include "eval/translation/change_test.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/index.h"
#include "core/threads.h"
#include "eval/statistics/cosine.h"

namespace wordbridge {
namespace {

constexpr double kLargestP = 0.05;      // that the smallest possible p may have
constexpr double kMostDivisions = 1e5;  // that are enumerated
constexpr double kEqual = 1e-9;         // statistics that differ by rounding only

using Groups = std::vector<char>;  // of each run: 1 for the first group

/// All divisions into a first group of `first` runs and the others; the first one is that of the
/// order of the runs.
std::vector<Groups> divisions_of(std::size_t runs, std::size_t first) {
  Groups groups(runs, 0);
  std::fill_n(groups.begin(), first, 1);
  std::vector<Groups> all;
  do {
    all.push_back(groups);
  } while (std::prev_permutation(groups.begin(), groups.end()));
  return all;
}

struct Distances {
  double between = 0, within = 0;
  double difference() const { return between - within; }
};

Distances mean_distances(const std::vector<double>& distances, const Groups& groups) {
  const std::size_t runs = groups.size();
  double sums[3] = {0, 0, 0}, counts[3] = {0, 0, 0};  // by the number of runs of the first group
  for (std::size_t i = 0; i < runs; ++i)
    for (std::size_t j = i + 1; j < runs; ++j) {
      const int kind = groups[i] + groups[j];
      sums[kind] += distances[i * runs + j];
      counts[kind] += 1;
    }
  return {sums[1] / counts[1], 0.5 * (sums[0] / counts[0] + sums[2] / counts[2])};
}

TestedChange test_word(const std::vector<EmbeddingTable>& runs, std::int64_t word,
                       const std::vector<Groups>& divisions) {
  std::vector<double> distances(runs.size() * runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i)
    for (std::size_t j = i + 1; j < runs.size(); ++j)
      distances[i * runs.size() + j] =
          1 - cosine(runs[i].row(word), runs[j].row(word), runs[i].dim());
  const Distances own = mean_distances(distances, divisions[0]);
  const auto extreme = std::count_if(divisions.begin(), divisions.end(), [&](const Groups& groups) {
    // A word without a direction has no distances: its p is 1.
    return !(mean_distances(distances, groups).difference() < own.difference() - kEqual);
  });
  return {std::string(runs[0].word(word)), own.between, own.within,
          static_cast<double>(extreme) / static_cast<double>(divisions.size()), 1};
}

void check_runs(std::size_t first, std::size_t second) {
  if (first < 2 || second < 2)
    throw Error("a test of changes needs several runs on each corpus, with different seeds")
        .expected("4 runs of each, for example")
        .got("{} and {}", first, second);
  double divisions = 1;
  for (std::size_t i = 1; i <= first; ++i)
    divisions *= static_cast<double>(second + i) / static_cast<double>(i);
  // With groups of equal size, a division and its mirror image have the same statistic.
  const double smallest = (first == second ? 2 : 1) / divisions;
  if (smallest > kLargestP)
    throw Error("too few runs for a test of changes")
        .expected("a smallest possible p of {:g} or less: 4 runs on each corpus, or 3 and 4",
                  kLargestP)
        .got("{:.2g}, with {} and {} runs", smallest, first, second);
  if (divisions > kMostDivisions)
    throw Error("too many runs for a test that enumerates all divisions")
        .got("{} and {} runs, {:.0f} divisions", first, second, divisions);
}

}  // namespace

std::vector<double> false_discovery_rates(const std::vector<double>& p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return p[a] > p[b]; });
  std::vector<double> rates(p.size());
  double smallest = 1;  // of the larger p
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto rank = static_cast<double>(order.size() - i);
    smallest = std::min(smallest, p[order[i]] * static_cast<double>(order.size()) / rank);
    rates[order[i]] = smallest;
  }
  return rates;
}

std::vector<TestedChange> test_changes(const std::vector<EmbeddingTable>& runs, std::size_t first) {
  check_runs(first, runs.size() - first);
  const auto divisions = divisions_of(runs.size(), first);
  std::vector<TestedChange> changes(at(runs[0].size()));
  constexpr std::int64_t kBlock = 64;
  for_each_range(runs[0].size(), kBlock, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t word = begin; word < end; ++word)
      changes[at(word)] = test_word(runs, word, divisions);
  });
  std::vector<double> p;
  for (const auto& change : changes) p.push_back(change.p);
  const auto rates = false_discovery_rates(p);
  for (std::size_t i = 0; i < changes.size(); ++i) changes[i].false_rate = rates[i];
  std::stable_sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) {
    return a.p != b.p ? a.p < b.p : a.difference() > b.difference();
  });
  return changes;
}

}  // namespace wordbridge
