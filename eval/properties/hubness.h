#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "data/vectors/embedding_table.h"

namespace wordbridge {

/// Each word's k nearest others by cosine (exact; of equal ones the more frequent first).
struct NeighborCounts {
  std::int64_t k = 0;
  // Of each of the rows that take part:
  std::vector<std::int64_t> occurrences;  // among how many words' k nearest it is, N_k
  std::vector<std::int64_t> nearest;      // the row nearest to it
};

/// `rows` (ascending) of the table: the words with a direction. Error if there are not more than k.
NeighborCounts count_neighbors(const EmbeddingTable& table, const std::vector<std::int64_t>& rows,
                               std::int64_t k);

/// How unevenly words occur among the nearest of others (Radovanovic, Nanopoulos and Ivanovic, JMLR
/// 2010, section 2): 0, no hubs and no antihubs if each is the neighbour of k others.
struct Hubness {
  double skewness = std::numeric_limits<double>::quiet_NaN();  // E (N_k - mean)^3 / sd^3, NaN if
                                                               // all are equal
  double hubs = std::numeric_limits<double>::quiet_NaN();      // share of words with N_k > 2 k
  double antihubs = std::numeric_limits<double>::quiet_NaN();  // share of words with N_k = 0
};
Hubness hubness(const NeighborCounts& counts);

}  // namespace wordbridge
