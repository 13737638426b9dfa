#include "data/lexicon/entry_text.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>

#include "core/io/text_file.h"
#include "core/text.h"
#include "data/text/unicode.h"

namespace wordbridge {
namespace {

constexpr std::string_view kSpaces = " \t\r\n\f\v";

bool is_space(char c) { return kSpaces.find(c) != std::string_view::npos; }

/// Whether a sentence may start at `i`: at the start of the text, or after a full stop, bracket or
/// quotation and a blank.
bool at_sentence_start(std::string_view text, std::size_t i) {
  while (i > 0 && is_space(text[i - 1])) --i;
  if (i == 0) return true;
  return std::string_view(".!?:;)]\"").find(text[i - 1]) != std::string_view::npos ||
         (i >= 2 && text.substr(i - 2, 2) == "--") || (i >= 3 && text.substr(i - 3, 3) == "\u201d");
}

/// The end of the sentence that starts at `begin`: after a full stop that is followed by the end or
/// by a blank and something other than a lower-case letter ("v. t." doesn't end a sentence).
std::size_t sentence_end(std::string_view text, std::size_t begin) {
  for (std::size_t i = begin; i < text.size(); ++i) {
    if (text[i] != '.') continue;
    const auto next = text.find_first_not_of(kSpaces, i + 1);
    if (next == text.npos) return text.size();
    if (next == i + 1) continue;
    const bool lower = (text[next] >= 'a' && text[next] <= 'z') || text[next] == ',';
    if (!lower) return i + 1;
  }
  return text.size();
}

struct Quotes {
  std::string_view open, close;
};
constexpr std::array<Quotes, 2> kQuotes = {{{"\"", "\""}, {"\u201c", "\u201d"}}};

/// Appends the character without its marks, as UTF-8: "ê" as "e", "æ" as "ae".
void append_base(UChar32 c, std::string& text) {
  constexpr UChar32 kFirstMarked = 0x80, kAe = 0xe6, kOe = 0x153;
  if (c == kAe || c == kOe) {
    text += c == kAe ? "ae" : "oe";
    return;
  }
  if (c >= kFirstMarked) {
    UErrorCode status = U_ZERO_ERROR;
    std::array<UChar, 8> parts{};
    const auto count = unorm2_getDecomposition(unorm2_getNFDInstance(&status), c, parts.data(),
                                               static_cast<std::int32_t>(parts.size()), &status);
    if (U_SUCCESS(status) && count > 0 && !U16_IS_SURROGATE(parts[0])) c = parts[0];
  }
  std::array<char, U8_MAX_LENGTH> bytes{};
  std::int32_t size = 0;
  U8_APPEND_UNSAFE(bytes.data(), size, c);
  text.append(bytes.data(), static_cast<std::size_t>(size));
}

/// A sentence or at least three words, rather than a quoted term.
bool is_quotation(std::string_view words) {
  constexpr std::ptrdiff_t kLeastBlanks = 2;
  const auto blanks = std::count(words.begin(), words.end(), ' ');
  return blanks >= kLeastBlanks || (blanks > 0 && (words.back() == '.' || words.back() == '!'));
}

}  // namespace

std::string in_one_line_of_words(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  bool broken = false;  // within a word, which continues in the next line
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (!is_space(c)) {
      line += c;
      broken = c == '-' && i > 0 && text[i - 1] != '-' && !is_space(text[i - 1]) &&
               i + 1 < text.size() && text[i + 1] == '\n';
    } else if (!line.empty() && line.back() != ' ' && !broken) {
      line += ' ';
    }
  }
  if (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

std::string tidy_definition(std::string_view text) {
  constexpr std::string_view kEnds = " ,;:.-";
  std::string tidy;
  tidy.reserve(text.size());
  for (const char c : text) {
    if (c == '{' || c == '}') continue;
    if (!is_space(c)) {
      const bool closes = c == ',' || c == ';' || c == '.' || c == ':' || c == ')';
      if (closes && !tidy.empty() && tidy.back() == ' ') tidy.pop_back();
      // A full stop replaces what a removed passage has left before it: "...; --. The name".
      while (c == '.' && !tidy.empty() && kEnds.find(tidy.back()) != tidy.npos) {
        tidy.pop_back();
      }
      tidy += c;
    } else if (!tidy.empty() && tidy.back() != ' ' && tidy.back() != '(') {
      tidy += ' ';
    }
  }
  const auto begin = tidy.find_first_not_of(kEnds);
  if (begin == tidy.npos) return {};
  return tidy.substr(begin, tidy.find_last_not_of(kEnds) + 1 - begin);
}

std::string without_quotations(std::string_view text) {
  std::string kept;
  for (std::size_t i = 0; i < text.size();) {
    const auto quotes = std::find_if(kQuotes.begin(), kQuotes.end(), [&](const Quotes& marks) {
      return starts_with(text.substr(i), marks.open);
    });
    if (quotes == kQuotes.end()) {
      kept += text[i++];
      continue;
    }
    const auto inside = i + quotes->open.size();
    const auto end = text.find(quotes->close, inside);
    if (end == text.npos) {
      kept += text.substr(i);
      break;
    }
    const auto after = end + quotes->close.size();
    if (!is_quotation(text.substr(inside, end - inside)) || !at_sentence_start(text, i)) {
      kept += text.substr(i, after - i);
    }
    i = after;
  }
  return kept;
}

std::string remove_cross_references(std::string& text, std::vector<std::string>& synonyms) {
  constexpr std::array<std::string_view, 10> kStarts = {
      "See ",     "See: ",     "Cf. ",       "Compare ",         "Compare: ",
      "Same as ", "Also See ", "Also See: ", "Narrower terms: ", "Antonym: "};
  std::string kept, removed;
  for (std::size_t i = 0; i < text.size();) {
    const auto rest = std::string_view(text).substr(i);
    const bool may_start = std::string_view("SCAN").find(rest[0]) != std::string_view::npos;
    const auto start = may_start ? std::find_if(kStarts.begin(), kStarts.end(),
                                                [&](auto word) { return starts_with(rest, word); })
                                 : kStarts.end();
    if (start == kStarts.end() || !at_sentence_start(text, i)) {
      kept += text[i++];
      continue;
    }
    const auto end = sentence_end(text, i + start->size());
    const auto sentence = std::string_view(text).substr(i, end - i);
    if (*start == "Same as ") {
      for (auto& link : links_in(sentence)) synonyms.push_back(std::move(link));
    }
    removed += (removed.empty() ? "" : " ") + std::string(sentence);
    i = end;
  }
  text = std::move(kept);
  return removed;
}

std::vector<std::string> links_in(std::string_view text) {
  std::vector<std::string> links;
  for (auto open = text.find('{'); open != text.npos; open = text.find('{', open + 1)) {
    const auto close = text.find('}', open);
    if (close == text.npos) break;
    links.push_back(in_one_line_of_words(text.substr(open + 1, close - open - 1)));
  }
  return links;
}

std::string definition_of_gloss(std::string_view gloss) {
  std::string definition;
  for (std::size_t i = 0; i < gloss.size();) {
    const auto before = definition.find_last_not_of(kSpaces);
    const auto close = gloss[i] == '"' ? gloss.find('"', i + 1) : gloss.npos;
    const char last = before == definition.npos ? ';' : definition[before];
    const bool starts = last == ';' || last == ':' ||
                        (last == ',' && gloss.substr(i, close - i).find(' ') != gloss.npos);
    if (gloss[i] != '"' || !starts) {
      definition += gloss[i++];
      continue;
    }
    if (close == gloss.npos) break;  // an example without its closing mark
    // `"a quotation"- the author; ...`
    const auto next = gloss.find_first_not_of(kSpaces, close + 1);
    i = next != gloss.npos && gloss[next] == '-' ? std::min(gloss.find(';', next), gloss.size())
                                                 : close + 1;
    const auto separator = gloss.find_first_not_of(kSpaces, i);
    if (separator != gloss.npos && gloss[separator] == ';') i = separator + 1;
  }
  return tidy_definition(definition);
}

std::string bare_word(std::string_view word) {
  const std::string lower = folded(word);
  const auto* const bytes = reinterpret_cast<const unsigned char*>(lower.data());
  std::string bare;
  const auto size = static_cast<std::int32_t>(lower.size());
  for (std::int32_t i = 0; i < size;) {
    UChar32 c = 0;
    U8_NEXT(bytes, i, size, c);
    if (c < 0 || !u_isalnum(c)) continue;
    append_base(c, bare);
  }
  return bare;
}

std::vector<std::string_view> paragraphs_of(std::string_view text) {
  std::vector<std::string_view> found;
  const char* begin = nullptr;
  const char* end = nullptr;
  for (const auto& line : text_lines(text)) {
    if (trimmed(line.text).empty()) {
      if (begin != nullptr) found.emplace_back(begin, static_cast<std::size_t>(end - begin));
      begin = nullptr;
    } else {
      if (begin == nullptr) begin = line.text.data();
      end = line.text.data() + line.text.size();
    }
  }
  if (begin != nullptr) found.emplace_back(begin, static_cast<std::size_t>(end - begin));
  return found;
}

}  // namespace wordbridge
