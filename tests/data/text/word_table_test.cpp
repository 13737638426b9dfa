#include "data/text/word_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/text.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// "1:a|b;2:c|d;"
std::string summary(const std::string& content, std::size_t least_columns = 2) {
  std::string text;
  for (const auto& row : word_table(content, "t", least_columns).rows)
    text +=
        std::to_string(row.line) + ":" + join({row.fields.begin(), row.fields.end()}, "|") + ";";
  return text;
}

TEST(WordTables, AreSeparatedAsTheirFirstRowIs) {
  for (const auto* const content :
       {"a\tb c\nd, e\tf\n", "a,b c\n\"d, e\",f\n", "a;b c\n\"d, e\";f\n",
        " a , b c \r\n\"d, e\", f", "\"a\"\t\"b c\"\n\"d, e\"\t\"f\"\n", "a,b c,,\n\"d, e\",f,\n"})
    EXPECT_EQ(summary(content), "1:a|b c;2:d, e|f;") << content;
  EXPECT_EQ(summary("a  b \n c d\t\n"), "1:a|b;2:c|d;");
  EXPECT_EQ(summary("\"a b\" c\n"), "1:a b|c;");
  // A comma or semicolon is a word where it doesn't make columns.
  EXPECT_EQ(summary(", . 3\n; : 4\n", 3), "1:,|.|3;2:;|:|4;");
  EXPECT_EQ(summary("a;b;7,35\nc;d;1,5\n", 3), "1:a|b|7,35;2:c|d|1,5;");
  EXPECT_EQ(summary("\ta\tb\n", 3), "1:|a|b;");
}

TEST(WordTables, KeepQuotesThatAreWords) {
  EXPECT_EQ(summary("\"\tquote\n5\"\tinch\n"), "1:\"|quote;2:5\"|inch;");
  const auto message = message_of<Error>([] { word_table("a,b\n\"c,d\n", "t.csv", 2); });
  EXPECT_THAT(message, AllOf(HasSubstr("t.csv:2"), HasSubstr("quote"), HasSubstr("'\"c,d'")));
}

TEST(WordTables, KeepWordsThatStartWithAHash) {
  EXPECT_EQ(summary("#a\tb\n#c\td\n# e\tf\n#\n#\tg\nh\ti\n#j\tk\n"),
            "1:#a|b;2:#c|d;5:#|g;6:h|i;7:#j|k;");
  EXPECT_EQ(summary("#love #hate\n#cat cat\n"), "1:#love|#hate;2:#cat|cat;");
  // Another number of columns before the first row, but not after it.
  EXPECT_EQ(summary("#Licence: none\n#made,by,hand\na,b\n#c,d,e\n"), "3:a|b;4:#c|d|e;");
}

TEST(WordTables, SayWhatTheySkipped) {
  testing::internal::CaptureStderr();
  word_table("# a comment\n#\n#Licence\n#a\tb\n\n# c\td\nd\te\n", "t.tsv", 2);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "[data] t.tsv: skipped 4 comment lines\n");
  testing::internal::CaptureStderr();
  word_table("#a\tb\n", "t.tsv", 2);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(WordTables, TakeTheirHeaders) {
  const std::string content = "id,Word_1,WORD 2\n1,a,b\n";
  WordTable table = word_table(content, "t", 2);
  EXPECT_FALSE(table.take_header({{"word1"}, {"score"}}));
  EXPECT_EQ(table.rows.size(), 2U);
  const auto places = table.take_header({{"w2", "word2"}, {"word1"}});
  ASSERT_TRUE(places);
  EXPECT_THAT(*places, testing::ElementsAre(2, 1));
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_EQ(table.where(table.rows[0]), "t:2");
  EXPECT_EQ(column_name("#Human (mean)"), "humanmean");
}

TEST(WordTables, MarksAndNoBreakSpacesAtTheEndsOfFieldsAreNotPartOfThem) {
  // Two files with byte order marks, joined.
  const std::string content =
      "\ufeffking\tqueen\u00a0\t5\n\ufeff# a comment\n\ufeff\u00a0man\t10\u00a0km \u00a0\t7\u00a0\n"
      "\ufeff\"a\"\tb\t\"1\u00a0\"\n\u00a0\n";
  const WordTable table = word_table(content, "t", 3);
  ASSERT_EQ(table.rows.size(), 3U);
  EXPECT_THAT(table.rows[0].fields, testing::ElementsAre("king", "queen", "5"));
  EXPECT_THAT(table.rows[1].fields, testing::ElementsAre("man", "10\u00a0km", "7"));
  EXPECT_THAT(table.rows[2].fields, testing::ElementsAre("a", "b", "1"));
  EXPECT_EQ(table.rows[2].line, 4U);
  EXPECT_EQ(trimmed_word("\u00a0 \ufeff\u00a0"), "");
  EXPECT_EQ(trimmed_word("\u00a0x\u00e0"), "x\u00e0");
  EXPECT_EQ(trimmed_word("\xc2"), "\xc2");
}

}  // namespace
}  // namespace wordbridge
