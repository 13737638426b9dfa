#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "data/lexicon/translations.h"
#include "eval/statistics/bootstrap.h"

namespace wordbridge {

/// A source word and its translations, as rows of the two tables.
struct TranslationQuestion {
  std::int64_t source = 0;
  std::vector<std::int64_t> answers;  // at least one, ascending
};

struct TranslationQuestions {
  std::vector<TranslationQuestion> questions;  // in the order of the source rows
  std::int64_t words = 0;                      // distinct source words of the dictionary
  std::int64_t known = 0;                      // of these, in the source table
};

/// Row of a word, or -1.
using FindRow = std::function<std::int64_t(const std::string& word)>;

/// The questions of a dictionary: its source words that have a vector and a translation with a
/// vector.
TranslationQuestions translation_questions(const std::vector<TranslationPair>& pairs,
                                           const FindRow& source, const FindRow& target);

/// P@k of the nearest words by cosine and by CSLS, over the questions: the share of those with an
/// answer among the k nearest words. With the difference of CSLS minus the cosine on the same
/// questions.
struct TranslationScore {
  std::int64_t k = 0;
  BootstrapTest cosine, csls, difference;  // `difference` of each: the mean
};

/// `cosine` and `csls`: the `nearest` best target rows of each question, best first, -1: none.
std::vector<TranslationScore> translation_scores(const std::vector<TranslationQuestion>& questions,
                                                 const std::vector<std::int64_t>& cosine,
                                                 const std::vector<std::int64_t>& csls,
                                                 std::int64_t nearest,
                                                 const std::vector<std::int64_t>& ks,
                                                 const BootstrapOptions& options);

}  // namespace wordbridge
