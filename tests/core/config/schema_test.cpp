#include "core/config/schema.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace wordbridge {
namespace {

using Json = nlohmann::ordered_json;

enum class Shape { round, flat };
const EnumNames<Shape> kShapes = {{"round", Shape::round}, {"flat", Shape::flat}};

/// Expects this schema, as JSON text, with the same order of keys.
void expect_schema(const Field& field, const std::string& json) {
  EXPECT_EQ(field_schema(field).dump(1), Json::parse(json).dump(1));
}

TEST(FieldSchema, Booleans) {
  bool flag = true;
  expect_schema(Field{"flag", &flag, "on or off"},
                R"({"description": "on or off", "type": "boolean", "default": true})");
}

TEST(FieldSchema, NumbersHaveClosedAndOpenBounds) {
  std::int64_t count = 3;
  expect_schema(Field{"count", &count, ""}, R"({"type": "integer", "default": 3})");
  expect_schema(Field{"count", &count, "", between(1, 1000)},
                R"({"type": "integer", "minimum": 1, "maximum": 1000, "default": 3})");
  double rate = 0.25;
  expect_schema(Field{"rate", &rate, "", at_least(0)},
                R"({"type": "number", "minimum": 0, "default": 0.25})");
  expect_schema(Field{"rate", &rate, "", positive_up_to(0.5)},
                R"({"type": "number", "exclusiveMinimum": 0, "maximum": 0.5, "default": 0.25})");
  expect_schema(Field{"rate", &rate, "", below(-1, 1)},
                R"({"type": "number", "minimum": -1, "exclusiveMaximum": 1, "default": 0.25})");
  rate = 2;
  expect_schema(Field{"rate", &rate, ""}, R"({"type": "number", "default": 2})");
}

TEST(FieldSchema, ADefaultThatCantBeWrittenIsLeftOut) {
  std::int64_t points = 0;
  expect_schema(Field{"points", &points, "", at_least(1)}, R"({"type": "integer", "minimum": 1})");
  double rate = 0;
  expect_schema(Field{"rate", &rate, "", more_than(0)},
                R"({"type": "number", "exclusiveMinimum": 0})");
  std::string kind;
  expect_schema(Field{"kind", &kind, "", {}, {"a", "b"}}, R"({"enum": ["a", "b"]})");
}

TEST(FieldSchema, StringsAreReadFromAnySingleValue) {
  std::string text = "hello";
  expect_schema(Field{"text", &text, ""},
                R"({"type": ["string", "number", "boolean", "null"], "default": "hello"})");
}

TEST(FieldSchema, ChoicesAreEnums) {
  std::string kind = "raw";
  expect_schema(Field{"kind", &kind, "", {}, {"raw", "log"}},
                R"({"enum": ["raw", "log"], "default": "raw"})");
  Shape shape = Shape::flat;
  expect_schema(choice("shape", &shape, "", kShapes, {{"even", "flat"}}),
                R"({"enum": ["round", "flat"], "default": "flat"})");
  std::optional<Shape> open;
  expect_schema(choice("open", &open, "", kShapes),
                R"({"enum": ["auto", "round", "flat"], "default": "auto"})");
}

TEST(FieldSchema, AListAcceptsASingleValueAndNothing) {
  std::vector<std::int64_t> sizes = {100, 50};
  expect_schema(Field{"sizes", &sizes, "of layers", at_least(1)}, R"({
    "description": "of layers",
    "anyOf": [{"type": ["array", "null"], "items": {"type": "integer", "minimum": 1}},
              {"type": "integer", "minimum": 1}],
    "default": [100, 50]})");
  std::vector<double> weights;
  expect_schema(Field{"weights", &weights, "", more_than(0)}, R"({
    "anyOf": [{"type": ["array", "null"], "items": {"type": "number", "exclusiveMinimum": 0}},
              {"type": "number", "exclusiveMinimum": 0}],
    "default": []})");
  std::vector<std::string> files = {"a.txt"};
  expect_schema(Field{"files", &files, ""}, R"({
    "anyOf": [
      {"type": ["array", "null"], "items": {"type": ["string", "number", "boolean", "null"]}},
      {"type": ["string", "number", "boolean", "null"]}],
    "default": ["a.txt"]})");
  expect_schema(Field{"files", &files, "", {}, {"a.txt", "b.txt"}}, R"({
    "anyOf": [{"type": ["array", "null"], "items": {"enum": ["a.txt", "b.txt"]}},
              {"enum": ["a.txt", "b.txt"]}],
    "default": ["a.txt"]})");
}

TEST(FieldSchema, OpenSettingsAcceptAuto) {
  std::optional<std::int64_t> count;
  expect_schema(Field{"count", &count, "", at_least(1)}, R"({
    "anyOf": [{"type": "integer", "minimum": 1}, {"const": "auto"}], "default": "auto"})");
  std::optional<double> rate = 0.5;
  expect_schema(Field{"rate", &rate, "", below(0, 1)}, R"({
    "anyOf": [{"type": "number", "minimum": 0, "exclusiveMaximum": 1}, {"const": "auto"}],
    "default": 0.5})");
  std::optional<std::vector<std::int64_t>> sizes;
  expect_schema(Field{"sizes", &sizes, "", at_least(1)}, R"({
    "anyOf": [{"type": ["array", "null"], "items": {"type": "integer", "minimum": 1}},
              {"type": "integer", "minimum": 1},
              {"const": "auto"}],
    "default": "auto"})");
}

TEST(GroupSchema, RefusesOtherKeysAtEachLevel) {
  bool flag = false;
  FieldGroup root{"root", "everything"}, inner{"inner", "what is inside"};
  inner.add(Field{"flag", &flag, "on or off"}).rename("switch", "inner.flag");
  root.add(inner).add(FieldGroup{"empty", ""});
  EXPECT_EQ(group_schema(root).dump(1), Json::parse(R"({
    "description": "everything",
    "type": ["object", "null"],
    "properties": {
      "inner": {
        "description": "what is inside",
        "type": ["object", "null"],
        "properties": {
          "flag": {"description": "on or off", "type": "boolean", "default": false}},
        "additionalProperties": false},
      "empty": {"type": ["object", "null"], "properties": {}, "additionalProperties": false}},
    "additionalProperties": false})")
                                            .dump(1));
}

TEST(ExtendsSchema, IsAFileOrAList) {
  const Json schema = extends_schema();
  EXPECT_EQ(schema.at("anyOf"), Json::parse(R"([
    {"type": ["string", "number", "boolean"], "minLength": 1},
    {"type": ["array", "null"],
     "items": {"type": ["string", "number", "boolean"], "minLength": 1}}])"));
}

}  // namespace
}  // namespace wordbridge
