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

/// Reads a file of word groups, one word per line: the word, a tab (or a comma or semicolon, see
/// word_table()), the name of its group. A first row that names the columns, such as "word" and
/// "category", is a header: it gives their places, and other columns are ignored. Error with
/// file:line for an invalid line or a repeated word; Error for a file without words.
WordGroups read_word_groups(const std::filesystem::path& path);

}  // namespace wordbridge
