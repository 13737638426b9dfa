#pragma once

#include <string>
#include <vector>

#include "eval/benchmarks/analogy.h"
#include "eval/benchmarks/similarity.h"

namespace wordbridge {

/// A pair of words as people and two models rank it among the pairs that both models have used;
/// ranks from 0, the least alike, to 1.
struct RankedPair {
  std::string first, second;
  double people = 0, model_a = 0, model_b = 0;
  /// How much nearer to people's rank b is than a; negative: a is nearer.
  double gain_of_b() const;
};

/// A word, and on how many items and by how much b is better: for pairs the mean gain of rank, for
/// questions with this answer the share that b answers rightly less a's.
struct WordGain {
  std::string word;
  std::int64_t items = 0;
  double gain_of_b = 0;
};

/// Where two models differ most on one benchmark: lists of up to `count`, the largest gain first.
struct SimilarityDifferences {
  std::vector<RankedPair> b_better, a_better;
  std::vector<WordGain> words_b_better, words_a_better;  // of words in two pairs or more
};
SimilarityDifferences similarity_differences(const std::vector<WordPair>& pairs,
                                             const SimilarityItems& a, const SimilarityItems& b,
                                             std::size_t count);

/// By 3CosAdd: words asked for in three questions or more; and in each section, how many questions
/// only a or only b answers rightly.
struct AnalogyDifferences {
  struct Section {
    std::string name;
    std::int64_t used = 0, only_a = 0, only_b = 0;
  };
  std::vector<Section> sections;  // those with questions that both have used
  std::vector<WordGain> words_b_better, words_a_better;
};
AnalogyDifferences analogy_differences(const std::vector<AnalogySection>& sections,
                                       const AnalogyItems& a, const AnalogyItems& b,
                                       std::size_t count);

}  // namespace wordbridge
