#pragma once

#include <vector>

#include "data/vectors/embedding_table.h"

namespace wordbridge {

/// Each table restricted to the words that all tables have, in the order of the first table; the
/// vectors are copied. Error if there is no such word.
std::vector<EmbeddingTable> with_shared_words(const std::vector<EmbeddingTable>& tables);

}  // namespace wordbridge
