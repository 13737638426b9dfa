#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

#include "eval/report/report_parts.h"
#include "eval/statistics.h"

// The scores of the runs of a section side by side, with what they were counted on.

namespace wordbridge {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

enum class Better { higher, lower, neither };

/// One number of one training.
struct Score {
  std::string name;
  double value = 0;  // NaN: undefined
  std::int64_t used = -1, total = -1;
  Better better = Better::neither;
};

/// One score of all runs: [run][seed].
struct Row {
  std::string name;
  Better better = Better::neither;
  std::vector<std::vector<Score>> values;
};

double number(const json& value) { return value.is_number() ? value.get<double>() : std::nan(""); }

struct Metric {
  const char *task, *key, *name;
  Better better;
};
constexpr Metric kMetrics[] = {
    {"similarity", "spearman", "Spearman", Better::higher},
    {"similarity", "pearson", "Pearson", Better::higher},
    {"analogy", "accuracy_add", "3CosAdd", Better::higher},
    {"analogy", "accuracy_mul", "3CosMul", Better::higher},
    {"groups", "auc", "AUC", Better::higher},
    {"groups", "p", "p", Better::neither},
};

std::string spaced(std::string key) {
  std::replace(key.begin(), key.end(), '_', ' ');
  return key;
}

/// Of a task that is not known here, every number that is no count is shown, and none is best.
void add_unknown_task(const json& task, std::vector<Score>& scores) {
  for (const auto& [key, value] : task.items()) {
    if (!value.is_number_float()) continue;
    scores.push_back(
        {task.at("task").get<std::string>() + " " + task.value("name", "") + ", " + spaced(key),
         number(value), task.value("used", std::int64_t{-1}), task.value("total", std::int64_t{-1}),
         Better::neither});
  }
}

void add_task(const json& task, std::vector<Score>& scores) {
  const auto kind = task.value("task", "");
  if (kind == "neighbors") return;
  const bool is_known = std::any_of(std::begin(kMetrics), std::end(kMetrics),
                                    [&](const Metric& metric) { return kind == metric.task; });
  if (!is_known) return add_unknown_task(task, scores);
  for (const auto& metric : kMetrics) {
    if (kind != metric.task) continue;
    const std::string name = task.value("name", "") + ", " + metric.name;
    scores.push_back({name, number(task.at(metric.key)), task.at("used").get<std::int64_t>(),
                      task.at("total").get<std::int64_t>(), metric.better});
    for (const char* const half : {"semantic", "syntactic"}) {
      if (!task.contains(half) || task.at(half).at("total") == 0) continue;
      const json& part = task.at(half);
      scores.push_back({name + " " + half, number(part.at(metric.key)),
                        part.at("used").get<std::int64_t>(), part.at("total").get<std::int64_t>(),
                        metric.better});
    }
  }
}

/// Two benchmarks may have one name, as files of two folders: a row each.
void tell_apart(std::vector<Score>& scores) {
  std::map<std::string, int> times;
  for (auto& score : scores)
    if (const int time = ++times[score.name]; time > 1) score.name += fmt::format(" ({})", time);
}

std::vector<Score> scores_of(const ReportSeed& seed) {
  std::vector<Score> scores;
  for (const auto& [key, value] : seed.results.items()) {
    if (key.find("perplexity") != key.npos)
      scores.push_back({spaced(key), number(value), -1, -1, Better::lower});
  }
  for (const auto& task : seed.scores) add_task(task, scores);
  tell_apart(scores);
  return scores;
}

std::vector<Row> rows_of(const ReportSection& section) {
  std::vector<Row> rows;
  for (std::size_t run = 0; run < section.runs.size(); ++run) {
    for (const auto& seed : section.runs[run].seeds) {
      for (const auto& score : scores_of(seed)) {
        auto row = std::find_if(rows.begin(), rows.end(),
                                [&](const Row& known) { return known.name == score.name; });
        if (row == rows.end()) {
          row = rows.insert(row, Row{score.name, score.better, {}});
          row->values.resize(section.runs.size());
        }
        row->values[run].push_back(score);
      }
    }
  }
  return rows;
}

/// Mean and sample standard deviation of what is defined.
ordered_json cell_of(const std::vector<Score>& scores) {
  if (scores.empty()) return nullptr;
  std::vector<double> values;
  for (const auto& score : scores) values.push_back(score.value);
  const Spread all = spread(values);
  ordered_json cell = {{"mean", nullptr}, {"sd", nullptr}, {"n", all.n}};
  if (all.n > 0) cell["mean"] = all.mean;
  if (all.n > 1) cell["sd"] = all.sd;
  if (scores.front().total >= 0) {
    cell["used"] = scores.front().used;
    cell["total"] = scores.front().total;
  }
  return cell;
}

/// Why the runs' scores can't be ranked; empty if they can.
std::string obstacle(const Row& row, const ReportSection& section) {
  const ReportRun* first = nullptr;
  const Score* reference = nullptr;
  for (std::size_t run = 0; run < row.values.size(); ++run) {
    for (const auto& score : row.values[run]) {
      if (reference == nullptr) {
        reference = &score;
        first = &section.runs[run];
      }
      if (score.used != reference->used || score.total != reference->total)
        return "not ranked: the coverages differ";
      if (score.total < 0 && !same_text(*first, section.runs[run]))
        return "not ranked: other text or vocabulary";
    }
  }
  return {};
}

}  // namespace

ordered_json report_scores(const ReportSection& section) {
  ordered_json table = ordered_json::array();
  for (const auto& row : rows_of(section)) {
    ordered_json line = {{"name", row.name}, {"better", nullptr}, {"cells", ordered_json::array()}};
    if (row.better != Better::neither)
      line["better"] = row.better == Better::higher ? "higher" : "lower";
    for (const auto& scores : row.values) line["cells"].push_back(cell_of(scores));
    const std::string note = row.better == Better::neither ? "" : obstacle(row, section);
    line["note"] = note;
    line["best"] = ordered_json::array();
    std::vector<std::pair<double, std::size_t>> ranked;
    for (std::size_t run = 0; run < row.values.size(); ++run) {
      const auto& cell = line["cells"][run];
      if (cell.is_null() || cell["mean"].is_null()) continue;
      const double mean = cell["mean"].get<double>();
      ranked.emplace_back(row.better == Better::higher ? -mean : mean, run);
    }
    std::sort(ranked.begin(), ranked.end());
    if (ranked.size() > 1 && note.empty() && row.better != Better::neither) {
      for (const auto& [value, run] : ranked)
        if (value == ranked.front().first) line["best"].push_back(run);
    }
    table.push_back(std::move(line));
  }
  return table;
}

}  // namespace wordbridge
