#include "eval/neighbors/neighbors.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/index.h"
#include "core/threads.h"
#include "eval/neighbors/exact_neighbors.h"
#include "eval/statistics/cosine.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kSpare = 4;  // candidates that decide whether the list is certain

/// Bound of the rounding errors of a search's cosines for two rows: dim multiply-adds of numbers up
/// to 1, and the scale.
double rounding_of_search(std::int64_t dim) {
  return static_cast<double>(dim + 3) * std::numeric_limits<float>::epsilon();
}

}  // namespace

std::vector<Neighbor> nearest(const EmbeddingTable& table, const NeighborQuery& query,
                              std::int64_t count, const NearestRows& search) {
  const std::vector<float> direction(query.direction.begin(), query.direction.end());
  const auto is_asked = [&](std::int64_t row) {
    return std::find(query.rows.begin(), query.rows.end(), row) != query.rows.end();
  };
  auto wanted = count + static_cast<std::int64_t>(query.rows.size()) + kSpare;
  while (true) {
    wanted = std::min(wanted, table.size());
    std::vector<std::int64_t> rows(at(wanted));
    std::vector<float> found(rows.size());
    search(direction.data(), wanted, rows.data(), found.data());
    std::vector<Neighbor> neighbors;
    for (const auto row : rows)
      if (row >= 0 && !is_asked(row))
        neighbors.push_back({std::string(table.word(row)), row,
                             cosine(query.direction.data(), table.row(row), table.dim())});
    std::sort(neighbors.begin(), neighbors.end(), [](const Neighbor& a, const Neighbor& b) {
      return a.cosine != b.cosine ? a.cosine > b.cosine : a.index < b.index;
    });
    const bool is_all = wanted == table.size() || rows.back() < 0;
    neighbors.resize(std::min(neighbors.size(), at(count)));
    if (is_all || neighbors.empty() ||
        found.back() < neighbors.back().cosine - rounding_of_search(table.dim()))
      return neighbors;
    wanted *= 2;
  }
}

std::vector<std::vector<Neighbor>> nearest_of_all(const EmbeddingTable& table,
                                                  const std::vector<NeighborQuery>& queries,
                                                  std::int64_t count,
                                                  const ExactNeighbors& search) {
  const auto dim = at(table.dim());
  std::vector<float> directions;
  directions.reserve(queries.size() * dim);
  std::size_t most_rows = 0;
  for (const auto& query : queries) {
    directions.insert(directions.end(), query.direction.begin(), query.direction.end());
    most_rows = std::max(most_rows, query.rows.size());
  }
  const auto found = std::min(count + static_cast<std::int64_t>(most_rows) + kSpare, table.size());
  std::vector<std::int64_t> rows(queries.size() * at(found));
  std::vector<float> cosines(rows.size());
  search.search(directions.data(), static_cast<std::int64_t>(queries.size()), found, rows.data(),
                cosines.data());
  std::vector<std::vector<Neighbor>> all(queries.size());
  for_each_range(static_cast<std::int64_t>(queries.size()), 16,
                 [&](std::int64_t begin, std::int64_t end) {
                   for (auto i = at(begin); i < at(end); ++i) {
                     const auto one = [&](const float* query, std::int64_t wanted,
                                          std::int64_t* to_rows, float* to_cosines) {
                       if (wanted > found) return search.search(query, wanted, to_rows, to_cosines);
                       const auto from = static_cast<std::ptrdiff_t>(i * at(found));
                       std::copy_n(rows.begin() + from, wanted, to_rows);
                       std::copy_n(cosines.begin() + from, wanted, to_cosines);
                     };
                     all[i] = nearest(table, queries[i], count, one);
                   }
                 });
  return all;
}

std::vector<Neighbor> nearest(const EmbeddingTable& table, std::string_view expression,
                              std::int64_t count, const NearestRows& search) {
  const auto query = neighbor_query(table, words_of_expression(table, expression), false);
  if (search) return nearest(table, query, count, search);
  return nearest(table, query, count, ExactNeighbors(table).function());
}

}  // namespace wordbridge
