#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace wordbridge {

/// One sense or entry of a word in a dictionary.
struct DictionaryDefinition {
  std::string word;  // as in the dictionary: upper case and blanks are kept
  std::string
      text;  // the definition without markup, in one line; may be empty if there are synonyms
  std::vector<std::string> synonyms;  // without the word itself
};

/// Why a head word of a dictionary has no definition.
enum class SkipReason {
  about_dictionary,  // "00-database-info"
  cross_reference,   // the entry only says where to look
  other_word,        // a word that the index lists for the entry of another word
  empty              // nothing is left of the entry
};
std::string_view reason_text(SkipReason reason);

struct SkippedEntry {
  std::string word;
  SkipReason reason = SkipReason::empty;
  std::string detail;  // what the entry says; the entry's own word
};

/// The content of a dictionary.
struct Dictionary {
  std::string name, path;
  std::int64_t entries = 0;                       // articles, synsets, lines
  std::vector<DictionaryDefinition> definitions;  // in the order of the dictionary
  std::vector<SkippedEntry> skipped;

  struct Skipped {
    std::int64_t count = 0;
    std::string example;
  };
  /// Number and first example of the skipped head words by reason.
  std::map<SkipReason, Skipped> skipped_by_reason() const;
};

}  // namespace wordbridge
