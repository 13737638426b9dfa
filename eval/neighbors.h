#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/embedding_table.h"

namespace wordbridge {

struct Neighbor {
  std::string word;
  std::int64_t index = 0;
  double cosine = 0;
};

/// The `count` words whose vectors have the largest cosine with that of a word, or of an expression
/// such as "king - man + woman" (blanks around the signs; of unit vectors, so that each word counts
/// the same). Best first, of equal ones the more frequent first; without the words asked about.
/// Error for a word that the table lacks (with the nearest name), for a zero vector, and for an
/// expression that is none.
std::vector<Neighbor> nearest(const EmbeddingTable& table, std::string_view expression,
                              std::int64_t count);

}  // namespace wordbridge
