#include "data/text/unicode.h"

#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uversion.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <limits>

#include "core/error.h"

namespace wordbridge {
namespace {

icu::StringPiece piece_of(std::string_view text) {
  WB_ASSERT(text.size() <= std::numeric_limits<std::int32_t>::max());
  return {text.data(), static_cast<std::int32_t>(text.size())};
}

}  // namespace

std::size_t ascii_end(std::string_view text, std::size_t begin) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080ULL;
  std::array<std::uint64_t, 8> words{};  // a loop without exits, which compilers vectorise
  for (; text.size() - begin >= sizeof words; begin += sizeof words) {
    std::memcpy(words.data(), text.data() + begin, sizeof words);
    std::uint64_t all = 0;
    for (const std::uint64_t word : words) all |= word;
    if ((all & kHighBits) != 0) break;
  }
  while (begin < text.size() && static_cast<unsigned char>(text[begin]) < 0x80) ++begin;
  return begin;
}

std::string lower_case(std::string_view text) {
  std::string lowered;
  if (is_ascii(text)) {
    lowered.assign(text);
    for (char& c : lowered) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    return lowered;
  }
  UErrorCode status = U_ZERO_ERROR;
  icu::StringByteSink<std::string> sink(&lowered, static_cast<std::int32_t>(text.size()));
  icu::CaseMap::utf8ToLower("", 0, piece_of(text), sink, nullptr, status);
  WB_ASSERT(U_SUCCESS(status), "{}", u_errorName(status));
  return lowered;
}

std::string with_replacements(std::string_view text) {
  std::string replaced;
  icu::UnicodeString::fromUTF8(piece_of(text)).toUTF8String(replaced);
  return replaced;
}

std::string folded(std::string_view text) { return lower_case(with_replacements(text)); }

bool is_white_space(std::string_view text) {
  // All white space is in the Basic Multilingual Plane: a code unit is a character.
  const auto units = icu::UnicodeString::fromUTF8(piece_of(text));
  constexpr char16_t kByteOrderMark = 0xfeff;
  for (std::int32_t i = 0; i < units.length(); ++i)
    if (!u_isUWhiteSpace(units[i]) && units[i] != kByteOrderMark) return false;
  return true;
}

std::string unicode_version() {
  UVersionInfo version;
  u_getVersion(version);
  std::array<char, U_MAX_VERSION_STRING_LENGTH> text{};
  u_versionToString(version, text.data());
  return fmt::format("ICU {}", text.data());
}

}  // namespace wordbridge
