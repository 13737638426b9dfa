#include "core/io/text_file.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using Fields = std::vector<std::string>;

TEST(TextFile, ByteOrderMarkIsNotPartOfTheText) {
  EXPECT_EQ(without_byte_order_mark("\xef\xbb\xbf"
                                    "a"),
            "a");
  EXPECT_EQ(without_byte_order_mark("\xef\xbb"), "\xef\xbb");
  EXPECT_EQ(without_byte_order_mark(""), "");
}

TEST(TextFile, FilesInOtherEncodingsAreErrors) {
  const TempFolder folder;
  for (const std::string& content :
       {std::string("\xff\xfe\x61\0", 4), std::string("\xfe\xff\0a", 4),
        std::string("\0\0\xfe\xff", 4)}) {
    folder.write("t.txt", content);
    try {
      read_text_file(folder / "t.txt");
      FAIL();
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("is not UTF-8"), std::string::npos);
    }
  }
  folder.write("t.txt",
               "\xef\xbb\xbf"
               "a\r\n");
  EXPECT_EQ(read_text_file(folder / "t.txt"), "a\r\n");
}

TEST(TextFile, LineEndsAndBlanksBeforeThemAreDropped) {
  const auto lines = text_lines(" a b \t\r\n\r\n\t\nc\t\xc2\xa0\n\nd");
  ASSERT_EQ(lines.size(), 6u);
  EXPECT_EQ(lines[0].text, " a b");
  EXPECT_EQ(lines[1].text, "");
  EXPECT_EQ(lines[2].text, "");
  EXPECT_EQ(lines[3].text, "c\t\xc2\xa0");  // a no-break space is text
  EXPECT_EQ(lines[5].text, "d");
  EXPECT_EQ(lines[5].number, 6u);
  EXPECT_TRUE(text_lines("").empty());
  EXPECT_EQ(text_lines("a\n").size(), 1u);
}

TEST(TextFile, CsvFieldsMayBeQuoted) {
  EXPECT_EQ(csv_fields("a, b ,c"), (Fields{"a", "b", "c"}));
  EXPECT_EQ(csv_fields(R"("a","b, ""c""" , " d ")"), (Fields{"a", "b, \"c\"", " d "}));
  EXPECT_EQ(csv_fields(R"("","a",7)"), (Fields{"", "a", "7"}));
  EXPECT_EQ(csv_fields("a,,"), (Fields{"a", "", ""}));
  EXPECT_EQ(csv_fields(""), (Fields{""}));
  EXPECT_EQ(csv_fields("a;\"b;c\"", ';'), (Fields{"a", "b;c"}));
  EXPECT_EQ(csv_fields("\ta\t", '\t'), (Fields{"", "a", ""}));
  EXPECT_EQ(csv_fields("5\" nail,2"), (Fields{"5\" nail", "2"}));  // a quote within a field
  EXPECT_FALSE(csv_fields("\"a"));
  EXPECT_FALSE(csv_fields("\"a\" b,c"));
}

}  // namespace
}  // namespace wordbridge
