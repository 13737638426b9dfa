#include "eval/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace wordbridge {
namespace {

using nlohmann::json;

struct Metric {
  const char *task, *key, *name;
  Better better;
};
constexpr Metric kMetrics[] = {
    {"similarity", "spearman", "Spearman", Better::higher},
    {"similarity", "pearson", "Pearson", Better::higher},
    {"similarity-mean", "spearman", "Spearman", Better::higher},
    {"similarity-mean", "pearson", "Pearson", Better::higher},
    {"analogy", "accuracy_add", "3CosAdd", Better::higher},
    {"analogy", "accuracy_mul", "3CosMul", Better::higher},
    {"analogy", "accuracy_pair_direction", "PairDirection", Better::higher},
    {"analogy", "accuracy_average", "3CosAvg", Better::higher},
    {"analogy", "mean_accuracy_add", "3CosAdd, mean of sections", Better::higher},
    {"analogy", "mean_accuracy_mul", "3CosMul, mean of sections", Better::higher},
    {"analogy", "mean_accuracy_pair_direction", "PairDirection, mean of sections", Better::higher},
    {"analogy", "mean_accuracy_average", "3CosAvg, mean of sections", Better::higher},
    {"analogy", "mrr_add", "3CosAdd MRR", Better::higher},
    {"analogy", "mrr_mul", "3CosMul MRR", Better::higher},
    {"analogy", "mrr_pair_direction", "PairDirection MRR", Better::higher},
    {"analogy", "mrr_average", "3CosAvg MRR", Better::higher},
    {"groups", "auc", "AUC", Better::higher},
    {"groups", "p", "p", Better::neither},
    {"categories", "purity_k_means", "purity, k-means", Better::higher},
    {"categories", "purity_average", "purity, average linkage", Better::higher},
    {"categories", "purity_ward", "purity, Ward", Better::higher},
    {"categories", "v_k_means", "V, k-means", Better::higher},
    {"categories", "v_average", "V, average linkage", Better::higher},
    {"categories", "v_ward", "V, Ward", Better::higher},
    {"outliers", "opp", "OPP", Better::higher},
    {"outliers", "accuracy", "accuracy", Better::higher},
    {"association", "effect_size", "effect size", Better::neither},
    {"association", "p", "p", Better::neither},
    {"properties", "partition_isotropy", "isotropy, partition function", Better::neither},
    {"properties", "iso_score", "IsoScore", Better::neither},
    {"properties", "random_cosine", "random cosine", Better::neither},
    {"properties", "mean_vector", "mean vector", Better::neither},
    {"properties", "variance_first", "variance in 1 direction", Better::neither},
    {"properties", "variance_first_8", "variance in 8 directions", Better::neither},
    {"properties", "stable_rank", "stable rank", Better::neither},
    {"properties", "rank_me", "RankMe", Better::neither},
    {"properties", "inverse_condition", "inverse condition", Better::neither},
    {"properties", "hub_skewness", "hubness, skewness", Better::neither},
    {"properties", "hubs", "hubs", Better::neither},
    {"properties", "antihubs", "antihubs", Better::neither},
    {"properties", "frequency_norm", "frequency and length", Better::neither},
    {"properties", "frequency_r2", "frequency, R^2", Better::neither},
    {"properties", "frequency_neighbors", "frequency of neighbours", Better::neither},
    {"properties", "frequency_neighbors_by_chance", "... by chance", Better::neither},
};

double number(const json& value) { return value.is_number() ? value.get<double>() : std::nan(""); }

/// A line of the result, or of a part of it, without its value.
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
  line.value = number(part.at(key));
  if (part.contains("intervals") && part.at("intervals").contains(key)) {
    const json& interval = part.at("intervals").at(key);
    line.low = number(interval.at(0));
    line.high = number(interval.at(1));
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
    // A part without items, or one that is all of them, says nothing new.
    if (!result.contains(half) || result.at(half).at("total") == 0) continue;
    if (result.at(half).at("total") != result.at("total")) add(result.at(half), half);
  }
  if (!sections || !result.contains("sections")) return;
  for (const auto& section : result.at("sections"))
    add(section, section.at("name").get<std::string>());
}

/// What similar means: the cosine beside people and other measures.
void add_meaning(const json& result, std::vector<ScoreLine>& lines) {
  const std::pair<const char*, const char*> kinds[] = {{"people", "cosine and people"},
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

/// Of a task that is not known here every number that is no count, and none is best.
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
      add_meaning(result, lines);
      continue;
    }
    bool is_known = false;
    for (const auto& metric : kMetrics) {
      if (task != metric.task) continue;
      is_known = true;
      add_metric(result, metric, sections, lines);
    }
    if (!is_known) add_unknown_task(result, lines);
  }
  return lines;
}

}  // namespace wordbridge
