#include "eval/neighbors/overlap.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

#include "core/error.h"
#include "core/index.h"
#include "core/threads.h"
#include "eval/statistics/cosine.h"

namespace wordbridge {
namespace {

/// Rows of the words that all tables have: [tables][words].
std::vector<std::vector<std::int64_t>> shared_rows(const std::vector<EmbeddingTable>& tables,
                                                   std::int64_t most) {
  std::vector<std::vector<std::int64_t>> rows(tables.size());
  for (std::int64_t i = 0; i < tables[0].size(); ++i) {
    if (static_cast<std::int64_t>(rows[0].size()) == most) break;
    std::vector<std::int64_t> found;
    for (const auto& table : tables) {
      const auto row = table.find(tables[0].word(i));
      const double length = row < 0 ? 0 : norm(table.row(row), table.dim());
      if (!(length > 0 && std::isfinite(length))) break;
      found.push_back(row);
    }
    if (found.size() < tables.size()) continue;
    for (std::size_t t = 0; t < tables.size(); ++t) rows[t].push_back(found[t]);
  }
  return rows;
}

/// Indices of each word's k nearest other words: [words k], ascending for each word.
std::vector<std::int32_t> nearest_of_each(const EmbeddingTable& table,
                                          const std::vector<std::int64_t>& rows, std::int64_t k) {
  const auto words = static_cast<std::int64_t>(rows.size());
  std::vector<std::int32_t> nearest(at(words * k));
  for_each_range(words, 8, [&](std::int64_t begin, std::int64_t end) {
    std::vector<double> cosines(at(words));
    std::vector<std::int32_t> order(at(words));
    for (auto w = begin; w < end; ++w) {
      for (std::int64_t v = 0; v < words; ++v)
        cosines[at(v)] =
            v == w ? -2 : cosine(table.row(rows[at(w)]), table.row(rows[at(v)]), table.dim());
      std::iota(order.begin(), order.end(), 0);
      std::partial_sort(order.begin(), order.begin() + k, order.end(),
                        [&](std::int32_t a, std::int32_t b) {
                          const double x = cosines[at(a)], y = cosines[at(b)];
                          return x != y ? x > y : a < b;
                        });
      std::sort(order.begin(), order.begin() + k);
      std::copy_n(order.begin(), k, nearest.begin() + w * k);
    }
  });
  return nearest;
}

}  // namespace

Overlap neighborhood_overlap(const std::vector<EmbeddingTable>& tables, std::int64_t k,
                             std::int64_t most) {
  if (tables.size() < 2)
    throw Error("the overlap needs at least two embeddings").got("{}", tables.size());
  const auto rows = shared_rows(tables, most);
  Overlap overlap;
  overlap.words = static_cast<std::int64_t>(rows[0].size());
  overlap.k = k;
  if (overlap.words <= k) {
    throw Error("the embeddings have too few words in common")
        .expected("more than the {} neighbours of each word", k)
        .got("{}", overlap.words);
  }
  overlap.chance = static_cast<double>(k) / static_cast<double>(overlap.words - 1);
  std::vector<std::vector<std::int32_t>> nearest;
  for (std::size_t t = 0; t < tables.size(); ++t)
    nearest.push_back(nearest_of_each(tables[t], rows[t], k));
  for (const auto& one : nearest) {
    overlap.share.emplace_back();
    for (const auto& other : nearest) {
      std::int64_t both = 0;
      for (std::int64_t w = 0; w < overlap.words; ++w) {
        std::vector<std::int32_t> in_both;
        std::set_intersection(one.begin() + w * k, one.begin() + (w + 1) * k, other.begin() + w * k,
                              other.begin() + (w + 1) * k, std::back_inserter(in_both));
        both += static_cast<std::int64_t>(in_both.size());
      }
      overlap.share.back().push_back(static_cast<double>(both) /
                                     static_cast<double>(overlap.words * k));
    }
  }
  return overlap;
}

}  // namespace wordbridge
