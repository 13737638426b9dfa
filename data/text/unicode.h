#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wordbridge {

/// The first byte at or behind `begin` that is not ASCII, the text's size if there is none.
std::size_t ascii_end(std::string_view text, std::size_t begin = 0);
inline bool is_ascii(std::string_view text) { return ascii_end(text) == text.size(); }
/// In lower case by Unicode's rules of no particular language; `text` must be UTF-8.
std::string lower_case(std::string_view text);
/// lower_case() of any bytes: ill-formed parts as with_replacements() has them.
std::string folded(std::string_view text);
/// Each ill-formed part of UTF-8 as U+FFFD.
std::string with_replacements(std::string_view text);
/// Version of the library that knows Unicode's tables: what it does may change with it.
std::string unicode_version();

}  // namespace wordbridge
