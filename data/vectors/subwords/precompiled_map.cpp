#include "data/vectors/subwords/precompiled_map.h"

#include <unicode/brkiter.h>
#include <unicode/unistr.h>

#include <cstring>
#include <memory>

#include "core/error.h"
#include "data/text/unicode.h"
#include "data/vectors/subwords/characters.h"

namespace wordbridge {
namespace {

std::optional<std::string> decoded_base64(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text.substr(0, text.find('='))) {
    const std::size_t digit = kDigits.find(c);
    if (digit == kDigits.npos) return std::nullopt;
    bits = (bits << 6 | static_cast<std::uint32_t>(digit)) & 0xffffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xff);
  }
  return bytes;
}

/// Visible characters: a base with its marks.
std::vector<std::string> graphemes(const std::u32string& text) {
  const auto units = icu::UnicodeString::fromUTF8(utf8(text));
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::BreakIterator> breaks(
      icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), status));
  WB_ASSERT(U_SUCCESS(status), "{}", u_errorName(status));
  breaks->setText(units);
  std::vector<std::string> parts;
  for (std::int32_t begin = 0, end = breaks->next(); end != icu::BreakIterator::DONE;
       begin = end, end = breaks->next()) {
    parts.emplace_back();
    units.tempSubStringBetween(begin, end).toUTF8String(parts.back());
  }
  return parts;
}

}  // namespace

std::optional<PrecompiledMap> PrecompiledMap::parse(std::string_view base64) {
  const auto bytes = decoded_base64(base64);
  std::uint32_t size = 0;
  if (!bytes || bytes->size() < sizeof size) return std::nullopt;
  std::memcpy(&size, bytes->data(), sizeof size);
  if (size == 0 || size % sizeof size != 0 || size > bytes->size() - sizeof size)
    return std::nullopt;
  PrecompiledMap map;
  map.units_.resize(size / sizeof size);
  std::memcpy(map.units_.data(), bytes->data() + sizeof size, size);
  map.replacements_ = bytes->substr(sizeof size + size);
  return map;
}

std::optional<std::string_view> PrecompiledMap::replacement(std::string_view text) const {
  // A unit holds the byte that leads to it, the distance to its children, and whether it ends an
  // entry.
  const auto distance = [](std::uint32_t unit) { return unit >> 10 << ((unit & 1U << 9) >> 6); };
  std::size_t place = distance(units_[0]);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    place ^= byte;
    if (byte == 0 || place >= units_.size()) return std::nullopt;
    const std::uint32_t unit = units_[place];
    if ((unit & (1U << 31 | 0xffU)) != byte) return std::nullopt;
    place ^= distance(unit);
    if ((unit >> 8 & 1) == 0) continue;
    if (place >= units_.size()) return std::nullopt;
    const std::size_t begin = units_[place] & ~(1U << 31);
    if (begin >= replacements_.size()) return std::nullopt;
    const std::string_view rest = std::string_view(replacements_).substr(begin);
    return rest.substr(0, rest.find('\0'));
  }
  return std::nullopt;
}

std::u32string PrecompiledMap::normalized(const std::u32string& text) const {
  constexpr std::size_t kLongestGrapheme = 5;  // bytes: longer ones are replaced by character
  std::string result;
  for (const std::string& grapheme : graphemes(text)) {
    if (grapheme.size() <= kLongestGrapheme) {
      if (const auto whole = replacement(grapheme)) {
        result += *whole;
        continue;
      }
    }
    for (const char32_t c : code_points(grapheme)) {
      const std::string character = utf8({&c, 1});
      const auto other = replacement(character);
      result += other ? std::string(*other) : character;
    }
  }
  return code_points(with_replacements(result));
}

}  // namespace wordbridge
