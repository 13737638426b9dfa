#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "data/vectors/embedding_table.h"

namespace wordbridge {

/// Counts over each word's k nearest other words by cosine similarity (exact; ties: the more
/// frequent word first).
struct NeighborCounts {
  std::int64_t k = 0;
  // One entry for each included row:
  std::vector<std::int64_t> occurrences;  // number of words whose k nearest include it, N_k
  std::vector<std::int64_t> nearest;      // row nearest to it
};

/// `rows` (ascending): table rows of words with a direction. Error if there are k rows or fewer.
NeighborCounts count_neighbors(const EmbeddingTable& table, const std::vector<std::int64_t>& rows,
                               std::int64_t k);

/// How unevenly words occur among the nearest neighbours of other words (Radovanovic, Nanopoulos
/// and Ivanovic, JMLR 2010, section 2): skewness 0 and no hubs or antihubs if each word is a
/// neighbour of k others.
struct Hubness {
  double skewness = std::numeric_limits<double>::quiet_NaN();  // E (N_k - mean)^3 / sd^3, NaN if
                                                               // all are equal
  double hubs = std::numeric_limits<double>::quiet_NaN();      // share of words with N_k > 2 k
  double antihubs = std::numeric_limits<double>::quiet_NaN();  // share of words with N_k = 0
};
Hubness hubness(const NeighborCounts& counts);

}  // namespace wordbridge
