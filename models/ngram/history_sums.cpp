#include "models/ngram/history_sums.h"

#include <algorithm>

namespace wordbridge {

std::int64_t HistoryGroups::group_of(std::int64_t parent) const {
  return std::upper_bound(parents.begin() + 1, parents.end(), parent) - parents.begin() - 1;
}

HistoryGroups group_histories(const NgramCounts& counts, std::size_t level, double history_bytes,
                              double bytes) {
  constexpr double kCacheBytes = 512e3;
  constexpr double kMostGroups = 4096;
  const bool bigrams = level == 1;
  const auto& parents = counts.levels[bigrams ? 0 : level - 2];
  // Groups of about equally many histories, or occurrences, which n-grams are in proportion to.
  const auto histories = static_cast<double>(counts.levels[level - 1].size());
  const auto occurrences_of = [&](std::int64_t i) {
    if (parents.count.size() > 0) return static_cast<double>(parents.count[i]);
    return static_cast<double>(parents.children(i));
  };
  double occurrences = 0;
  for (std::int64_t i = 0; i < parents.size(); ++i) occurrences += occurrences_of(i);
  const double most =
      std::max(std::min(bytes, kCacheBytes) / history_bytes, histories / kMostGroups);
  const double most_occurrences = occurrences / std::min(kMostGroups, histories / most + 16);
  HistoryGroups groups;
  groups.parents = {0};
  double size = 0, weight = 0;
  for (std::int64_t i = 0; i < parents.size(); ++i) {
    const auto more = static_cast<double>(bigrams ? 1 : parents.children(i));
    const double heavier = occurrences_of(i);
    if (i > groups.parents.back() && (size + more > most || weight + heavier > most_occurrences)) {
      groups.parents.push_back(i);
      size = weight = 0;
    }
    size += more;
    weight += heavier;
  }
  groups.parents.push_back(parents.size());
  parents.release(0, parents.size());
  return groups;
}

}  // namespace wordbridge
