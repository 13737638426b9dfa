#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Parts of the cleaning that the dictionaries share.
namespace wordbridge {

/// `text` in one line: runs of blanks and line ends become one blank; none at the ends. A word that
/// is broken after its hyphen is joined.
std::string in_one_line_of_words(std::string_view text);

/// A definition in its final form: in one line, without the braces of links, blanks before
/// punctuation, and punctuation at its ends.
std::string tidy_definition(std::string_view text);

/// Without quotations and examples: passages in "..." or “...” that start a sentence or follow a
/// semicolon or a colon, and have three words, or two and a full stop. Quoted words within a
/// sentence are kept.
std::string without_quotations(std::string_view text);

/// Removes the sentences that only say where to look: "See also {X}.", "Cf. {X}.", "Antonym: {X}".
/// The links of "Same as {X}." are appended to `synonyms`. Returns what has been removed.
std::string remove_cross_references(std::string& text, std::vector<std::string>& synonyms);

/// The texts of the links "{X}", each in one line.
std::vector<std::string> links_in(std::string_view text);

/// The definition of a gloss of WordNet: without its examples in quotation marks, which follow a
/// semicolon, and their authors.
std::string definition_of_gloss(std::string_view gloss);

/// The letters and digits of a word in lower case without accents, to compare head words: an index
/// has "crepe" and "coeliac" for "crêpe" and "cœliac", and leaves out punctuation.
std::string bare_word(std::string_view word);

/// Whether `text` starts with `start`.
inline bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

/// The paragraphs of a text: lines between blank lines.
std::vector<std::string_view> paragraphs_of(std::string_view text);

}  // namespace wordbridge
