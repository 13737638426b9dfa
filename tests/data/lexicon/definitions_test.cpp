#include "data/lexicon/definitions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/error.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::ElementsAre;

std::vector<std::string> lines_of(const Definitions& definitions) {
  std::vector<std::string> lines;
  for (const auto& definition : definitions.words) {
    std::string line = definition.word + ":";
    for (const auto& token : definition.tokens) line += " " + token;
    lines.push_back(line);
  }
  return lines;
}

TEST(Definitions, JoinsTheDefinitionsOfAWordOverAllSources) {
  const TempFolder folder;
  DefinitionOptions options;
  options.sources = {
      folder.write("b.tsv", "Ox\tThe bull, of a herd.\tneat|wild ox\nice cream\tA food.\n"),
      folder.write("a.tsv", "cow\tAn ox.\nox\tA DRAFT animal.\n!\tnothing\n")};
  const auto tokenizer = make_tokenizer({});
  const auto definitions = read_definitions(options, *tokenizer);
  EXPECT_THAT(lines_of(definitions),
              ElementsAre("cow: ox", "ox: bull herd neat wild ox draft animal"));
  EXPECT_EQ(definitions.several_tokens, 2);
  EXPECT_EQ(definitions.dropped_functions, 5);  // the, of, a; an; a
  options.synonyms = false;
  options.drop_function_words = false;
  EXPECT_THAT(lines_of(read_definitions(options, *tokenizer)),
              ElementsAre("cow: an ox", "ox: the bull of a herd a draft animal"));
  options.sources.clear();
  EXPECT_THROW(read_definitions(options, *tokenizer), Error);
}

TEST(Definitions, UsesTheTokenizerOfTheExperiment) {
  const TempFolder folder;
  DefinitionOptions options;
  options.sources = {folder.write("a.tsv", "Ice-cream\tA cold, Sweet food\n")};
  TokenizerOptions plain;
  plain.type = TokenizerType::whitespace;
  plain.lowercase = false;
  EXPECT_THAT(lines_of(read_definitions(options, *make_tokenizer(plain))),
              ElementsAre("Ice-cream: A cold, Sweet food"));
}

TEST(Definitions, FunctionWordsAreSortedAndInLowerCase) {
  const auto& words = function_words();
  EXPECT_TRUE(std::is_sorted(words.begin(), words.end()));
  EXPECT_EQ(std::adjacent_find(words.begin(), words.end()), words.end());
  EXPECT_TRUE(is_function_word("which"));
  EXPECT_FALSE(is_function_word("wolf"));
}

TEST(Definitions, OptionsDescribeThemselves) {
  DefinitionOptions options;
  auto group = options.describe();
  for (const char* name : {"sources", "drop_function_words", "synonyms"}) {
    EXPECT_NE(group.find(name), nullptr) << name;
  }
}

}  // namespace
}  // namespace wordbridge
