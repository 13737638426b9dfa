#include "train/sweeps/search.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/io/file.h"
#include "core/json.h"
#include "core/text.h"
#include "train/runs/run_directory.h"

namespace wordbridge {
namespace {

using Kind = YamlNode::Kind;
using DistributionType = Distribution::Type;

constexpr double kMostExact = 9007199254740992.0;  // 2^53

const EnumNames<SearchType>& search_names() {
  static const EnumNames<SearchType> kNames = {{"random", SearchType::random},
                                               {"halving", SearchType::halving}};
  return kNames;
}

const EnumNames<DistributionType>& distribution_names() {
  static const EnumNames<DistributionType> kNames = {
      {"uniform", DistributionType::uniform},
      {"log_uniform", DistributionType::log_uniform},
      {"integer", DistributionType::integer},
      {"log_integer", DistributionType::log_integer}};
  return kNames;
}

bool is_integer(DistributionType type) {
  return type == DistributionType::integer || type == DistributionType::log_integer;
}

bool is_log(DistributionType type) {
  return type == DistributionType::log_uniform || type == DistributionType::log_integer;
}

std::string bounds_text(const YamlNode& node) {
  if (node.kind == Kind::scalar) return printable(node.text);
  if (node.kind != Kind::list) return node.kind == Kind::nothing ? "nothing" : "a group of keys";
  std::vector<std::string> parts;
  for (const auto& item : node.items) parts.push_back(bounds_text(item));
  return "[" + join(parts, ", ") + "]";
}

/// What is wrong with the bounds; empty if nothing is.
std::string bounds_problem(const Distribution& distribution) {
  const auto [type, low, high] = distribution;
  if (!std::isfinite(low) || !std::isfinite(high)) return "two finite numbers";
  if (is_integer(type) && (low != std::trunc(low) || high != std::trunc(high) ||
                           std::max(std::abs(low), std::abs(high)) > kMostExact))
    return "two integers";
  if (is_log(type) && low <= 0) return "numbers above 0";
  return low < high ? "" : "a low number, then a higher one";
}

}  // namespace

std::string SearchOptions::type_name() const { return name_of(search_names(), type); }

FieldGroup SearchOptions::describe() {
  FieldGroup group{"search", "draws the points of a sweep at random"};
  group
      .add(choice("type", &type,
                  "random: trains every point to the end; halving: successive halving, which "
                  "continues only the best points of each rung",
                  search_names()))
      .add(Field{"points", &points, "number of points", between(1, 10000)})
      .add(Field{"seed", &seed, "seed of the draws", at_least(0)})
      .add(Field{"reduction_factor", &reduction_factor,
                 "halving: eta; one in eta points of a rung is promoted to the next one, which has "
                 "eta times as many epochs",
                 between(2, 1000)})
      .add(Field{"min_epochs", &min_epochs, "halving: epochs of the first rung",
                 between(1, 1000000)});
  return group;
}

std::string Distribution::draw(double uniform) const {
  // An integer k stands for [k, k + 1), or [k - 1/2, k + 1/2) before the logarithm.
  const double half = type == Type::log_integer ? 0.5 : 0;
  const double begin = low - half, end = is_integer(type) ? high + 1 - half : high;
  const double value = is_log(type)
                           ? std::exp(std::log(begin) + (std::log(end) - std::log(begin)) * uniform)
                           : begin + (end - begin) * uniform;
  if (is_integer(type)) return number_text(std::clamp(std::floor(value + half), low, high));
  const double rounded = parse_double(fmt::format("{:.4e}", value)).value();
  return number_text(std::clamp(rounded, low, high));
}

nlohmann::json Distribution::json() const {
  return {{name_of(distribution_names(), type), {plain_number(low), plain_number(high)}}};
}

nlohmann::ordered_json Distribution::schema(bool only_integers) {
  nlohmann::ordered_json properties = nlohmann::ordered_json::object();
  for (const auto& [name, type] : distribution_names()) {
    if (only_integers && !is_integer(type)) continue;
    nlohmann::ordered_json bound = {{"type", is_integer(type) ? "integer" : "number"}};
    if (is_log(type)) bound["exclusiveMinimum"] = 0;
    properties[name] = {{"description", "[low, high], both included"},
                        {"type", "array"},
                        {"items", bound},
                        {"minItems", 2},
                        {"maxItems", 2}};
  }
  return {{"description", "distribution of the drawn values (needs sweep.search)"},
          {"type", "object"},
          {"properties", properties},
          {"minProperties", 1},
          {"maxProperties", 1},
          {"additionalProperties", false}};
}

std::optional<Distribution> read_distribution(const YamlNode& node, const std::string& key,
                                              Problems& problems) {
  std::vector<std::string> names;
  for (const auto& [known, type] : distribution_names()) names.push_back(known);
  if (node.entries.size() != 1) {
    problems.add(key, fmt::format("expected one distribution ({}), got {}", join(names, ", "),
                                  node.entries.size()));
    return {};
  }
  const auto& [name, bounds] = *node.entries.begin();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) {
    const auto near = nearest_name(name, names);
    problems.add(key, fmt::format("expected a distribution ({}) or a list of values, got {}{}",
                                  join(names, ", "), printable(name),
                                  near ? "; did you mean " + *near + "?" : ""));
    return {};
  }
  const std::string path = key + "." + name;
  Distribution distribution;
  distribution.type = distribution_names()[static_cast<std::size_t>(found - names.begin())].second;
  std::vector<double> numbers;
  if (bounds.kind == Kind::list)
    for (const auto& item : bounds.items)
      if (const auto number = parse_double(item.text); item.kind == Kind::scalar && number)
        numbers.push_back(*number);
  std::string expected = "two numbers";
  if (numbers.size() == 2 && bounds.items.size() == 2) {
    distribution.low = numbers[0];
    distribution.high = numbers[1];
    expected = bounds_problem(distribution);
  }
  if (expected.empty()) return distribution;
  problems.add(path,
               fmt::format("expected [low, high], {}, got {}", expected, bounds_text(bounds)));
  return {};
}

std::vector<SweepRung> halving_rungs(const SearchOptions& options, double epochs) {
  std::vector<SweepRung> rungs;
  std::int64_t points = options.points, stop = options.min_epochs;
  for (; static_cast<double>(stop) < epochs; stop *= options.reduction_factor) {
    rungs.push_back({points, static_cast<double>(stop), stop});
    points = std::max<std::int64_t>(1, points / options.reduction_factor);
  }
  rungs.push_back({points, epochs, 0});
  return rungs;
}

std::vector<std::size_t> lowest(const std::vector<double>& scores, std::int64_t count) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < scores.size(); ++i)
    if (!std::isnan(scores[i])) order.push_back(i);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return scores[a] < scores[b]; });
  if (order.size() > static_cast<std::size_t>(count)) order.resize(static_cast<std::size_t>(count));
  std::sort(order.begin(), order.end());
  return order;
}

EpochScore read_epochs(const fs::path& run, std::int64_t most) {
  EpochScore score{0, std::numeric_limits<double>::quiet_NaN()};
  const fs::path file = run / run_files::kMetrics;
  if (!fs::is_regular_file(file)) return score;
  const std::string text = read_file(file);
  for (const auto line : split(text, '\n')) {
    const auto metrics = nlohmann::json::parse(line, nullptr, false);  // the last may be incomplete
    if (!metrics.is_object() || !metrics.value("epoch", nlohmann::json()).is_number_integer())
      continue;
    const std::int64_t epoch = metrics.at("epoch");
    if (most > 0 && epoch > most) continue;
    score.epochs = std::max(score.epochs, epoch);
    const double perplexity = number_or_nan(metrics.value("valid_perplexity", nlohmann::json()));
    score.perplexity = std::fmin(score.perplexity, perplexity);
  }
  return score;
}

bool has_reached(const fs::path& run, std::int64_t stop_epoch) {
  if (RunDirectory::is_complete(run)) return true;
  return stop_epoch > 0 && read_epochs(run, 0).epochs >= stop_epoch;
}

}  // namespace wordbridge
