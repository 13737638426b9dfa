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
  /// Of each question: 1 (correct), 0 (wrong) or kNotUsed. Empty if the method is not requested.
  std::vector<std::uint8_t> right;
  /// Rank of d among the allowed answers, from 1. 0 if d is not an allowed answer or the question
  /// is not used. Empty if read from a file written by an earlier version.
  std::vector<std::int32_t> rank;
  bool empty() const { return right.empty(); }
};

/// Answers to all questions, in the order of the file.
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
  /// Share of the used questions answered correctly; NaN if none is used.
  double accuracy(const AnalogyCount& count) const;
  /// Mean of 1 / (rank of d) over the used questions, with 0 for a question whose d is not an
  /// allowed answer; NaN if none is used.
  double mean_reciprocal_rank(const AnalogyCount& count) const;
};

struct AnalogyScores {
  std::vector<std::pair<std::string, AnalogyCounts>> sections;
  AnalogyCounts semantic, syntactic, total;
  /// Unweighted mean of the sections' accuracies for one method (such as `&AnalogyCounts::add`);
  /// NaN if no question is used.
  double mean_accuracy(AnalogyCount AnalogyCounts::*method) const;
};

/// Answers each question "a is to b as c is to d": ranks all words x of the table except a, b and c
/// by the score of each method, and returns the rank of d. The scores are
///
///     3CosAdd        cos(x, b) - cos(x, a) + cos(x, c)
///     3CosMul        s(x, b) s(x, c) / (s(x, a) + 0.001),  s = (1 + cos) / 2
///     PairDirection  cos(x - c, b - a)
///     3CosAvg        cos(x, c + the mean of b' - a' over the other pairs a', b' of the section)
///
/// (Levy and Goldberg 2014, "Linguistic Regularities in Sparse and Explicit Word Representations",
/// equations 3 and 4 and PairDirection; 3CosAvg: Drozd, Gladkova and Matsuoka 2016, "Word
/// Embeddings, Analogies, and Machine Learning"). All vectors are normalised to unit length. An
/// answer is correct if d ranks first. A question is used if the table contains all four words and
/// none of them has a zero vector. Ties are broken in favour of the more frequent word. A question
/// with an undefined score counts as wrong. PairDirection is undefined if a and b are the same word
/// or d has the same direction as c; 3CosAvg is undefined if the section has no other pair. The
/// pairs of 3CosAvg are the distinct (a, b) and (c, d) of the section's used questions, so its
/// query vector depends only on the section and (c, d).
///
/// With LetterCase::insensitive, no form of a, b or c is an allowed answer, and d has the rank of
/// its highest-ranked form.
///
/// With `as_gensim`, a question with a zero vector is used and counts as wrong. A question also
/// counts as wrong if the five highest-ranked words other than a, b and c are all other forms of
/// a, b or c.
AnalogyItems analogy_items(const WordLookup& words, const std::vector<AnalogySection>& sections,
                           const AnalogyOptions& options = {});
/// Computes counts of correct answers and sums of reciprocal ranks.
AnalogyScores analogy_scores(const AnalogyItems& items);
/// Returns analogy_scores() of analogy_items().
AnalogyScores score_analogies(const WordLookup& words, const std::vector<AnalogySection>& sections,
                              const AnalogyOptions& options = {});

}  // namespace wordbridge
