#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/vectors/embedding_table.h"

namespace wordbridge {

/// Overlap of the neighbourhoods of two embeddings (Wendlandt et al., NAACL 2018): the share of
/// each word's `k` nearest words by cosine similarity in one embedding that are among its `k`
/// nearest in the other.
struct Overlap {
  std::int64_t words = 0;  // number of compared words, the first that all tables have
  std::int64_t k = 0;
  std::vector<std::vector<double>> share;  // [tables][tables], the mean over the words; symmetric
  double chance = 0;                       // expected for random neighbours
};

/// Computes the overlap among the first `most` words that all tables have, in the order of the
/// first table, and that have a direction in each. Error if there are k words or fewer.
Overlap neighborhood_overlap(const std::vector<EmbeddingTable>& tables, std::int64_t k,
                             std::int64_t most);

}  // namespace wordbridge
