#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/config/fields.h"
#include "data/vectors/embedding_table.h"

namespace wordbridge {

/// When a benchmark's word is a table's: as it is written; its lower case; or any word of the table
/// whose lower case is the same, the first of several (gensim's convention).
enum class LetterCase { as_written, lower, insensitive };
const EnumNames<LetterCase>& letter_case_names();

/// What stands for a word that the table lacks: nothing, so that its item is dropped; a zero
/// vector; the mean of all vectors; what the table makes of its character n-grams
/// (EmbeddingTable::unseen()), nothing where it can't.
enum class UnknownWords { drop, zero, mean, subword };
const EnumNames<UnknownWords>& unknown_words_names();

struct LookupOptions {
  LetterCase letter_case = LetterCase::as_written;
  UnknownWords unknown = UnknownWords::drop;
};

/// A vector of a table, or one that was made for a word that the table lacks (row -1).
struct WordVector {
  const float* values = nullptr;  // nullptr: nothing stands for the word
  std::int64_t row = -1;
  bool is_made() const { return values != nullptr && row < 0; }
};

/// A table as a benchmark's words are looked up in it.
class WordLookup {
 public:
  WordLookup(EmbeddingTable table, LookupOptions options = {});
  const EmbeddingTable& table() const { return table_; }
  const LookupOptions& options() const { return options_; }
  /// The word's row, -1 if the table lacks it.
  std::int64_t row(std::string_view word) const;
  /// The word's vector [dim] or what stands for it. Not from several threads at once.
  WordVector vector(std::string_view word) const;
  /// What makes two words the same: the word itself, or its lower case.
  std::string form(std::string_view word) const;

 private:
  EmbeddingTable table_;
  LookupOptions options_;
  std::unordered_map<std::string, std::int64_t> rows_;  // by form, of words that are not their form
  std::vector<float> stand_in_;                         // for every unknown word
  mutable std::unordered_map<std::string, std::vector<float>> made_;  // of n-grams
};

/// Mean of all vectors of a table, [dim].
std::vector<float> mean_vector(const EmbeddingTable& table);

}  // namespace wordbridge
