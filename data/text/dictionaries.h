#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wordbridge {

/// Entry of a dictionary: a range of bytes of its text.
struct DictionaryEntry {
  std::string name;
  std::size_t begin, size;
};

/// Glosses of a WordNet data.* file (wndb(5WN)), one per synset: the text after " | ". The name is
/// the line number. Error with file:line for a line that is not a synset.
std::vector<DictionaryEntry> wordnet_glosses(std::string_view text, const std::string& place);

/// Entries of a DICT protocol dictionary. `index` contains lines "headword TAB offset TAB length"
/// (base 64) that refer to a text of `size` bytes. The entries are sorted by offset; each extent
/// appears once, under its first headword. Text between two entries belongs to the first: GCIDE's
/// index leaves out parts of ten definitions. Entries about the dictionary itself
/// ("00-database-info", ...) are skipped. Error with file:line.
std::vector<DictionaryEntry> dictd_entries(std::string_view index, const std::string& place,
                                           std::size_t size);

}  // namespace wordbridge
