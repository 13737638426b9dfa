#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

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

/// How questions are answered: see analogy_items().
struct AnalogyOptions {
  bool pair_direction = false;  // also by PairDirection
  bool average = false;         // also by 3CosAvg
  bool as_gensim = false;       // with the conventions of gensim's evaluate_word_analogies()
};

}  // namespace wordbridge
