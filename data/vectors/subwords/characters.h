#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Characters and their classes, as Hugging Face's tokenizers defines them.
namespace wordbridge {

/// Code points of UTF-8 text, and the reverse.
std::u32string code_points(std::string_view text);
std::string utf8(std::u32string_view text);

bool is_blank_character(char32_t c);        // the property White_Space
bool is_punctuation_character(char32_t c);  // ASCII punctuation and symbols, Unicode's punctuation
bool is_word_character(char32_t c);         // \w
bool is_letter_character(char32_t c);       // \p{L}
bool is_number_character(char32_t c);       // \p{N}
bool is_mark_character(char32_t c);         // \p{M}

/// Rules of BertNormalizer, in its order.
struct BertRules {
  bool cleans = true, spaces_ideographs = true, strips_accents = true, lowercases = true;
};
std::u32string bert_normalized(const std::u32string& text, const BertRules& rules);

/// Each character in lower case by itself: unlike lower_case(), a sigma at the end of a word is not
/// special.
std::u32string lower_case_of_each(const std::u32string& text);

enum class UnicodeForm { nfc, nfd, nfkc, nfkd };
std::u32string in_unicode_form(const std::u32string& text, UnicodeForm form);

}  // namespace wordbridge
