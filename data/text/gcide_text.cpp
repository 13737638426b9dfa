#include "data/text/gcide_text.h"

#include <unicode/unorm2.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <utility>

namespace wordbridge {
namespace {

using View = std::string_view;

constexpr std::size_t kLongestGroup = 4000;    // bytes in brackets: the longest etymologies
constexpr std::size_t kLongestSpelling = 200;  // between backslashes
constexpr std::size_t kLongestCode = 8, kLongestLabel = 40;

/// Words in the brackets that name the source of a paragraph: "[Webster 1913 Suppl. +PJC]".
constexpr std::array<View, 23> kSources = {"1.5", "1.6",     "1.7",     "1.7.1", "1906", "1913",
                                           "AS",  "Century", "Dict",    "GG",    "MI11", "MW10",
                                           "PC",  "PJC",     "RDH",     "RHUD",  "RP",   "Suppl",
                                           "WE1", "Webster", "WordNet", "sense", "wn1"};

/// Words of labels of usage without a full stop: "[Obs. or Prov. Eng.]", "[slang]".
constexpr std::array<View, 56> kLabels = {
    "Acronym",      "American",     "Anglo-Indian", "Archaic", "Australia", "Australian",
    "British",      "Canada",       "Cant",         "Chiefly", "Collog",    "Colloq",
    "Humorous",     "India",        "Informal",     "Ireland", "Jocose",    "Jocular",
    "Local",        "Low",          "Modern",       "North",   "Obs",       "Obsoles",
    "Obsolescent",  "Obsolete",     "Old",          "Poetic",  "Political", "R",
    "Rare",         "Recent",       "Scot",         "Scotch",  "Slang",     "South",
    "Southern",     "Southwestern", "Trademark",    "Vulgar",  "West",      "Western",
    "abbreviation", "acronym",      "and",          "archaic", "chiefly",   "informal",
    "obsolescent",  "obsolete",     "of",           "or",      "predicate", "prenominal",
    "slang",        "vulgar"};

/// Abbreviations of grammar in a header: "n. pl.", "imp. & p. p.".
constexpr std::array<View, 37> kGrammar = {
    "a.",    "adj.",    "adv.",    "auxiliary", "comp.",   "compar.",      "conj.", "fem.",
    "i.",    "imp.",    "impers.", "inf.",      "interj.", "intransitive", "masc.", "n.",
    "n..",   "object.", "p.",      "phr.",      "pl.",     "poss.",        "pr.",   "pred.",
    "pref.", "prenom.", "prep.",   "pres.",     "pret.",   "pron.",        "prop.", "sing.",
    "suff.", "superl.", "t.",      "v.",        "vb."};

constexpr std::array<std::pair<View, View>, 61> kNamedCodes = {
    {{"AE", "Æ"},     {"Delta", "Δ"},   {"Gamma", "Γ"},   {"Lambda", "Λ"}, {"OE", "Œ"},
     {"Pi", "Π"},     {"Upsilon", "Υ"}, {"ae", "æ"},      {"alpha", "α"},  {"asl", "a"},
     {"beta", "β"},   {"bprime", "″"},  {"break", ""},    {"chi", "χ"},    {"cuberoot", "∛"},
     {"dag", "†"},    {"dagger", "†"},  {"deg", "°"},     {"delta", "δ"},  {"div", "÷"},
     {"divby", "÷"},  {"epsilon", "ε"}, {"eta", "η"},     {"eth", "ð"},    {"flat", "♭"},
     {"frac12", "½"}, {"frac14", "¼"},  {"frac34", "¾"},  {"gamma", "γ"},  {"iota", "ι"},
     {"kappa", "κ"},  {"lambda", "λ"},  {"ldqo", "“"},    {"middot", "·"}, {"min", "′"},
     {"mu", "μ"},     {"nbsp", " "},    {"ng", "ŋ"},      {"nu", "ν"},     {"oe", "œ"},
     {"omega", "ω"},  {"omicron", "ο"}, {"phi", "φ"},     {"pi", "π"},     {"pounds", "£"},
     {"psi", "ψ"},    {"rdqo", "”"},    {"rho", "ρ"},     {"root", "√"},   {"sec", "″"},
     {"sect", "§"},   {"sharp", "♯"},   {"sigma", "σ"},   {"tau", "τ"},    {"theta", "θ"},
     {"thorn", "þ"},  {"times", "×"},   {"upsilon", "υ"}, {"xi", "ξ"},     {"yogh", "ȝ"},
     {"zeta", "ζ"}}};

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter_of_code(char c) { return is_upper(c) || (c >= 'a' && c <= 'z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

template <std::size_t N>
bool contains(const std::array<View, N>& sorted, View text) {
  return std::binary_search(sorted.begin(), sorted.end(), text);
}

/// Whether each word of the text passes the check; words are separated by blanks, "," and "+".
template <class Check>
bool all_words(View text, const Check& check) {
  constexpr View kSeparators = " \n\t\r,;+";
  bool any = false;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(kSeparators), text.size()));
    if (text.empty()) return any;
    const View word = text.substr(0, text.find_first_of(kSeparators));
    if (!check(word)) return false;
    any = true;
    text.remove_prefix(word.size());
  }
}

View without_full_stop(View word) {
  return word.substr(0, word.size() - (!word.empty() && word.back() == '.' ? 1 : 0));
}

bool is_abbreviation(View word) {  // "Prov.", "U.S."
  return word.size() > 1 && is_upper(word.front()) && word.back() == '.';
}

bool is_source(View group) {
  return all_words(group, [](View word) {
    return contains(kSources, without_full_stop(word)) || (word.size() == 1 && is_digit(word[0]));
  });
}

bool is_usage_label(View group) {
  return group.size() <= kLongestLabel && all_words(group, [](View word) {
           return word == "&" || is_abbreviation(word) ||
                  contains(kLabels, without_full_stop(word));
         });
}

/// "Zool.", "Bot. & Zool.", "R. C. Ch.", "Computers", "Card Playing".
bool is_field_label(View group, bool at_start) {
  bool abbreviated = false;
  const bool words = group.size() <= kLongestLabel && all_words(group, [&](View word) {
                       abbreviated = is_abbreviation(word);
                       return word == "&" || word == "and" || word == "or" || word == "of" ||
                              is_upper(word.front());
                     });
  return words && (at_start || abbreviated);
}

/// The character of a letter with the mark, as UTF-8; the letter alone if there is none.
std::string with_mark(char letter, UChar32 mark) {
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2* const composer = unorm2_getNFCInstance(&status);
  UChar32 composed = U_FAILURE(status) ? U_SENTINEL : unorm2_composePair(composer, letter, mark);
  if (composed < 0) composed = letter;
  std::string bytes(U8_MAX_LENGTH, '\0');
  std::int32_t size = 0;
  U8_APPEND_UNSAFE(bytes.data(), size, composed);
  bytes.resize(static_cast<std::size_t>(size));
  return bytes;
}

/// The letters of a code with its mark: "'e", "~n", "oo^", "aum". Nothing if it is not a code.
std::optional<std::string> marked_letters(View code) {
  constexpr View kMarks = "'`^\"~=,.*-_";
  constexpr std::array<UChar32, kMarks.size()> kCombining = {
      0x301, 0x300, 0x302, 0x308, 0x303, 0x304, 0x327, 0x307, 0x30a, 0, 0x331};
  constexpr UChar32 kBreve = 0x306, kDiaeresis = 0x308, kMacron = 0x304;
  UChar32 mark = 0;
  if (const auto at = kMarks.find(code.front()); at != View::npos) {
    mark = kCombining[at];
    code.remove_prefix(1);
  } else if (code.back() == '^') {
    mark = kBreve;
    code.remove_suffix(1);
  } else if (code.size() == 3 && code.substr(1) == "um") {
    mark = kDiaeresis;
    code.remove_suffix(2);
  } else if (code.size() == 4 && code.substr(1) == "mac") {
    mark = kMacron;
    code.remove_suffix(3);
  } else {
    return std::nullopt;
  }
  if (code.empty() || code.size() > 2 || !std::all_of(code.begin(), code.end(), is_letter_of_code))
    return std::nullopt;
  if (code == "ae") return "æ";
  if (code.size() == 2) return std::string(code);
  return with_mark(code[0], mark);
}

/// The text of a code in brackets; nothing if it is not a code.
std::optional<std::string> decoded(View code) {
  if (code.empty() || code.size() > kLongestCode) return std::nullopt;
  const auto named =
      std::lower_bound(kNamedCodes.begin(), kNamedCodes.end(), code,
                       [](const auto& item, View name) { return item.first < name; });
  if (named != kNamedCodes.end() && named->first == code) return std::string(named->second);
  return marked_letters(code);
}

/// Writes the words of an entry. The state is what the text is preceded by.
class EntryText {
 public:
  explicit EntryText(View entry) : rest_(entry) {}

  std::string take() {
    while (!rest_.empty()) {
      switch (rest_.front()) {
        case '\\':
          spelling();
          break;
        case '[':
          brackets();
          break;
        case '(':
          parentheses();
          break;
        case '{':
        case '}':
          at_start_ = true;  // "{Spur-winged goose} (Zool.), ..."
          rest_.remove_prefix(1);
          break;
        case '\n':
          new_line();
          break;
        default:
          word();
      }
    }
    return std::move(text_);
  }

  /// The text after the header, at the start of a sense.
  static EntryText sense(View text) {
    EntryText part(text, false);
    part.at_start_ = true;
    return part;
  }

  /// The text between the bracket at the start of `text` and its partner; nothing if there is none.
  static std::optional<View> group_at(View text, char open, char close) {
    std::size_t depth = 0;
    for (std::size_t i = 0; i < std::min(text.size(), kLongestGroup); ++i) {
      if (text[i] == open) ++depth;
      if (text[i] == close && --depth == 0) return text.substr(1, i - 1);
    }
    return std::nullopt;
  }

  /// Whether the text in parentheses is a pronunciation: "b[a^][ng]k", "?; 277", "-w[i^]ngd`".
  static bool is_spoken(View group) {
    const bool stressed = group.find('"') != View::npos && group.find(' ') == View::npos;
    return stressed || group.find_first_of("[*`?") != View::npos;
  }

 private:
  void copy(std::size_t size) {
    text_ += rest_.substr(0, size);
    rest_.remove_prefix(size);
  }

  /// Skips the syllables of a headword, "\Ab"a*cus\", and the pronunciation that may follow.
  void spelling() {
    const auto end = rest_.substr(0, kLongestSpelling).find('\\', 1);
    if (!header_ || end == View::npos) return copy(1);
    rest_.remove_prefix(end + 1);
    const auto next = rest_.find_first_not_of(" \n");
    if (next == View::npos || rest_[next] != '(') return;
    const auto group = group_at(rest_.substr(next), '(', ')');
    if (group && (rest_.find('\n') > next || is_spoken(*group))) {
      rest_.remove_prefix(next + group->size() + 2);
    }
  }

  void brackets() {
    const auto group = group_at(rest_, '[', ']');
    if (!group) return copy(1);
    const auto code = decoded(*group);
    const bool number = std::all_of(group->begin(), group->end(), is_digit);  // "adenoid[1]"
    if (code) {
      text_ += *code;
    } else if (!header_ && !number && !is_source(*group) && !is_usage_label(*group)) {
      // Text of its own, such as "[Written also {kussir}.]" and words inserted in quotations.
      text_ += EntryText(*group, false).take();
    }
    rest_.remove_prefix(group->size() + 2);
  }

  void parentheses() {
    const auto group = group_at(rest_, '(', ')');
    if (!group) return copy(1);
    const bool sense = group->size() == 1 && line_start_;  // "(b)"
    const bool start = header_ || at_start_;
    if (sense || is_field_label(*group, start) || (start && is_spoken(*group))) {
      line_start_ = sense;
      at_start_ = true;
      rest_.remove_prefix(group->size() + 2);
    } else {
      leave_start();
      copy(1);
    }
  }

  void new_line() {
    paragraph_ = line_start_;
    copy(1);
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r"), rest_.size()));
    line_start_ = true;
    first_line_ = false;
  }

  void leave_start() { line_start_ = at_start_ = false; }

  /// Copies the next word with the blanks before it, unless it is a part of speech in the header,
  /// the number of a sense or a heading such as "Syn:".
  void word() {
    const auto blanks = std::min(rest_.find_first_not_of(" \t\r"), rest_.size());
    if (blanks > 0) return copy(blanks);
    const View word = rest_.substr(0, rest_.find_first_of(" \t\r\n\\[(){}"));
    if (word.empty()) return copy(1);  // a bracket without its partner
    const View bare = word.substr(0, word.find_last_not_of(",;") + 1);
    if (line_start_ && is_heading(word)) {
      header_ = false;
      at_start_ = true;
      rest_.remove_prefix(word.size());
    } else if (header_ && (bare == "&" || contains(kGrammar, bare) || bare.empty())) {
      rest_.remove_prefix(word.size());
    } else {
      if (!first_line_) header_ = false;
      leave_start();
      copy(word.size());
    }
  }

  /// Whether the word at the start of a line begins a sense ("12.") or a list of synonyms.
  bool is_heading(View word) const {
    const bool number = word.size() > 1 && word.back() == '.' &&
                        std::all_of(word.begin(), word.end() - 1, is_digit);
    return (number && (header_ || paragraph_)) || word == "Syn:" || word == "Note:" ||
           word == "Usage:";
  }

  EntryText(View text, bool header) : rest_(text), header_(header) {}

  View rest_;
  std::string text_;
  bool header_ = true;      // before the first definition
  bool first_line_ = true;  // of the entry
  // Nothing but markup since the start of the line, of the paragraph before it, of the sense.
  bool line_start_ = false, paragraph_ = false, at_start_ = false;
};

}  // namespace

std::string gcide_text(View entry) { return EntryText(entry).take(); }

std::string gcide_sense_text(View part) { return EntryText::sense(part).take(); }

bool is_gcide_source(View group) { return is_source(group); }

std::size_t gcide_header_size(View text) {
  std::size_t at = 0;
  bool first_line = true, in_grammar = true;  // "pl. {Wolves} or {Wolfs}"
  while (at < text.size()) {
    const View rest = text.substr(at);
    const char c = rest[0];
    if (c == '\n') first_line = false;
    if (c == ' ' || c == '\n' || c == '\t' || c == ',' || c == ';' || c == '.') {
      ++at;
      continue;
    }
    const char close = c == '[' ? ']' : c == '(' ? ')' : c == '{' ? '}' : '\0';
    if (close == '\0') {
      const View word = rest.substr(0, rest.find_first_of(" \t\r\n\\[(){},;"));
      in_grammar = contains(kGrammar, word) || word == "&" || word == "or" || word == "sing." ||
                   word == "E." || word == "also" || word == "Also";
      if ((!in_grammar && !first_line) || word.empty()) return at;
      at += word.size();
      continue;
    }
    const auto group = EntryText::group_at(rest, c, close);
    const bool sense = group && c == '(' && group->size() == 1 && !first_line;
    const bool text_follows = c == '{' ? !in_grammar && !first_line
                                       : c == '(' && !first_line && group &&
                                             !EntryText::is_spoken(*group) &&
                                             !is_field_label(*group, true);
    if (!group || sense || text_follows) return at;
    at += group->size() + 2;
    if (c == '[') in_grammar = false;
  }
  return at;
}

}  // namespace wordbridge
