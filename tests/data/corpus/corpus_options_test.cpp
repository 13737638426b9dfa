#include "data/corpus/corpus_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/config/config.h"

namespace wordbridge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

DataOptions options_of(const std::string& path) {
  DataOptions options;
  options.source.paths = {path};
  return options;
}

std::vector<std::string> problem_keys(const DataOptions& options) {
  Problems problems;
  options.validate(problems, "data");
  std::vector<std::string> keys;
  for (const auto& [key, message] : problems.found()) keys.push_back(key);
  return keys;
}

TEST(DataOptions, ValidateFindsContradictions) {
  DataOptions options = options_of("x");
  EXPECT_THAT(problem_keys(options), IsEmpty());
  options.tokenizer.type = TokenizerType::brown;
  options.vocabulary.file = "v";
  EXPECT_THAT(problem_keys(options), IsEmpty());
  options.split.by = SplitBy::files;
  EXPECT_THAT(problem_keys(options), ElementsAre("data.split.by"));
  options.source.test_paths = {"y"};
  EXPECT_THAT(problem_keys(options), IsEmpty());
  options.split.by = SplitBy::fractions;
  EXPECT_THAT(problem_keys(options), ElementsAre("data.split.by"));
  options = options_of("x");
  options.split = {SplitBy::fractions, 0.8, 0.2, 0.1};
  EXPECT_THAT(problem_keys(options), ElementsAre("data.split"));
  options.split = {SplitBy::fractions, -1, -1, 0.1};
  EXPECT_THAT(problem_keys(options), ElementsAre("data.split"));
  options.split = {SplitBy::fractions, 2, -0.5, 0};
  EXPECT_THAT(problem_keys(options), ElementsAre("data.split.train", "data.split.valid"));
  options.split = {SplitBy::tokens, 10.5, -1, 3};
  EXPECT_THAT(problem_keys(options), ElementsAre("data.split.train"));
  options = options_of("x");
  options.boundaries.paragraph = "a b";
  EXPECT_THAT(problem_keys(options), ElementsAre("data.boundaries.paragraph"));
}

TEST(DataOptions, DescribeThemselvesAsOneSection) {
  DataOptions options;
  auto group = options.describe();
  EXPECT_EQ(group.name, "data");
  std::vector<std::string> names;
  for (const auto& field : group.fields) names.push_back(field.name);
  for (const auto& inner : group.groups) names.push_back(inner.name);
  EXPECT_THAT(names, ElementsAre("reader", "path", "valid_path", "test_path", "start", "cache",
                                 "synthetic", "tokenizer", "boundaries", "split", "vocabulary"));
}

TEST(DataOptions, ReadFromYaml) {
  DataOptions options;
  auto group = options.describe();
  Problems problems;
  const auto config = Config::parse(
      "reader: ptb\npath: ptb.zip\nboundaries: {line: <eos>}\nsplit: {by: tokens, train: 5, test: "
      "-1}\n"
      "vocabulary: {min_count: 3, specials: [<s>]}\ntokenizer: {lowercase: false}\n",
      "data.yaml");
  config.read(group, problems);
  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(options.source.reader, TextReader::ptb);
  EXPECT_THAT(options.source.paths, ElementsAre("ptb.zip"));
  EXPECT_EQ(options.boundaries.line, "<eos>");
  EXPECT_EQ(options.split.train, 5);
  EXPECT_EQ(options.split.test, -1);
  EXPECT_EQ(options.vocabulary.min_count, 3);
  EXPECT_THAT(options.vocabulary.specials, ElementsAre("<s>"));
  EXPECT_FALSE(options.tokenizer.lowercase);
}

TEST(DataOptions, OldKeysNameTheNewOnes) {
  DataOptions options;
  auto group = options.describe();
  Problems problems;
  Config::parse("path: x\nmarkers: {line: <eos>}\ndrawn: {lines: 3}\n", "data.yaml")
      .read(group, problems);
  EXPECT_THAT(problems.found(), ElementsAre(Pair("drawn", "is now data.synthetic"),
                                            Pair("markers", "is now data.boundaries")));
}

}  // namespace
}  // namespace wordbridge
