#include <cmath>
#include <map>
#include <numeric>
#include <vector>

#include "core/index.h"
#include "data/counts/cooccurrence.h"

namespace wordbridge {
namespace {

/// Histogram of the positive values, rounded to the nearest power of two: a few dozen groups whose
/// values are treated as equal.
std::map<int, double> groups_of_two_powers(const std::vector<std::int64_t>& counts) {
  std::map<int, double> groups;
  for (const std::int64_t count : counts) {
    if (count > 0)
      groups[static_cast<int>(std::lround(std::log2(static_cast<double>(count))))] += 1;
  }
  return groups;
}

}  // namespace

double expected_nonzeros(const IdStream& stream, const CountOptions& options) {
  std::vector<std::int64_t> words(static_cast<std::size_t>(stream.types), 0);
  for (std::int64_t i = 0; i < stream.tokens; ++i) ++words[at(stream.ids[i])];
  std::vector<std::int64_t> contexts = words;
  auto pairs = static_cast<double>(stream.tokens);
  if (options.context == CountContext::document) {
    contexts = stream.documents;
    contexts.push_back(stream.tokens);
    std::adjacent_difference(contexts.begin(), contexts.end(), contexts.begin());
    contexts.erase(contexts.begin());
  } else {
    // With `apart`, the columns of each side are counted separately.
    pairs *= (options.sides == CountSides::both ? 2.0 : 1.0) * static_cast<double>(options.window);
    if (options.max_contexts > 0 && options.max_contexts < stream.types)
      contexts.resize(at(options.max_contexts));
    if (options.sides == CountSides::apart) {
      const std::vector<std::int64_t> other_side = contexts;
      contexts.insert(contexts.end(), other_side.begin(), other_side.end());
    }
  }
  // Types with token shares p and q co-occur with probability 1 - exp(-pairs p q) (Poisson).
  const double scale =
      pairs / (static_cast<double>(stream.tokens) * static_cast<double>(stream.tokens));
  double expected = 0;
  const auto columns = groups_of_two_powers(contexts);
  for (const auto& [row_power, rows] : groups_of_two_powers(words)) {
    for (const auto& [column_power, cols] : columns) {
      expected -= rows * cols * std::expm1(-scale * std::exp2(row_power + column_power));
    }
  }
  return expected;
}

}  // namespace wordbridge
