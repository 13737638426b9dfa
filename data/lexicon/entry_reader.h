#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/lexicon/dictionary.h"

namespace wordbridge {

/// An entry of a file of the DICT protocol.
struct DictdEntry {
  std::vector<std::string> words;  // of the index
  std::string_view text;           // UTF-8, as in the file
};

/// What an entry says.
struct EntryContent {
  std::vector<DictionaryDefinition> definitions;
  std::vector<SkippedEntry> skipped;

  /// Adds the definition of each word. If there is neither text nor a synonym, the word is skipped
  /// instead: as a cross reference if there is one, `reference`.
  void define(const std::vector<std::string>& words, const std::string& text,
              const std::vector<std::string>& synonyms, const std::string& reference = {});
};

/// Reads an entry of one dictionary's format, which is not empty.
using EntryReader = void (*)(const DictdEntry& entry, EntryContent& content);

void read_gcide_entry(const DictdEntry& entry, EntryContent& content);
void read_wordnet_entry(const DictdEntry& entry, EntryContent& content);  // of dict-wn
void read_foldoc_entry(const DictdEntry& entry, EntryContent& content);
void read_jargon_entry(const DictdEntry& entry, EntryContent& content);
void read_vera_entry(const DictdEntry& entry, EntryContent& content);
void read_elements_entry(const DictdEntry& entry, EntryContent& content);
void read_freedict_entry(const DictdEntry& entry, EntryContent& content);
void read_any_entry(const DictdEntry& entry, EntryContent& content);

/// The head words of an entry in the spelling of its first lines, which dictfmt's index has in
/// lower case and without punctuation, and the text after these lines.
struct EntryTitle {
  std::vector<std::string> words;
  std::string_view rest;
};
EntryTitle title_of(const DictdEntry& entry);

}  // namespace wordbridge
