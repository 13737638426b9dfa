#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "eval/benchmarks/word_lookup.h"

namespace wordbridge {

/// Two words and how alike people find them.
struct WordPair {
  std::string first, second;
  double score = 0;
};

/// Reads a benchmark of word pairs: columns separated by tabs, commas or white space (whichever the
/// first line has), LF or CRLF, empty lines and lines that start with '#' skipped. A header line
/// names its columns, two of them word1 and word2 (upper case, blanks and '_' do not matter);
/// without one the words come first, after a row number if there is one. The score is the first
/// column after the words that holds a number. Error with file:line.
std::vector<WordPair> read_word_pairs(const std::filesystem::path& path);

/// What each pair got.
struct SimilarityItems {
  std::vector<double> cosines;  // NaN: the pair is not used
  std::vector<double> judged;   // people's scores
  std::int64_t unknown = 0;     // pairs with a word that the table lacks, used or not
  std::int64_t undefined = 0;   // pairs with a vector that has no direction
};
SimilarityItems similarity_items(const WordLookup& words, const std::vector<WordPair>& pairs);

/// How a table's cosines agree with people's scores. Pairs with a word that the table lacks are
/// counted (`unknown`), and dropped if nothing stands for it; dropped and counted (`undefined`) are
/// those with a zero vector, which has no cosine. A zero vector that stands for an unknown word
/// gives the pair the cosine 0.
struct SimilarityScores {
  double spearman = std::numeric_limits<double>::quiet_NaN();
  double pearson = std::numeric_limits<double>::quiet_NaN();
  std::int64_t used = 0, total = 0, unknown = 0, undefined = 0;
};
SimilarityScores similarity_scores(const SimilarityItems& items);
/// Both at once.
SimilarityScores score_similarity(const WordLookup& words, const std::vector<WordPair>& pairs);

}  // namespace wordbridge
