#include "data/text/tokenizer.h"

#include <unicode/brkiter.h>
#include <unicode/uchar.h>
#include <unicode/utext.h>
#include <unicode/utf8.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

#include "core/error.h"
#include "core/index.h"
#include "core/text.h"
#include "data/text/unicode.h"

namespace wordbridge {
namespace {

bool is_ascii_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

constexpr std::size_t kShortStretch = 32;  // ASCII bytes between non-ASCII characters

/// Common part of all tokenizers: UTF-8 validation, lower-casing and a fast path for ASCII. Splits
/// a line into ASCII and other stretches at spaces that separate words in every script.
class CleaningTokenizer : public Tokenizer {
 public:
  explicit CleaningTokenizer(const TokenizerOptions& options)
      : lowercase_(options.lowercase), replace_invalid_(options.replace_invalid) {
    for (std::size_t code = 0; code < ascii_.size(); ++code) {
      const char c = static_cast<char>(code);
      ascii_[code] = lowercase_ && c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    }
  }

  void tokenize(std::string_view text, std::string& tokens) const final {
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t beyond = ascii_end(text, begin);
      std::size_t end = beyond;
      if (beyond < text.size()) {
        while (end > begin && !may_cut_before(text, end)) --end;
      }
      if (end > begin) cut_ascii(text.substr(begin, end - begin), tokens);
      if (beyond == text.size()) return;
      begin = end;
      end = stretch_end(text, beyond);
      clean_and_cut(text, begin, end, tokens);
      begin = end;
    }
  }

 protected:
  /// An ASCII character, in lower case if required.
  char ascii(char c) const { return ascii_[static_cast<unsigned char>(c)]; }

  /// `text` is the original text.
  virtual void cut_ascii(std::string_view text, std::string& tokens) const = 0;
  /// `text` is valid UTF-8, in lower case if required.
  virtual void cut(std::string_view text, std::string& tokens) const = 0;

 private:
  /// End of the stretch that contains the non-ASCII character at `beyond`.
  static std::size_t stretch_end(std::string_view text, std::size_t beyond) {
    while (true) {
      std::size_t end = beyond;
      while (end < text.size() && !may_cut_before(text, end)) ++end;
      if (end == text.size()) return end;
      beyond = ascii_end(text, end);
      if (beyond == text.size() || beyond - end > kShortStretch) return end;
    }
  }

  void clean_and_cut(std::string_view line, std::size_t begin, std::size_t end,
                     std::string& tokens) const {
    std::string_view text = line.substr(begin, end - begin);
    std::string valid;
    if (const auto bad = invalid_utf8(text)) {
      if (!replace_invalid_) throw not_utf8(line, begin + *bad);
      valid = with_replacements(text);
      text = valid;
    }
    cut(lowercase_ ? lower_case(text) : std::string(text), tokens);
  }

  static Error not_utf8(std::string_view text, std::size_t byte) {
    return Error("the text is not valid UTF-8")
        .at("byte {}", byte)
        .expected("UTF-8")
        .got("{} at byte offset {}", printable(text.substr(byte, 1)), byte)
        .hint("convert it with iconv, or set data.tokenizer.replace_invalid: true");
  }

  bool lowercase_, replace_invalid_;
  std::array<char, 128> ascii_{};
};

void put(std::string_view token, std::string& tokens) { tokens.append(token) += '\n'; }

bool is_upper(unsigned char c) { return static_cast<unsigned char>(c - 'A') < 26; }

/// Removes the line ends that do not follow a token from a stretch of tokens and line ends, adds
/// one after the last token if there is none, and returns the new size. The stretch is not empty
/// and one byte behind it can be written.
std::size_t end_tokens(char* cut, std::size_t size) {
  auto repeated = static_cast<unsigned char>(cut[0] == '\n');
  for (std::size_t i = 1; i < size; ++i)
    repeated |= static_cast<unsigned char>((cut[i] == '\n') & (cut[i - 1] == '\n'));
  if (repeated != 0) {
    char* out = cut;
    bool in_token = false;
    for (std::size_t i = 0; i < size; ++i) {
      const char byte = *out = cut[i];
      const bool visible = byte != '\n';
      out += static_cast<int>(in_token | visible);
      in_token = visible;
    }
    size = static_cast<std::size_t>(out - cut);
  }
  if (size > 0 && cut[size - 1] != '\n') cut[size++] = '\n';
  return size;
}

/// Returns the character at byte `i` and advances `i`.
UChar32 next_character(std::string_view text, std::int32_t& i) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  UChar32 c = 0;
  U8_NEXT(bytes, i, static_cast<std::int32_t>(text.size()), c);
  return c;
}

bool is_unicode_space(UChar32 c) { return static_cast<bool>(u_isUWhiteSpace(c)); }
bool is_no_space(UChar32 /*c*/) { return false; }

/// Calls `use` with each run of non-whitespace characters. Of the characters beyond ASCII, those
/// are whitespace for which `is_space` is true.
template <class F>
void for_each_run(std::string_view text, const F& use,
                  bool (*is_space)(UChar32) = is_unicode_space) {
  const auto size = static_cast<std::int32_t>(text.size());
  std::int32_t begin = 0;
  for (std::int32_t i = 0; i < size;) {
    const std::int32_t at = i;
    const char byte = text[static_cast<std::size_t>(at)];
    bool space = false;
    if (static_cast<unsigned char>(byte) < 0x80) {
      space = is_ascii_space(byte);
      ++i;
    } else {
      space = is_space(next_character(text, i));
    }
    if (!space) continue;
    if (at > begin) use(text.substr(begin, at - begin));
    begin = i;
  }
  if (size > begin) use(text.substr(begin));
}

class WhitespaceTokenizer : public CleaningTokenizer {
 public:
  explicit WhitespaceTokenizer(const TokenizerOptions& options)
      : CleaningTokenizer(options),
        case_bit_(options.lowercase ? 'a' - 'A' : 0),
        is_space_(options.type == TokenizerType::ascii_whitespace ? is_no_space
                                                                  : is_unicode_space) {}

 private:
  /// Replaces whitespace by line ends and keeps those that follow a token. Without branches that
  /// depend on the text, because they could not be predicted: words have all lengths. The loops
  /// that most texts need are vectorised.
  void cut_ascii(std::string_view text, std::string& tokens) const override {
    const std::size_t before = tokens.size();
    tokens.resize(before + text.size() + 1);
    char* const cut = tokens.data() + before;
    const unsigned char case_bit = case_bit_;  // a member could alias `cut`
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto c = static_cast<unsigned char>(text[i]);
      const bool space = (c == ' ') | (static_cast<unsigned char>(c - '\t') < 5);
      const auto lower = static_cast<unsigned char>(c | (is_upper(c) ? case_bit : 0));
      cut[i] = static_cast<char>(space ? '\n' : lower);
    }
    tokens.resize(before + end_tokens(cut, text.size()));
  }

  void cut(std::string_view text, std::string& tokens) const override {
    for_each_run(
        text, [&](std::string_view run) { put(run, tokens); }, is_space_);
  }

  unsigned char case_bit_;
  bool (*is_space_)(UChar32);
};

class BrownTokenizer : public CleaningTokenizer {
 public:
  using CleaningTokenizer::CleaningTokenizer;

 private:
  void cut_ascii(std::string_view text, std::string& tokens) const override {
    std::string clean(text);
    for (char& c : clean) c = ascii(c);
    cut(clean, tokens);
  }

  void cut(std::string_view text, std::string& tokens) const override {
    for_each_run(text, [&](std::string_view run) {
      const std::size_t slash = run.rfind('/');
      if (slash == std::string_view::npos || slash == 0) {
        throw Error("a word has no tag").expected("word/TAG").got("{}", printable(run));
      }
      put(run.substr(0, slash), tokens);
    });
  }
};

/// Calls `use` with each of ICU's word segments of `text`.
template <class F>
void for_each_segment(std::string_view text, const F& use) {
  UErrorCode status = U_ZERO_ERROR;
  // An iterator is expensive to create and can't be used by several threads at a time.
  thread_local const std::unique_ptr<icu::BreakIterator> segments(
      icu::BreakIterator::createWordInstance(icu::Locale::getRoot(), status));
  WB_ASSERT(segments != nullptr, "{}", u_errorName(status));
  const icu::LocalUTextPointer source(
      utext_openUTF8(nullptr, text.data(), static_cast<std::int64_t>(text.size()), &status));
  segments->setText(source.getAlias(), status);
  WB_ASSERT(U_SUCCESS(status), "{}", u_errorName(status));
  std::int32_t begin = segments->first();
  for (std::int32_t end = segments->next(); end != icu::BreakIterator::DONE;
       begin = end, end = segments->next()) {
    use(text.substr(begin, end - begin));
  }
}

/// Class of an ASCII character in the rules of word segmentation.
enum class WordBreak : std::uint8_t {
  other,
  letter,
  digit,
  low_line,
  mid_letter,
  mid_number,
  mid_both
};
using WordBreaks = std::array<WordBreak, 128>;

/// Determined from ICU by examples, because its versions differ: in some, ':' joins letters; in
/// some, '@' is a letter.
WordBreaks ask_word_breaks() {
  const auto is_whole = [](const std::string& text) {
    std::size_t count = 0;
    for_each_segment(text, [&](std::string_view) { ++count; });
    return count == 1;
  };
  WordBreaks breaks{};
  for (std::size_t code = 0; code < breaks.size(); ++code) {
    const std::string c(1, static_cast<char>(code));
    const bool joins_letters = is_whole("a" + c + "a"), joins_digits = is_whole("0" + c + "0");
    if (is_whole("a" + c)) {
      breaks[code] = is_whole(c + "'a")   ? WordBreak::letter
                     : is_whole(c + "'0") ? WordBreak::digit
                                          : WordBreak::low_line;
    } else if (joins_letters) {
      breaks[code] = joins_digits ? WordBreak::mid_both : WordBreak::mid_letter;
    } else if (joins_digits) {
      breaks[code] = WordBreak::mid_number;
    }
  }
  return breaks;
}

/// Rules WB6, WB7, WB11, WB12: "can't" and "3,141.5" are single words.
bool joins(WordBreak neighbor, WordBreak middle) {
  return (neighbor == WordBreak::letter &&
          (middle == WordBreak::mid_letter || middle == WordBreak::mid_both)) ||
         (neighbor == WordBreak::digit &&
          (middle == WordBreak::mid_number || middle == WordBreak::mid_both));
}

bool is_wordy(WordBreak value) {
  return value == WordBreak::letter || value == WordBreak::digit || value == WordBreak::low_line;
}

/// Word segments of UAX 29 with ICU's tailoring. ASCII is segmented by the few rules that apply to
/// it, which is many times as fast; a test checks that the results are equal.
class WordTokenizer : public CleaningTokenizer {
 public:
  explicit WordTokenizer(const TokenizerOptions& options)
      : CleaningTokenizer(options),
        keep_punctuation_(options.keep_punctuation),
        case_bit_(options.lowercase ? 'a' - 'A' : 0) {
    static const WordBreaks breaks = ask_word_breaks();
    for (std::size_t code = 0; code < characters_.size(); ++code) {
      const auto c = static_cast<UChar32>(code);
      characters_[code] = {breaks[code], is_wordy(breaks[code]), static_cast<bool>(u_isalnum(c)),
                           static_cast<bool>(u_isgraph(c))};
      const auto byte = static_cast<unsigned char>(code);
      usual_ &= characters_[code].alphanumeric == is_usual(byte) &&
                characters_[code].wordy == (is_usual(byte) || code == '_');
    }
  }

 private:
  struct Character {
    WordBreak value;
    bool wordy, alphanumeric, visible;
  };

  const Character& character(char c) const { return characters_[static_cast<unsigned char>(c)]; }

  /// A letter or a digit.
  static bool is_usual(unsigned char c) {
    return (static_cast<unsigned char>((c | 0x20) - 'a') < 26) |
           (static_cast<unsigned char>(c - '0') < 10);
  }

  void cut_ascii(std::string_view text, std::string& tokens) const override {
    if (usual_ && !keep_punctuation_ && text.find('_') == std::string_view::npos)
      return cut_letters_and_digits(text, tokens);
    cut_by_segments(text, tokens);
  }

  /// The same for tokens of letters and digits alone: all other characters become line ends, unless
  /// they join the two around them. Vectorised, except for punctuation.
  void cut_letters_and_digits(std::string_view text, std::string& tokens) const {
    const std::size_t before = tokens.size();
    tokens.resize(before + text.size() + 1);
    char* const cut = tokens.data() + before;
    thread_local std::vector<unsigned char> marks;  // whether a character may join those around it
    marks.assign(text.size() + sizeof(std::uint64_t), 0);
    unsigned char* const mark = marks.data();
    const unsigned char case_bit = case_bit_;  // a member could alias `cut`
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto c = static_cast<unsigned char>(text[i]);
      const bool usual = is_usual(c);
      const auto lower = static_cast<unsigned char>(c | (is_upper(c) ? case_bit : 0));
      cut[i] = static_cast<char>(usual ? lower : '\n');
      mark[i] = static_cast<unsigned char>(!usual & (c > ' '));
    }
    for (std::size_t i = 0; i + 1 < text.size(); i += sizeof(std::uint64_t)) {
      std::uint64_t eight = 0;
      std::memcpy(&eight, mark + i, sizeof eight);
      for (; eight != 0; eight &= eight - 1) {
        const std::size_t at = i + static_cast<std::size_t>(__builtin_ctzll(eight)) / 8;
        if (at == 0 || at + 1 >= text.size()) continue;
        const WordBreak last = character(text[at - 1]).value;
        if (joins(last, character(text[at]).value) && character(text[at + 1]).value == last)
          cut[at] = text[at];
      }
    }
    tokens.resize(before + end_tokens(cut, text.size()));
  }

  void cut_by_segments(std::string_view text, std::string& tokens) const {
    const std::size_t before = tokens.size();
    tokens.resize(before + 2 * text.size());  // in case each character is a token
    char* out = tokens.data() + before;
    for (std::size_t begin = 0; begin < text.size();) {
      char* const start = out;
      const std::size_t end = copy_segment(text, begin, out);
      if (is_token(text.substr(begin, end - begin))) {
        *out++ = '\n';
      } else {
        out = start;
      }
      begin = end;
    }
    tokens.resize(static_cast<std::size_t>(out - tokens.data()));
  }

  /// Copies the segment that begins at `begin` and returns its end. Does not join consecutive
  /// whitespace characters.
  std::size_t copy_segment(std::string_view text, std::size_t begin, char*& out) const {
    *out++ = ascii(text[begin]);
    std::size_t end = begin + 1;
    if (!character(text[begin]).wordy) return end;
    while (true) {
      for (; end < text.size() && character(text[end]).wordy; ++end) *out++ = ascii(text[end]);
      if (end + 1 >= text.size()) return end;
      const WordBreak last = character(text[end - 1]).value;
      if (!joins(last, character(text[end]).value) || character(text[end + 1]).value != last)
        return end;
      *out++ = ascii(text[end++]);
    }
  }

  void cut(std::string_view text, std::string& tokens) const override {
    for_each_segment(text, [&](std::string_view segment) {
      // It may contain whitespace: U+202F between digits, a space before a lone accent.
      for_each_run(segment, [&](std::string_view run) {
        if (is_token(run)) put(run, tokens);
      });
    });
  }

  /// Whether a segment without whitespace is a token.
  bool is_token(std::string_view run) const {
    bool visible = false;
    const auto size = static_cast<std::int32_t>(run.size());
    for (std::int32_t i = 0; i < size;) {
      const char byte = run[at(i)];
      if (static_cast<unsigned char>(byte) < characters_.size()) {
        if (character(byte).alphanumeric) return true;
        visible |= character(byte).visible;
        ++i;
      } else {
        const UChar32 c = next_character(run, i);
        if (u_isalnum(c)) return true;
        visible |= static_cast<bool>(u_isgraph(c));
      }
    }
    return visible && keep_punctuation_;
  }

  bool keep_punctuation_;
  unsigned char case_bit_;
  bool usual_ = true;  // letters and digits are those of ASCII, and only '_' is like them
  std::array<Character, 128> characters_{};
};

}  // namespace

const EnumNames<TokenizerType>& tokenizer_types() {
  static const EnumNames<TokenizerType> names = {
      {"whitespace", TokenizerType::whitespace},
      {"words", TokenizerType::words},
      {"brown", TokenizerType::brown},
      {"ascii-whitespace", TokenizerType::ascii_whitespace}};
  return names;
}

FieldGroup TokenizerOptions::describe() {
  FieldGroup group{"tokenizer", "how text is split into tokens"};
  group
      .add(choice(
          "type", &type,
          "whitespace: runs of non-whitespace characters; words: Unicode word segments "
          "(UAX 29) that contain a letter or digit; brown: word/TAG between whitespace, "
          "without the last '/' and the tag; ascii-whitespace: as whitespace, but only ASCII "
          "whitespace separates tokens, as in KenLM and fastText",
          tokenizer_types()))
      .add({"lowercase", &lowercase, "convert to lower case"})
      .add({"keep_punctuation", &keep_punctuation,
            "type words: keep punctuation and symbols as tokens"})
      .add({"replace_invalid", &replace_invalid,
            "replace invalid UTF-8 by U+FFFD; false: it is an error"});
  return group;
}

std::unique_ptr<Tokenizer> make_tokenizer(const TokenizerOptions& options) {
  switch (options.type) {
    case TokenizerType::whitespace:
    case TokenizerType::ascii_whitespace:
      return std::make_unique<WhitespaceTokenizer>(options);
    case TokenizerType::words:
      return std::make_unique<WordTokenizer>(options);
    case TokenizerType::brown:
      return std::make_unique<BrownTokenizer>(options);
  }
  WB_ASSERT(false, "unknown tokenizer");
}

}  // namespace wordbridge
