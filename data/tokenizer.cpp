#include "data/tokenizer.h"

#include <unicode/brkiter.h>
#include <unicode/uchar.h>
#include <unicode/utext.h>
#include <unicode/utf8.h>

#include <array>
#include <cstdint>
#include <optional>

#include "core/error.h"
#include "core/text.h"
#include "data/unicode.h"

namespace wordbridge {
namespace {

using Emit = Tokenizer::Emit;

bool is_ascii_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// The part that all tokenizers share: valid UTF-8, lower case.
class CleaningTokenizer : public Tokenizer {
 public:
  explicit CleaningTokenizer(const TokenizerOptions& options)
      : lowercase_(options.lowercase), replace_invalid_(options.replace_invalid) {}

  void tokenize(std::string_view text, const Emit& emit) const final {
    const bool ascii = is_ascii(text);
    std::string clean;
    if (!ascii) {
      if (const auto bad = invalid_utf8(text)) {
        if (!replace_invalid_) throw not_utf8(text, *bad);
        clean = with_replacements(text);
        text = clean;
      }
    }
    if (lowercase_) {
      clean = lower_case(text);
      text = clean;
    }
    cut(text, ascii, emit);
  }

 protected:
  /// `text` is UTF-8, and ASCII if `ascii` says so.
  virtual void cut(std::string_view text, bool ascii, const Emit& emit) const = 0;

 private:
  static Error not_utf8(std::string_view text, std::size_t byte) {
    return Error("the text is not UTF-8")
        .at("byte {}", byte)
        .expected("UTF-8")
        .got("{} at byte {}", printable(text.substr(byte, 1)), byte)
        .hint("convert it with iconv, or set tokenizer.replace_invalid: true");
  }

  bool lowercase_, replace_invalid_;
};

/// The character at byte `i`, which moves on.
UChar32 next_character(std::string_view text, std::int32_t& i) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  UChar32 c = 0;
  U8_NEXT(bytes, i, static_cast<std::int32_t>(text.size()), c);
  return c;
}

/// Calls `use` with each run between white space.
template <class F>
void for_each_run(std::string_view text, bool ascii, const F& use) {
  const auto size = static_cast<std::int32_t>(text.size());
  std::int32_t begin = 0, next = 0;
  for (std::int32_t i = 0; i < size; i = next) {
    bool space = false;
    if (ascii) {
      next = i + 1;
      space = is_ascii_space(text[static_cast<std::size_t>(i)]);
    } else {
      next = i;
      space = u_isUWhiteSpace(next_character(text, next));
    }
    if (!space) continue;
    if (i > begin) use(text.substr(begin, i - begin));
    begin = next;
  }
  if (size > begin) use(text.substr(begin));
}

class WhitespaceTokenizer : public CleaningTokenizer {
 public:
  using CleaningTokenizer::CleaningTokenizer;

 private:
  void cut(std::string_view text, bool ascii, const Emit& emit) const override {
    for_each_run(text, ascii, emit);
  }
};

class BrownTokenizer : public CleaningTokenizer {
 public:
  using CleaningTokenizer::CleaningTokenizer;

 private:
  void cut(std::string_view text, bool ascii, const Emit& emit) const override {
    for_each_run(text, ascii, [&](std::string_view run) {
      const std::size_t slash = run.rfind('/');
      if (slash == std::string_view::npos || slash == 0) {
        throw Error("a word without its tag").expected("word/TAG").got("{}", printable(run));
      }
      emit(run.substr(0, slash));
    });
  }
};

/// The segments of `text`, by ICU: calls `use` with each.
template <class F>
void for_each_segment(std::string_view text, const F& use) {
  UErrorCode status = U_ZERO_ERROR;
  // An iterator is costly to make and belongs to one thread at a time.
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

/// What an ASCII character is to the rules of word segmentation.
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

/// Asked of ICU by examples, since its versions differ: in some ':' joins letters, in some '@' is
/// one.
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

WordBreak word_break(char c) {
  static const WordBreaks breaks = ask_word_breaks();
  return breaks[static_cast<unsigned char>(c)];
}

/// Rules WB6, WB7, WB11, WB12: "can't" and "3,141.5" are one word.
bool joins(WordBreak neighbor, WordBreak middle) {
  return (neighbor == WordBreak::letter &&
          (middle == WordBreak::mid_letter || middle == WordBreak::mid_both)) ||
         (neighbor == WordBreak::digit &&
          (middle == WordBreak::mid_number || middle == WordBreak::mid_both));
}

/// The end of the segment that begins at `begin`, except that it keeps no white space together.
std::size_t ascii_segment_end(std::string_view text, std::size_t begin) {
  const auto is_wordy = [](WordBreak value) {
    return value == WordBreak::letter || value == WordBreak::digit || value == WordBreak::low_line;
  };
  WordBreak last = word_break(text[begin]);
  std::size_t end = begin + 1;
  if (!is_wordy(last)) return end;
  for (; end < text.size(); ++end) {
    const WordBreak next = word_break(text[end]);
    if (is_wordy(next)) {
      last = next;
    } else if (joins(last, next) && end + 1 < text.size() && word_break(text[end + 1]) == last) {
      ++end;
    } else {
      break;
    }
  }
  return end;
}

/// Word segments by UAX 29 as ICU tailors it. ASCII is cut by the few rules that apply to it, which
/// is several times as fast; a test holds the two ways equal.
class WordTokenizer : public CleaningTokenizer {
 public:
  explicit WordTokenizer(const TokenizerOptions& options)
      : CleaningTokenizer(options), keep_punctuation_(options.keep_punctuation) {}

 private:
  void cut(std::string_view text, bool ascii, const Emit& emit) const override {
    if (ascii) {
      for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = ascii_segment_end(text, begin);
        emit_token(text.substr(begin, end - begin), emit);
        begin = end;
      }
    } else {
      for_each_segment(text, [&](std::string_view segment) {
        // It may hold white space: U+202F between digits, a space before a lone accent.
        for_each_run(segment, false, [&](std::string_view run) { emit_token(run, emit); });
      });
    }
  }

  void emit_token(std::string_view segment, const Emit& emit) const {
    if (is_token(segment)) emit(segment);
  }

  /// Of a segment without white space.
  bool is_token(std::string_view run) const {
    bool visible = false;
    const auto size = static_cast<std::int32_t>(run.size());
    for (std::int32_t i = 0; i < size;) {
      const UChar32 c = next_character(run, i);
      if (u_isalnum(c)) return true;
      visible |= static_cast<bool>(u_isgraph(c));
    }
    return visible && keep_punctuation_;
  }

  bool keep_punctuation_;
};

}  // namespace

FieldGroup TokenizerOptions::describe() {
  FieldGroup group{"tokenizer", "how text is cut into tokens"};
  group
      .add({"type",
            &type,
            "whitespace: runs between white space; words: Unicode's word segments (UAX 29) that "
            "hold a letter or digit; brown: white space, then what stands before the last '/'",
            {},
            {"whitespace", "words", "brown"}})
      .add({"lowercase", &lowercase, "fold to lower case"})
      .add({"keep_punctuation", &keep_punctuation,
            "words: segments of punctuation and symbols are tokens too"})
      .add({"replace_invalid", &replace_invalid,
            "invalid UTF-8 becomes U+FFFD; otherwise it is an error"});
  return group;
}

std::unique_ptr<Tokenizer> make_tokenizer(const TokenizerOptions& options) {
  if (options.type == "whitespace") return std::make_unique<WhitespaceTokenizer>(options);
  if (options.type == "words") return std::make_unique<WordTokenizer>(options);
  if (options.type == "brown") return std::make_unique<BrownTokenizer>(options);
  throw Error("an unknown tokenizer")
      .expected("whitespace, words or brown")
      .got("{}", options.type);
}

}  // namespace wordbridge
