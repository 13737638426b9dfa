#include "core/text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <locale.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace wordbridge {
namespace {

std::string folded(std::string_view name) {
  std::string result(name);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '-') c = '_';
  }
  return result;
}

/// Number of insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`
/// (optimal string alignment: no part is edited twice).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[b.size()];
}

/// Length in bytes of the UTF-8 character at the start of `text` (not empty), 0 if it is invalid
/// (Unicode 15, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const unsigned first = byte(0), second = byte(1);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4 || !continues(1)) return 0;
  if (first < 0xE0) return 2;
  if (first < 0xF0) {
    if (first == 0xE0 && second < 0xA0) return 0;
    if (first == 0xED && second > 0x9F) return 0;
    return continues(2) ? 3 : 0;
  }
  if (first == 0xF0 && second < 0x90) return 0;
  if (first == 0xF4 && second > 0x8F) return 0;
  return continues(2) && continues(3) ? 4 : 0;
}

/// from_chars does not accept a leading plus. Two signs remain an error.
std::string_view without_plus(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  return text;
}

}  // namespace

std::optional<std::string> nearest_name(std::string_view name,
                                        const std::vector<std::string>& candidates) {
  const std::string wanted = folded(name);
  std::optional<std::string> best;
  std::size_t best_distance = 0;
  for (const auto& candidate : candidates) {
    const std::size_t longer = std::max(wanted.size(), candidate.size());
    const std::size_t limit = std::max<std::size_t>(1, longer / 3);
    // Also avoids a quadratic cost for a very long name.
    if (longer - std::min(wanted.size(), candidate.size()) > limit) continue;
    const std::size_t distance = edit_distance(wanted, folded(candidate));
    // One edit turns any one-letter name into any other one.
    if (distance > limit || (distance > 0 && distance >= longer)) continue;
    if (best && distance >= best_distance) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t end; (end = text.find(separator)) != text.npos; text.remove_prefix(end + 1))
    parts.push_back(text.substr(0, end));
  parts.push_back(text);
  return parts;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kWhite = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kWhite);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kWhite) + 1 - first);
}

std::string in_one_line(std::string_view text) {
  std::vector<std::string> lines;
  for (const auto line : split(text, '\n')) {
    std::string words;
    for (const auto word : split(trimmed(line), ' '))
      if (!word.empty()) words += (words.empty() ? "" : " ") + std::string(word);
    if (!words.empty()) lines.push_back(words);
  }
  return join(lines, "; ");
}

std::size_t character_count(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  }));
}

std::string markdown_cell(std::string_view text) {
  std::string escaped;
  for (const char byte : text) {
    if (byte == '|' || byte == '\\') escaped += '\\';
    escaped += byte;
  }
  return escaped;
}

std::string csv_line(const std::vector<std::string>& fields) {
  std::string line;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) line += ',';
    const std::string field = with_escaped_bytes(fields[i]);
    if (field.find_first_of(",\"\r\n") == std::string::npos) {
      line += field;
      continue;
    }
    line += '"';
    for (const char byte : field) line += byte == '"' ? "\"\"" : std::string(1, byte);
    line += '"';
  }
  return line;
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  return fmt::format("{}", fmt::join(parts, separator));
}

std::optional<std::size_t> invalid_utf8(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  std::size_t at = 0;
  while (at < text.size()) {
    std::uint64_t eight;
    if (text.size() - at >= sizeof eight) {
      std::memcpy(&eight, text.data() + at, sizeof eight);
      if ((eight & kHighBits) == 0) {
        at += sizeof eight;
        continue;
      }
    }
    const std::size_t length = utf8_length(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

std::string with_escaped_bytes(std::string_view text) {
  std::string valid;
  while (const auto at = invalid_utf8(text)) {
    valid += text.substr(0, *at);
    valid += fmt::format("\\x{:02X}", static_cast<unsigned char>(text[*at]));
    text.remove_prefix(*at + 1);
  }
  return valid += text;
}

std::string printable(std::string_view text, std::size_t limit) {
  std::string shown;
  for (std::size_t count = 0; !text.empty(); ++count) {
    if (count == limit) return shown + "...";
    const std::size_t length = utf8_length(text);
    const auto first = static_cast<unsigned char>(text[0]);
    // U+0080..U+009F also control terminals.
    const bool control =
        first < 0x20 || first == 0x7F ||
        (first == 0xC2 && length == 2 && static_cast<unsigned char>(text[1]) < 0xA0);
    if (length > 0 && !control) {
      shown += text.substr(0, length);
    } else {
      for (const char c : text.substr(0, std::max<std::size_t>(length, 1)))
        shown += fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return shown;
}

std::optional<double> parse_double(std::string_view text) {
  text = without_plus(text);
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, value);
  if (stop != end || code == std::errc::invalid_argument) return std::nullopt;
  if (code == std::errc::result_out_of_range) {
    // from_chars does not distinguish overflow from underflow; strtod returns infinity or zero.
    static const locale_t plain = ::newlocale(LC_ALL_MASK, "C", nullptr);
    return ::strtod_l(std::string(text).c_str(), nullptr, plain);
  }
  return value;
}

std::optional<long long> parse_integer(std::string_view text) {
  text = without_plus(text);
  long long value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, value);
  if (stop != end || code != std::errc{}) return std::nullopt;
  return value;
}

std::optional<double> parse_duration(std::string_view text) {
  constexpr double kLeast = 1e-3;
  double seconds = 0;
  for (const auto& [unit, length] : {std::pair('d', 86400), {'h', 3600}, {'m', 60}, {'s', 1}}) {
    const auto end = text.find(unit);
    if (end == text.npos) continue;
    const auto number = parse_double(text.substr(0, end));
    if (!number || !std::isfinite(*number) || *number < 0) return std::nullopt;
    seconds += *number * length;
    text.remove_prefix(end + 1);
  }
  if (!text.empty() || seconds < kLeast) return std::nullopt;
  return seconds;
}

std::optional<double> parse_bytes(std::string_view text) {
  const auto unit_at = text.find_first_not_of("0123456789.");
  std::string_view unit = unit_at == text.npos ? "" : trimmed(text.substr(unit_at));
  const auto number = parse_double(text.substr(0, unit_at));
  if (!number || !std::isfinite(*number)) return std::nullopt;
  double factor = 1;
  if (!unit.empty() && unit != "B") {
    const bool binary = unit.size() == 3 && unit[1] == 'i';
    const auto power = std::string_view("KMGT").find(unit[0] == 'k' ? 'K' : unit[0]);
    if (power == std::string_view::npos || unit.back() != 'B' || unit.size() != (binary ? 3u : 2u))
      return std::nullopt;
    factor = std::pow(binary ? 1024.0 : 1000.0, static_cast<double>(power) + 1);
  }
  const double bytes = *number * factor;
  if (!(bytes >= 1)) return std::nullopt;
  return bytes;
}

std::string number_text(double value) {
  char buffer[32];
  const bool whole = std::abs(value) < 1e15 && value == std::trunc(value);
  const auto result = whole
                          ? std::to_chars(buffer, std::end(buffer), value, std::chars_format::fixed)
                          : std::to_chars(buffer, std::end(buffer), value);
  return std::string(buffer, result.ptr);
}

}  // namespace wordbridge
