#include "tests/cli/cli_test.h"

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class DictionaryCommandTest : public CliTest {
 protected:
  DictionaryCommandTest() {
    write("own.tsv",
          "Ox\tA bull, of the herd.\tneat|bullock\nice cream\tA food.\nox\tAn animal.\n");
  }
};

TEST_F(DictionaryCommandTest, CountsDefinitionsAndSkippedEntries) {
  write("d.index", "see\tA\tO\n00-database-info\tA\tA\n");
  write("d.dict", "see\n  {other}\n");
  const auto result = run({"data", "dictionary", "own.tsv", "d.index"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("own"), HasSubstr("words each"),
                                HasSubstr("skipped words of d:"), HasSubstr("cross reference only"),
                                HasSubstr("see: {other}"), HasSubstr("00-database-info")));
  const auto counts = nlohmann::json::parse(run({"data", "dictionary", "own.tsv", "--json"}).out);
  EXPECT_EQ(counts[0]["entries"], 3);
  EXPECT_EQ(counts[0]["definitions"], 3);
  EXPECT_EQ(counts[0]["head_words"], 3);
  EXPECT_EQ(counts[0]["words"], 9);
  EXPECT_EQ(counts[0]["synonyms"], 2);
}

TEST_F(DictionaryCommandTest, ShowsTheDefinitionsAndTokensOfWords) {
  const auto result = run({"data", "dictionary", "own.tsv", "--word", "ox", "--word", "yak"});
  EXPECT_EQ(result.status, 1) << "yak is not found";
  EXPECT_EQ(result.out,
            "ox\n  own: Ox: A bull, of the herd.\n    synonyms: neat, bullock\n"
            "  own: ox: An animal.\n  tokens: bull herd neat bullock animal\n"
            "yak\n  in none of the dictionaries\n");
  const auto of_ox = run({"data", "dictionary", "own.tsv", "--word", "ox", "--json"});
  EXPECT_EQ(of_ox.status, 0) << of_ox.err;
  const auto json = nlohmann::json::parse(of_ox.out);
  EXPECT_EQ(json[0]["definitions"][0]["synonyms"][1], "bullock");
  EXPECT_EQ(json[0]["tokens"].size(), 5u);
}

TEST_F(DictionaryCommandTest, WritesDefinitionsThatCanBeReadBack) {
  EXPECT_EQ(run({"data", "dictionary", "own.tsv", "--out", "all.tsv"}).status, 0);
  EXPECT_EQ(content("all.tsv"), content("own.tsv"));
  const auto same = run({"data", "dictionary", "own.tsv", "--out", "own.tsv"});
  EXPECT_EQ(same.status, 2);
  EXPECT_THAT(content("own.tsv"), Not(HasSubstr("yak")));
  EXPECT_EQ(run({"data", "dictionary", "own.tsv", "--out", "all.tsv.gz"}).status, 2);
}

TEST_F(DictionaryCommandTest, ListsKnownDictionaries) {
  EXPECT_THAT(run({"data", "dictionary", "--list"}).out,
              AllOf(HasSubstr("gcide"), HasSubstr("dict-foldoc")));
  EXPECT_EQ(run({"data", "dictionary"}).status, 2);
  EXPECT_THAT(run({"data", "dictionary", "gcid"}).err, HasSubstr("did you mean gcide?"));
}

}  // namespace
}  // namespace wordbridge
