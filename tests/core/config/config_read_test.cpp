#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

#include "core/config/config.h"
#include "core/config/fields.h"
#include "core/error.h"
#include "tests/support/temp_folder.h"

// Reading of the values of a configuration into fields, and the problems it reports.

namespace wordbridge {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

struct Everything {
  bool flag = false;
  std::int64_t count = 5;
  double rate = 0.5;
  std::string text = "old", kind = "raw";
  std::vector<std::int64_t> sizes = {1};
  std::vector<double> weights = {1.5};
  std::vector<std::string> files = {"old"}, kinds = {"raw"};
  double lr = 1;
  std::int64_t seed = 0;

  FieldGroup describe() {
    FieldGroup root{"root", ""};
    root.add(Field{"flag", &flag, ""})
        .add(Field{"count", &count, "", between(1, 2e6)})
        .add(Field{"rate", &rate, "", below(0, 1)})
        .add(Field{"text", &text, ""})
        .add(Field{"kind", &kind, "", {}, {"raw", "log", "sqrt"}})
        .add(Field{"sizes", &sizes, "", at_least(1)})
        .add(Field{"weights", &weights, "", more_than(0)})
        .add(Field{"files", &files, ""})
        .add(Field{"kinds", &kinds, "", {}, {"raw", "log"}});
    FieldGroup train{"train", ""};
    train.add(Field{"lr", &lr, "", more_than(0)});
    FieldGroup random{"random", ""};
    random.add(Field{"seed", &seed, ""});
    train.add(random);
    root.add(train);
    return root;
  }
};

struct Read : Everything {
  Problems problems;
  explicit Read(const std::string& yaml) {
    FieldGroup root = describe();
    Config::parse(yaml, "x.yaml").read(root, problems);
  }
  const auto& found() const { return problems.found(); }
};

/// Returns the message of the only problem of `yaml`, whose key must be `key`.
std::string problem(const std::string& yaml, const std::string& key) {
  const Read read(yaml);
  if (read.found().size() != 1) {
    ADD_FAILURE() << yaml << " has " << read.found().size() << " problems";
    return {};
  }
  EXPECT_EQ(read.found()[0].first, key);
  return read.found()[0].second;
}

TEST(ReadFields, ValuesOfEveryType) {
  const Read read(
      "flag: true\ncount: 7\nrate: 0.25\ntext: hello there\nkind: log\nsizes: [2, 3]\n"
      "weights: [1, 2.5]\nfiles: [a, 'b c']\nkinds: [log, raw]\ntrain: {lr: 3, random: {seed: "
      "-4}}");
  EXPECT_THAT(read.found(), IsEmpty());
  EXPECT_TRUE(read.flag);
  EXPECT_EQ(read.count, 7);
  EXPECT_EQ(read.rate, 0.25);
  EXPECT_EQ(read.text, "hello there");
  EXPECT_EQ(read.kind, "log");
  EXPECT_THAT(read.sizes, ElementsAre(2, 3));
  EXPECT_THAT(read.weights, ElementsAre(1, 2.5));
  EXPECT_THAT(read.files, ElementsAre("a", "b c"));
  EXPECT_THAT(read.kinds, ElementsAre("log", "raw"));
  EXPECT_EQ(read.lr, 3);
  EXPECT_EQ(read.seed, -4);
}

TEST(ReadFields, BooleansAreTrueAndFalseOnly) {
  EXPECT_TRUE(Read("flag: True").flag);
  EXPECT_THAT(Read("flag: FALSE").found(), IsEmpty());
  EXPECT_EQ(problem("flag: yes", "flag"), "expected true or false, got 'yes'");
  EXPECT_EQ(problem("flag: 1", "flag"), "expected true or false, got '1'");
  EXPECT_EQ(problem("flag: 'true'", "flag"), "expected true or false, got the string 'true'");
  EXPECT_EQ(problem("flag:", "flag"), "expected true or false, got nothing");
  EXPECT_EQ(problem("flag: [true]", "flag"), "expected true or false, got a list");
}

TEST(ReadFields, IntegersInEveryExactSpelling) {
  EXPECT_EQ(Read("count: 1e6").count, 1000000);
  EXPECT_EQ(Read("count: 1000000.0").count, 1000000);
  EXPECT_EQ(Read("count: +12").count, 12);
  EXPECT_EQ(Read("count: 2.5e1").count, 25);
  EXPECT_EQ(Read("train: {random: {seed: 9223372036854775807}}").seed,
            std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(Read("train: {random: {seed: 9007199254740992.0}}").seed, 9007199254740992);
}

TEST(ReadFields, WhatIsNoInteger) {
  EXPECT_EQ(problem("count: abc", "count"), "expected an integer, got 'abc'");
  EXPECT_EQ(problem("count: 1.5", "count"), "expected an integer, got '1.5'");
  EXPECT_EQ(problem("count: 1_000", "count"), "expected an integer, got '1_000'");
  EXPECT_EQ(problem("count: '3'", "count"), "expected an integer, got the string '3'");
  EXPECT_EQ(problem("count: true", "count"), "expected an integer, got 'true'");
  EXPECT_EQ(problem("count: ~", "count"), "expected an integer, got nothing");
  EXPECT_EQ(problem("count: {a: 1}", "count"), "expected an integer, got a group of keys");
  EXPECT_EQ(problem("count: [3]", "count"), "expected an integer, got a list");
  EXPECT_EQ(problem("count: .nan", "count"), "expected an integer, got '.nan'");
  EXPECT_EQ(problem("count: 0x10", "count"), "expected an integer, got '0x10'");
  // A double does not represent these integers exactly.
  EXPECT_EQ(problem("train: {random: {seed: 9007199254740994.0}}", "train.random.seed"),
            "expected an integer that can be represented exactly, got '9007199254740994.0'");
  EXPECT_EQ(problem("train: {random: {seed: 9223372036854775808}}", "train.random.seed"),
            "expected an integer that can be represented exactly, got '9223372036854775808'");
}

TEST(ReadFields, Numbers) {
  EXPECT_EQ(Read("rate: 1e-3").rate, 0.001);
  EXPECT_EQ(Read("rate: 0").rate, 0);
  EXPECT_EQ(Read("rate: .5").rate, 0.5);
  EXPECT_EQ(problem("rate: abc", "rate"), "expected a number, got 'abc'");
  EXPECT_EQ(problem("rate: '0.5'", "rate"), "expected a number, got the string '0.5'");
  EXPECT_EQ(problem("rate: 0,5", "rate"), "expected a number, got '0,5'");
  EXPECT_EQ(problem("rate:", "rate"), "expected a number, got nothing");
  for (const std::string text : {"nan", ".nan", ".NaN", "inf", "-inf", ".inf", "-.INF", "1e999"})
    EXPECT_EQ(problem("rate: " + text, "rate"), "expected a finite number, got '" + text + "'");
}

TEST(ReadFields, RangesWithTheirEnds) {
  EXPECT_EQ(problem("train: {lr: -1}", "train.lr"), "must be > 0, got -1");
  EXPECT_EQ(problem("train: {lr: 0}", "train.lr"), "must be > 0, got 0");
  EXPECT_EQ(problem("rate: 1", "rate"), "must be in [0, 1), got 1");
  EXPECT_EQ(problem("count: 0", "count"), "must be in [1, 2000000], got 0");
  EXPECT_EQ(problem("sizes: [4, 0]", "sizes[1]"), "must be >= 1, got 0");
  EXPECT_THAT(Read("count: 2000000").found(), IsEmpty());
  EXPECT_THAT(Read("count: 1").found(), IsEmpty());
  EXPECT_EQ(problem("count: 2000001", "count"), "must be in [1, 2000000], got 2000001");
}

TEST(ReadFields, TextsTakeNumbersAndNothing) {
  EXPECT_EQ(Read("text: 007").text, "007");
  EXPECT_EQ(Read("text: 1.50").text, "1.50");
  EXPECT_EQ(Read("text: true").text, "true");
  EXPECT_EQ(Read("text: .inf").text, ".inf");
  EXPECT_EQ(Read("text: ~").text, "");
  EXPECT_EQ(Read("text: null").text, "");
  EXPECT_EQ(Read("text:").text, "");
  EXPECT_EQ(Read("text: '~'").text, "~");
  EXPECT_EQ(Read("text: !!str ~").text, "~");
  EXPECT_EQ(Read("text: |\n  a\n  b\n").text, "a\nb\n");
  EXPECT_EQ(problem("text: [a]", "text"), "expected a string, got a list");
  EXPECT_EQ(problem("text: {a: b}", "text"), "expected a string, got a group of keys");
}

TEST(ReadFields, Choices) {
  EXPECT_EQ(problem("kind: lgo", "kind"),
            "must be one of raw, log, sqrt, got 'lgo'; did you mean log?");
  EXPECT_EQ(problem("kind: other", "kind"), "must be one of raw, log, sqrt, got 'other'");
  EXPECT_EQ(problem("kind: ~", "kind"), "must be one of raw, log, sqrt, got nothing");
  EXPECT_EQ(problem("kinds: [raw, sqrt]", "kinds[1]"), "must be one of raw, log, got 'sqrt'");
}

TEST(ReadFields, ListsOfOneAndOfNothing) {
  EXPECT_THAT(Read("sizes: 9").sizes, ElementsAre(9));
  EXPECT_THAT(Read("files: a.txt").files, ElementsAre("a.txt"));
  EXPECT_THAT(Read("weights: 2").weights, ElementsAre(2));
  EXPECT_THAT(Read("sizes: []").sizes, IsEmpty());
  EXPECT_THAT(Read("files:").files, IsEmpty());
  EXPECT_THAT(Read("files: [~, 1]").files, ElementsAre("", "1"));
  EXPECT_EQ(problem("sizes: {a: 1}", "sizes"), "expected a list, got a group of keys");
  EXPECT_EQ(problem("sizes: x", "sizes"), "expected an integer, got 'x'");
  EXPECT_EQ(problem("sizes: [1, [2]]", "sizes[1]"), "expected an integer, got a list");
}

TEST(ReadFields, GroupsMustBeGroups) {
  EXPECT_EQ(problem("train: 3", "train"), "expected a group of keys, got '3'");
  EXPECT_EQ(problem("train: [lr]", "train"), "expected a group of keys, got a list");
  EXPECT_THAT(Read("train:").found(), IsEmpty());
  EXPECT_THAT(Read("train: {random: ~}").found(), IsEmpty());
}

TEST(ReadFields, UnknownKeysWithAdvice) {
  EXPECT_EQ(problem("cuont: 1", "cuont"), "unknown key; did you mean count?");
  EXPECT_EQ(problem("train: {lrr: 1}", "train.lrr"), "unknown key; did you mean train.lr?");
  EXPECT_EQ(problem("trian: {lr: 1}", "trian"), "unknown key; did you mean train?");
  // Valid in another group: in a parent, in a subgroup, and as a group.
  EXPECT_EQ(problem("lr: 1", "lr"), "unknown key; did you mean train.lr?");
  EXPECT_EQ(problem("seed: 1", "seed"), "unknown key; did you mean train.random.seed?");
  EXPECT_EQ(problem("train: {seed: 1}", "train.seed"),
            "unknown key; did you mean train.random.seed?");
  EXPECT_EQ(problem("train: {count: 1}", "train.count"), "unknown key; did you mean count?");
  EXPECT_EQ(problem("random: {seed: 1}", "random"), "unknown key; did you mean train.random?");
  EXPECT_EQ(problem("train: {banana: 1}", "train.banana"), "unknown key, valid keys: lr, random");
  EXPECT_EQ(problem("flag: true\ncount:2", "count:2"), "unknown key: a space is missing after ':'");
  EXPECT_EQ(problem("train.lr: 1", "train.lr"),
            "unknown key: write groups as nested keys, not with a '.'");
}

TEST(ReadFields, SameNameInTwoGroupsGivesBoth) {
  double a = 0, b = 0;
  FieldGroup root{"", ""};
  for (auto* target : {&a, &b}) {
    FieldGroup group{target == &a ? "first" : "second", ""};
    group.add(Field{"scale", target, ""});
    root.add(group);
  }
  Problems problems;
  Config::parse("scale: 2", "x.yaml").read(root, problems);
  EXPECT_THAT(problems.found(),
              ElementsAre(Pair("scale", "unknown key; did you mean first.scale or second.scale?")));
}

TEST(ReadFields, AllProblemsTogetherAndTheRestIsRead) {
  const Read read("flag: 3\ncount: 8\nsizes: [1, x, 0]\ntext: new\nbanana: 1\n");
  EXPECT_THAT(read.found(), ElementsAre(Pair("banana", HasSubstr("unknown key")),
                                        Pair("flag", "expected true or false, got '3'"),
                                        Pair("sizes[1]", "expected an integer, got 'x'"),
                                        Pair("sizes[2]", "must be >= 1, got 0")));
  EXPECT_FALSE(read.flag);
  EXPECT_EQ(read.count, 8);
  EXPECT_THAT(read.sizes, ElementsAre(1));  // an invalid list does not change the field
  EXPECT_EQ(read.text, "new");
}

TEST(ReadFields, ProblemsPointAtTheItemsLine) {
  Everything fields;
  FieldGroup root = fields.describe();
  Problems problems;
  const Config config = Config::parse("sizes:\n  - 1\n  - x\ntrain:\n  lr: 0\n", "x.yaml");
  config.read(root, problems);
  EXPECT_EQ(message_of<Error>([&] { config.report(problems); }),
            "2 problems in the configuration:\n"
            "  x.yaml:3: sizes[1]: expected an integer, got 'x'\n"
            "  x.yaml:5: train.lr: must be > 0, got 0");
}

TEST(ReadFields, MessagesShowNoControlCharacters) {
  EXPECT_EQ(problem("count: \"\\e[2J\"", "count"),
            "expected an integer, got the string '\\x1B[2J'");
  const Read read("\"\\e[2J\": 1");
  const Config config = Config::parse("\"\\e[2J\": 1", "x.yaml");
  EXPECT_THAT(message_of<Error>([&] { config.report(read.problems); }),
              HasSubstr("x.yaml:1: \\x1B[2J: unknown key"));
}

enum class Shape { circle, square, triangle };

struct Shapes {
  Shape shape = Shape::square;
  std::string same = "square";  // the same choices as a string
  std::int64_t dim = 3;
  Problems problems;

  FieldGroup describe() {
    FieldGroup root{"root", ""};
    root
        .add(choice(
            "shape", &shape, "of it",
            {{"circle", Shape::circle}, {"square", Shape::square}, {"triangle", Shape::triangle}},
            {{"oblong", "square"}}))
        .add(Field{"same", &same, "of it", {}, {"circle", "square", "triangle"}});
    FieldGroup inner{"inner", ""};
    inner.add(Field{"dim", &dim, ""}).rename("m", "inner.dim").rename("old", "shape");
    return root.add(inner);
  }
  void read(const std::string& yaml) {
    FieldGroup root = describe();
    Config::parse(yaml, "x.yaml").read(root, problems);
  }
};

TEST(EnumFields, AreReadByName) {
  Shapes shapes;
  shapes.read("shape: triangle");
  EXPECT_TRUE(shapes.problems.empty());
  EXPECT_EQ(shapes.shape, Shape::triangle);
}

TEST(EnumFields, AreRefusedAsTextsAre) {
  for (const std::string wrong : {"circel", "[circle]", "{a: 1}", "7", "''"}) {
    Shapes shapes;
    shapes.read("{shape: " + wrong + ", same: " + wrong + "}");
    ASSERT_EQ(shapes.problems.found().size(), 2U) << wrong;
    const auto& found = shapes.problems.found();
    EXPECT_EQ(found[0].second, found[1].second) << wrong;
    EXPECT_EQ(shapes.shape, Shape::square) << wrong;
  }
  Shapes shapes;
  shapes.read("shape: circel");
  EXPECT_THAT(
      shapes.problems.found(),
      ElementsAre(Pair("shape",
                       "must be one of circle, square, triangle, got 'circel'; did you mean "
                       "circle?")));
}

TEST(EnumFields, AreWrittenByName) {
  Shapes shapes;
  shapes.shape = Shape::triangle;
  shapes.same = "triangle";
  const FieldGroup group = shapes.describe();
  const Field &shape = group.fields[0], &same = group.fields[1];
  EXPECT_EQ(value_text(shape), "triangle");
  EXPECT_EQ(type_name(shape), type_name(same));
  EXPECT_EQ(dump_yaml(group), "shape: triangle\nsame: triangle\ninner:\n  dim: 3\n");
  EXPECT_THAT(
      document_fields(group),
      HasSubstr("| `shape` | string | `triangle` | one of circle, square, triangle | of it |"));
}

TEST(EnumFields, NameOfAValue) {
  const EnumNames<Shape> names = {{"circle", Shape::circle}, {"square", Shape::square}};
  EXPECT_EQ(name_of(names, Shape::square), "square");
  EXPECT_EQ(name_of(names, Shape::triangle), "");
}

TEST(Renames, TheErrorNamesTheNewKey) {
  Shapes shapes;
  FieldGroup root = shapes.describe();
  const Config config = Config::parse("shape: circle\ninner:\n  m: 4\n  old: {a: 1}\n", "x.yaml");
  config.read(root, shapes.problems);
  EXPECT_THAT(
      config.problem_lines(shapes.problems),
      ElementsAre("x.yaml:3: inner.m: is now inner.dim", "x.yaml:4: inner.old: is now shape"));
  EXPECT_EQ(shapes.dim, 3);
}

TEST(Renames, TheErrorNamesTheNewChoice) {
  Shapes shapes;
  shapes.read("shape: oblong");
  EXPECT_THAT(shapes.problems.found(), ElementsAre(Pair("shape", "'oblong' is now square")));
}

TEST(Renames, AKeyThatIsStillKnownIsABug) {
  FieldGroup root = Shapes().describe();
  EXPECT_THROW(root.rename("shape", "form"), std::logic_error);
}

TEST(RangeText, EveryKind) {
  EXPECT_EQ(Range{}.text(), "");
  EXPECT_EQ(at_least(2).text(), ">= 2");
  EXPECT_EQ(more_than(0).text(), "> 0");
  EXPECT_EQ(between(0, 0.5).text(), "[0, 0.5]");
  EXPECT_EQ(below(0, 1).text(), "[0, 1)");
  Range range;
  range.high = 3;
  EXPECT_EQ(range.text(), "<= 3");
  range.high_open = true;
  EXPECT_EQ(range.text(), "< 3");
  range.low = 1;
  range.low_open = true;
  EXPECT_EQ(range.text(), "(1, 3)");
}

TEST(RangeContains, Ends) {
  EXPECT_TRUE(between(0, 1).contains(0));
  EXPECT_TRUE(between(0, 1).contains(1));
  EXPECT_FALSE(between(0, 1).contains(1.0001));
  EXPECT_FALSE(below(0, 1).contains(1));
  EXPECT_TRUE(below(0, 1).contains(0));
  EXPECT_FALSE(more_than(0).contains(0));
  EXPECT_TRUE(more_than(0).contains(1e300));
  EXPECT_FALSE(Range{}.contains(std::numeric_limits<double>::quiet_NaN()));
}

TEST(FieldGroups, NameTwiceIsABug) {
  bool flag = false;
  FieldGroup group{"g", ""};
  group.add(Field{"a", &flag, ""});
  EXPECT_THROW(group.add(Field{"a", &flag, ""}), std::logic_error);
  EXPECT_THROW(group.add(FieldGroup{"a", ""}), std::logic_error);
}

}  // namespace
}  // namespace wordbridge
