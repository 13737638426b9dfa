#include "eval/properties/hubness.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/progress.h"
#include "eval/statistics/comparable.h"
#include "eval/statistics/cosine.h"
#include "kernels/search/top_k.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kQueriesAtATime = 8192;  // bounds the memory for neighbours

}  // namespace

NeighborCounts count_neighbors(const EmbeddingTable& given, const std::vector<std::int64_t>& rows,
                               std::int64_t k) {
  const EmbeddingTable table = comparable(given);
  const auto words = static_cast<std::int64_t>(rows.size());
  if (words <= k)
    throw Error("too few words with a direction")
        .at("{}", table.origin())
        .expected("more than the {} neighbours of each word", k)
        .got("{}", words);
  std::vector<std::int64_t> place(static_cast<std::size_t>(table.size()), -1);  // index into `rows`
  for (std::size_t i = 0; i < rows.size(); ++i)
    place[static_cast<std::size_t>(rows[i])] = static_cast<std::int64_t>(i);
  auto scales = inverse_norms(table, table.size());
  for (std::size_t i = 0; i < scales.size(); ++i)
    if (place[i] < 0) scales[i] = std::numeric_limits<float>::quiet_NaN();  // never returned
  NeighborCounts counts{k, std::vector<std::int64_t>(rows.size()),
                        std::vector<std::int64_t>(rows.size(), -1)};
  const std::int64_t asked = k + 1;  // including the word itself
  std::vector<std::int64_t> found(static_cast<std::size_t>(kQueriesAtATime * asked));
  std::vector<float> cosines(found.size());
  Progress progress("neighbours", static_cast<std::uint64_t>(table.size()), "words");
  for (std::int64_t begin = 0; begin < table.size(); begin += kQueriesAtATime) {
    progress.update(static_cast<std::uint64_t>(begin));
    if (interrupted()) throw Interrupted("interrupted while neighbours were counted");
    const std::int64_t count = std::min(kQueriesAtATime, table.size() - begin);
    top_k_products(table.row(begin), count, table.data(), table.size(), table.dim(),
                   {scales.data()}, asked, found.data(), cosines.data());
    for (std::int64_t query = 0; query < count; ++query) {
      const std::int64_t own = place[static_cast<std::size_t>(begin + query)];
      if (own < 0) continue;
      std::int64_t taken = 0;
      for (std::int64_t i = 0; i < asked && taken < k; ++i) {
        const std::int64_t row = found[static_cast<std::size_t>(query * asked + i)];
        if (row < 0 || row == begin + query) continue;
        const std::int64_t other = place[static_cast<std::size_t>(row)];
        WB_ASSERT(other >= 0, "row {} has no direction", row);
        if (taken++ == 0) counts.nearest[static_cast<std::size_t>(own)] = row;
        ++counts.occurrences[static_cast<std::size_t>(other)];
      }
    }
  }
  progress.finish();
  return counts;
}

Hubness hubness(const NeighborCounts& counts) {
  Hubness result;
  if (counts.occurrences.empty()) return result;
  const auto words = static_cast<double>(counts.occurrences.size());
  double mean = 0, squares = 0, cubes = 0, hubs = 0, antihubs = 0;
  for (const auto count : counts.occurrences) mean += static_cast<double>(count) / words;
  for (const auto count : counts.occurrences) {
    const double deviation = static_cast<double>(count) - mean;
    squares += deviation * deviation;
    cubes += deviation * deviation * deviation;
    hubs += count > 2 * counts.k;
    antihubs += count == 0;
  }
  const auto [least, most] =
      std::minmax_element(counts.occurrences.begin(), counts.occurrences.end());
  if (*least < *most) result.skewness = cubes / words / std::pow(squares / words, 1.5);
  result.hubs = hubs / words;
  result.antihubs = antihubs / words;
  return result;
}

}  // namespace wordbridge
