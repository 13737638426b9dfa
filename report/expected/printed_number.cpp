#include "report/expected/printed_number.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/text.h"

namespace wordbridge {
namespace {

constexpr std::string_view kMinus = "\xe2\x88\x92";  // U+2212

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_of_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

std::size_t end_of_digits(std::string_view text, std::size_t position) {
  while (position < text.size() && is_digit(text[position])) ++position;
  return position;
}

/// Digits, with commas between groups of three ("1,234", but not "1,23" nor "1234,567").
std::size_t end_of_whole_part(std::string_view text, std::size_t begin) {
  std::size_t end = end_of_digits(text, begin);
  if (end - begin > 3) return end;
  while (end < text.size() && text[end] == ',' && end_of_digits(text, end + 1) == end + 4) end += 4;
  return end;
}

}  // namespace

std::optional<PrintedNumber> printed_number_at(std::string_view text, std::size_t position) {
  PrintedNumber number;
  number.begin = position;
  std::string plain;
  if (text.substr(position, kMinus.size()) == kMinus) {
    plain = "-";
    position += kMinus.size();
  } else if (position < text.size() && (text[position] == '-' || text[position] == '+')) {
    if (text[position] == '-') plain = "-";
    ++position;
  }
  std::size_t end = end_of_whole_part(text, position);
  if (end == position) return std::nullopt;
  for (; position < end; ++position)
    if (text[position] != ',') plain += text[position];
  if (end < text.size() && text[end] == '.') {
    const std::size_t decimals = end_of_digits(text, end + 1);
    if (decimals > end + 1) {
      plain += text.substr(end, decimals - end);
      number.unit = std::pow(10.0, -static_cast<double>(decimals - end - 1));
      end = decimals;
    }
  }
  if (end < text.size() && text[end] == 'e') {
    const std::size_t sign = end + 1 < text.size() && text[end + 1] == '-' ? 1 : 0;
    const std::size_t exponent = end_of_digits(text, end + 1 + sign);
    if (exponent > end + 1 + sign) {
      const std::string power(text.substr(end + 1, exponent - end - 1));
      plain += "e" + power;
      number.unit *= std::pow(10.0, parse_double(power).value());
      end = exponent;
    }
  }
  number.value = parse_double(plain).value();
  number.end = end;
  return number;
}

std::vector<PrintedNumber> printed_numbers(std::string_view text, std::size_t begin,
                                           std::size_t end) {
  std::vector<PrintedNumber> numbers;
  const std::string_view part = text.substr(0, end);
  for (std::size_t i = begin; i < end;) {
    const bool is_inside_word = i > begin && is_of_word(part[i - 1]);
    const auto number = is_inside_word ? std::nullopt : printed_number_at(part, i);
    const bool is_whole = number && (number->end == end || !is_of_word(part[number->end]));
    if (is_whole) numbers.push_back(*number);
    i = number ? number->end : i + 1;
  }
  return numbers;
}

bool is_rounded(const PrintedNumber& number, double expected, double tolerance) {
  if (!std::isfinite(number.value) || !std::isfinite(number.unit)) return false;  // "1e999"
  const double slack = 1e-9 * std::max(number.unit, std::abs(expected));
  return std::abs(number.value - expected) <= number.unit / 2 + tolerance + slack;
}

std::string rounded_like(const PrintedNumber& number, double expected) {
  if (number.unit > 1) return number_text(expected);
  const int decimals = static_cast<int>(std::lround(-std::log10(number.unit)));
  return fmt::format("{:.{}f}", expected, std::min(decimals, 12));
}

}  // namespace wordbridge
