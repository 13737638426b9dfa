#include "core/config/schema.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "core/json.h"

namespace wordbridge {
namespace {

using Json = nlohmann::ordered_json;

Json number_schema(const char* type, const Range& range) {
  Json schema = {{"type", type}};
  if (std::isfinite(range.low))
    schema[range.low_open ? "exclusiveMinimum" : "minimum"] = plain_number(range.low);
  if (std::isfinite(range.high))
    schema[range.high_open ? "exclusiveMaximum" : "maximum"] = plain_number(range.high);
  return schema;
}

Json text_schema(const Field& field) {
  if (!field.choices.empty()) return {{"enum", field.choices}};
  // Unquoted, a number, true or null (`key:`, the empty string) is read as a string.
  return {{"type", {"string", "number", "boolean", "null"}}};
}

// Schemas of the forms in which a value can be written. The pointers only select the overload.

std::vector<Json> forms(const Field&, const bool*) { return {Json{{"type", "boolean"}}}; }
std::vector<Json> forms(const Field& field, const std::int64_t*) {
  return {number_schema("integer", field.range)};
}
std::vector<Json> forms(const Field& field, const double*) {
  return {number_schema("number", field.range)};
}
std::vector<Json> forms(const Field& field, const std::string*) { return {text_schema(field)}; }
std::vector<Json> forms(const Field& field, const EnumTarget&) { return {text_schema(field)}; }

/// A single value is a list of one; `key:` is an empty list.
template <class T>
std::vector<Json> forms(const Field& field, const std::vector<T>*) {
  const Json item = forms(field, static_cast<const T*>(nullptr)).front();
  return {Json{{"type", {"array", "null"}}, {"items", item}}, item};
}

template <class T>
std::vector<Json> forms(const Field& field, const std::optional<T>*) {
  std::vector<Json> all = forms(field, static_cast<const T*>(nullptr));
  all.push_back({{"const", kAutomatic}});  // last: editors report what the first form expects
  return all;
}

// The default; null if it stands for a missing value and can't be written, such as 0 in a range
// that starts at 1.

Json default_json(const Field&, bool value) { return value; }
Json default_json(const Field& field, std::int64_t value) {
  return field.range.contains(static_cast<double>(value)) ? Json(value) : Json();
}
Json default_json(const Field& field, double value) {
  return field.range.contains(value) ? Json(plain_number(value)) : Json();
}
Json default_json(const Field& field, const std::string& value) {
  const auto& choices = field.choices;
  const bool is_valid =
      choices.empty() || std::find(choices.begin(), choices.end(), value) != choices.end();
  return is_valid ? Json(value) : Json();
}

template <class T>
Json default_json(const Field& field, const std::vector<T>& values) {
  Json list = Json::array();
  for (const T& value : values) {
    list.push_back(default_json(field, value));
    if (list.back().is_null()) return Json();
  }
  return list;
}

template <class T>
Json default_json(const Field& field, const std::optional<T>& value) {
  return value ? default_json(field, *value) : Json(kAutomatic);
}

}  // namespace

Json field_schema(const Field& field) {
  Json schema = Json::object();
  if (!field.help.empty()) schema["description"] = field.help;
  const auto add = [&](const auto& target) {
    std::vector<Json> all = forms(field, target);
    if (all.size() > 1) {
      schema["anyOf"] = std::move(all);
    } else {
      schema.update(all.front());
    }
    if (Json value = default_json(field, *target); !value.is_null())
      schema["default"] = std::move(value);
  };
  std::visit(add, field.value);
  return schema;
}

Json group_schema(const FieldGroup& group) {
  Json schema = Json::object();
  if (!group.help.empty()) schema["description"] = group.help;
  schema["type"] = {"object", "null"};
  Json& properties = schema["properties"] = Json::object();
  for (const auto& field : group.fields) properties[field.name] = field_schema(field);
  for (const auto& inner : group.groups) properties[inner.name] = group_schema(inner);
  schema["additionalProperties"] = false;
  return schema;
}

Json extends_schema() {
  const Json file = {{"type", {"string", "number", "boolean"}}, {"minLength", 1}};
  return {{"description",
           "configuration from which this one starts, or a list of them, of which later ones have "
           "precedence; the paths are relative to the folder of this file"},
          {"anyOf", {file, {{"type", {"array", "null"}}, {"items", file}}}}};
}

}  // namespace wordbridge
