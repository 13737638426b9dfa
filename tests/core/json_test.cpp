#include "core/json.h"

#include <gmock/gmock.h>

#include <limits>

#include "core/error.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using testing::HasSubstr;
using testing::Not;

TEST(Json, ValidTextIsUnchanged) {
  const ordered_json value = {{"word", "caf\u00e9 \\xE9"}, {"a", {1, 2.5, nullptr, true}}};
  EXPECT_EQ(json_text(value), value.dump());
  EXPECT_EQ(json_text(value, 2), value.dump(2));
}

TEST(Json, BytesThatAreNotUtf8AreEscaped) {
  // A name in Latin-1, and a word of word2vec.c that ends in the middle of a letter.
  const ordered_json value = {{"caf\xe9s", {{"words", {"\xd0\xbc\xd0", "good"}}}}, {"n", 1}};
  EXPECT_EQ(json_text(value), R"({"caf\\xE9s":{"words":["м\\xD0","good"]},"n":1})");
  EXPECT_EQ(json::parse(json_text(value))["caf\\xE9s"]["words"][0], "м\\xD0");
  EXPECT_EQ(json_text(json("\xff")), "\"\\\\xFF\"");
}

TEST(Json, DifferentNamesStayDifferent) {
  const json value = {{"a\xe8", 1}, {"a\xe9", 2}};
  EXPECT_EQ(json_text(value), R"({"a\\xE8":1,"a\\xE9":2})");
  EXPECT_NE(valid_utf8(json("\xe8")), valid_utf8(json("\xe9")));
}

TEST(Json, NumbersThatAreNotFiniteAreNull) {
  const json value = {std::numeric_limits<double>::quiet_NaN(),
                      std::numeric_limits<double>::infinity(), 1.5};
  EXPECT_EQ(json_text(value), "[null,null,1.5]");
}

TEST(Json, ADamagedFileIsAnErrorWithItsPlace) {
  const TempFolder folder;
  const auto path = folder.write("a.json", "{\"a\": 1,\n \"b\": \"caf\xe9s\"}");
  const auto message = message_of<Error>([&] { read_json_file(path); });
  EXPECT_THAT(message, HasSubstr("a.json"));
  EXPECT_THAT(message, HasSubstr("line 2"));
  EXPECT_THAT(message, Not(HasSubstr("json.exception")));
  EXPECT_EQ(read_json_file(folder.write("b.json", "[1]")), ordered_json({1}));
}

TEST(Json, TooManyLevelsAreAnError) {
  const auto nested = [](std::size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
  };
  EXPECT_EQ(parse_json(nested(1000), "t").size(), 1U);
  EXPECT_THAT(message_of<Error>([&] { parse_json(nested(1001), "t.json"); }),
              testing::AllOf(HasSubstr("nested too deeply"), HasSubstr("t.json")));
  const TempFolder folder;
  folder.write("deep.json", nested(300000));
  EXPECT_THAT(message_of<Error>([&] { read_json_file(folder / "deep.json"); }),
              testing::AllOf(HasSubstr("nested too deeply"), HasSubstr("deep.json")));
}

TEST(Json, AKeyThatOccursTwiceIsAnError) {
  const auto message = message_of<Error>(
      [&] { parse_json(R"({"a": 1, "b": [{"a": 2, "c": 1}, {"a": 3, "a": 4}]})", "t.json"); });
  EXPECT_THAT(message, HasSubstr("t.json"));
  EXPECT_THAT(message, HasSubstr("'a'"));
  EXPECT_EQ(parse_json(R"([{"a": {"a": 1}}, {"a": 2}])", "t").dump(), R"([{"a":{"a":1}},{"a":2}])");
  EXPECT_THAT(message_of<Error>([&] { parse_json("{\"a\": 1", "t.json"); }),
              Not(HasSubstr("json.exception")));
}

}  // namespace
}  // namespace wordbridge
