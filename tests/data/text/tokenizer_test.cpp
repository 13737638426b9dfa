#include "data/text/tokenizer.h"

#include <gmock/gmock.h>
#include <unicode/brkiter.h>
#include <unicode/uchar.h>

#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/rng.h"
#include "core/text.h"
#include "data/text/unicode.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Tokens = std::vector<std::string>;

Tokens cut(const TokenizerOptions& options, const std::string& text) {
  std::string lines;
  make_tokenizer(options)->tokenize(text, lines);
  Tokens tokens;
  for (const auto line : split(lines, '\n')) tokens.emplace_back(line);
  EXPECT_TRUE(tokens.back().empty());
  tokens.pop_back();
  return tokens;
}

/// The definition, step by step over the complete line and with ICU alone.
Tokens naive(const TokenizerOptions& options, const std::string& text) {
  icu::UnicodeString line = icu::UnicodeString::fromUTF8(text);
  if (options.lowercase) line.toLower(icu::Locale::getRoot());
  std::vector<icu::UnicodeString> segments;
  if (options.type == TokenizerType::words) {
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<icu::BreakIterator> breaks(
        icu::BreakIterator::createWordInstance(icu::Locale::getRoot(), status));
    breaks->setText(line);
    for (std::int32_t begin = 0, end = breaks->next(); end != icu::BreakIterator::DONE;
         begin = end, end = breaks->next()) {
      segments.emplace_back(line, begin, end - begin);
    }
  } else {
    segments.push_back(line);
  }
  Tokens tokens;
  for (const auto& segment : segments) {
    icu::UnicodeString run;
    bool wanted = false;
    const auto end_run = [&] {
      std::string token;
      if (wanted) tokens.push_back(run.toUTF8String(token));
      run.remove();
      wanted = false;
    };
    for (std::int32_t i = 0; i < segment.length(); i = segment.moveIndex32(i, 1)) {
      const UChar32 c = segment.char32At(i);
      if (u_isUWhiteSpace(c)) {
        end_run();
        continue;
      }
      run.append(c);
      wanted |= options.type != TokenizerType::words || u_isalnum(c) ||
                (options.keep_punctuation && u_isgraph(c));
    }
    end_run();
  }
  return tokens;
}

TokenizerOptions of_type(TokenizerType type, bool lowercase = false) {
  TokenizerOptions options;
  options.type = type;
  options.lowercase = lowercase;
  return options;
}

TEST(WhitespaceTokenizer, CutsAtRunsOfWhiteSpace) {
  EXPECT_THAT(cut(of_type(TokenizerType::whitespace), "  The\tcat,\r\nsat \v\f on. "),
              ElementsAre("The", "cat,", "sat", "on."));
  EXPECT_THAT(cut(of_type(TokenizerType::whitespace), ""), IsEmpty());
  EXPECT_THAT(cut(of_type(TokenizerType::whitespace), " \n\t "), IsEmpty());
}

TEST(WhitespaceTokenizer, KnowsWhiteSpaceBeyondAscii) {
  // No-break space, ideographic space, next line.
  EXPECT_THAT(cut(of_type(TokenizerType::whitespace), "caf\u00e9\u00a0au\u3000lait\u0085x"),
              ElementsAre("caf\u00e9", "au", "lait", "x"));
}

TEST(WhitespaceTokenizer, LowersAsciiAndUnicode) {
  EXPECT_THAT(cut(of_type(TokenizerType::whitespace, true), "ABC[@Z`"), ElementsAre("abc[@z`"));
  EXPECT_THAT(cut(of_type(TokenizerType::whitespace, true), "\u00c9T\u00c9 \u0416\u0423\u041a A"),
              ElementsAre("\u00e9t\u00e9", "\u0436\u0443\u043a", "a"));
  // A final sigma, and a letter whose lower case is longer.
  EXPECT_THAT(cut(of_type(TokenizerType::whitespace, true), "\u039f\u03a3 \u0130"),
              ElementsAre("\u03bf\u03c2", "i\u0307"));
}

TEST(BrownTokenizer, TakesWhatStandsBeforeTheLastSlash) {
  EXPECT_THAT(
      cut(of_type(TokenizerType::brown), "\tThe/at Fulton/np-tl 1/2/cd ///: and/or/cc ./.\n"),
      ElementsAre("The", "Fulton", "1/2", "//", "and/or", "."));
  EXPECT_THAT(cut(of_type(TokenizerType::brown, true), "The/AT"), ElementsAre("the"));
}

TEST(BrownTokenizer, RefusesAWordWithoutATag) {
  const auto message =
      message_of<Error>([] { cut(of_type(TokenizerType::brown), "The/at Fulton"); });
  EXPECT_THAT(message, HasSubstr("word/TAG"));
  EXPECT_THAT(message, HasSubstr("Fulton"));
  EXPECT_THROW(cut(of_type(TokenizerType::brown), "/at"), Error);
}

TEST(WordTokenizer, CutsAsciiByTheRulesOfWordSegmentation) {
  EXPECT_THAT(cut(of_type(TokenizerType::words),
                  "The cat's 3,141.5 e.g. well-known snake_case v2.0 'quoted'"),
              ElementsAre("The", "cat's", "3,141.5", "e.g", "well", "known", "snake_case", "v2.0",
                          "quoted"));
  EXPECT_THAT(cut(of_type(TokenizerType::words), "... -- __ $ ''"), IsEmpty());
}

TEST(WordTokenizer, CutsOtherScripts) {
  EXPECT_THAT(cut(of_type(TokenizerType::words),
                  "\u201cNa\u00efve\u201d can\u2019t \u2014 \u0436\u0443\u043a!"),
              ElementsAre("Na\u00efve", "can\u2019t", "\u0436\u0443\u043a"));
  // A letter beyond the first 65,536 characters; an emoji has neither letter nor digit.
  EXPECT_THAT(cut(of_type(TokenizerType::words), "\U00010400x \U0001F600"),
              ElementsAre("\U00010400x"));
}

TEST(WordTokenizer, KeepsPunctuationIfAsked) {
  auto options = of_type(TokenizerType::words);
  options.keep_punctuation = true;
  EXPECT_THAT(cut(options, "Oh, no!\t(x) __"),
              ElementsAre("Oh", ",", "no", "!", "(", "x", ")", "__"));
  EXPECT_THAT(cut(options, "\u00bfqu\u00e9? \U0001F600"),
              ElementsAre("\u00bf", "qu\u00e9", "?", "\U0001F600"));
}

TEST(WordTokenizer, NeverPutsWhiteSpaceIntoAToken) {
  auto options = of_type(TokenizerType::words);
  options.keep_punctuation = true;
  // Unicode's rules keep a narrow no-break space within a number, and an accent with its space.
  for (const char* text : {"1\u202f000", "a \u0301b", "x\u00a0\u200dy"}) {
    for (const auto& token : cut(options, text)) {
      EXPECT_THAT(token, Not(HasSubstr("\u202f")));
      EXPECT_THAT(token, Not(HasSubstr(" ")));
      EXPECT_THAT(token, Not(HasSubstr("\u00a0")));
      EXPECT_FALSE(token.empty());
    }
  }
  EXPECT_THAT(cut(options, "1\u202f000"), ElementsAre("1", "000"));
}

TEST(Tokenizer, EqualsTheNaiveOneOnRandomText) {
  // Letters and digits, characters that join them, whitespace of all kinds, combining accents, a
  // sigma, a letter whose lower case is longer, scripts without spaces, an emoji of several
  // characters.
  const std::vector<std::string> likely = {
      "a",      "Z",          "0",          "9",          "_",      ".",      ",",      ";",
      ":",      "'",          "\"",         "@",          "-",      " ",      " ",      " ",
      "\t",     "\r",         "\u00e9",     "\u00c9",     "\u00a0", "\u3000", "\u202f", "\u2019",
      "\u201c", "\u0301",     "\u200d",     "\u03a3",     "\u0130", "\u05d0", "\u0e01", "\u4e2d",
      "\u30ab", "\U0001f600", "\U0001f1e9", "\U00010400", "\u00ad"};
  Rng rng(7, "tokenizer test");
  for (const auto type : {TokenizerType::words, TokenizerType::whitespace}) {
    for (const bool punctuation : {false, true}) {
      for (const bool lowercase : {false, true}) {
        auto options = of_type(type, lowercase);
        options.keep_punctuation = punctuation;
        for (int round = 0; round < 4000; ++round) {
          std::string text;
          const bool ascii = round % 2 == 0;
          for (std::uint64_t i = 0, size = rng.below(round % 3 == 0 ? 90 : 14); i < size; ++i) {
            if (rng.below(4) == 0) {
              text += static_cast<char>(1 + rng.below(127));
            } else {
              text += likely[rng.below(ascii ? 18 : likely.size())];
            }
            if (text.back() == '\n') text.back() = ' ';
          }
          ASSERT_EQ(cut(options, text), naive(options, text)) << '"' << text << '"';
        }
      }
    }
  }
}

TEST(WordTokenizer, EqualsTheNaiveOneOnAllShortTexts) {
  auto options = of_type(TokenizerType::words);
  options.keep_punctuation = true;
  const std::string kinds = "a1_.,;:'@ -\n";
  std::vector<std::string> texts = {""};
  for (std::size_t first = 0; first < texts.size() && texts[first].size() < 4; ++first) {
    for (const char c : kinds) texts.push_back(texts[first] + c);
  }
  for (const auto& text : texts) ASSERT_EQ(cut(options, text), naive(options, text)) << text;
}

TEST(Tokenizer, AppendsToWhatIsThere) {
  for (const auto type : {TokenizerType::whitespace, TokenizerType::words, TokenizerType::brown}) {
    std::string tokens = "before\n";
    make_tokenizer(of_type(type))->tokenize("a/x \u00e9/y", tokens);
    EXPECT_THAT(tokens, testing::StartsWith("before\na"));
  }
}

TEST(Tokenizer, AsciiWhitespaceKeepsANoBreakSpaceInTheWord) {
  EXPECT_THAT(cut(of_type(TokenizerType::ascii_whitespace),
                  " 10\u00a0km\t\u4e2d\u3000x\va\fb\r\u0085 end "),
              ElementsAre("10\u00a0km", "\u4e2d\u3000x", "a", "b", "\u0085", "end"));
  EXPECT_THAT(cut(of_type(TokenizerType::ascii_whitespace, true), "\u00c9\u00a0A B"),
              ElementsAre("\u00e9\u00a0a", "b"));
}

TEST(Tokenizer, NamesTheByteOfInvalidUtf8) {
  for (const auto type : {TokenizerType::words, TokenizerType::whitespace, TokenizerType::brown}) {
    const auto message = message_of<Error>([&] { cut(of_type(type), "caf\xe9 x/y"); });
    EXPECT_THAT(message, HasSubstr("byte offset 3"));
    EXPECT_THAT(message, HasSubstr("UTF-8"));
    EXPECT_THAT(message, HasSubstr("replace_invalid"));
    EXPECT_THAT(message_of<Error>([&] { cut(of_type(type), "a/b a/b \u00e9/x \xe2\x82 d/e"); }),
                HasSubstr("byte offset 13"));
  }
}

TEST(Tokenizer, ReplacesInvalidUtf8IfAsked) {
  auto options = of_type(TokenizerType::whitespace, true);
  options.replace_invalid = true;
  EXPECT_THAT(cut(options, "CAF\xe9 x"), ElementsAre("caf\ufffd", "x"));
  // A truncated character, a surrogate, an overlong form.
  EXPECT_THAT(cut(options, "a\xe2\x82"), ElementsAre("a\ufffd"));
  EXPECT_FALSE(cut(options, "\xed\xa0\x80 \xc0\xaf").empty());
}

TEST(Unicode, IsAsciiLooksAtEveryByte) {
  for (std::size_t size = 0; size < 140; ++size) {
    EXPECT_TRUE(is_ascii(std::string(size, '\x7f')));
    for (std::size_t i = 0; i < size; ++i) {
      std::string text(size, 'a');
      text[i] = '\x80';
      EXPECT_FALSE(is_ascii(text)) << size << ' ' << i;
      EXPECT_EQ(ascii_end(text), i);
      EXPECT_EQ(ascii_end(text, i / 2), i);
      EXPECT_EQ(ascii_end(text, i + 1), size);
    }
  }
}

}  // namespace
}  // namespace wordbridge
