#include "core/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>

#include "core/progress.h"

namespace wordbridge {
namespace {

using ::testing::ElementsAre;

TEST(NearestName, FindsTheNearest) {
  const std::vector<std::string> names = {"hidden", "activation", "direct", "dropout", "lr", "n"};
  EXPECT_EQ(nearest_name("hiden", names), "hidden");
  EXPECT_EQ(nearest_name("activatoin", names), "activation");
  EXPECT_EQ(nearest_name("drop_out", names), "dropout");
  EXPECT_EQ(nearest_name("l", names), "lr");
  EXPECT_EQ(nearest_name("hidden", names), "hidden");
}

TEST(NearestName, CaseAndDashesCostNothing) {
  EXPECT_EQ(nearest_name("MIN-COUNT", {"max_count", "min_count"}), "min_count");
  EXPECT_EQ(nearest_name("N", {"m", "n"}), "n");
}

TEST(NearestName, SwapIsOneEdit) {
  // Three letters allow one edit. If a swap counted as two edits, no name would be near enough.
  EXPECT_EQ(nearest_name("dmi", {"dim"}), "dim");
  EXPECT_EQ(nearest_name("imd", {"dim"}), std::nullopt);
}

TEST(NearestName, NothingWhenAllAreFar) {
  EXPECT_EQ(nearest_name("banana", {"hidden", "lr"}), std::nullopt);
  EXPECT_EQ(nearest_name("hiddxyz", {"hidden"}), std::nullopt);  // three edits of seven letters
  EXPECT_EQ(nearest_name("x", {"n", "m"}), std::nullopt);
  EXPECT_EQ(nearest_name("", {"n", "lr"}), std::nullopt);
  EXPECT_EQ(nearest_name("lr", {}), std::nullopt);
  EXPECT_EQ(nearest_name(std::string(1000000, 'x'), {"hidden"}), std::nullopt);
}

TEST(NearestName, FirstAmongEquals) {
  EXPECT_EQ(nearest_name("bat", {"cat", "hat"}), "cat");
  EXPECT_EQ(nearest_name("bat", {"cat", "hat", "bat"}), "bat");
}

TEST(Split, KeepsEmptyParts) {
  EXPECT_THAT(split("a,b,,c", ','), ElementsAre("a", "b", "", "c"));
  EXPECT_THAT(split("", ','), ElementsAre(""));
  EXPECT_THAT(split(",", ','), ElementsAre("", ""));
  EXPECT_THAT(split("a\n", '\n'), ElementsAre("a", ""));
}

TEST(Trimmed, BothEndsOnly) {
  EXPECT_EQ(trimmed(" \t a b\r\n"), "a b");
  EXPECT_EQ(trimmed("a"), "a");
  EXPECT_EQ(trimmed(" \r\n\t"), "");
  EXPECT_EQ(trimmed(""), "");
  EXPECT_EQ(trimmed("\va"), "\va");
}

TEST(Join, PutsSeparatorsBetween) {
  EXPECT_EQ(join({"a", "", "b"}, ", "), "a, , b");
  EXPECT_EQ(join({}, ","), "");
}

TEST(InvalidUtf8, AcceptsEveryLengthUpToTheLastCharacter) {
  EXPECT_EQ(invalid_utf8(""), std::nullopt);
  EXPECT_EQ(invalid_utf8("plain ASCII that is longer than eight bytes"), std::nullopt);
  EXPECT_EQ(
      invalid_utf8("\x7F \xC2\x80 \xDF\xBF \xE0\xA0\x80 \xED\x9F\xBF \xEE\x80\x80 \xEF\xBF\xBF "
                   "\xF0\x90\x80\x80 \xF4\x8F\xBF\xBF"),
      std::nullopt);
}

TEST(InvalidUtf8, FindsTheFirstBadByte) {
  const char* const bad[] = {
      "\x80",              // a lone continuation byte
      "\xC0\xAF",          // overlong, two bytes
      "\xC1\xBF",          //
      "\xE0\x9F\xBF",      // overlong, three bytes
      "\xED\xA0\x80",      // a surrogate
      "\xF0\x8F\xBF\xBF",  // overlong, four bytes
      "\xF4\x90\x80\x80",  // above U+10FFFF
      "\xF5\x80\x80\x80",  //
      "\xFF",              //
      "\xC3",              // truncated
      "\xE2\x82",          //
      "\xF0\x9F\x98",      //
      "\xE2\x28\xA1",      // a missing continuation byte in the middle
      "\xF0\x9F\x28\x80",  //
  };
  for (const char* text : bad) {
    EXPECT_EQ(invalid_utf8(text), 0u) << printable(text);
    EXPECT_EQ(invalid_utf8(std::string("0123456789\xC3\xA9") + text), 12u) << printable(text);
    EXPECT_EQ(invalid_utf8(std::string("\xC3\xA9") + text + "0123456789"), 2u) << printable(text);
  }
}

TEST(InvalidUtf8, AgreesWithTheDefinitionOnTwoAndThreeBytes) {
  // Encodes each code point. Every other byte sequence of that length must be rejected.
  std::vector<bool> valid(1 << 24, false);
  for (std::uint32_t c = 0x800; c < 0x10000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    valid[(0xE0 | c >> 12) << 16 | (0x80 | (c >> 6 & 63)) << 8 | (0x80 | (c & 63))] = true;
  }
  for (std::uint32_t bytes = 0xE00000; bytes < 0xF00000; ++bytes) {
    const char text[] = {static_cast<char>(bytes >> 16), static_cast<char>(bytes >> 8),
                         static_cast<char>(bytes)};
    ASSERT_EQ(!invalid_utf8({text, 3}), valid[bytes]) << std::hex << bytes;
  }
}

TEST(Printable, EscapesWhatATerminalWouldObey) {
  EXPECT_EQ(printable("a\tb\n"), "a\\x09b\\x0A");
  EXPECT_EQ(printable("\x1B[2J\x7F"), "\\x1B[2J\\x7F");
  EXPECT_EQ(printable("\xC2\x9B"), "\\xC2\\x9B");
  EXPECT_EQ(printable("\xC3\xA9\xFFz"), "\xC3\xA9\\xFFz");
  EXPECT_EQ(printable(std::string_view("\0x", 2)), "\\x00x");
  EXPECT_EQ(printable("\xC2\xA0"), "\xC2\xA0");
}

TEST(Printable, CutsBetweenCharacters) {
  EXPECT_EQ(printable("abc", 3), "abc");
  EXPECT_EQ(printable("abcd", 3), "abc...");
  EXPECT_EQ(printable("\xC3\xA9\xC3\xA9\xC3\xA9", 2), "\xC3\xA9\xC3\xA9...");
  EXPECT_EQ(printable(std::string(61, 'x')), std::string(60, 'x') + "...");
}

TEST(ParseDouble, WholeTextOnly) {
  EXPECT_EQ(parse_double("1.5"), 1.5);
  EXPECT_EQ(parse_double("-1e-3"), -0.001);
  EXPECT_EQ(parse_double("+2"), 2.0);
  EXPECT_EQ(parse_double(".5"), 0.5);
  for (const char* text :
       {"", " 1", "1 ", "1,5", "1_000", "0x10", "+-1", "++1", "+", "-", "e5", "1e", "one", "1.5.2"})
    EXPECT_EQ(parse_double(text), std::nullopt) << text;
}

TEST(ParseDouble, Extremes) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(parse_double("inf"), infinity);
  EXPECT_EQ(parse_double("-Infinity"), -infinity);
  EXPECT_TRUE(std::isnan(parse_double("nan").value()));
  EXPECT_EQ(parse_double("1e999"), infinity);
  EXPECT_EQ(parse_double("-1e999"), -infinity);
  EXPECT_EQ(parse_double("1e-999"), 0.0);
  EXPECT_EQ(parse_double("0." + std::string(400, '0') + "1"), 0.0);
  EXPECT_EQ(parse_double("5e-324"), std::numeric_limits<double>::denorm_min());
}

TEST(ParseInteger, WholeTextWithinRange) {
  EXPECT_EQ(parse_integer("42"), 42);
  EXPECT_EQ(parse_integer("-7"), -7);
  EXPECT_EQ(parse_integer("+7"), 7);
  EXPECT_EQ(parse_integer("010"), 10);
  EXPECT_EQ(parse_integer("9223372036854775807"), std::numeric_limits<long long>::max());
  EXPECT_EQ(parse_integer("-9223372036854775808"), std::numeric_limits<long long>::min());
  for (const char* text :
       {"", "9223372036854775808", "1.0", "1e3", " 1", "1 ", "0x1", "+-1", "-+1", "x"})
    EXPECT_EQ(parse_integer(text), std::nullopt) << text;
}

TEST(NumberText, ShortAndExact) {
  EXPECT_EQ(number_text(0), "0");
  EXPECT_EQ(number_text(-0.0), "-0");
  EXPECT_EQ(number_text(1000000), "1000000");
  EXPECT_EQ(number_text(0.1), "0.1");
  EXPECT_EQ(number_text(1e-5), "1e-05");
  EXPECT_EQ(number_text(1e300), "1e+300");
  EXPECT_EQ(number_text(123456789012345.0), "123456789012345");
}

TEST(CharacterCount, CountsCharactersNotBytes) {
  EXPECT_EQ(character_count(""), 0u);
  EXPECT_EQ(character_count("a\u00e9\u4e16\U0001F600"), 4u);
}

TEST(MarkdownCell, EscapesWhatWouldEndIt) {
  EXPECT_EQ(markdown_cell("a|b\\c"), "a\\|b\\\\c");
  EXPECT_EQ(markdown_cell("plain"), "plain");
}

TEST(NumberText, RoundTripsEveryBit) {
  std::mt19937_64 bits(1);
  for (int i = 0; i < 100000; ++i) {
    const std::uint64_t wanted = bits();
    double value;
    std::memcpy(&value, &wanted, sizeof value);
    if (!std::isfinite(value)) continue;
    const double back = parse_double(number_text(value)).value();
    std::uint64_t found;
    std::memcpy(&found, &back, sizeof found);
    ASSERT_EQ(found, wanted) << number_text(value);
  }
}

TEST(Text, InvalidBytesAreEscapedAndNothingElse) {
  EXPECT_EQ(with_escaped_bytes("plain \n \u00e9 \\"), "plain \n \u00e9 \\");
  EXPECT_EQ(with_escaped_bytes("Espa\xf1"
                               "a"),
            "Espa\\xF1a");
  EXPECT_EQ(with_escaped_bytes("\xd0\xbc\xd0"), "\xd0\xbc\\xD0");
  EXPECT_EQ(with_escaped_bytes(""), "");
  EXPECT_EQ(csv_line({"f\xe9", "a,\xe9"}), "f\\xE9,\"a,\\xE9\"");
}

TEST(Text, ANumberAgreesWithItsNoun) {
  EXPECT_EQ(counted(1, "token"), "1 token");
  EXPECT_EQ(counted(0, "token"), "0 tokens");
  EXPECT_EQ(counted(12345, "token"), "12,345 tokens");
  EXPECT_EQ(counted(1, "word is", "words are"), "1 word is");
  EXPECT_EQ(counted(2, "word is", "words are"), "2 words are");
}

TEST(Text, ParsesBytes) {
  EXPECT_EQ(parse_bytes("512MB"), 512e6);
  EXPECT_EQ(parse_bytes("2GB"), 2e9);
  EXPECT_EQ(parse_bytes("1.5 GiB"), 1.5 * 1024 * 1024 * 1024);
  EXPECT_EQ(parse_bytes("3kB"), 3000);
  EXPECT_EQ(parse_bytes("4KiB"), 4096);
  EXPECT_EQ(parse_bytes("2TB"), 2e12);
  EXPECT_EQ(parse_bytes("1000000"), 1e6);
  EXPECT_EQ(parse_bytes("7B"), 7);
  for (const char* text : {"", "GB", "2gb", "2G", "-1GB", "2GiBB", "1 2", "0", "0.1B", "nan", "inf",
                           "1e999", "2iB", "2GB3"})
    EXPECT_FALSE(parse_bytes(text)) << text;
}

TEST(ParseDuration, NumbersWithUnits) {
  EXPECT_EQ(parse_duration("90s"), 90);
  EXPECT_EQ(parse_duration("10m"), 600);
  EXPECT_EQ(parse_duration("1h30m"), 5400);
  EXPECT_EQ(parse_duration("1.5h"), 5400);
  EXPECT_EQ(parse_duration("2d"), 172800);
  EXPECT_EQ(parse_duration("1d2h3m4s"), 93784);
  EXPECT_EQ(parse_duration("0.001s"), 0.001);
  for (const char* text : {"", " ", "10", "m", "10 minutes", "-5s", "0s", "infs", "nanm", "10m5",
                           " 10m", "10m ", "1h 30m", "30m1h", "1m1m", "1e-300s", "0.0009s"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

}  // namespace
}  // namespace wordbridge
