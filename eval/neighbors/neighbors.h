#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/vectors/embedding_table.h"
#include "eval/neighbors/query.h"

namespace wordbridge {

class ExactNeighbors;

struct Neighbor {
  std::string word;
  std::int64_t index = 0;
  double cosine = 0;
};

/// The `count` words whose vectors have the largest cosine similarity with the query, without the
/// query's own words. Sorted by cosine(), best first; ties by frequency. The search function finds
/// the candidates; it is asked for more as long as their rounding could decide which words are
/// nearest.
std::vector<Neighbor> nearest(const EmbeddingTable& table, const NeighborQuery& query,
                              std::int64_t count, const NearestRows& search);

/// nearest() of several queries. Their candidates are found in one pass over the table.
std::vector<std::vector<Neighbor>> nearest_of_all(const EmbeddingTable& table,
                                                  const std::vector<NeighborQuery>& queries,
                                                  std::int64_t count, const ExactNeighbors& search);

/// The same for a word or an expression of words of the table (words_of_expression()). Without a
/// search function, the search is exact. Errors of neighbor_query().
std::vector<Neighbor> nearest(const EmbeddingTable& table, std::string_view expression,
                              std::int64_t count, const NearestRows& search = nullptr);

}  // namespace wordbridge
