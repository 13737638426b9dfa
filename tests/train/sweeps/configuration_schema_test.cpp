#include "train/sweeps/configuration_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/version.h"

namespace wordbridge {
namespace {

using Json = nlohmann::ordered_json;
using testing::ElementsAre;

std::vector<std::string> keys_of(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& entry : object.items()) keys.push_back(entry.key());
  return keys;
}

/// seed, speed.rate, speed.inner.flag, speed.inner.sizes
Json small_schema() {
  static std::int64_t seed = 1;
  static double rate = 0.5;
  static bool flag = false;
  static std::optional<std::vector<std::int64_t>> sizes;
  FieldGroup root{"", ""}, speed{"speed", "of training"}, inner{"inner", "more"};
  inner.add(Field{"flag", &flag, "on or off"}).add(Field{"sizes", &sizes, "of layers"});
  speed.add(Field{"rate", &rate, "the rate"}).add(inner);
  root.add(Field{"seed", &seed, "the seed"}).add(speed);
  return configuration_schema(root);
}

TEST(ConfigurationSchema, HasSettingsExtendsAndSweep) {
  const Json schema = small_schema();
  EXPECT_EQ(schema.at("$schema"), "http://json-schema.org/draft-07/schema#");
  EXPECT_EQ(schema.at("title"), "Configuration of wordbridge " + version());
  EXPECT_THAT(keys_of(schema.at("properties")), ElementsAre("extends", "seed", "speed", "sweep"));
  EXPECT_EQ(schema.at("additionalProperties"), false);
}

TEST(ConfigurationSchema, AxesHaveDottedAndNestedKeys) {
  const Json schema = small_schema();
  const auto& sweep = schema.at("/properties/sweep"_json_pointer);
  EXPECT_EQ(sweep.at("additionalProperties"), false);
  EXPECT_THAT(keys_of(sweep.at("properties")),
              ElementsAre("search", "seed", "speed", "speed.rate", "speed.inner",
                          "speed.inner.flag", "speed.inner.sizes"));
  EXPECT_EQ(sweep.at("properties").at("speed.rate"),
            (Json{{"$ref", "#/definitions/sweep.speed.rate"}}));
  const auto& axes = schema.at("definitions");
  EXPECT_EQ(axes.at("sweep.speed"), Json::parse(R"({
    "description": "of training",
    "anyOf": [
      {"type": "object",
       "properties": {
         "rate": {"$ref": "#/definitions/sweep.speed.rate"},
         "inner": {"$ref": "#/definitions/sweep.speed.inner"},
         "inner.flag": {"$ref": "#/definitions/sweep.speed.inner.flag"},
         "inner.sizes": {"$ref": "#/definitions/sweep.speed.inner.sizes"}},
       "additionalProperties": false},
      {"type": "array", "items": {"$ref": "#/properties/speed"}, "minItems": 1}]})"));
}

TEST(ConfigurationSchema, OnlyNumbersAreDrawn) {
  const Json axes = small_schema().at("definitions");
  EXPECT_EQ(axes.at("sweep.speed.rate"), Json::parse(R"({
    "description": "the rate",
    "anyOf": [
      {"type": "array", "items": {"$ref": "#/properties/speed/properties/rate"}, "minItems": 1},
      {"$ref": "#/definitions/distribution"}]})"));
  EXPECT_EQ(axes.at("sweep.speed.inner.sizes").at("anyOf").at(1),
            (Json{{"$ref", "#/definitions/integer_distribution"}}));
  EXPECT_EQ(axes.at("sweep.speed.inner.flag"), Json::parse(R"({
    "description": "on or off",
    "type": "array",
    "items": {"$ref": "#/properties/speed/properties/inner/properties/flag"},
    "minItems": 1})"));
  // The seed repeats a point.
  EXPECT_EQ(axes.at("sweep.seed"), Json::parse(R"({
    "description": "the seed",
    "type": "array", "items": {"$ref": "#/properties/seed"}, "minItems": 1})"));
}

TEST(ConfigurationSchema, DistributionsHaveTwoBounds) {
  const Json definitions = small_schema().at("definitions");
  const auto& all = definitions.at("distribution");
  EXPECT_THAT(keys_of(all.at("properties")),
              ElementsAre("uniform", "log_uniform", "integer", "log_integer"));
  EXPECT_EQ(all.at("minProperties"), 1);
  EXPECT_EQ(all.at("maxProperties"), 1);
  EXPECT_EQ(all.at("properties").at("uniform").at("items"), Json::parse(R"({"type": "number"})"));
  EXPECT_EQ(all.at("properties").at("log_uniform").at("items"),
            Json::parse(R"({"type": "number", "exclusiveMinimum": 0})"));
  EXPECT_EQ(all.at("properties").at("log_uniform").at("minItems"), 2);
  EXPECT_EQ(all.at("properties").at("log_uniform").at("maxItems"), 2);
  EXPECT_EQ(all.at("properties").at("log_integer").at("items"),
            Json::parse(R"({"type": "integer", "exclusiveMinimum": 0})"));
  EXPECT_THAT(keys_of(definitions.at("integer_distribution").at("properties")),
              ElementsAre("integer", "log_integer"));
}

}  // namespace
}  // namespace wordbridge
