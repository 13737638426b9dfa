#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "eval/benchmarks/word_lookup.h"
#include "eval/benchmarks/word_pairs.h"

namespace wordbridge {

/// Cosine similarity of each pair.
struct SimilarityItems {
  std::vector<double> cosines;  // NaN: pair not used
  std::vector<double> judged;   // human scores
  std::int64_t unknown = 0;     // pairs with an out-of-vocabulary word, used or not
  std::int64_t undefined = 0;   // pairs without a defined cosine similarity
};
SimilarityItems similarity_items(const WordLookup& words, const std::vector<WordPair>& pairs);

/// Correlation of a table's cosine similarities with human scores. Pairs with an out-of-vocabulary
/// word are counted (`unknown`), and dropped unless the word has a replacement vector. Pairs with a
/// zero vector have no cosine similarity; they are counted (`undefined`) and dropped. If a zero
/// vector replaces an out-of-vocabulary word, the cosine similarity is 0.
struct SimilarityScores {
  double spearman = std::numeric_limits<double>::quiet_NaN();
  double pearson = std::numeric_limits<double>::quiet_NaN();
  std::int64_t used = 0, total = 0, unknown = 0, undefined = 0;
};
SimilarityScores similarity_scores(const SimilarityItems& items);
/// Returns similarity_scores() of similarity_items().
SimilarityScores score_similarity(const WordLookup& words, const std::vector<WordPair>& pairs);

}  // namespace wordbridge
