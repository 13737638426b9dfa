#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/vectors/align_text.h"
#include "data/lexicon/translations.h"
#include "data/vectors/embedding_table.h"
#include "eval/translation/translation_scores.h"
#include "models/alignment/align.h"

namespace wordbridge {

/// A table and the rows that can be aligned: those with a direction. Warns of the others.
struct AlignSide {
  explicit AlignSide(EmbeddingTable given);
  /// Row of a word that has a direction, or -1.
  std::int64_t find(const std::string& word) const;
  FindRow finder() const;

  EmbeddingTable table;
  std::vector<std::int64_t> rows;
};

/// The dictionaries of one alignment, as given on the command line.
struct AlignDictionaries {
  std::string dictionary;  // empty: the words that both tables have
  std::string test;
  double test_share = 0;
  bool lower_case = false;
};

/// A dictionary, divided into pairs to fit the map to and pairs to test it with.
struct DividedDictionary {
  Translations training;
  std::optional<Translations> test;
  std::int64_t left_out = 0;  // training pairs whose source words are tested
};

/// Error if the test leaves no pair to align by.
DividedDictionary divided_dictionary(const AlignDictionaries& given, const EmbeddingTable& source,
                                     const EmbeddingTable& target);

/// The rows of the pairs that both tables know; error if there are none.
std::vector<RowPair> known_pairs(const Translations& dictionary, const AlignSide& source,
                                 const AlignSide& target);

/// Scores the translations by the aligned tables; error if no pair can be scored.
TestedTranslations test_translations(const Translations& test, const AlignSide& source,
                                     const AlignSide& target, const Aligned& aligned,
                                     std::int64_t resamples);

}  // namespace wordbridge
