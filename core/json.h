#pragma once

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace wordbridge {

/// The number, or null if it is not finite: JSON has neither NaN nor infinity.
inline nlohmann::json number_or_null(double value) {
  return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json(nullptr);
}

/// Inverse of number_or_null(): NaN for null and for anything else that is not a number.
template <class Json>
double number_or_nan(const Json& value) {
  return value.is_number() ? value.template get<double>()
                           : std::numeric_limits<double>::quiet_NaN();
}

/// The number, as an integer if it is whole: 3, not 3.0.
inline nlohmann::json plain_number(double value) {
  const auto whole = static_cast<std::int64_t>(value);
  return static_cast<double>(whole) == value ? nlohmann::json(whole) : nlohmann::json(value);
}

/// `value` with the invalid bytes of its strings and keys written as \xNN (with_escaped_bytes()).
/// Different names stay different.
nlohmann::json valid_utf8(const nlohmann::json& value);
nlohmann::ordered_json valid_utf8(const nlohmann::ordered_json& value);

/// `value` as JSON text, indented by `indent` spaces per level, or in one line if `indent` is -1.
/// Words and file names may hold any bytes: those that are not UTF-8 are written as \xNN, and
/// numbers that are not finite as null. The library's own dump() throws for such a name.
std::string json_text(const nlohmann::json& value, int indent = -1);
std::string json_text(const nlohmann::ordered_json& value, int indent = -1);

/// Parses JSON of a file, `place`. Error with the place in the text if it is not JSON, if an object
/// has a key twice (the library would keep the last value), or beyond 1000 levels.
nlohmann::json parse_json(std::string_view text, const std::string& place);
/// Reads a file of JSON. Error with the path and the place in the file if it is damaged.
nlohmann::ordered_json read_json_file(const std::filesystem::path& path);
/// The objects of a file with one JSON object per line; none if it does not exist. Warns of damaged
/// lines; the last one, of a program that is running or was killed, may have no end.
std::vector<nlohmann::json> read_json_objects(const std::filesystem::path& path);
/// What is wrong according to an exception of the JSON library, without the library's own numbers.
std::string json_problem(const nlohmann::json::exception& error);

}  // namespace wordbridge
