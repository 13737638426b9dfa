#include "report/expected/text_template.h"

#include "core/error.h"
#include "core/text.h"

namespace wordbridge {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
bool is_blank(char c) { return kBlanks.find(c) != kBlanks.npos; }

/// Advances `position` over the literal. If the text differs: false, with `position` there, and
/// `matched` of the literal's bytes seen.
bool take_literal(std::string_view literal, std::string_view text, std::size_t& position,
                  std::size_t& matched) {
  for (matched = 0; matched < literal.size();) {
    if (position == text.size()) return false;
    if (is_blank(literal[matched])) {
      if (!is_blank(text[position])) return false;
      while (matched < literal.size() && is_blank(literal[matched])) ++matched;
      while (position < text.size() && is_blank(text[position])) ++position;
    } else {
      if (text[position] != literal[matched]) return false;
      ++position;
      ++matched;
    }
  }
  return true;
}

bool is_inside_number(std::string_view text, std::size_t position) {
  if (position == 0) return false;
  const char before = text[position - 1];
  return (before >= '0' && before <= '9') || before == '.' || before == ',';
}

}  // namespace

TextTemplate text_template(const std::string& text) {
  TextTemplate result;
  std::string literal;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_doubled = i + 1 < text.size() && text[i + 1] == text[i];
    if (text[i] == '{' && !is_doubled) {
      const auto close = text.find('}', i);
      if (close == text.npos)
        throw Error("a placeholder is not closed").expected("}}").got("{}", printable(text, 200));
      result.literals.push_back(literal);
      result.expressions.push_back(text.substr(i + 1, close - i - 1));
      literal.clear();
      i = close;
    } else {
      literal += text[i];
      if ((text[i] == '{' || text[i] == '}') && is_doubled) ++i;
    }
  }
  result.literals.push_back(literal);
  bool has_words = false;
  for (const auto& part : result.literals)
    has_words |= part.find_first_not_of(kBlanks) != part.npos;
  if (result.expressions.empty() || !has_words)
    throw Error("a text needs words and a placeholder")
        .expected("such as \"a perplexity of {{mlp9}}\"")
        .got("{}", printable(text, 200));
  return result;
}

TextMatches find_template(const TextTemplate& wanted, std::string_view text, std::size_t from,
                          std::size_t to) {
  TextMatches matches;
  matches.nearest = from;
  text = text.substr(0, to);
  std::size_t longest = 0;
  for (std::size_t begin = from; begin < text.size(); ++begin) {
    if (wanted.literals[0].empty() && is_inside_number(text, begin)) continue;
    TextMatch match;
    match.begin = match.end = begin;
    bool is_match = true;
    std::size_t length = 0;  // bytes of the template seen
    for (std::size_t i = 0; is_match && i < wanted.literals.size(); ++i) {
      std::size_t matched = 0;
      is_match = take_literal(wanted.literals[i], text, match.end, matched);
      length += matched;
      std::string expected = wanted.literals[i].substr(matched);
      if (is_match && i < wanted.expressions.size()) {
        const auto number = printed_number_at(text, match.end);
        is_match = number.has_value();
        expected = "a number";
        if (number) {
          match.numbers.push_back(*number);
          match.end = number->end;
          ++length;
        }
      }
      if (!is_match && length > longest) {
        longest = length;
        matches.nearest = match.end;
        matches.expected = expected;
      }
    }
    if (!is_match) continue;
    begin = match.end - 1;
    matches.found.push_back(std::move(match));
  }
  return matches;
}

}  // namespace wordbridge
