#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/vectors/embedding_table.h"

namespace wordbridge {

/// How alike two embeddings' neighbourhoods are (Wendlandt et al., NAACL 2018): of each word's `k`
/// nearest words by cosine in the one, the share that is among its `k` nearest in the other.
struct Overlap {
  std::int64_t words = 0;  // the first ones that all tables have
  std::int64_t k = 0;
  std::vector<std::vector<double>> share;  // [tables][tables], the mean over the words; symmetric
  double chance = 0;                       // of neighbours drawn at random
};

/// Neighbours are looked for among the first `most` words that all tables have, in the order of the
/// first table, and that have a direction in each. Error if there are not more than k.
Overlap neighborhood_overlap(const std::vector<EmbeddingTable>& tables, std::int64_t k,
                             std::int64_t most);

}  // namespace wordbridge
