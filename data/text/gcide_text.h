#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wordbridge {

/// The words of an entry of GCIDE, the GNU Collaborative International Dictionary of English, in
/// the form of the DICT protocol: headwords, definitions, examples and quotations. Leaves out
/// - the header's syllables, pronunciation, parts of speech, inflected forms and etymology,
/// - the names of sources ("[1913 Webster]"), labels of usage ("[Obs.]") and of fields ("(Zool.)"),
/// - the numbers of senses ("2.", "(b)"), "Syn:", "Note:", "Usage:",
/// - the marks of cross references ("{Bench}"), whose words are kept.
/// Letters in brackets become characters: "a["e]roplane", "pl[ae]ce", "45[deg]".
std::string gcide_text(std::string_view entry);

/// gcide_text() of the part of an entry that starts a sense.
std::string gcide_sense_text(std::string_view part);

/// Number of bytes from the syllables of the last headword up to the first definition:
/// pronunciation, parts of speech, inflected forms, etymology, label of the field.
std::size_t gcide_header_size(std::string_view text);

/// Whether the text in brackets is the name of a source: "1913 Webster +PJC".
bool is_gcide_source(std::string_view group);

}  // namespace wordbridge
