#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace wordbridge {

/// Words and the group of similar words that each belongs to.
struct WordGroups {
  std::vector<std::string> names;
  std::vector<std::pair<std::string, std::size_t>> words;  // word, index of its group in names
};

/// Reads a line a word: the word, a tab, its group's name; LF or CRLF, empty lines and lines that
/// start with '#' skipped. Error with file:line for a line of another form and for a word that is
/// there twice; Error for a file without words.
WordGroups read_word_groups(const std::filesystem::path& path);

}  // namespace wordbridge
