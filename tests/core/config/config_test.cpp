#include "core/config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/text.h"
#include "tests/support/temp_folder.h"

// Loading of configurations: files, `extends`, overrides, positions, and invalid input.
// config_read_test.cpp tests the values that are read.

namespace wordbridge {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

struct Sample {
  std::int64_t seed = 1, epochs = 10;
  double lr = 0.5;
  std::string name = "none", note = "none";
  std::vector<std::int64_t> hidden = {7};

  FieldGroup describe() {
    FieldGroup root{"", ""};
    root.add(Field{"seed", &seed, ""}).add(Field{"name", &name, ""});
    FieldGroup train{"train", ""};
    train.add(Field{"lr", &lr, "", more_than(0)}).add(Field{"epochs", &epochs, "", at_least(1)});
    FieldGroup deep{"deep", ""};
    deep.add(Field{"hidden", &hidden, ""}).add(Field{"note", &note, ""});
    train.add(deep);
    root.add(train);
    return root;
  }
};

Sample read(const Config& config) {
  Sample sample;
  FieldGroup root = sample.describe();
  Problems problems;
  config.read(root, problems);
  config.report(problems);
  return sample;
}

std::string parse_message(const std::string& text) {
  return message_of<Error>([&] { Config::parse(text, "x.yaml"); });
}

std::string override_message(const std::string& text, const std::string& override_text) {
  return message_of<UsageError>([&] { Config::parse(text, "x.yaml", {override_text}); });
}

TEST(Config, EmptyTextsAreEmptyMappings) {
  for (const char* text :
       {"", "\n\n", "# nothing\n", "---\n", "...\n", "---\n...\n", "{}", "~", "\xEF\xBB\xBF"}) {
    const Sample sample = read(Config::parse(text, "x.yaml"));
    EXPECT_EQ(sample.seed, 1) << text;
    EXPECT_EQ(sample.name, "none") << text;
  }
}

TEST(Config, ReadsFilesWithAnyLineEnds) {
  const TempFolder folder;
  for (const std::string end : {"\n", "\r\n"}) {
    const auto file = folder.write("a.yaml", "seed: 3" + end + "train:" + end + "  lr: 2" + end);
    const Config config = Config::load(file, {});
    const Sample sample = read(config);
    EXPECT_EQ(sample.seed, 3);
    EXPECT_EQ(sample.lr, 2);
    EXPECT_EQ(config.where("train.lr"), file + ":3");
  }
}

TEST(Config, MissingFileAndFolderAreErrors) {
  const TempFolder folder;
  const auto missing = (folder / "none.yaml").string();
  EXPECT_THAT(message_of<Error>([&] { Config::load(missing, {}); }), HasSubstr(missing));
  EXPECT_THAT(message_of<Error>([&] { Config::load(folder.path(), {}); }), HasSubstr("a folder"));
}

TEST(Config, ExtendsMergesDeepAndTheFileWins) {
  const TempFolder folder;
  folder.write("base/a.yaml", "seed: 1\nname: a\ntrain:\n  lr: 0.1\n  deep: {hidden: [1, 2, 3]}\n");
  folder.write("base/b.yaml", "name: b\ntrain: {lr: 0.2}\n");
  const auto file = folder.write("exp/c.yaml",
                                 "extends: [../base/a.yaml, ../base/b.yaml]\n"
                                 "train:\n  epochs: 5\n  deep:\n    hidden: [9]\n");
  const Config config = Config::load(file, {});
  const Sample sample = read(config);
  EXPECT_EQ(sample.seed, 1);
  EXPECT_EQ(sample.name, "b");
  EXPECT_EQ(sample.lr, 0.2);
  EXPECT_EQ(sample.epochs, 5);
  EXPECT_EQ(sample.hidden, std::vector<std::int64_t>{9});  // lists are replaced, not merged
  EXPECT_EQ(config.where("seed"), (folder / "base/a.yaml").string() + ":1");
  EXPECT_EQ(config.where("train.lr"), (folder / "base/b.yaml").string() + ":2");
  EXPECT_EQ(config.where("train.deep.hidden"), file + ":5");
  EXPECT_EQ(config.where("train.deep.note"), file + ":4");
  EXPECT_FALSE(config.has("extends"));
}

TEST(Config, ExtendsIsRelativeToTheFileThatSaysIt) {
  const TempFolder folder;
  folder.write("one/two/a.yaml", "seed: 8\n");
  folder.write("one/b.yaml", "extends: two/a.yaml\nname: b\n");
  const auto file = folder.write("c.yaml", "extends: one/b.yaml\n");
  const Sample sample = read(Config::load(file, {}));
  EXPECT_EQ(sample.seed, 8);
  EXPECT_EQ(sample.name, "b");
}

TEST(Config, EmptyGroupTakesNothingAwayScalarsReplaceGroups) {
  const TempFolder folder;
  folder.write("a.yaml", "seed: 4\ntrain: {lr: 2}\n");
  EXPECT_EQ(read(Config::load(folder.write("b.yaml", "extends: a.yaml\ntrain:\n"), {})).lr, 2);
  const auto file = folder.write("c.yaml", "extends: a.yaml\ntrain: 3\n");
  EXPECT_THAT(message_of<Error>([&] { read(Config::load(file, {})); }),
              HasSubstr("c.yaml:2: train: expected a group of keys, got '3'"));
}

TEST(Config, SharedBaseIsNoCycle) {
  const TempFolder folder;
  folder.write("base.yaml", "seed: 5\n");
  folder.write("a.yaml", "extends: base.yaml\nname: a\n");
  folder.write("b.yaml", "extends: a.yaml\ntrain: {lr: 3}\n");
  const Sample sample =
      read(Config::load(folder.write("c.yaml", "extends: [a.yaml, b.yaml, base.yaml]\n"), {}));
  EXPECT_EQ(sample.seed, 5);
  EXPECT_EQ(sample.name, "a");
  EXPECT_EQ(sample.lr, 3);
}

TEST(Config, CycleIsAnErrorWithItsChain) {
  const TempFolder folder;
  const auto a = folder.write("a.yaml", "seed: 1\nextends: sub/b.yaml\n");
  const auto b = folder.write("sub/b.yaml", "\n\nextends: ../sub/../a.yaml\n");
  EXPECT_THAT(message_of<Error>([&] { Config::load(a, {}); }),
              AllOf(HasSubstr("extends itself"), HasSubstr(b + ":3"),
                    HasSubstr(a + " -> " + b + " -> " + a)));
  const auto self = folder.write("self.yaml", "extends: ./self.yaml\n");
  EXPECT_THAT(message_of<Error>([&] { Config::load(self, {}); }),
              AllOf(HasSubstr(self + ":1"), HasSubstr(self + " -> " + self)));
}

TEST(Config, MissingBaseIsAnErrorWithItsChain) {
  const TempFolder folder;
  const auto b = folder.write("b.yaml", "extends:\n  - none.yaml\n");
  const auto a = folder.write("a.yaml", "extends: b.yaml\n");
  const auto none = (folder / "none.yaml").string();
  EXPECT_THAT(message_of<Error>([&] { Config::load(a, {}); }),
              AllOf(HasSubstr("no such file: '" + none + "'"), HasSubstr(b + ":2"),
                    HasSubstr(a + " -> " + b + " -> " + none)));
  const auto c = folder.write("c.yaml", "extends: .\n");
  EXPECT_THAT(message_of<Error>([&] { Config::load(c, {}); }),
              AllOf(HasSubstr("is a folder, expected a file"), HasSubstr(c + ":1")));
}

TEST(Config, ExtendsMustNameFiles) {
  EXPECT_THAT(parse_message("seed: 1\nextends: {a: b}\n"),
              AllOf(HasSubstr("extends"), HasSubstr("x.yaml:2"), HasSubstr("a file or a list")));
  EXPECT_THAT(parse_message("extends:\n- [a]\n"), HasSubstr("x.yaml:2"));
  EXPECT_THAT(parse_message("extends: ''\n"), HasSubstr("an empty string"));
  EXPECT_EQ(read(Config::parse("extends:\nseed: 2", "x.yaml")).seed, 2);
  EXPECT_EQ(read(Config::parse("extends: []\nseed: 2", "x.yaml")).seed, 2);
}

TEST(Config, ErrorInABaseNamesTheBase) {
  const TempFolder folder;
  const auto base = folder.write("base.yaml", "seed: 1\nseed: 2\n");
  const auto file = folder.write("a.yaml", "extends: base.yaml\n");
  EXPECT_THAT(message_of<Error>([&] { Config::load(file, {}); }), HasSubstr(base + ":2"));
}

TEST(Config, OverridesComeLastAndAreYaml) {
  const Config config = Config::parse("name: a\ntrain: {lr: 1, deep: {hidden: [1]}}\n", "x.yaml",
                                      {"seed=1e6", " train.lr = 0.25 ", "train.deep.hidden=[4, 5]",
                                       "name=b = c", "name=d=e", "train={epochs: 3}"});
  const Sample sample = read(config);
  EXPECT_EQ(sample.seed, 1000000);
  EXPECT_EQ(sample.lr, 0.25);
  EXPECT_EQ(sample.hidden, (std::vector<std::int64_t>{4, 5}));
  EXPECT_EQ(sample.name, "d=e");
  EXPECT_EQ(sample.epochs, 3);
  EXPECT_EQ(config.where("seed"), "command line: seed=1e6");
  EXPECT_EQ(config.where("train.epochs"), "command line: train={epochs: 3}");
}

TEST(Config, OverrideMakesMissingGroupsAndKeepsTheOthersPlaces) {
  const Config config = Config::parse("train:\n  lr: 1\n", "x.yaml", {"train.deep.note=hi"});
  EXPECT_EQ(read(config).note, "hi");
  EXPECT_EQ(config.where("train"), "x.yaml:1");
  EXPECT_EQ(config.where("train.deep"), "command line: train.deep.note=hi");
  EXPECT_EQ(read(Config::parse("", "x", {"train.lr=2"})).lr, 2);
  EXPECT_EQ(read(Config::parse("train:\n", "x", {"train.lr=2"})).lr, 2);
}

TEST(Config, OverrideTextsThatLookLikeMarkup) {
  for (const char* text : {"-", "---", "...", "<unk>", "</s>", "a,b", "x-y", "a#b"})
    EXPECT_EQ(read(Config::parse("name: b", "x", {std::string("name=") + text})).name, text);
  EXPECT_EQ(read(Config::parse("name: b", "x", {"name="})).name, "");
  EXPECT_EQ(read(Config::parse("name: b", "x", {"name=~"})).name, "");
  EXPECT_EQ(read(Config::parse("name: b", "x", {"name='%x'"})).name, "%x");
  EXPECT_EQ(read(Config::parse("name: b", "x", {"name=a#b"})).name, "a#b");
  EXPECT_EQ(read(Config::parse("name: b", "x", {"name='a #b'"})).name, "a #b");
}

TEST(Config, BadOverridesAreUsageErrors) {
  EXPECT_THAT(override_message("", "train.lr"),
              AllOf(HasSubstr("key=value"), HasSubstr("train.lr"), HasSubstr("no '='")));
  EXPECT_THAT(override_message("", "=1"), HasSubstr("empty name"));
  EXPECT_THAT(override_message("", "a..b=1"), HasSubstr("empty name"));
  EXPECT_THAT(override_message("", "a.=1"), HasSubstr("empty name"));
  EXPECT_THAT(override_message("", "seed=[1"), HasSubstr("seed=[1"));
  EXPECT_THAT(override_message("", "name='a"), HasSubstr("unclosed quote"));
  EXPECT_THAT(override_message("", "seed=%x"), HasSubstr("seed=%x"));
  EXPECT_THAT(override_message("", "train={lr: 1, lr: 2}"), HasSubstr("duplicate key 'lr'"));
  EXPECT_THAT(override_message("", "extends=a.yaml"), HasSubstr("in files only"));
  for (const char* comment : {"name=a #b", "name=#b", "name= #b", "name=a\t# b"})
    EXPECT_THAT(override_message("", comment), HasSubstr("'#' begins a comment")) << comment;
  EXPECT_THAT(override_message("", "name=\xFF"), HasSubstr("invalid UTF-8"));
  EXPECT_THAT(override_message("train:\n  lr: 3\n", "train.lr.x=1"),
              AllOf(HasSubstr("train.lr.x=1"), HasSubstr("x.yaml:2")));
  EXPECT_THAT(override_message("train: [1]\n", "train.lr=1"), HasSubstr("x.yaml:1"));
}

TEST(Config, WhereFallsBackToTheNearestParent) {
  const Config config = Config::parse(
      "seed: 1\ntrain:\n  lr: 2\n  deep:\n    hidden:\n      - 1\n      - 2\n", "x.yaml");
  EXPECT_EQ(config.where("seed"), "x.yaml:1");
  EXPECT_EQ(config.where("train.lr"), "x.yaml:3");
  EXPECT_EQ(config.where("train.epochs"), "x.yaml:2");
  EXPECT_EQ(config.where("train.lr.inner"), "x.yaml:3");
  EXPECT_EQ(config.where("train.deep.hidden"), "x.yaml:5");
  EXPECT_EQ(config.where("train.deep.hidden[1]"), "x.yaml:7");
  EXPECT_EQ(config.where("train.deep.hidden[2]"), "x.yaml:5");
  EXPECT_EQ(config.where("train.deep.hidden[x"), "x.yaml:5");
  EXPECT_EQ(config.where("name"), "default");
  EXPECT_EQ(config.where("trainlr"), "default");
  EXPECT_EQ(config.where(""), "default");
}

TEST(Config, HasSaysWhatWasGiven) {
  const Config config = Config::parse("train: {lr: ~, deep: {}}\n", "x.yaml", {"seed=2"});
  EXPECT_TRUE(config.has("train"));
  EXPECT_TRUE(config.has("train.lr"));
  EXPECT_TRUE(config.has("train.deep"));
  EXPECT_TRUE(config.has("seed"));
  EXPECT_FALSE(config.has("train.epochs"));
  EXPECT_FALSE(config.has("train.lr.x"));
  EXPECT_FALSE(config.has("lr"));
}

TEST(Config, KeyTwiceIsAnError) {
  EXPECT_THAT(parse_message("train:\n  lr: 1\n  epochs: 2\n  lr: 3\n"),
              AllOf(HasSubstr("x.yaml:4"), HasSubstr("duplicate key 'lr'"), HasSubstr("line 2")));
  EXPECT_THAT(parse_message("a: {b: 1, 'b': 2}"), HasSubstr("duplicate key 'b'"));
}

TEST(Config, RootMustBeAMapping) {
  EXPECT_THAT(parse_message("\n- a\n- b\n"),
              AllOf(HasSubstr("x.yaml:2"), HasSubstr("a list"), HasSubstr("keys with values")));
  EXPECT_THAT(parse_message("hello"), AllOf(HasSubstr("x.yaml:1"), HasSubstr("'hello'")));
}

TEST(Config, BadTextsAreErrorsWithTheirLine) {
  EXPECT_THAT(parse_message("a: 1\nb: [1, 2\n"), HasSubstr("x.yaml:"));
  EXPECT_THAT(parse_message("a: 1\nb: [1, 2]]\nc: 1\n"), HasSubstr("x.yaml:2"));
  EXPECT_THAT(parse_message("a: 1\nb: c: d\n"), HasSubstr("x.yaml:2"));
  EXPECT_THAT(parse_message("a: 1\nb: 'open\nc: 1\n"),
              AllOf(HasSubstr("x.yaml:"), HasSubstr("unclosed quote")));
  EXPECT_THAT(parse_message("a: \"open"), HasSubstr("unclosed quote"));
  EXPECT_THAT(parse_message("a: 1\nb:2\nc: 3\n"), HasSubstr("x.yaml:"));
  EXPECT_THAT(parse_message("a: 1\nb: @x\n"), HasSubstr("x.yaml:2"));
  EXPECT_THAT(parse_message("a: 1\nb: *x\n"), HasSubstr("x.yaml:2"));
  EXPECT_THAT(parse_message("a: 1\n\xFF: 2\n"),
              AllOf(HasSubstr("x.yaml:2"), HasSubstr("UTF-8"), HasSubstr("\\xFF")));
  EXPECT_THAT(parse_message("a: 1\nb: x\x04y\n"), AllOf(HasSubstr("x.yaml:2"), HasSubstr("\\x04")));
  EXPECT_THAT(parse_message(std::string("a: \0", 4)), HasSubstr("\\x00"));
  EXPECT_THAT(parse_message("a:\n\tb: 1\n"),
              AllOf(HasSubstr("x.yaml:2"), HasSubstr("tab in the indentation")));
  EXPECT_THAT(parse_message("a:\n  \tb: 1\n"), HasSubstr("tab in the indentation"));
  EXPECT_THAT(parse_message("%x\n"), AllOf(HasSubstr("x.yaml:1"), HasSubstr("'%'")));
  EXPECT_EQ(read(Config::parse("seed: 2\n...\n", "x.yaml")).seed, 2);
  EXPECT_THAT(parse_message("a: 1\n...\nb: 2\n"), HasSubstr("more than one YAML document"));
  EXPECT_THAT(parse_message("a: 1\n---\nb: 2\n"),
              AllOf(HasSubstr("x.yaml:2"), HasSubstr("more than one YAML document")));
  EXPECT_THAT(parse_message("a: 1\n? [b]\n: 2\n"),
              AllOf(HasSubstr("x.yaml:2"), HasSubstr("a key must be a string")));
  EXPECT_THAT(parse_message("a: 1\n~: 2\n"), HasSubstr("a key must be a string"));
  EXPECT_THAT(parse_message("a: 1\nb: !foo 2\n"), AllOf(HasSubstr("x.yaml:2"), HasSubstr("!foo")));
  EXPECT_THAT(parse_message("a: !foo [1]\n"), HasSubstr("!foo"));
}

TEST(Config, TabsElsewhereAreFine) {
  const Sample sample =
      read(Config::parse("seed:\t2\t# two\n\t# a comment\n\t\nname: \"a\tb\"\n", "x.yaml"));
  EXPECT_EQ(sample.seed, 2);
  EXPECT_EQ(sample.name, "a\tb");
}

TEST(Config, AliasesAreCopies) {
  const Sample sample = read(Config::parse("seed: &s 3\ntrain: {epochs: *s}\n", "x.yaml"));
  EXPECT_EQ(sample.epochs, 3);
  EXPECT_THAT(parse_message("a: 1\nb: &x [1, *x]\n"),
              AllOf(HasSubstr("x.yaml:2"), HasSubstr("an alias inside its own value")));
}

TEST(Config, GrowthOfAliasesIsBounded) {
  std::string text = "a0: &a0 [1, 1]\n";
  for (int i = 1; i < 40; ++i)
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) +
            ", *a" + std::to_string(i - 1) + "]\n";
  EXPECT_THAT(parse_message(text), AllOf(HasSubstr("x.yaml:"), HasSubstr("more than 100000")));
}

TEST(Config, NestingIsBounded) {
  for (const char* open : {"[", "{a: ", "- ", "? "}) {
    std::string text;
    for (int i = 0; i < 20000; ++i) text += open;
    EXPECT_THAT(parse_message(text), HasSubstr("nested more than 64 levels")) << open;
  }
  std::string blocks;
  for (int i = 0; i < 300; ++i) blocks += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  EXPECT_THAT(parse_message(blocks), HasSubstr("nested more than 64 levels"));
}

TEST(Config, AnyBytesGiveAConfigurationOrAnError) {
  const std::string pieces[] = {"a",     ":",     ": ",       "\n",   "  ", "-",  "- ", "[",  "]",
                                "{",     "}",     ",",        "'",    "\"", "#",  "&a", "*a", "!",
                                "|",     ">",     "%",        "?",    "? ", "\t", "\\", "~",  "1",
                                "---\n", "...\n", "\xC3\xA9", "\xFF", "\r", "@",  "<<"};
  unsigned state = 1;
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    for (int i = 0; i < 12; ++i) {
      state = state * 1664525u + 1013904223u;
      text += pieces[(state >> 16) % std::size(pieces)];
    }
    try {
      Config::parse(text, "x.yaml", {});
    } catch (const Error& error) {
      ASSERT_THAT(error.what(), HasSubstr("x.yaml")) << printable(text);
    }
    try {
      Config::parse("", "x.yaml", {text});
    } catch (const UsageError& error) {
      ASSERT_THAT(error.what(), HasSubstr("key=value")) << printable(text);
    }
  }
}

TEST(ConfigReport, OneErrorSortedByPlaceWithCount) {
  const Config config =
      Config::parse("seed: 1\ntrain:\n  lr: -1\n  epochs: 3\n", "x.yaml", {"name=zed"});
  Problems problems;
  problems.add("other", "is missing");
  problems.add("name", "is odd");
  problems.add("train.lr", "must be > 0, got -1");
  problems.add("seed", "second\x1B");
  problems.add("seed", "first added stays first");
  const std::string message = message_of<Error>([&] { config.report(problems); });
  EXPECT_EQ(message,
            "5 problems in the configuration:\n"
            "  x.yaml:1: seed: second\x1B\n"
            "  x.yaml:1: seed: first added stays first\n"
            "  x.yaml:3: train.lr: must be > 0, got -1\n"
            "  command line: name=zed: name: is odd\n"
            "  default: other: is missing");
}

TEST(ConfigReport, MainFileComesBeforeItsBases) {
  const TempFolder folder;
  const auto base = folder.write("a-base.yaml", "seed: x\n");
  const auto file = folder.write("z.yaml", "extends: a-base.yaml\n\nname: [y]\n");
  const std::string message = message_of<Error>([&] { read(Config::load(file, {})); });
  EXPECT_EQ(message, "2 problems in the configuration:\n  " + file +
                         ":3: name: expected a string, got a list\n  " + base +
                         ":1: seed: expected an integer, got 'x'");
}

TEST(ConfigReport, NothingWithoutProblemsAndOneWithOne) {
  const Config config = Config::parse("", "x.yaml");
  Problems problems;
  EXPECT_NO_THROW(config.report(problems));
  problems.add("seed", "is missing");
  EXPECT_THAT(message_of<Error>([&] { config.report(problems); }),
              AllOf(HasSubstr("1 problem in"), Not(HasSubstr("problems"))));
}

}  // namespace
}  // namespace wordbridge
