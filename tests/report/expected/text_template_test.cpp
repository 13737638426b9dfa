#include "report/expected/text_template.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

TextMatches find(const std::string& wanted, const std::string& text) {
  return find_template(text_template(wanted), text, 0, text.size());
}

TEST(TextTemplateTest, FindsNumbersAcrossLineBreaks) {
  const auto matches =
      find("it has {a} ± {b / c} of {{x}}, or {d}.", "Now it has\n  12.5 ± 0.1 of {x},\nor -3. It");
  ASSERT_EQ(matches.found.size(), 1u);
  ASSERT_EQ(matches.found[0].numbers.size(), 3u);
  EXPECT_EQ(matches.found[0].numbers[0].value, 12.5);
  EXPECT_EQ(matches.found[0].numbers[1].value, 0.1);
  EXPECT_EQ(matches.found[0].numbers[2].value, -3);
  EXPECT_EQ(text_template("{b / c} of").expressions[0], "b / c");
}

TEST(TextTemplateTest, FindsAllPlaces) {
  const auto matches = find("{a} words", "12,000 words, 7 words and 3 lines");
  ASSERT_EQ(matches.found.size(), 2u);
  EXPECT_EQ(matches.found[0].numbers[0].value, 12000);  // not its last digits
  EXPECT_EQ(matches.found[1].numbers[0].value, 7);
  EXPECT_TRUE(find("{a} words", "1,23 words").found.empty());  // not 23
}

TEST(TextTemplateTest, TellsWhereTheNearestTextDiffers) {
  const std::string text = "The speed is 5 words/s, the size is big";
  const auto matches = find("the size is {a} MB", text);
  EXPECT_TRUE(matches.found.empty());
  EXPECT_EQ(matches.nearest, text.find("big"));
  EXPECT_EQ(matches.expected, "a number");
}

TEST(TextTemplateTest, NeedsWordsAndAPlaceholder) {
  for (const char* const wrong : {"no placeholder", "{a}", " {a} ", "{a", ""})
    EXPECT_FALSE(message_of<Error>([&] { text_template(wrong); }).empty()) << wrong;
}

}  // namespace
}  // namespace wordbridge
