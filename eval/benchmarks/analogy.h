#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "eval/benchmarks/analogy_sections.h"
#include "eval/benchmarks/word_lookup.h"

namespace wordbridge {

/// Answers of one method to all questions.
struct AnalogyAnswers {
  static constexpr std::uint8_t kNotUsed = 255;
  std::vector<std::uint8_t> right;  // 1 correct, 0 wrong, kNotUsed; empty: method not requested
  /// Rank of d among the allowed answers, from 1. 0: d is not an allowed answer, or the question is
  /// not used. Empty in files written by an earlier version.
  std::vector<std::int32_t> rank;
  bool empty() const { return right.empty(); }
};

/// Answers to each question, in the order of the file.
struct AnalogyItems {
  static constexpr std::uint8_t kNotUsed = AnalogyAnswers::kNotUsed;
  std::vector<std::string> sections;  // names
  std::vector<std::int32_t> section;  // of each question: index into `sections`
  AnalogyAnswers add, mul;            // by 3CosAdd and 3CosMul
  AnalogyAnswers pair_direction, average;
};

struct AnalogyCount {
  std::int64_t correct = 0;
  double reciprocal_ranks = 0;  // sum; NaN if the ranks are unknown
};

struct AnalogyCounts {
  AnalogyCount add, mul, pair_direction, average;
  std::int64_t used = 0, total = 0;
  /// Share of the used questions that are answered correctly; NaN if none is used.
  double accuracy(const AnalogyCount& count) const;
  /// Mean of 1 / (rank of d) over the used questions, 0 where d is not an allowed answer; NaN if
  /// none is used.
  double mean_reciprocal_rank(const AnalogyCount& count) const;
};

struct AnalogyScores {
  std::vector<std::pair<std::string, AnalogyCounts>> sections;
  AnalogyCounts semantic, syntactic, total;
  /// Mean of the sections' accuracies by one method (`&AnalogyCounts::add`), each section with
  /// equal weight; NaN if no question is used.
  double mean_accuracy(AnalogyCount AnalogyCounts::*method) const;
};

/// Answers each question "a is to b as c is to d": the rank of d among the words x of the table
/// except a, b and c, by
///
///     3CosAdd        cos(x, b) - cos(x, a) + cos(x, c)
///     3CosMul        s(x, b) s(x, c) / (s(x, a) + 0.001),  s = (1 + cos) / 2
///     PairDirection  cos(x - c, b - a)
///     3CosAvg        cos(x, c + the mean of b' - a' over the other pairs a', b' of the section)
///
/// (Levy and Goldberg 2014, "Linguistic Regularities in Sparse and Explicit Word Representations",
/// equations 3 and 4 and PairDirection; 3CosAvg: Drozd, Gladkova and Matsuoka 2016, "Word
/// Embeddings, Analogies, and Machine Learning"). All vectors are normalised to unit length. An
/// answer is correct if d ranks first. A question is used if the table has all four words and none
/// of them has a zero vector. Among equal scores the more frequent word ranks first. An undefined
/// score counts as a wrong answer: PairDirection if a and b are the same word or d has the
/// direction of c, 3CosAvg if the section has no other pair. The pairs of 3CosAvg are the distinct
/// (a, b) and (c, d) of the section's used questions; its answer depends on (c, d) only.
///
/// With LetterCase::insensitive, no form of a, b or c is an allowed answer, and d has the rank of
/// its best form.
///
/// With `as_gensim`, a question with a zero vector is used and counts as wrong. A question also
/// counts as wrong if the five best words other than a, b and c are all other forms of these.
AnalogyItems analogy_items(const WordLookup& words, const std::vector<AnalogySection>& sections,
                           const AnalogyOptions& options = {});
/// Counts of correct answers and sums of reciprocal ranks.
AnalogyScores analogy_scores(const AnalogyItems& items);
/// analogy_scores() of analogy_items().
AnalogyScores score_analogies(const WordLookup& words, const std::vector<AnalogySection>& sections,
                              const AnalogyOptions& options = {});

}  // namespace wordbridge
