#include "core/text_table.h"

#include <gtest/gtest.h>

namespace wordbridge {
namespace {

const std::vector<TableRow> kRows = {{"score", "a|b", "state"}, {"é", "0.25", ""}};

TEST(TextTable, TextIsAligned) {
  TableStyle style;
  EXPECT_EQ(table_text(kRows, style),
            "score   a|b  state\n"
            "é      0.25\n");
  style.left = 3;
  style.indent = "  ";
  EXPECT_EQ(table_text(kRows, style),
            "  score  a|b   state\n"
            "  é      0.25\n");
}

TEST(TextTable, MarkdownIsEscapedAndPadded) {
  TableStyle style;
  style.markdown = true;
  EXPECT_EQ(table_text(kRows, style),
            "| score | a\\|b | state |\n"
            "|-------|-----:|------:|\n"
            "| é     | 0.25 |       |\n");
  style.padded = false;
  style.left_last = true;
  EXPECT_EQ(table_text(kRows, style),
            "| score | a\\|b | state |\n"
            "|---|---:|---|\n"
            "| é | 0.25 | |\n");
}

TEST(TextTable, ColumnsHaveALeastWidth) {
  TableStyle style;
  EXPECT_EQ(table_text({{"a", "b"}}, style), "a      b\n");
  style.least_width = 0;
  EXPECT_EQ(table_text({{"a", "b"}}, style), "a  b\n");
}

}  // namespace
}  // namespace wordbridge
