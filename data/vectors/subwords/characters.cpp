#include "data/vectors/subwords/characters.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "core/error.h"

namespace wordbridge {
namespace {

UChar32 point(char32_t c) { return static_cast<UChar32>(c); }

bool has_category(char32_t c, std::uint32_t mask) { return (U_GET_GC_MASK(point(c)) & mask) != 0; }

bool is_between(char32_t c, char32_t first, char32_t last) { return c >= first && c <= last; }

/// The blocks that BERT's tokenizer separates by spaces.
bool is_ideograph(char32_t c) {
  return is_between(c, 0x4e00, 0x9fff) || is_between(c, 0x3400, 0x4dbf) ||
         is_between(c, 0x20000, 0x2a6df) || is_between(c, 0x2a700, 0x2b73f) ||
         is_between(c, 0x2b740, 0x2b81f) || is_between(c, 0x2b920, 0x2ceaf) ||
         is_between(c, 0xf900, 0xfaff) || is_between(c, 0x2f800, 0x2fa1f);
}

const icu::Normalizer2& unicode_normalizer(UnicodeForm form) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer =
      form == UnicodeForm::nfc    ? icu::Normalizer2::getNFCInstance(status)
      : form == UnicodeForm::nfd  ? icu::Normalizer2::getNFDInstance(status)
      : form == UnicodeForm::nfkc ? icu::Normalizer2::getNFKCInstance(status)
                                  : icu::Normalizer2::getNFKDInstance(status);
  WB_ASSERT(U_SUCCESS(status), "{}", u_errorName(status));
  return *normalizer;
}

/// Removes control characters and makes all white space spaces.
std::u32string bert_cleaned(const std::u32string& text) {
  std::u32string clean;
  for (const char32_t c : text) {
    const bool is_line = c == U'\t' || c == U'\n' || c == U'\r';
    if (c == 0xfffd || (!is_line && has_category(c, U_GC_C_MASK))) continue;
    clean += is_line || is_blank_character(c) ? U' ' : c;
  }
  return clean;
}

}  // namespace

std::u32string code_points(std::string_view text) {
  std::u32string points;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    char32_t c = more == 0 ? lead : lead & (0x3fU >> more);
    for (std::size_t k = 1; k <= more; ++k)
      c = c << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3fU);
    points += c;
    i += more + 1;
  }
  return points;
}

std::string utf8(std::u32string_view text) {
  std::string bytes;
  const auto add = [&](char32_t byte) { bytes += static_cast<char>(byte); };
  for (const char32_t c : text) {
    if (c < 0x80) {
      add(c);
      continue;
    }
    const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    add((0xff00U >> (more + 1) & 0xff) | c >> (6 * more));
    for (int k = more - 1; k >= 0; --k) add(0x80 | (c >> (6 * k) & 0x3f));
  }
  return bytes;
}

bool is_blank_character(char32_t c) { return u_isUWhiteSpace(point(c)) != 0; }

bool is_punctuation_character(char32_t c) {
  return is_between(c, U'!', U'/') || is_between(c, U':', U'@') || is_between(c, U'[', U'`') ||
         is_between(c, U'{', U'~') || has_category(c, U_GC_P_MASK);
}

bool is_word_character(char32_t c) {
  return u_isUAlphabetic(point(c)) != 0 || c == 0x200c || c == 0x200d ||
         has_category(c, U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK);
}

bool is_letter_character(char32_t c) { return has_category(c, U_GC_L_MASK); }
bool is_number_character(char32_t c) { return has_category(c, U_GC_N_MASK); }
bool is_mark_character(char32_t c) { return has_category(c, U_GC_M_MASK); }

std::u32string lower_case_of_each(const std::u32string& text) {
  constexpr char32_t kDottedCapitalI = 0x130, kCombiningDot = 0x307;
  std::u32string lower;
  for (const char32_t c : text) {
    if (c == kDottedCapitalI)  // the only character with a longer lower case
      lower += {U'i', kCombiningDot};
    else
      lower += static_cast<char32_t>(u_tolower(point(c)));
  }
  return lower;
}

std::u32string in_unicode_form(const std::u32string& text, UnicodeForm form) {
  if (std::all_of(text.begin(), text.end(), [](char32_t c) { return c < 0x80; })) return text;
  const auto units = icu::UnicodeString::fromUTF32(reinterpret_cast<const UChar32*>(text.data()),
                                                   static_cast<std::int32_t>(text.size()));
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString result = unicode_normalizer(form).normalize(units, status);
  WB_ASSERT(U_SUCCESS(status), "{}", u_errorName(status));
  std::u32string points;
  for (std::int32_t i = 0; i < result.length(); i = result.moveIndex32(i, 1))
    points += static_cast<char32_t>(result.char32At(i));
  return points;
}

std::u32string bert_normalized(const std::u32string& text, const BertRules& rules) {
  std::u32string result = rules.cleans ? bert_cleaned(text) : text;
  if (rules.spaces_ideographs && std::any_of(result.begin(), result.end(), is_ideograph)) {
    std::u32string spaced;
    for (const char32_t c : result)
      spaced += is_ideograph(c) ? std::u32string{U' ', c, U' '} : std::u32string{c};
    result = spaced;
  }
  if (rules.strips_accents) {
    result = in_unicode_form(result, UnicodeForm::nfd);
    result.erase(std::remove_if(result.begin(), result.end(),
                                [](char32_t c) { return has_category(c, U_GC_MN_MASK); }),
                 result.end());
  }
  return rules.lowercases ? lower_case_of_each(result) : result;
}

}  // namespace wordbridge
