#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "eval/benchmarks/analogy_sections.h"
#include "eval/benchmarks/word_lookup.h"

namespace wordbridge {

/// What one method makes of each question.
struct AnalogyAnswers {
  static constexpr std::uint8_t kNotUsed = 255;
  std::vector<std::uint8_t> right;  // 1 right, 0 wrong, kNotUsed; empty: not asked for
  /// Where d stands among the allowed answers, from 1; 0: it is none of them, or the question is
  /// not used. Empty in files of an earlier version.
  std::vector<std::int32_t> rank;
  bool empty() const { return right.empty(); }
};

/// What each question got, in the order of the file.
struct AnalogyItems {
  static constexpr std::uint8_t kNotUsed = AnalogyAnswers::kNotUsed;
  std::vector<std::string> sections;  // their names
  std::vector<std::int32_t> section;  // of each question: where its name stands
  AnalogyAnswers add, mul;            // by 3CosAdd and 3CosMul
  AnalogyAnswers pair_direction, average;
};

struct AnalogyCount {
  std::int64_t correct = 0;
  double reciprocal_ranks = 0;  // their sum; NaN when ranks are not known
};

struct AnalogyCounts {
  AnalogyCount add, mul, pair_direction, average;
  std::int64_t used = 0, total = 0;
  /// Share of the used questions that are right, NaN when none was used.
  double accuracy(const AnalogyCount& count) const;
  /// Mean over the used questions of 1 / rank of d (0 where d is no allowed answer), likewise.
  double mean_reciprocal_rank(const AnalogyCount& count) const;
};

struct AnalogyScores {
  std::vector<std::pair<std::string, AnalogyCounts>> sections;
  AnalogyCounts semantic, syntactic, total;
  /// Mean of the sections' accuracies by one method (`&AnalogyCounts::add`), each section counting
  /// the same; NaN when none was used.
  double mean_accuracy(AnalogyCount AnalogyCounts::*method) const;
};

/// Where d stands among the words of the table without a, b and c as answers x:
///
///     3CosAdd        cos(x, b) - cos(x, a) + cos(x, c)
///     3CosMul        s(x, b) s(x, c) / (s(x, a) + 0.001),  s = (1 + cos) / 2
///     PairDirection  cos(x - c, b - a)
///     3CosAvg        cos(x, c + the mean of b' - a' over the other pairs a', b' of the section)
///
/// (Levy and Goldberg 2014, "Linguistic Regularities in Sparse and Explicit Word Representations",
/// equations 3 and 4 and PairDirection; 3CosAvg: Drozd, Gladkova and Matsuoka 2016, "Word
/// Embeddings, Analogies, and Machine Learning"). All vectors have unit length. A question is
/// right if d is the best answer. It is used if its four words are among these, and none of them
/// has a zero vector. Of equal answers the more frequent word comes first. What is undefined is
/// wrong: PairDirection where a and b are one word or d has the direction of c, 3CosAvg where the
/// section has no other pair. 3CosAvg's pairs are the different (a, b) and (c, d) of the section's
/// used questions, and its answer depends on (c, d) alone.
///
/// Where letter case makes no difference (LetterCase::insensitive), no form of a, b and c is an
/// answer, and d stands where the best of its forms does.
///
/// `as_gensim`: a question with a zero vector is used, and wrong; a question is wrong, too, when
/// the five best words but a, b and c are other forms of these.
AnalogyItems analogy_items(const WordLookup& words, const std::vector<AnalogySection>& sections,
                           const AnalogyOptions& options = {});
/// How often it is right.
AnalogyScores analogy_scores(const AnalogyItems& items);
/// Both at once.
AnalogyScores score_analogies(const WordLookup& words, const std::vector<AnalogySection>& sections,
                              const AnalogyOptions& options = {});

}  // namespace wordbridge
