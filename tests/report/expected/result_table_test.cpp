#include "report/expected/result_table.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ResultTableTest, Csv) {
  const TempFolder folder;
  folder.write("r.csv", "model,\"seed\",value\n\"a, b\",1,0.5\nc,2,\n");
  const auto table = read_result_table(folder.path(), "r.csv");
  EXPECT_THAT(table.header, ElementsAre("model", "seed", "value"));
  EXPECT_THAT(table.matching({{"model", "a, b"}, {"seed", "1"}}), ElementsAre(0));
  EXPECT_EQ(table.cell(table.rows[0], "value").text, "0.5");
  EXPECT_THAT(table.rows[1].place, HasSubstr("r.csv:3"));
  EXPECT_THAT(message_of<Error>([&] { table.column("values"); }), HasSubstr("'value'"));
  folder.write("bad.csv", "a,b\n1,2,3\n");
  EXPECT_THAT(message_of<Error>([&] { read_result_table(folder.path(), "bad.csv"); }),
              HasSubstr("bad.csv:2"));
}

TEST(ResultTableTest, JsonFilesWithColumnsInTheirNames) {
  const TempFolder folder;
  folder.write("runs/a-x-seed1.json", R"({"results": {"score": 0.25}})");
  folder.write("runs/a-x-seed12.json", R"({"results": {"score": 1}})");
  folder.write("runs/other.json", "{}");
  const auto table = read_result_table(folder.path(), "runs/{model}-seed{seed}.json");
  EXPECT_THAT(table.header, ElementsAre("model", "seed"));
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_THAT(table.matching({{"model", "a-x"}, {"seed", "12"}}), ElementsAre(1));
  EXPECT_EQ(table.cell(table.rows[0], "/results/score").text, "0.25");
  EXPECT_THAT(message_of<Error>([&] { table.cell(table.rows[0], "/results/other"); }),
              HasSubstr("a-x-seed1.json"));
  EXPECT_THAT(message_of<Error>([&] { read_result_table(folder.path(), "runs/{m}.jsn.json"); }),
              HasSubstr("no such file"));
}

TEST(ResultTableTest, JsonLines) {
  const TempFolder folder;
  folder.write("m.jsonl", "{\"epoch\": 1, \"p\": 2.5}\n{\"epoch\": 2, \"p\": {\"test\": 3}}\n");
  const auto table = read_result_table(folder.path(), "m.jsonl");
  EXPECT_THAT(table.matching({{"epoch", "2"}}), ElementsAre(1));
  EXPECT_EQ(table.cell(table.rows[0], "p").text, "2.5");
  EXPECT_EQ(table.cell(table.rows[1], "/p/test").text, "3");
}

TEST(ResultTableTest, Markdown) {
  const std::string text =
      "# Title\n\n| a | b | b |\n|---|---:|---|\n| **x** | 1 \\| 2 | `3` |\n\n## Second `one`\n"
      "```\n| no | table |\n|---|---|\n```\n| a |\n|---|\n| y |\n";
  const auto tables = markdown_tables(text, "f.md");
  ASSERT_EQ(tables.size(), 2u);
  EXPECT_EQ(tables[0].heading, "Title");
  EXPECT_EQ(tables[0].rows[0].place, "f.md:5");
  EXPECT_THAT(tables[0].matching({{"a", "x"}}), ElementsAre(0));
  const auto cell = tables[0].cell(tables[0].rows[0], "#3");
  EXPECT_EQ(cell.text, "`3`");
  EXPECT_EQ(text.substr(cell.begin, cell.end - cell.begin), "`3`");
  EXPECT_EQ(tables[0].cell(tables[0].rows[0], "#2").text, "1 \\| 2");
  EXPECT_THAT(message_of<Error>([&] { tables[0].column("b"); }), HasSubstr("\"#3\""));
  EXPECT_EQ(find_table(tables, "Second one", 1, "f.md").rows[0].cells[0].text, "y");
  EXPECT_EQ(find_table(tables, "", 2, "f.md").heading, "Second one");
  EXPECT_THAT(message_of<Error>([&] { find_table(tables, "Title", 2, "f.md"); }),
              HasSubstr("1 tables below it"));
  const auto section = markdown_section(text, "Title", "f.md");
  EXPECT_EQ(section.first, 0u);
  EXPECT_EQ(section.second, text.find("## Second"));
}

}  // namespace
}  // namespace wordbridge
