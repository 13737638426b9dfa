#include "train/runs/file_difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "core/index.h"
#include "core/io/container.h"
#include "core/io/file.h"
#include "core/json.h"
#include "core/progress.h"
#include "core/text.h"
#include "data/vectors/vector_files.h"
#include "train/runs/run_files.h"

namespace wordbridge {
namespace {

using nlohmann::json;

constexpr std::size_t kMostTold = 3;

bool same_bytes(const fs::path& first, const fs::path& second) {
  if (fs::file_size(first) != fs::file_size(second)) return false;
  if (fs::file_size(first) == 0) return true;
  return MappedFile::open(first)->view() == MappedFile::open(second)->view();
}

/// The same number, or both NaN.
bool same_number(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

void compare_numbers(double a, double b, NumbersDifference& found) {
  ++found.count;
  if (std::isfinite(a)) found.magnitude = std::max(found.magnitude, std::fabs(a));
  if (same_number(a, b)) return;
  ++found.different;
  const double difference = std::fabs(a - b);
  if (!std::isfinite(difference)) found.largest = std::nan("");
  if (difference > found.largest) found.largest = difference;  // not if it is NaN
}

template <class T>
NumbersDifference compare_arrays(const std::string& name, const char* first, const char* second,
                                 std::int64_t count) {
  NumbersDifference found{name};
  const auto *const a = reinterpret_cast<const T*>(first), *b = reinterpret_cast<const T*>(second);
  for (std::int64_t i = 0; i < count; ++i)
    compare_numbers(static_cast<double>(a[i]), static_cast<double>(b[i]), found);
  return found;
}

NumbersDifference compare_arrays(const std::string& name, const ContainerReader::Array& first,
                                 const ContainerReader::Array& second) {
  const auto compare = [&](auto number) {
    return compare_arrays<decltype(number)>(name, first.data, second.data, first.count());
  };
  switch (first.type) {
    case DType::u8:
      return compare(std::uint8_t{});
    case DType::i32:
      return compare(std::int32_t{});
    case DType::i64:
      return compare(std::int64_t{});
    case DType::f32:
      return compare(float{});
    case DType::f64:
      break;
  }
  return compare(double{});
}

/// Calls `tell(place, a, b)` for each value that differs; a value that only one has is null in the
/// other.
void for_each_difference(
    const json& a, const json& b, const std::string& place,
    const std::function<void(const std::string&, const json&, const json&)>& tell) {
  if (a == b) return;
  const auto inner = [&](const std::string& key) {
    return place.empty() ? key : place + "." + key;
  };
  if (a.is_object() && b.is_object()) {
    for (const auto& [key, value] : a.items())
      for_each_difference(value, b.value(key, json()), inner(key), tell);
    for (const auto& [key, value] : b.items())
      if (!a.contains(key)) for_each_difference(json(), value, inner(key), tell);
    return;
  }
  if (a.is_array() && b.is_array() && a.size() == b.size()) {
    for (std::size_t i = 0; i < a.size(); ++i)
      for_each_difference(a[i], b[i], fmt::format("{}[{}]", place, i), tell);
    return;
  }
  tell(place, a, b);
}

/// "results.test_perplexity: 61.5, now 61.6; 2 more"
std::string values_text(const json& a, const json& b) {
  std::vector<std::string> parts;
  std::size_t count = 0;
  for_each_difference(a, b, "", [&](const std::string& place, const json& before, const json& now) {
    if (++count <= kMostTold)
      parts.push_back(fmt::format("{}: {}, now {}", place, printable(json_text(before)),
                                  printable(json_text(now))));
  });
  if (count > kMostTold) parts.push_back(fmt::format("{} more", count - kMostTold));
  return join(parts, "; ");
}

/// What two containers must have in common.
const json& content_of(const json& meta, bool is_checkpoint) {
  return is_checkpoint ? meta.at("learner") : meta;
}

std::optional<FileDifference> container_difference(const std::string& name, const fs::path& a,
                                                   const fs::path& b) {
  const ContainerReader first(a, ""), second(b, "");
  const bool is_checkpoint = name == run_files::kLatest || name == run_files::kBest;
  FileDifference found{name, {}, {}};
  std::vector<std::string> parts;
  std::set<std::string> names;
  for (const auto* reader : {&first, &second})
    for (auto& array : reader->names()) names.insert(std::move(array));
  for (const auto& array : names) {
    if (!first.has(array) || !second.has(array)) {
      parts.push_back(
          fmt::format("{} is only in the {} run", array, first.has(array) ? "first" : "second"));
    } else if (first.array(array).type != second.array(array).type ||
               first.array(array).shape != second.array(array).shape) {
      parts.push_back(array + " has another shape or type");
    } else {
      auto numbers = compare_arrays(array, first.array(array), second.array(array));
      if (numbers.different > 0) found.numbers.push_back(std::move(numbers));
    }
  }
  if (!found.numbers.empty())
    parts.insert(parts.begin(),
                 fmt::format("{} of {} differ", found.numbers.size(),
                             counted(static_cast<std::int64_t>(names.size()), "array")));
  const json &before = content_of(first.meta(), is_checkpoint),
             &now = content_of(second.meta(), is_checkpoint);
  if (before != now) parts.push_back(values_text(before, now));
  if (parts.empty() && is_checkpoint) return std::nullopt;
  found.what = join(parts, "; ");
  return found;
}

/// "epoch 3", "start 2, start epoch 1", "the last line"
std::string place_of(const json& line, std::size_t number) {
  std::vector<std::string> parts;
  for (const auto& [key, name] : {std::pair("start", "start"),
                                  {"start_epoch", "epoch of the start"},
                                  {"epoch", "epoch"},
                                  {"step", "update"}})
    if (line.is_object() && line.contains(key))
      parts.push_back(fmt::format("{} {}", name, json_text(line.at(key))));
  if (!parts.empty()) return join(parts, ", ");
  if (line.is_object() && line.contains("final")) return "the line of the final results";
  return fmt::format("line {}", number);
}

std::vector<json> lines_of(const fs::path& path) {
  std::vector<json> lines;
  const std::string content = read_file(path);
  for (const auto text : split(content, '\n'))
    if (!text.empty()) lines.push_back(json::parse(text, nullptr, false));
  return lines;
}

FileDifference metrics_difference(const std::string& name, const fs::path& a, const fs::path& b) {
  const auto first = lines_of(a), second = lines_of(b);
  FileDifference found{name, {}, {}};
  std::map<std::string, NumbersDifference> by_metric;
  for (std::size_t i = 0; i < std::min(first.size(), second.size()); ++i) {
    if (first[i] != second[i] && found.what.empty())
      found.what = fmt::format("they part at {}: {}", place_of(first[i], i + 1),
                               values_text(first[i], second[i]));
    if (!first[i].is_object() || !second[i].is_object()) continue;
    for (const auto& [key, value] : first[i].items()) {
      auto& numbers = by_metric.emplace(key, NumbersDifference{key}).first->second;
      if (value.is_number() && second[i].contains(key))
        compare_numbers(value.get<double>(), number_or_nan(second[i].at(key)), numbers);
    }
  }
  for (auto& [key, numbers] : by_metric)
    if (numbers.different > 0) found.numbers.push_back(std::move(numbers));
  if (first.size() == second.size()) return found;
  const std::string lengths = fmt::format(
      "{}, now {}", counted(static_cast<std::int64_t>(first.size()), "line"), second.size());
  found.what = found.what.empty() ? lengths : found.what + "; " + lengths;
  return found;
}

FileDifference vectors_difference(const std::string& name, const fs::path& a, const fs::path& b) {
  const EmbeddingTable first = read_vectors(a), second = read_vectors(b);
  FileDifference found{name, {}, {}};
  if (first.size() != second.size() || first.dim() != second.dim()) {
    found.what = fmt::format("{} x {} numbers, now {} x {}", first.size(), first.dim(),
                             second.size(), second.dim());
    return found;
  }
  for (std::int64_t i = 0; i < first.size() && found.what.empty(); ++i)
    if (first.word(i) != second.word(i))
      found.what = fmt::format("word {}: {}, now {}", i + 1, printable(first.word(i)),
                               printable(second.word(i)));
  if (!found.what.empty()) return found;
  NumbersDifference numbers{"vectors"};
  for (std::int64_t i = 0; i < first.size() * first.dim(); ++i)
    compare_numbers(first.data()[i], second.data()[i], numbers);
  found.what = "the vectors differ";
  if (numbers.different > 0) found.numbers.push_back(std::move(numbers));
  return found;
}

FileDifference bytes_difference(const std::string& name, const fs::path& a, const fs::path& b) {
  const std::string first = read_file(a), second = read_file(b);
  const auto end = std::mismatch(
      first.begin(),
      first.begin() + static_cast<std::ptrdiff_t>(std::min(first.size(), second.size())),
      second.begin());
  const auto place = end.first - first.begin();
  return {
      name,
      fmt::format("line {}, byte {}{}", std::count(first.begin(), end.first, '\n') + 1, place + 1,
                  first.size() == second.size()
                      ? ""
                      : fmt::format("; {} bytes, now {}", first.size(), second.size())),
      {}};
}

/// Whether it is a file of vectors, and not the words of one.
bool is_vectors(const fs::path& path) {
  const std::string name = path.filename().string();
  const std::string stem = name.substr(0, name.find('.'));
  const auto starts = [&](const char* start) { return stem.rfind(start, 0) == 0; };
  if (!starts(run_files::kVectors) && !starts(run_files::kContexts)) return false;
  return find_vector_file(path.parent_path() / stem) == path;
}

}  // namespace

std::optional<FileDifference> file_difference(const std::string& name, const fs::path& first,
                                              const fs::path& second) {
  if (same_bytes(first, second)) return std::nullopt;
  if (name == run_files::kMetrics) return metrics_difference(name, first, second);
  if (is_vectors(first)) return vectors_difference(name, first, second);
  if (is_container(first) && is_container(second)) return container_difference(name, first, second);
  if (fs::path(name).extension() == ".json")
    return FileDifference{
        name, values_text(json::parse(read_file(first)), json::parse(read_file(second))), {}};
  return bytes_difference(name, first, second);
}

}  // namespace wordbridge
