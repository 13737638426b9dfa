#include "eval/properties/properties.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "core/rng.h"
#include "eval/properties/moments.h"
#include "eval/properties/spectrum.h"
#include "eval/statistics/correlation.h"
#include "eval/statistics/cosine.h"

namespace wordbridge {
namespace {

void set_spectrum(const Moments& all, Properties& properties) {
  const auto variances = spectrum_of(all.covariance(), all.dim),
             energies = spectrum_of(all.gram, all.dim);
  // If all vectors are equal there is no variance except for rounding errors.
  if (variances.front() > 1e-12 * energies.front()) {
    properties.iso_score = iso_score(variances);
    properties.variance_first = leading_share(variances, 1);
    properties.variance_first_8 = leading_share(variances, 8);
  }
  properties.stable_rank = stable_rank(energies);
  properties.rank_me = rank_me(energies);
  properties.inverse_condition = inverse_condition(energies);
}

void set_random_cosine(const EmbeddingTable& table, const std::vector<std::int64_t>& rows,
                       const PropertyOptions& options, Properties& properties) {
  if (rows.size() < 2) return;
  Rng rng(options.seed, "properties.pairs");
  std::map<std::pair<std::size_t, std::size_t>, double> of_pairs;  // few words: few pairs
  std::vector<double> cosines;
  for (std::int64_t pair = 0; pair < options.random_pairs; ++pair) {
    const auto a = rng.below(rows.size());
    auto b = rng.below(rows.size() - 1);
    b += b >= a;
    const auto [found, is_new] = of_pairs.emplace(std::minmax(a, b), 0);
    if (is_new) found->second = cosine(table.row(rows[a]), table.row(rows[b]), table.dim());
    cosines.push_back(found->second);
  }
  const Spread of = spread(cosines);
  properties.random_cosine = of.mean;
  properties.random_cosine_error = of.sd / std::sqrt(static_cast<double>(of.n));
}

double mean_vector(const EmbeddingTable& table, const std::vector<std::int64_t>& rows,
                   const Moments& all) {
  double lengths = 0;
  for (const std::int64_t row : rows) lengths += norm(table.row(row), table.dim());
  return all.sum.norm() / lengths;
}

}  // namespace

Properties measure_properties(const EmbeddingTable& whole, const PropertyOptions& options) {
  const EmbeddingTable table = whole.first(options.vocabulary);
  const auto rows = rows_with_direction(table);
  Properties properties;
  properties.words = static_cast<std::int64_t>(rows.size());
  properties.left_out = table.size() - properties.words;
  properties.dim = table.dim();
  properties.neighbors = options.neighbors;
  if (rows.empty()) return properties;
  const WordVectors vectors(table, rows);
  const auto folds = moments_of_folds(vectors);
  const Moments all = sum_of(folds);
  set_spectrum(all, properties);
  properties.partition_isotropy = partition_isotropy(vectors, all.gram);
  set_random_cosine(table, rows, options, properties);
  properties.mean_vector = mean_vector(table, rows, all);
  std::vector<std::int64_t> nearest;
  if (options.neighbors > 0 && properties.words > options.neighbors) {
    auto counts = count_neighbors(table, rows, options.neighbors);
    properties.hubness = hubness(counts);
    nearest = std::move(counts.nearest);
  }
  properties.frequency = frequency_bias(table, rows, folds, nearest);
  return properties;
}

}  // namespace wordbridge
