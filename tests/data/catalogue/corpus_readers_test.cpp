#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "data/catalogue/dataset_reader.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

class CorpusReadersTest : public testing::Test {
 protected:
  DatasetContent read(const std::string& reader) {
    return dataset_reader(reader).read(entry_, folder_.path());
  }
  void add(const std::string& name, const std::string& text) {
    folder_.write(name, text);
    entry_.files.push_back({name, {}, 1, 0, "", ""});
  }

  TempFolder folder_;
  DatasetEntry entry_;
};

TEST_F(CorpusReadersTest, BrownsTagsAreTakenOffAtTheLastSlash) {
  add("README", "no sample\n");
  add("ca01", "\n\n\tThe/at 1/2/cd ./.\n\tthe/at end/nn\n\n\n\tOne/cd\n");
  // The 1/2 . the end One; in lower case, "The" and "the" are the same type.
  EXPECT_EQ(read("brown").counts, (Counts{{"documents", 1},
                                          {"tokens", 6},
                                          {"types", 6},
                                          {"types_lower", 5},
                                          {"sentences", 3},
                                          {"paragraphs", 2}}));
}

TEST_F(CorpusReadersTest, LinesEndInATokenOfTheirOwn) {
  add("toy.train.txt", " a b \n a \n \n");
  add("toy.test.txt", " c \n");
  EXPECT_EQ(read("splits").counts, (Counts{{"train_lines", 3},
                                           {"train_tokens", 6},
                                           {"types", 3},
                                           {"test_lines", 1},
                                           {"test_tokens", 2}}));
}

TEST_F(CorpusReadersTest, TokensEndAtUnicodesWhiteSpaceToo) {
  add("a.txt", "The the\u00a0cat's\u3000n\u00e9 it\u2019s");
  // Tokens The, the, cat's, né, it's; words The the cat s n it s.
  EXPECT_EQ(
      read("texts").counts,
      (Counts{{"documents", 1}, {"tokens", 5}, {"types", 5}, {"words", 7}, {"word_types", 5}}));
}

TEST_F(CorpusReadersTest, TagsAreNoWordsOfTheFactbook) {
  add("x.json", R"({"a": "<p>Two words</p>", "b": ["x < 1", {"c": "<!-- not -->a"}], "d": 3})");
  add("LICENSE.md", "no JSON");
  const auto content = read("factbook");
  EXPECT_EQ(content.counts, (Counts{{"documents", 1}, {"words", 5}}));
  EXPECT_EQ(content.canonical, "Two words\nx < 1\n<!-- not -->a\n\n");
  folder_.write("x.json", "{");
  EXPECT_THAT(message_of<Error>([&] { read("factbook"); }), testing::HasSubstr("x.json"));
}

}  // namespace
}  // namespace wordbridge
