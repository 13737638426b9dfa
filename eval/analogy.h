#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "eval/word_lookup.h"

namespace wordbridge {

/// Of Google's sections those named gram... are about form, the others about meaning.
inline bool is_syntactic(const std::string& section) { return section.compare(0, 4, "gram") == 0; }

/// Questions "a is to b as c is to d": the first three words are given, the fourth is asked for.
struct AnalogySection {
  std::string name;
  std::vector<std::array<std::string, 4>> questions;
  bool syntactic() const { return is_syntactic(name); }
};

/// Reads four words a line, ": name" starts a section; empty lines are skipped. Error with
/// file:line.
std::vector<AnalogySection> read_analogies(const std::filesystem::path& path);

/// What each question got, in the order of the file.
struct AnalogyItems {
  static constexpr std::uint8_t kNotUsed = 255;
  std::vector<std::string> sections;   // their names
  std::vector<std::int32_t> section;   // of each question: where its name stands
  std::vector<std::uint8_t> add, mul;  // by 3CosAdd and 3CosMul: 1 right, 0 wrong, kNotUsed
};

struct AnalogyCounts {
  std::int64_t correct_add = 0, correct_mul = 0;
  std::int64_t used = 0, total = 0;
  /// Shares of the used questions, NaN when none was used.
  double accuracy_add() const;
  double accuracy_mul() const;
};

struct AnalogyScores {
  std::vector<std::pair<std::string, AnalogyCounts>> sections;
  AnalogyCounts semantic, syntactic, total;
};

/// Whether the best answer is d, among the words of the table without a, b and c:
///
///     3CosAdd  argmax_x cos(x, b) - cos(x, a) + cos(x, c)
///     3CosMul  argmax_x s(x, b) s(x, c) / (s(x, a) + 0.001),  s = (1 + cos) / 2
///
/// (Levy and Goldberg 2014, "Linguistic Regularities in Sparse and Explicit Word Representations",
/// equations 3 and 4). All vectors have unit length. A question is used if its four words are among
/// these, and none of them has a zero vector. Of equal answers the more frequent word counts.
AnalogyItems analogy_items(const WordLookup& words, const std::vector<AnalogySection>& sections);
/// How often it is.
AnalogyScores analogy_scores(const AnalogyItems& items);
/// Both at once.
AnalogyScores score_analogies(const WordLookup& words, const std::vector<AnalogySection>& sections);

}  // namespace wordbridge
