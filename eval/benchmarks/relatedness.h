#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "data/counts/sparse_view.h"
#include "data/wordnet/wordnet.h"

namespace wordbridge {

// Measures of the relatedness of two words, for comparison with the cosine similarity of an
// embedding. They return one value for each pair of a benchmark, NaN if undefined. Words are looked
// up in lower case; inflected forms are not normalised.

using WordStrings = std::pair<std::string, std::string>;

/// 1 / (1 + steps) on the shortest path between two synsets through a common hypernym; the maximum
/// over all senses of the words as nouns and as verbs (Rada et al. 1989; `path` of Pedersen,
/// Patwardhan and Michelizzi 2004). NaN if no senses are connected, as for other parts of speech
/// and unknown words.
std::vector<double> path_similarities(const WordNet& wordnet,
                                      const std::vector<WordStrings>& pairs);

/// Overlap of the definitions of two words (after Lesk 1986): Jaccard similarity of the content
/// words in the glosses of each word's two most frequent senses, of any part of speech, without
/// examples. NaN if a word has no definition with a content word.
std::vector<double> gloss_overlaps(const WordNet& wordnet, const std::vector<WordStrings>& pairs);

/// Distinct content words of a gloss, in byte order: lower-cased runs of letters before the first
/// example, without function words.
std::vector<std::string> content_words(const std::string& gloss);

/// PPMI of pairs of ids, max(0, ln(n_ij N / (n_i n_j))), from a co-occurrence matrix whose columns
/// are also words (CountOptions::context = "window"). N is the sum of all counts, n_i the
/// sum of row i, n_j the sum of column j. 0 if the words never co-occur; NaN for an id that is -1
/// or never occurs.
std::vector<double> ppmi_of_pairs(const SparseMatrix& counts,
                                  const std::vector<std::pair<std::int64_t, std::int64_t>>& ids);

/// Values of one measure for the pairs of a benchmark: human scores, or one of the measures above.
struct PairValues {
  std::string name;
  std::vector<double> values;
};
struct RelatednessRow {
  std::string name;
  double spearman = std::numeric_limits<double>::quiet_NaN();  // with the cosine similarity
  std::int64_t used = 0, total = 0;                            // pairs with both values; all pairs
};
/// Spearman's correlation of the cosine similarities with each measure. The sizes must be equal.
std::vector<RelatednessRow> relatedness_table(const std::vector<double>& cosines,
                                              const std::vector<PairValues>& kinds);

}  // namespace wordbridge
