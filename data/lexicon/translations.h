#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/vectors/embedding_table.h"

namespace wordbridge {

struct TranslationPair {
  std::string source, target;
  friend bool operator<(const TranslationPair& a, const TranslationPair& b) {
    return a.source != b.source ? a.source < b.source : a.target < b.target;
  }
};

/// Pairs of words with the same meaning.
struct Translations {
  std::string name;
  std::vector<TranslationPair> pairs;  // each once, in the order of the dictionary
  std::int64_t phrases = 0;  // head words and translations of several words, which are left out
};

/// Reads a dictionary: a file with a line "source TAB target", or "source target" separated by
/// blanks; or a bilingual dictionary of freedict, by its name (freedict-eng-deu) or the path of its
/// .index, of which head words and translations that are a single word are used. `lower_case`: all
/// words are written in lower case. Error with file and line for a line that is not a pair, and for
/// a dictionary without pairs; errors of read_dictionary().
Translations read_translations(const std::string& source, bool lower_case);

/// The words that both tables have, each paired with itself.
Translations identical_words(const EmbeddingTable& source, const EmbeddingTable& target);

/// The translations of an entry of freedict, "Bank, Gruppe; seitlicher Henkel": those that are a
/// single word. Adds the number of the others to `phrases`.
std::vector<std::string> single_word_translations(std::string_view text, std::int64_t& phrases);

/// Whether a word is in the held-out `share` of a dictionary. Depends only on the word.
bool is_held_out(const std::string& word, double share);

}  // namespace wordbridge
