#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "data/lexicon/definitions.h"
#include "data/text/vocabulary.h"
#include "data/vectors/embedding_table.h"

namespace wordbridge {

/// Pairs of related words (Tissier, Gravier and Habrard 2017, "Dict2vec: Learning Word Embeddings
/// using Lexical Dictionaries", section 3.1), as ids of a vocabulary. Each list is sorted and has
/// each pair once, the smaller id first.
struct WordPairs {
  using Pair = std::pair<std::int32_t, std::int32_t>;
  std::vector<Pair> strong;    // each word is in the definition of the other
  std::vector<Pair> weak;      // one is in the definition of the other
  std::vector<Pair> promoted;  // strong because of trained vectors: promote()
};

/// The pairs of the words of the vocabulary that are defined by each other. Head words and words of
/// definitions outside the vocabulary are ignored, and so are its unknown symbol and a word in its
/// own definition. The result does not depend on the number of threads.
WordPairs pairs_of_definitions(const std::vector<Definition>& definitions,
                               const Vocabulary& vocabulary);

/// Which pairs promote() finds among the words' k nearest neighbours.
enum class Promotion {
  partners,  // (a, c) for a strong pair (a, b) if c is one of the nearest to b; it stays a weak
             // pair if it is one: the published program
  mutual     // weak pairs of two words that are each among the nearest to the other; they are weak
             // no more: the paper
};
const EnumNames<Promotion>& promotion_names();

/// Fills `pairs.promoted` by the `neighbors` words of the vocabulary with the largest cosine in
/// `vectors`. The unknown symbol and words without a vector, or whose vector is zero, are
/// not promoted. Error if no word
/// of the vocabulary has a vector.
void promote(WordPairs& pairs, const Vocabulary& vocabulary, const EmbeddingTable& vectors,
             std::int64_t neighbors, Promotion promotion);

/// A line "word TAB word TAB strong|promoted|weak" for each pair.
std::string word_pairs_text(const WordPairs& pairs, const Vocabulary& vocabulary);

/// Adds the pairs of a file with word_pairs_text(), or of a file with two words per
/// line, which are `kind` pairs (as the files of the published program). Pairs with a word outside
/// the vocabulary are ignored; returns their number. Lines that start with '#' are comments. Error
/// with file:line for another number of words, an unknown kind or a pair of a word with itself;
/// error if no pair remains.
std::int64_t read_word_pairs(const std::filesystem::path& path, const Vocabulary& vocabulary,
                             const std::string& kind, WordPairs& pairs);

}  // namespace wordbridge
