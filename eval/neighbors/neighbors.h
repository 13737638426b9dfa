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

/// The `count` words whose vectors have the largest cosine similarity with that of a word, or of an
/// expression such as "king - man + woman" (with blanks around the signs; of unit vectors, so that
/// each word has the same weight). Sorted best first, ties by frequency; words of the expression
/// are excluded. Error for a word that the table lacks (with the most similarly spelled frequent
/// word as a hint), for a zero vector, and for an invalid expression.
std::vector<Neighbor> nearest(const EmbeddingTable& table, std::string_view expression,
                              std::int64_t count);

/// Search function: for a query of unit length [dim], writes the `count` rows with the largest
/// cosine similarities to `rows` and `cosines`, best first, ties by lower row; if there are fewer
/// rows, the rest of `rows` is -1.
using NearestRows =
    std::function<void(const float* query, std::int64_t count, std::int64_t* rows, float* cosines)>;
/// The same with the given search function.
std::vector<Neighbor> nearest(const EmbeddingTable& table, std::string_view expression,
                              std::int64_t count, const NearestRows& search);

}  // namespace wordbridge
