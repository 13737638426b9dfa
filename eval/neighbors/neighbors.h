#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "data/vectors/embedding_table.h"

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

/// For a query of unit length [dim] the `count` rows with the largest cosines, best first, of equal
/// ones the lower first, into `rows` and `cosines`; where there are fewer the rest is -1.
using NearestRows =
    std::function<void(const float* query, std::int64_t count, std::int64_t* rows, float* cosines)>;
/// Likewise by another search than the exact one.
std::vector<Neighbor> nearest(const EmbeddingTable& table, std::string_view expression,
                              std::int64_t count, const NearestRows& search);

}  // namespace wordbridge
