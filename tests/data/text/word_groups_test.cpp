#include "data/text/word_groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string summary(const WordGroups& groups) {
  std::string text;
  for (const auto& [word, group] : groups.words) text += word + "=" + groups.names[group] + ";";
  return text;
}

TEST(ReadWordGroups, ReadsTheFormsTheyComeIn) {
  const TempFolder folder;
  for (const auto* const content :
       {"tiger\tbig cat\nNew York\tcity\n", "\xef\xbb\xbftiger\tbig cat \r\nNew York\tcity\t\r\n",
        "Words\tCategories\ntiger\tbig cat\nNew York\tcity\n",
        "word\tcategory\ntiger\tbig cat\nNew York\tcity\n",
        "\"\",\"Category\",\"Word\"\n\"1\",\"big cat\",\"tiger\"\n\"2\",\"city\",\"New York\"\n",
        "\"word\"\t\"group\"\n\"1\"\t\"tiger\"\t\"big cat\"\n\"2\"\t\"New York\"\t\"city\"\n",
        "word,class\n\"tiger\",\"big cat\"\n\"New York\",city\n", "tiger;big cat\nNew York;city\n",
        "# comment\n#\ntiger\tbig cat\n\nNew York\tcity"})
    EXPECT_EQ(summary(read_word_groups(folder.write("g", content))), "tiger=big cat;New York=city;")
        << content;
}

TEST(ReadWordGroups, KeepsWordsThatStartWithAHash) {
  const TempFolder folder;
  EXPECT_EQ(
      summary(read_word_groups(folder.write("g", "love\tfeeling\n#love\tfeeling\n#cat\tanimal\n"))),
      "love=feeling;#love=feeling;#cat=animal;");
}

TEST(ReadWordGroups, SaysWhatIsWrong) {
  const TempFolder folder;
  const auto said = [&](const std::string& content) {
    return message_of<Error>([&] { read_word_groups(folder.write("g.tsv", content)); });
  };
  EXPECT_THAT(said("a\tb\nc\n"), AllOf(HasSubstr("g.tsv:2"), HasSubstr("word TAB group")));
  EXPECT_THAT(said("a\tb\tc\n"), AllOf(HasSubstr("g.tsv:1"), HasSubstr("header")));
  EXPECT_THAT(said("word\tclass\na\tb\tc\n"), HasSubstr("g.tsv:2"));
  EXPECT_THAT(said("a b\n"), HasSubstr("g.tsv:1"));
  EXPECT_THAT(said("word\tclass\na\tb\na\tc\n"), AllOf(HasSubstr("g.tsv:3"), HasSubstr("twice")));
  EXPECT_THAT(said("word\tclass\n"), HasSubstr("no words"));
  for (const char* header : {"class\tgroup", "word\ttoken", "word\tgroup\tclass",
                             "word\tterm\tclass", "Word,Category,Topic"}) {
    const std::string columns = header;
    const auto message = said(columns + "\nking\troyal\tx\nqueen\troyal\tx\n");
    EXPECT_THAT(message, AllOf(HasSubstr("g.tsv:1"), HasSubstr("header"))) << header;
  }
  EXPECT_THAT(said("word\tgroup\tclass\na\tb\tc\n"), HasSubstr("group and class"));
}

}  // namespace
}  // namespace wordbridge
