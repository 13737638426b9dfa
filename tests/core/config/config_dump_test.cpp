#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

#include "core/config/config.h"
#include "core/error.h"
#include "tests/support/temp_folder.h"

// Writing of fields as YAML, comments and Markdown.

namespace wordbridge {
namespace {

using ::testing::HasSubstr;

struct Settings {
  bool flag = true;
  std::int64_t count = 3;
  double rate = 0.001;
  std::string text = "hello", kind = "raw";
  std::vector<std::int64_t> sizes = {100, 50};
  std::vector<double> weights = {};
  std::vector<std::string> files = {"a.txt", "b c"};

  FieldGroup describe() {
    FieldGroup root{"root", "everything"};
    root.add(Field{"flag", &flag, "on or off"})
        .add(Field{"count", &count, "how many", at_least(-1e19)})
        .add(Field{"rate", &rate, "share | part", below(-1e300, 2e300)})
        .add(Field{"text", &text, ""});
    FieldGroup inner{"inner", "what is inside"};
    inner.add(Field{"kind", &kind, "of counts", {}, {"raw", "log"}})
        .add(Field{"sizes", &sizes, "of layers"});
    FieldGroup deep{"deep", ""};
    deep.add(Field{"weights", &weights, ""}).add(Field{"files", &files, ""});
    inner.add(deep);
    root.add(inner).add(FieldGroup{"empty", "nothing yet"});
    return root;
  }
};

void expect_round_trip(Settings& settings) {
  for (const bool explain : {false, true}) {
    const std::string yaml = dump_yaml(settings.describe(), explain);
    Settings back{false, 0, 7, "?", "log", {1}, {1}, {"?"}};
    FieldGroup root = back.describe();
    Problems problems;
    const Config config = Config::parse(yaml, "dump.yaml");
    config.read(root, problems);
    ASSERT_NO_THROW(config.report(problems)) << yaml;
    ASSERT_EQ(back.flag, settings.flag) << yaml;
    ASSERT_EQ(back.count, settings.count) << yaml;
    ASSERT_EQ(back.rate, settings.rate) << yaml;
    ASSERT_EQ(std::signbit(back.rate), std::signbit(settings.rate)) << yaml;
    ASSERT_EQ(back.text, settings.text) << yaml;
    ASSERT_EQ(back.kind, settings.kind) << yaml;
    ASSERT_EQ(back.sizes, settings.sizes) << yaml;
    ASSERT_EQ(back.weights, settings.weights) << yaml;
    ASSERT_EQ(back.files, settings.files) << yaml;
    ASSERT_EQ(dump_yaml(root, explain), yaml);
  }
}

TEST(DumpYaml, PlainLayout) {
  Settings settings;
  EXPECT_EQ(dump_yaml(settings.describe()),
            "flag: true\n"
            "count: 3\n"
            "rate: 0.001\n"
            "text: hello\n"
            "inner:\n"
            "  kind: raw\n"
            "  sizes: [100, 50]\n"
            "  deep:\n"
            "    weights: []\n"
            "    files: [a.txt, b c]\n"
            "empty: {}\n");
}

TEST(DumpYaml, ExplainAlignsMeaningsRangesAndChoices) {
  Settings settings;
  settings.text = "a text that is much longer than the column of the comments";
  EXPECT_EQ(dump_yaml(settings.describe(), true),
            "flag: true                      # on or off\n"
            "count: 3                        # how many; >= -1e+19\n"
            "rate: 0.001                     # share | part; [-1e+300, 2e+300)\n"
            "text: a text that is much longer than the column of the comments\n"
            "inner:  # what is inside\n"
            "  kind: raw         # of counts; one of raw, log\n"
            "  sizes: [100, 50]  # of layers\n"
            "  deep:\n"
            "    weights: []\n"
            "    files: [a.txt, b c]\n"
            "empty: {}  # nothing yet\n");
}

TEST(DumpYaml, TextsThatYamlWouldTakeForSomethingElse) {
  for (const char* text : {"",
                           "1",
                           "-1",
                           "1.5",
                           "1e3",
                           "true",
                           "True",
                           "null",
                           "NULL",
                           "~",
                           "yes",
                           "no",
                           "On",
                           "off",
                           "y",
                           "nan",
                           ".nan",
                           "inf",
                           ".inf",
                           "-",
                           "--",
                           "---",
                           "...",
                           "- a",
                           "-x",
                           "#",
                           "a #b",
                           "a#b",
                           "# a",
                           ":",
                           "a: b",
                           "a:",
                           ": a",
                           "a:b",
                           "?",
                           "? a",
                           "!",
                           "!a",
                           "&a",
                           "*a",
                           "%a",
                           "@a",
                           "`a`",
                           "|",
                           ">",
                           "[",
                           "]",
                           "[a]",
                           "{",
                           "}",
                           "{a}",
                           ",",
                           "a, b",
                           "'",
                           "''",
                           "'a'",
                           "\"",
                           "\"a\"",
                           "it's",
                           "\\",
                           "a\\nb",
                           " ",
                           " a",
                           "a ",
                           "a\nb",
                           "\n",
                           "a\n",
                           "\t",
                           "a\tb",
                           "\r",
                           "\r\n",
                           "<<",
                           "<unk>",
                           "</s>",
                           "=",
                           "0x10",
                           "010",
                           "2001-01-01",
                           "1:30",
                           "\x01",
                           "\x1B[0m",
                           "\x7F",
                           "\xC3\xA9t\xC3\xA9",
                           "\xC2\x85",
                           "\xE2\x80\xA8",
                           "\xEF\xBB\xBF",
                           "\xF0\x9F\x98\x80",
                           "C:\\x",
                           "/usr/share",
                           "~/x",
                           "../a b/c.txt",
                           "a (b)",
                           "$HOME",
                           "e5",
                           "infinity"}) {
    Settings settings;
    settings.text = text;
    settings.files = {text, "middle", text};
    expect_round_trip(settings);
  }
}

TEST(DumpYaml, AnyText) {
  std::mt19937 random(7);
  const std::string characters = "a1 .-:#,[]{}'\"\\\n\t&*!|>%@`?~=<\x01_/";
  for (int round = 0; round < 3000; ++round) {
    Settings settings;
    settings.text.clear();
    for (unsigned i = random() % 8; i > 0; --i)
      settings.text += characters[random() % characters.size()];
    settings.files = {settings.text};
    expect_round_trip(settings);
  }
}

TEST(DumpYaml, NumbersRoundTripExactly) {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> exponent(-300, 300), sign(-1, 1);
  for (int round = 0; round < 500; ++round) {
    Settings settings;
    settings.rate = sign(random) * std::pow(10, exponent(random));
    settings.weights = {0.1, -0.0, 1e22, std::nextafter(1.0, 2.0), settings.rate};
    settings.count = static_cast<std::int64_t>(random());
    settings.sizes = {settings.count, std::numeric_limits<std::int64_t>::min(),
                      std::numeric_limits<std::int64_t>::max()};
    expect_round_trip(settings);
  }
  Settings settings;
  for (const double value : {0.0, -0.0, 5e-324, 1e15, 1e16, 123456789.0, 1e299}) {
    settings.rate = value;
    expect_round_trip(settings);
  }
}

TEST(DumpYaml, NoGroupNoText) { EXPECT_EQ(dump_yaml(FieldGroup{"", ""}), ""); }

TEST(DumpYaml, TextThatIsNoUtf8IsAnError) {
  Settings settings;
  settings.text = "a\xFF";
  EXPECT_THAT(message_of<Error>([&] { dump_yaml(settings.describe()); }), HasSubstr("a\\xFF"));
}

TEST(ValueText, QuotesWhatAnyYamlReaderWouldTakeForSomethingElse) {
  Settings settings;
  const auto written = [&](const std::string& text) {
    settings.text = text;
    return value_text(settings.describe().fields[3]);
  };
  for (const std::string text :
       {"", "1", "true", "Yes", "NULL", "~", "inf", "nan", "-x", "a ", "#"})
    EXPECT_EQ(written(text), '"' + text + '"');
  for (const std::string text : {"raw", "a.txt", "/usr/share/x-1", "b c", "<unk>", "yesterday"})
    EXPECT_EQ(written(text), text);
  EXPECT_EQ(written("a\"\\\n\t\x01"), "\"a\\\"\\\\\\n\\t\\x01\"");
}

TEST(ValueText, WorksAsAnOverride) {
  for (const char* text : {"---", "%x", "a: b", "[", "", "1", "# x", "a, b"}) {
    Settings settings;
    settings.text = text;
    const std::string value = value_text(settings.describe().fields[3]);
    settings.text = "other";
    FieldGroup root = settings.describe();
    Problems problems;
    Config::parse("", "x.yaml", {"text=" + value}).read(root, problems);
    EXPECT_TRUE(problems.empty());
    EXPECT_EQ(settings.text, text);
  }
}

TEST(TypeName, EveryType) {
  bool b;
  std::int64_t i;
  double d;
  std::string t;
  std::vector<std::int64_t> is;
  std::vector<double> ds;
  std::vector<std::string> ts;
  EXPECT_EQ(type_name({"", &b, ""}), "boolean");
  EXPECT_EQ(type_name({"", &i, ""}), "integer");
  EXPECT_EQ(type_name({"", &d, ""}), "number");
  EXPECT_EQ(type_name({"", &t, ""}), "string");
  EXPECT_EQ(type_name({"", &is, ""}), "list of integers");
  EXPECT_EQ(type_name({"", &ds, ""}), "list of numbers");
  EXPECT_EQ(type_name({"", &ts, ""}), "list of strings");
  std::optional<std::int64_t> oi;
  std::optional<double> od;
  std::optional<std::vector<std::int64_t>> ois;
  EXPECT_EQ(type_name({"", &oi, ""}), "integer or auto");
  EXPECT_EQ(type_name({"", &od, ""}), "number or auto");
  EXPECT_EQ(type_name({"", &ois, ""}), "list of integers or auto");
}

TEST(DocumentFields, MarkdownTable) {
  Settings settings;
  settings.text = "a|b";
  EXPECT_EQ(document_fields(settings.describe()),
            "| name | type | default | range or choices | meaning |\n"
            "|---|---|---|---|---|\n"
            "| `flag` | boolean | `true` |  | on or off |\n"
            "| `count` | integer | `3` | >= -1e+19 | how many |\n"
            "| `rate` | number | `0.001` | [-1e+300, 2e+300) | share \\| part |\n"
            "| `text` | string | `\"a\\|b\"` |  |  |\n"
            "| `inner` | group |  |  | what is inside |\n"
            "| `inner.kind` | string | `raw` | one of raw, log | of counts |\n"
            "| `inner.sizes` | list of integers | `[100, 50]` |  | of layers |\n"
            "| `inner.deep` | group |  |  |  |\n"
            "| `inner.deep.weights` | list of numbers | `[]` |  |  |\n"
            "| `inner.deep.files` | list of strings | `[a.txt, b c]` |  |  |\n"
            "| `empty` | group |  |  | nothing yet |\n");
}

}  // namespace
}  // namespace wordbridge
