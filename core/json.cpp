#include "core/json.h"

#include <set>
#include <vector>

#include "core/error.h"
#include "core/io/file.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"

namespace wordbridge {
namespace {

template <class Json>
Json escaped_json(const Json& value) {
  if (value.is_string()) return with_escaped_bytes(value.template get_ref<const std::string&>());
  if (!value.is_structured()) return value;
  Json result = value.is_array() ? Json::array() : Json::object();
  if (value.is_array()) {
    for (const auto& item : value) result.push_back(escaped_json(item));
  } else {
    for (const auto& [key, item] : value.items())
      result[with_escaped_bytes(key)] = escaped_json(item);
  }
  return result;
}

template <class Json>
std::string dumped(const Json& value, int indent) {
  constexpr int kInvalidUtf8 = 316;
  try {
    return value.dump(indent);
  } catch (const nlohmann::json::type_error& error) {
    if (error.id != kInvalidUtf8) throw;
  }
  return escaped_json(value).dump(indent);
}

/// The library copies and writes nested values by recursion, which has to fit on the stack.
void check_depth(int depth, const std::string& place) {
  constexpr int kMostLevels = 1000;
  if (depth >= kMostLevels)
    throw Error("the JSON is nested too deeply")
        .at("{}", place)
        .expected("at most {} levels", kMostLevels);
}

}  // namespace

nlohmann::json valid_utf8(const nlohmann::json& value) { return escaped_json(value); }
nlohmann::ordered_json valid_utf8(const nlohmann::ordered_json& value) {
  return escaped_json(value);
}

std::string json_text(const nlohmann::json& value, int indent) { return dumped(value, indent); }
std::string json_text(const nlohmann::ordered_json& value, int indent) {
  return dumped(value, indent);
}

nlohmann::json parse_json(std::string_view text, const std::string& place) {
  std::vector<std::set<std::string>> keys;  // of the objects that are open
  std::string repeated;
  const auto see = [&](int depth, nlohmann::json::parse_event_t event, nlohmann::json& value) {
    using Event = nlohmann::json::parse_event_t;
    check_depth(depth, place);
    if (event == Event::object_start) keys.emplace_back();
    if (event == Event::object_end) keys.pop_back();
    if (event == Event::key && !keys.back().insert(value.get<std::string>()).second)
      repeated = value.get<std::string>();
    return true;
  };
  nlohmann::json parsed;
  try {
    parsed = nlohmann::json::parse(text, see);
  } catch (const nlohmann::json::exception& error) {
    throw Error("invalid JSON").at("{}", place).got("{}", json_problem(error));
  }
  if (!repeated.empty())
    throw Error("a key occurs twice in an object of the JSON")
        .at("{}", place)
        .got("'{}'", printable(repeated))
        .hint("one of the values would be lost: remove or rename one");
  return parsed;
}

nlohmann::ordered_json read_json_file(const std::filesystem::path& path) {
  try {
    return nlohmann::ordered_json::parse(read_file(path), [&](int depth, auto, auto&) {
      check_depth(depth, path.string());
      return true;
    });
  } catch (const nlohmann::json::exception& error) {
    throw Error("the file is damaged")
        .at("{}", path.string())
        .expected("JSON")
        .got("{}", json_problem(error));
  }
}

std::vector<nlohmann::json> read_json_objects(const std::filesystem::path& path) {
  std::vector<nlohmann::json> lines;
  if (!std::filesystem::exists(path)) return lines;
  const std::string content = read_file(path);
  const auto texts = split(content, '\n');
  std::int64_t damaged = 0;
  std::size_t first = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    nlohmann::json line = nlohmann::json::parse(texts[i], nullptr, false);
    if (line.is_discarded() && i + 1 < texts.size() && damaged++ == 0) first = i + 1;
    if (line.is_object()) lines.push_back(std::move(line));
  }
  if (damaged > 0)
    warn("{}:{}: {} left out", path.string(), first,
         damaged == 1 ? "a damaged line is"
                      : fmt::format("this and {} are", counted(damaged - 1, "other damaged line")));
  return lines;
}

std::string json_problem(const nlohmann::json::exception& error) {
  const std::string text = error.what();
  const auto end = text.find("] ");  // "[json.exception.parse_error.101] parse error at line 1"
  return printable(text.substr(end == text.npos ? 0 : end + 2), 300);
}

}  // namespace wordbridge
