#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

namespace wordbridge {

/// Whether a section is syntactic: in Google's benchmark, sections named gram... are syntactic and
/// the others semantic.
inline bool is_syntactic(const std::string& section) { return section.compare(0, 4, "gram") == 0; }

/// Questions "a is to b as c is to d": the first three words are given, the fourth is the expected
/// answer.
struct AnalogySection {
  std::string name;
  std::vector<std::array<std::string, 4>> questions;
  bool syntactic() const { return is_syntactic(name); }
};

/// Reads an analogy file: four words per line, separated by blanks, tabs, commas or semicolons;
/// ": name" starts a section, as does ":name" unless the line has four words. Empty lines and a
/// header (word1 ... word4) are skipped, and lines of '#' and a space that aren't four words, whose
/// number is logged. Throws Error with file:line for an invalid line.
std::vector<AnalogySection> read_analogies(const std::filesystem::path& path);

/// Options of analogy_items().
struct AnalogyOptions {
  bool pair_direction = false;  // also score by PairDirection
  bool average = false;         // also score by 3CosAvg
  bool as_gensim = false;       // conventions of gensim's evaluate_word_analogies()
};

}  // namespace wordbridge
