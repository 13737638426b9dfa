#pragma once

#include <string>
#include <vector>

#include "eval/benchmarks/analogy.h"
#include "eval/benchmarks/similarity.h"

namespace wordbridge {

/// Ranks of a pair of words according to the human scores and to two models, among the pairs that
/// both models use. Ranks are scaled from 0 (the least similar pair) to 1.
struct RankedPair {
  std::string first, second;
  double people = 0, model_a = 0, model_b = 0;
  /// By how much the rank by b is closer to the human rank than the rank by a; negative if a is
  /// closer.
  double gain_of_b() const;
};

/// Gain of model b over model a on the items of one word. For pairs that contain the word: the mean
/// gain in rank. For questions with this answer: the accuracy of b minus that of a.
struct WordGain {
  std::string word;
  std::int64_t items = 0;
  double gain_of_b = 0;
};

/// Largest differences between two models on one benchmark: lists of up to `count` entries, with
/// the largest gain first.
struct SimilarityDifferences {
  std::vector<RankedPair> b_better, a_better;
  std::vector<WordGain> words_b_better, words_a_better;  // words in two or more pairs
};
SimilarityDifferences similarity_differences(const std::vector<WordPair>& pairs,
                                             const SimilarityItems& a, const SimilarityItems& b,
                                             std::size_t count);

/// Differences by 3CosAdd: words that are the answer to three or more questions, and for each
/// section the numbers of questions that only a or only b answers correctly.
struct AnalogyDifferences {
  struct Section {
    std::string name;
    std::int64_t used = 0, only_a = 0, only_b = 0;
  };
  std::vector<Section> sections;  // those with questions that both models use
  std::vector<WordGain> words_b_better, words_a_better;
};
AnalogyDifferences analogy_differences(const std::vector<AnalogySection>& sections,
                                       const AnalogyItems& a, const AnalogyItems& b,
                                       std::size_t count);

}  // namespace wordbridge
