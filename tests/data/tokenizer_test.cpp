#include "data/tokenizer.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "core/error.h"
#include "core/rng.h"
#include "data/unicode.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Tokens = std::vector<std::string>;

Tokens cut(const TokenizerOptions& options, const std::string& text) {
  Tokens tokens;
  make_tokenizer(options)->tokenize(text,
                                    [&](std::string_view token) { tokens.emplace_back(token); });
  return tokens;
}

TokenizerOptions of_type(const std::string& type, bool lowercase = false) {
  TokenizerOptions options;
  options.type = type;
  options.lowercase = lowercase;
  return options;
}

TEST(WhitespaceTokenizer, CutsAtRunsOfWhiteSpace) {
  EXPECT_THAT(cut(of_type("whitespace"), "  The\tcat,\r\nsat \v\f on. "),
              ElementsAre("The", "cat,", "sat", "on."));
  EXPECT_THAT(cut(of_type("whitespace"), ""), IsEmpty());
  EXPECT_THAT(cut(of_type("whitespace"), " \n\t "), IsEmpty());
}

TEST(WhitespaceTokenizer, KnowsWhiteSpaceBeyondAscii) {
  // No-break space, ideographic space, next line.
  EXPECT_THAT(cut(of_type("whitespace"), "caf\u00e9\u00a0au\u3000lait\u0085x"),
              ElementsAre("caf\u00e9", "au", "lait", "x"));
}

TEST(WhitespaceTokenizer, LowersAsciiAndUnicode) {
  EXPECT_THAT(cut(of_type("whitespace", true), "ABC[@Z`"), ElementsAre("abc[@z`"));
  EXPECT_THAT(cut(of_type("whitespace", true), "\u00c9T\u00c9 \u0416\u0423\u041a A"),
              ElementsAre("\u00e9t\u00e9", "\u0436\u0443\u043a", "a"));
  // A final sigma, and a letter whose lower case is longer.
  EXPECT_THAT(cut(of_type("whitespace", true), "\u039f\u03a3 \u0130"),
              ElementsAre("\u03bf\u03c2", "i\u0307"));
}

TEST(BrownTokenizer, TakesWhatStandsBeforeTheLastSlash) {
  EXPECT_THAT(cut(of_type("brown"), "\tThe/at Fulton/np-tl 1/2/cd ///: and/or/cc ./.\n"),
              ElementsAre("The", "Fulton", "1/2", "//", "and/or", "."));
  EXPECT_THAT(cut(of_type("brown", true), "The/AT"), ElementsAre("the"));
}

TEST(BrownTokenizer, RefusesAWordWithoutATag) {
  const auto message = message_of<Error>([] { cut(of_type("brown"), "The/at Fulton"); });
  EXPECT_THAT(message, HasSubstr("word/TAG"));
  EXPECT_THAT(message, HasSubstr("Fulton"));
  EXPECT_THROW(cut(of_type("brown"), "/at"), Error);
}

TEST(WordTokenizer, CutsAsciiByTheRulesOfWordSegmentation) {
  EXPECT_THAT(cut(of_type("words"), "The cat's 3,141.5 e.g. well-known snake_case v2.0 'quoted'"),
              ElementsAre("The", "cat's", "3,141.5", "e.g", "well", "known", "snake_case", "v2.0",
                          "quoted"));
  EXPECT_THAT(cut(of_type("words"), "... -- __ $ ''"), IsEmpty());
}

TEST(WordTokenizer, CutsOtherScripts) {
  EXPECT_THAT(cut(of_type("words"), "\u201cNa\u00efve\u201d can\u2019t \u2014 \u0436\u0443\u043a!"),
              ElementsAre("Na\u00efve", "can\u2019t", "\u0436\u0443\u043a"));
  // A letter beyond the first 65,536 characters; an emoji has neither letter nor digit.
  EXPECT_THAT(cut(of_type("words"), "\U00010400x \U0001F600"), ElementsAre("\U00010400x"));
}

TEST(WordTokenizer, KeepsPunctuationIfAsked) {
  auto options = of_type("words");
  options.keep_punctuation = true;
  EXPECT_THAT(cut(options, "Oh, no!\t(x) __"),
              ElementsAre("Oh", ",", "no", "!", "(", "x", ")", "__"));
  EXPECT_THAT(cut(options, "\u00bfqu\u00e9? \U0001F600"),
              ElementsAre("\u00bf", "qu\u00e9", "?", "\U0001F600"));
}

TEST(WordTokenizer, NeverPutsWhiteSpaceIntoAToken) {
  auto options = of_type("words");
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

/// The ASCII way must give what the Unicode way gives: a word beyond ASCII at the end, behind a
/// space, sends the same text the other way.
void expect_ways_equal(const TokenizerOptions& options, const std::string& text) {
  auto with_tail = cut(options, text + " \u00e9");
  ASSERT_FALSE(with_tail.empty());
  ASSERT_EQ(with_tail.back(), "\u00e9");
  with_tail.pop_back();
  ASSERT_EQ(cut(options, text), with_tail) << '"' << text << '"';
}

TEST(WordTokenizer, AsciiWayEqualsTheUnicodeWay) {
  for (const bool punctuation : {false, true}) {
    for (const char* type : {"words", "whitespace"}) {
      auto options = of_type(type, true);
      options.keep_punctuation = punctuation;
      Rng rng(7, "tokenizer test");
      const std::string likely = "aZ09_.,;:'\"@- \n\r\tb";
      for (int round = 0; round < 20000; ++round) {
        std::string text;
        const auto size = rng.below(14);
        for (std::uint64_t i = 0; i < size; ++i) {
          text += rng.below(4) > 0 ? likely[rng.below(likely.size())]
                                   : static_cast<char>(1 + rng.below(127));
        }
        expect_ways_equal(options, text);
        if (testing::Test::HasFatalFailure()) return;
      }
    }
  }
}

TEST(WordTokenizer, AsciiWayEqualsTheUnicodeWayOnAllShortTexts) {
  auto options = of_type("words");
  options.keep_punctuation = true;
  const std::string kinds = "a1_.,;:'@ -\n";
  std::vector<std::string> texts = {""};
  for (std::size_t first = 0; first < texts.size() && texts[first].size() < 4; ++first) {
    for (const char c : kinds) texts.push_back(texts[first] + c);
  }
  for (const auto& text : texts) {
    expect_ways_equal(options, text);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(Tokenizer, NamesTheByteOfInvalidUtf8) {
  for (const char* type : {"words", "whitespace", "brown"}) {
    const auto message = message_of<Error>([&] { cut(of_type(type), "caf\xe9 x/y"); });
    EXPECT_THAT(message, HasSubstr("byte 3"));
    EXPECT_THAT(message, HasSubstr("UTF-8"));
    EXPECT_THAT(message, HasSubstr("replace_invalid"));
  }
}

TEST(Tokenizer, ReplacesInvalidUtf8IfAsked) {
  auto options = of_type("whitespace", true);
  options.replace_invalid = true;
  EXPECT_THAT(cut(options, "CAF\xe9 x"), ElementsAre("caf\ufffd", "x"));
  // Cut short, a surrogate, too long a form.
  EXPECT_THAT(cut(options, "a\xe2\x82"), ElementsAre("a\ufffd"));
  EXPECT_FALSE(cut(options, "\xed\xa0\x80 \xc0\xaf").empty());
}

TEST(Tokenizer, RefusesAnUnknownType) {
  EXPECT_THAT(message_of<Error>([] { make_tokenizer(of_type("sentences")); }),
              HasSubstr("sentences"));
}

TEST(Unicode, IsAsciiLooksAtEveryByte) {
  for (std::size_t size = 0; size < 20; ++size) {
    EXPECT_TRUE(is_ascii(std::string(size, '\x7f')));
    for (std::size_t i = 0; i < size; ++i) {
      std::string text(size, 'a');
      text[i] = '\x80';
      EXPECT_FALSE(is_ascii(text)) << size << ' ' << i;
    }
  }
}

}  // namespace
}  // namespace wordbridge
