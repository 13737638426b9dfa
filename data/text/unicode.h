#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wordbridge {

/// Position of the first non-ASCII byte at or after `begin`, the size of the text if there is none.
std::size_t ascii_end(std::string_view text, std::size_t begin = 0);
inline bool is_ascii(std::string_view text) { return ascii_end(text) == text.size(); }
/// `text` in lower case by Unicode's language-independent rules; `text` must be UTF-8.
std::string lower_case(std::string_view text);
/// lower_case() of arbitrary bytes; ill-formed parts are replaced as by with_replacements().
std::string folded(std::string_view text);
/// Replaces each ill-formed part of UTF-8 by U+FFFD.
std::string with_replacements(std::string_view text);
/// Whether the text consists of white space: characters with the property White_Space, and U+FEFF.
bool is_white_space(std::string_view text);
/// Version of the library that contains the Unicode tables. Results may change with it.
std::string unicode_version();

}  // namespace wordbridge
