#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/config/fields.h"
#include "data/vectors/embedding_table.h"

namespace wordbridge {

/// How a word of a benchmark is matched to a word of the table: as written; lower-cased; or
/// case-insensitively, which selects the first word of the table with the same lower-cased form
/// (gensim's convention).
enum class LetterCase { as_written, lower, insensitive };
const EnumNames<LetterCase>& letter_case_names();

/// Replacement for an out-of-vocabulary word: none, so that the item is dropped; a zero vector; the
/// mean of all vectors; or a vector composed from character n-grams (EmbeddingTable::unseen()),
/// none if that is not possible.
enum class UnknownWords { drop, zero, mean, subword };
const EnumNames<UnknownWords>& unknown_words_names();

struct LookupOptions {
  LetterCase letter_case = LetterCase::as_written;
  UnknownWords unknown = UnknownWords::drop;
};

/// A vector of a table, or the replacement for an out-of-vocabulary word (row -1).
struct WordVector {
  const float* values = nullptr;  // nullptr: the word has no vector
  std::int64_t row = -1;
  bool is_made() const { return values != nullptr && row < 0; }
};

/// Looks up the words of a benchmark in a table.
class WordLookup {
 public:
  WordLookup(EmbeddingTable table, LookupOptions options = {});
  const EmbeddingTable& table() const { return table_; }
  const LookupOptions& options() const { return options_; }
  /// Row of the word, -1 if it is not in the table.
  std::int64_t row(std::string_view word) const;
  /// Vector [dim] of the word, or its replacement. Not thread-safe.
  WordVector vector(std::string_view word) const;
  /// Form by which words are matched: the word itself, or its lower-cased form.
  std::string form(std::string_view word) const;

 private:
  EmbeddingTable table_;
  LookupOptions options_;
  std::unordered_map<std::string, std::int64_t>
      rows_;                     // by form, for words that differ from their form
  std::vector<float> stand_in_;  // replacement for all unknown words
  mutable std::unordered_map<std::string, std::vector<float>> made_;  // composed from n-grams
};

/// Mean of all vectors of a table, [dim].
std::vector<float> mean_vector(const EmbeddingTable& table);

}  // namespace wordbridge
