#include "core/config/fields.h"

#include <gmock/gmock.h>

#include "core/config/config.h"

namespace wordbridge {
namespace {

using testing::ElementsAre;

enum class Color { red, green };
const EnumNames<Color> kColors = {{"red", Color::red}, {"green", Color::green}};

/// Settings that are chosen later unless they are given.
struct Open {
  std::optional<std::int64_t> count;
  std::optional<double> rate;
  std::optional<std::vector<std::int64_t>> sizes;
  std::optional<Color> color;
  std::int64_t fixed = 3;

  FieldGroup describe() {
    FieldGroup root{"", ""}, inner{"inner", ""};
    root.add(Field{"count", &count, "", at_least(1)}).add(Field{"fixed", &fixed, ""});
    inner.add(Field{"rate", &rate, "", more_than(0)})
        .add(Field{"sizes", &sizes, "", at_least(1)})
        .add(choice("color", &color, "", kColors));
    root.add(inner);
    return root;
  }
  std::vector<std::pair<std::string, std::string>> read(const std::string& yaml) {
    Problems problems;
    FieldGroup root = describe();
    Config::parse(yaml, "x.yaml").read(root, problems);
    return problems.found();
  }
};

TEST(OpenSettings, AreReadAndWrittenAsAuto) {
  Open open;
  const std::string yaml = dump_yaml(open.describe());
  EXPECT_EQ(yaml, "count: auto\nfixed: 3\ninner:\n  rate: auto\n  sizes: auto\n  color: auto\n");
  EXPECT_THAT(open.describe().open_keys(),
              ElementsAre("count", "inner.rate", "inner.sizes", "inner.color"));
  EXPECT_TRUE(open.read("count: 2\ninner: {rate: 0.5, sizes: [4, 5], color: green}\n").empty());
  EXPECT_EQ(open.count, 2);
  EXPECT_EQ(open.rate, 0.5);
  EXPECT_EQ(*open.sizes, (std::vector<std::int64_t>{4, 5}));
  EXPECT_EQ(open.color, Color::green);
  EXPECT_TRUE(open.describe().open_keys().empty());
  EXPECT_TRUE(open.read(yaml).empty());
  EXPECT_EQ(open.describe().open_keys().size(), 4);
}

TEST(OpenSettings, AnEmptyListIsAValue) {
  Open open;
  EXPECT_TRUE(open.read("inner: {sizes: []}\n").empty());
  ASSERT_TRUE(open.sizes);
  EXPECT_TRUE(open.sizes->empty());
}

TEST(OpenSettings, WrongValuesStayOpen) {
  Open open;
  using Found = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(open.read("count: many\ninner: {rate: 0, sizes: [0], color: blue}\n"),
            (Found{{"count", "expected an integer or auto, got 'many'"},
                   {"inner.color", "must be one of auto, red, green, got 'blue'"},
                   {"inner.rate", "must be > 0, got 0"},
                   {"inner.sizes[0]", "must be >= 1, got 0"}}));
  EXPECT_EQ(open.describe().open_keys().size(), 4);
}

TEST(SameValues, AnOpenSettingAgreesWithAnyValue) {
  Open a, b;
  EXPECT_TRUE(same_values(a.describe(), b.describe()));
  b.count = 5;
  b.color = Color::red;
  EXPECT_TRUE(same_values(a.describe(), b.describe()));
  EXPECT_TRUE(same_values(b.describe(), a.describe()));
  a.count = 6;
  EXPECT_FALSE(same_values(a.describe(), b.describe()));
  a.count = 5, a.fixed = 4;
  EXPECT_FALSE(same_values(a.describe(), b.describe()));
}

TEST(FindField, ByDottedKey) {
  Open open;
  FieldGroup root = open.describe();
  EXPECT_EQ(root.find("inner.rate")->name, "rate");
  EXPECT_EQ(root.find("fixed")->name, "fixed");
  EXPECT_EQ(root.find("inner.fixed"), nullptr);
  EXPECT_EQ(root.find("inner"), nullptr);
}

}  // namespace
}  // namespace wordbridge
