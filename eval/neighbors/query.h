#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "data/vectors/embedding_table.h"

namespace wordbridge {

/// A word of a query, and the sign with which its vector is added.
struct SignedWord {
  std::string word;
  double sign = 1;
};

/// The words of a text. A text that is a word of the table is that word, whatever blanks and signs
/// it contains. Otherwise it is an expression such as "king - man + new york": words with + or -
/// between them, separated by blanks. Error if it is neither.
std::vector<SignedWord> words_of_expression(const EmbeddingTable& table, std::string_view text);

/// The texts of a list: `text` itself if it is a word of one of the tables, otherwise its parts
/// between commas, without blanks around them.
std::vector<std::string> words_of_list(const std::vector<const EmbeddingTable*>& tables,
                                       std::string_view text);

/// What the neighbours are to be near.
struct NeighborQuery {
  std::vector<double> direction;   // [dim], of unit length
  std::vector<std::int64_t> rows;  // of the query's words, which are not neighbours
  std::vector<std::string> made;   // words whose vectors are computed from character n-grams
};

/// Search function: for a query of unit length [dim], writes the `count` rows with the largest
/// cosine similarities in single precision to `rows` and `cosines`, best first; if there are fewer
/// rows, the rest of `rows` is -1.
using NearestRows =
    std::function<void(const float* query, std::int64_t count, std::int64_t* rows, float* cosines)>;

/// The sum of the unit vectors of the words, so that each has the same weight. `make`: words that
/// the table lacks get vectors from EmbeddingTable::unseen(), if it has any. Error for a word
/// without a vector (with the most similarly spelled frequent word as a hint), and for a zero
/// vector: that of a word, or a sum in which all vectors cancel out.
NeighborQuery neighbor_query(const EmbeddingTable& table, const std::vector<SignedWord>& words,
                             bool make);

}  // namespace wordbridge
