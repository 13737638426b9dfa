#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "data/corpus/cooccurrence.h"
#include "data/wordnet/wordnet.h"

namespace wordbridge {

// What does an embedding call similar? For the pairs of a benchmark, other measures of two words'
// relatedness to set beside the cosine: one value a pair, NaN where undefined. Words are looked up
// in lower case, as they stand; inflected forms are not undone.

using WordStrings = std::pair<std::string, std::string>;

/// 1 / (1 + steps) on the shortest way between two synsets over a common hypernym, the largest over
/// all senses of the words as nouns and as verbs (Rada et al. 1989; as `path` of Pedersen,
/// Patwardhan and Michelizzi 2004). NaN if no senses have a way: words of other kinds, unknown
/// ones.
std::vector<double> path_similarities(const WordNet& wordnet,
                                      const std::vector<WordStrings>& pairs);

/// How much the definitions of two words have in common (after Lesk 1986): of the content words of
/// the glosses of each word's two most frequent senses, of any kind and without examples, those of
/// both by those of either (Jaccard). NaN if a word has no definition with a content word.
std::vector<double> gloss_overlaps(const WordNet& wordnet, const std::vector<WordStrings>& pairs);

/// The content words of a gloss, each once, in the order of bytes: runs of letters in lower case
/// without function words, up to the first example.
std::vector<std::string> content_words(const std::string& gloss);

/// max(0, ln(n_ij N / (n_i n_j))) of pairs of ids in a matrix of co-occurrences whose columns are
/// words too (CooccurrenceOptions::context = "window"); N the sum of all, n_i of row i, n_j of
/// column j. 0 if they never meet, NaN for an id that is -1 or that never occurs.
std::vector<double> ppmi_of_pairs(const SparseMatrix& counts,
                                  const std::vector<std::pair<std::int64_t, std::int64_t>>& ids);

/// Values of one kind for the pairs of a benchmark: people's scores, or one of the above.
struct PairValues {
  std::string name;
  std::vector<double> values;
};
struct RelatednessRow {
  std::string name;
  double spearman = std::numeric_limits<double>::quiet_NaN();  // with the cosine
  std::int64_t used = 0, total = 0;                            // pairs that have both, all pairs
};
/// Spearman's correlation of the cosines with each kind of values. Sizes must agree.
std::vector<RelatednessRow> relatedness_table(const std::vector<double>& cosines,
                                              const std::vector<PairValues>& kinds);

}  // namespace wordbridge
