#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "eval/metrics.h"
#include "eval/statistics/correlation.h"
#include "report/report_parts.h"

// The scores of the runs of a section side by side, with their coverage.

namespace wordbridge {
namespace {

using nlohmann::ordered_json;

/// One score of all runs: values[run][seed].
struct Row {
  std::string name;
  Better better = Better::neither;
  std::vector<std::vector<ScoreLine>> values;
};

/// The perplexities, then the benchmark scores. Two benchmarks can have the same name (files in two
/// folders); each has its own row.
std::vector<std::pair<std::string, ScoreLine>> scores_of(const StoredSeed& seed) {
  std::vector<std::pair<std::string, ScoreLine>> scores;
  for (const auto& [key, value] : seed.results.items()) {
    if (key.find("perplexity") == key.npos) continue;
    ScoreLine line;
    if (value.is_number()) line.value = value.get<double>();
    line.better = Better::lower;
    std::string name = key;
    std::replace(name.begin(), name.end(), '_', ' ');
    scores.emplace_back(name, line);
  }
  std::map<std::string, int> times;
  for (auto& line : score_lines(seed.scores)) {
    std::string name = line.name(", ");
    if (!line.postprocess.empty()) name += " (" + line.postprocess + ")";
    if (const int time = ++times[name]; time > 1) name += fmt::format(" ({})", time);
    scores.emplace_back(std::move(name), std::move(line));
  }
  return scores;
}

std::vector<Row> rows_of(const ReportSection& section) {
  std::vector<Row> rows;
  for (std::size_t run = 0; run < section.runs.size(); ++run) {
    for (const auto& seed : section.runs[run].seeds) {
      for (const auto& [name, score] : scores_of(seed)) {
        auto row = std::find_if(rows.begin(), rows.end(),
                                [&, key = &name](const Row& known) { return known.name == *key; });
        if (row == rows.end()) {
          row = rows.insert(row, Row{name, score.better, {}});
          row->values.resize(section.runs.size());
        }
        row->values[run].push_back(score);
      }
    }
  }
  return rows;
}

/// Mean and sample standard deviation of the defined values; for a single seed the interval.
ordered_json cell_of(const std::vector<ScoreLine>& scores) {
  if (scores.empty()) return nullptr;
  std::vector<double> values;
  for (const auto& score : scores) values.push_back(score.value);
  const Spread all = spread(values);
  ordered_json cell = {{"mean", nullptr}, {"sd", nullptr}, {"n", all.n}};
  if (all.n > 0) cell["mean"] = all.mean;
  if (all.n > 1) cell["sd"] = all.sd;
  if (scores.size() == 1 && !std::isnan(scores.front().low))
    cell["interval"] = {scores.front().low, scores.front().high};
  if (scores.front().total >= 0) {
    cell["used"] = scores.front().used;
    cell["total"] = scores.front().total;
  }
  return cell;
}

/// Why the runs' scores can't be ranked; empty if they can.
std::string obstacle(const Row& row, const ReportSection& section) {
  const StoredRun* first = nullptr;
  const ScoreLine* reference = nullptr;
  for (std::size_t run = 0; run < row.values.size(); ++run) {
    for (const auto& score : row.values[run]) {
      if (reference == nullptr) {
        reference = &score;
        first = &section.runs[run];
      }
      if (score.used != reference->used || score.total != reference->total)
        return "not ranked: coverage differs";
      if (score.total < 0 && !same_text(*first, section.runs[run]))
        return "not ranked: different corpus or vocabulary";
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
