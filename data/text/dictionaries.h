#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wordbridge {

/// An entry of a dictionary: a range of bytes of its text.
struct DictionaryEntry {
  std::string name;
  std::size_t begin, size;
};

/// Glosses of a data.* file of WordNet (wndb(5WN)), one a synset: what follows " | ". The name is
/// the line's number. Error with file:line for a line that is no synset.
std::vector<DictionaryEntry> wordnet_glosses(std::string_view text, const std::string& place);

/// Entries of a dictionary of the DICT protocol by its index ("headword TAB offset TAB length",
/// base 64) over a text of `size` bytes: by offset, each extent once under its first headword,
/// without those about the dictionary itself ("00-database-info", ...). Error with file:line.
std::vector<DictionaryEntry> dictd_entries(std::string_view index, const std::string& place,
                                           std::size_t size);

}  // namespace wordbridge
