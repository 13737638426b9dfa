#include "train/sweeps/configuration_schema.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/config/schema.h"
#include "core/version.h"
#include "train/runs/run_config.h"
#include "train/sweeps/request.h"
#include "train/sweeps/search.h"

namespace wordbridge {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kDistribution = "distribution";
constexpr const char* kIntegerDistribution = "integer_distribution";

// Definition of the distributions from which values of a field can be drawn; null if it has no
// numbers. The pointers only select the overload.

const char* drawn_from(const Field&, const bool*) { return nullptr; }
const char* drawn_from(const Field&, const EnumTarget&) { return nullptr; }
const char* drawn_from(const Field&, const std::int64_t*) { return kIntegerDistribution; }
const char* drawn_from(const Field&, const double*) { return kDistribution; }
/// A string can hold a number: a size in bytes.
const char* drawn_from(const Field& field, const std::string*) {
  return field.choices.empty() ? kDistribution : nullptr;
}
template <class T>
const char* drawn_from(const Field& field, const std::vector<T>*) {
  return drawn_from(field, static_cast<const T*>(nullptr));
}
template <class T>
const char* drawn_from(const Field& field, const std::optional<T>*) {
  return drawn_from(field, static_cast<const T*>(nullptr));
}

Json reference(const std::string& definition) { return {{"$ref", "#/definitions/" + definition}}; }

/// A list of values of the setting (or group) at the dotted key.
Json values_of(const std::string& key) {
  std::string pointer = "#/properties/";
  for (const char c : key) c == '.' ? pointer += "/properties/" : pointer += c;
  return {{"type", "array"}, {"items", {{"$ref", pointer}}}, {"minItems", 1}};
}

/// The schemas of the axes of a sweep as definitions, one per setting and group, from which the
/// groups that contain them are made: `model.nplm.dim: [...]`, `model: {nplm.dim: [...]}` and
/// `model: {nplm: {dim: [...]}}` are the same.
class AxisDefinitions {
 public:
  explicit AxisDefinitions(const FieldGroup& settings) { sweep_ = axes("", define(settings, "")); }

  Json take_definitions() { return std::move(definitions_); }
  /// Properties of the section `sweep:`.
  Json take_sweep() { return std::move(sweep_); }

 private:
  static std::string name_of_axis(const std::string& key) { return "sweep." + key; }

  /// Defines everything below the group, whose keys begin with `prefix`. Returns the rest of each
  /// key.
  std::vector<std::string> define(const FieldGroup& group, const std::string& prefix) {
    std::vector<std::string> keys;
    for (const auto& field : group.fields) {
      define_axis(field, prefix + field.name);
      keys.push_back(field.name);
    }
    for (const auto& inner : group.groups) {
      const std::string key = prefix + inner.name;
      const auto inner_keys = define(inner, key + ".");
      definitions_[name_of_axis(key)] = {{"description", inner.help},
                                         {"anyOf",
                                          {{{"type", "object"},
                                            {"properties", axes(key + ".", inner_keys)},
                                            {"additionalProperties", false}},
                                           values_of(key)}}};
      keys.push_back(inner.name);
      for (const auto& inner_key : inner_keys) keys.push_back(inner.name + "." + inner_key);
    }
    return keys;
  }

  void define_axis(const Field& field, const std::string& key) {
    Json axis = {{"description", field.help}};
    const char* const distribution =
        std::visit([&](const auto& target) { return drawn_from(field, target); }, field.value);
    if (distribution == nullptr || key == SweepRequest::kSeedKey) {
      axis.update(values_of(key));
    } else {
      axis["anyOf"] = {values_of(key), reference(distribution)};
    }
    definitions_[name_of_axis(key)] = std::move(axis);
  }

  static Json axes(const std::string& prefix, const std::vector<std::string>& keys) {
    Json properties = Json::object();
    for (const auto& key : keys) properties[key] = reference(name_of_axis(prefix + key));
    return properties;
  }

  Json definitions_ = {{kDistribution, Distribution::schema(false)},
                       {kIntegerDistribution, Distribution::schema(true)}};
  Json sweep_;
};

}  // namespace

Json configuration_schema() {
  RunConfig config;
  return configuration_schema(config.describe(false));
}

Json configuration_schema(const FieldGroup& settings) {
  AxisDefinitions axes(settings);
  Json sweep = {{"description",
                 "for wordbridge sweep: keys with lists of values, all combinations of which are "
                 "trained, or with search, distributions from which values are drawn"},
                {"type", {"object", "null"}},
                {"properties", {{"search", group_schema(SearchOptions().describe())}}},
                {"additionalProperties", false}};
  sweep["properties"].update(axes.take_sweep());

  Json root = group_schema(settings);
  Json properties = {{"extends", extends_schema()}};
  properties.update(root.at("properties"));
  properties["sweep"] = std::move(sweep);
  Json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                 {"title", "Configuration of wordbridge " + version()}};
  schema.update(root);
  schema["properties"] = std::move(properties);
  schema["definitions"] = axes.take_definitions();
  return schema;
}

}  // namespace wordbridge
