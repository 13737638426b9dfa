#include "eval/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/json.h"
#include "eval/benchmarks/tasks.h"

namespace wordbridge {
namespace {

using nlohmann::json;

/// Metrics of results with this `task`; null if the task is unknown.
const std::vector<Metric>* metrics_of(const std::string& task) {
  static const ResultMetrics properties = properties_metrics();
  if (task == properties.task) return &properties.metrics;
  for (const auto& known : benchmark_tasks())
    for (const auto& result : known.results)
      if (task == result.task) return &result.metrics;
  return nullptr;
}

/// Score line for a result, or for a part of it, without the value.
ScoreLine line_of(const json& result, const json& part) {
  ScoreLine line;
  line.task = result.value("task", "");
  line.benchmark = result.value("name", "");
  line.postprocess = result.value("postprocess", "");
  line.used = part.value("used", std::int64_t{-1});
  line.total = part.value("total", std::int64_t{-1});
  return line;
}

void add_value(const json& part, const std::string& key, ScoreLine line,
               std::vector<ScoreLine>& lines) {
  line.value = number_or_nan(part.at(key));
  if (part.contains("intervals") && part.at("intervals").contains(key)) {
    const json& interval = part.at("intervals").at(key);
    line.low = number_or_nan(interval.at(0));
    line.high = number_or_nan(interval.at(1));
  }
  lines.push_back(std::move(line));
}

void add_metric(const json& result, const Metric& metric, bool sections,
                std::vector<ScoreLine>& lines) {
  const auto add = [&](const json& part, const std::string& name) {
    if (!part.contains(metric.key)) return;
    ScoreLine line = line_of(result, part);
    line.metric = metric.name;
    line.part = name;
    line.better = metric.better;
    line.is_p = line.metric == "p";
    add_value(part, metric.key, std::move(line), lines);
  };
  add(result, "");
  for (const char* const half : {"semantic", "syntactic"}) {
    // Omit a part without items, and a part that contains all items.
    if (!result.contains(half) || result.at(half).at("total") == 0) continue;
    if (result.at(half).at("total") != result.at("total")) add(result.at(half), half);
  }
  if (!sections || !result.contains("sections")) return;
  for (const auto& section : result.at("sections"))
    add(section, section.at("name").get<std::string>());
}

/// Correlations of the cosine similarity with human scores and other measures.
void add_relatedness(const json& result, std::vector<ScoreLine>& lines) {
  const std::pair<const char*, const char*> kinds[] = {{"people", "cosine and human scores"},
                                                       {"path", "cosine and path in WordNet"},
                                                       {"glosses", "cosine and glosses in WordNet"},
                                                       {"ppmi", "cosine and PPMI"}};
  for (const auto& [key, name] : kinds) {
    if (!result.contains(key)) continue;
    ScoreLine line = line_of(result, result.at(key));
    line.metric = name;
    add_value(result.at(key), "spearman", std::move(line), lines);
  }
}

/// For an unknown task: every number that is not a count. Whether higher is better is unknown.
void add_unknown_task(const json& result, std::vector<ScoreLine>& lines) {
  for (const auto& [key, value] : result.items()) {
    if (!value.is_number_float()) continue;
    ScoreLine line = line_of(result, result);
    line.metric = key;
    std::replace(line.metric.begin(), line.metric.end(), '_', ' ');
    add_value(result, key, std::move(line), lines);
  }
}

}  // namespace

std::string ScoreLine::name(const std::string& separator) const {
  std::string text = benchmark.empty() ? task : benchmark;
  text += separator + metric;
  return part.empty() ? text : text + " " + part;
}

std::string ScoreLine::text(double number) const {
  if (std::isnan(number)) return "nan";
  return is_p ? fmt::format("{:.2g}", number) : fmt::format("{:.3f}", number);
}

std::vector<ScoreLine> score_lines(const json& results, bool sections) {
  std::vector<ScoreLine> lines;
  for (const auto& result : results) {
    const auto task = result.value("task", "");
    if (task == "neighbors") continue;
    if (task == "meaning") {
      add_relatedness(result, lines);
      continue;
    }
    const auto* const metrics = metrics_of(task);
    if (metrics == nullptr) {
      add_unknown_task(result, lines);
      continue;
    }
    for (const auto& metric : *metrics) add_metric(result, metric, sections, lines);
  }
  return lines;
}

}  // namespace wordbridge
