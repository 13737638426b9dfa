#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wordbridge {

/// Entry of a dictionary: a range of bytes of its text.
struct DictionaryEntry {
  std::string name;
  std::size_t begin = 0, size = 0;
  std::vector<std::string> other_names = {};  // other head words of the same range
};

/// Glosses of a WordNet data.* file (wndb(5WN)), one per synset: the text after " | ". The name is
/// the line number. Error with file:line for a line that is not a synset.
std::vector<DictionaryEntry> wordnet_glosses(std::string_view text, const std::string& place);

/// The index of a dictionary of the DICT protocol (dictd(8), dictfmt(1)).
struct DictdIndex {
  std::vector<DictionaryEntry> entries;  // by offset; each extent once, with all its head words
  std::vector<std::string> about;        // "00-database-info", ...: not words of the language
  bool utf8 = false;                     // marked as UTF-8
};

/// Reads an index, sorted in any order: lines "headword TAB offset TAB length" (base 64) that refer
/// to a text of `size` bytes. A fourth field is the head word before dictfmt removed its
/// punctuation, and replaces it. Text between two entries belongs to the first: GCIDE's index
/// leaves out parts of ten definitions. Error with file:line.
DictdIndex read_dictd_index(std::string_view index, const std::string& place, std::size_t size);

/// The entries of read_dictd_index().
std::vector<DictionaryEntry> dictd_entries(std::string_view index, const std::string& place,
                                           std::size_t size);

}  // namespace wordbridge
