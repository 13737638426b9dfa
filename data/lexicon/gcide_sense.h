#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace wordbridge {

/// A definition of GCIDE without markup, examples, quotations, authors and cross references.
struct GcideSense {
  std::string text;
  std::vector<std::string> synonyms;  // "called also {X}", "same as {X}"
  std::string reference;              // what said where to look
};
/// Cleans the text of one sense, which is in one line.
GcideSense read_gcide_sense(std::string text);

/// The words of a list of synonyms: "wicker; {To weave}, wickerwork".
std::vector<std::string> gcide_synonyms(std::string_view list);

/// A head word with the characters that GCIDE's codes mean: "F[^e]te champ[^e]tre".
std::string gcide_word(const std::string& word);

}  // namespace wordbridge
