#include "train/sweeps/table.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/error.h"
#include "core/io/file.h"
#include "core/json.h"
#include "core/text.h"
#include "core/text_table.h"
#include "eval/statistics/correlation.h"
#include "train/runs/run_experiment.h"
#include "train/runs/run_files.h"
#include "train/sweeps/folder.h"

namespace wordbridge {
namespace {

using nlohmann::ordered_json;

bool starts_with(const std::string& text, std::string_view start) {
  return text.rfind(start, 0) == 0;
}

bool ends_with(const std::string& text, std::string_view end) {
  return text.size() >= end.size() &&
         text.compare(text.size() - end.size(), std::string::npos, end) == 0;
}

bool is_perplexity(const std::string& metric) {
  return metric.find("perplexity") != std::string::npos;
}

/// -1: lower is better, 1: higher is better, 0: neither
int direction(const std::string& metric) {
  if (is_perplexity(metric)) return -1;
  for (const char* const good : {" spearman", " pearson", " accuracy_add", " accuracy_mul", " auc"})
    if (ends_with(metric, good)) return 1;
  return 0;
}

void read_summary(const fs::path& folder, SweepResult& result) {
  const ordered_json summary = read_json_file(folder / run_files::kSummary);
  try {
    result.numbers = summary_numbers(summary);
    for (const auto& score : summary.value("eval", ordered_json::array()))
      if (score.contains("used")) result.coverage += score.at("used").dump() + " ";
    if (!fs::exists(folder / run_files::kManifest)) return;
    const ordered_json data = read_json_file(folder / run_files::kManifest).at("data");
    result.text =
        data.at("stream_sha256").dump() + data.at("vocabulary").dump() + data.at("splits").dump();
  } catch (const nlohmann::json::exception& error) {
    throw Error("the files of the run are damaged")
        .at("{}", folder.string())
        .expected("files written by `wordbridge train`")
        .got("{}", json_problem(error));
  }
}

/// Epochs after which the runs of each rung but the last one stop, in order. Nothing without
/// successive halving.
using RungEpochs = std::optional<std::vector<std::int64_t>>;

RungEpochs rung_epochs(const ordered_json& sweep) {
  if (!sweep.contains("search") || sweep["search"]["type"] != "halving") return {};
  std::vector<std::int64_t> epochs;
  for (const auto& rung : sweep["search"]["rungs"])
    if (rung["stop_epoch"] > 0) epochs.push_back(rung["stop_epoch"]);
  return epochs;
}

/// Adds the rung of a run, the first one with at least as many epochs, and the epochs of a run that
/// is not complete.
void add_rung(const fs::path& folder, const std::vector<std::int64_t>& rungs, SweepResult& result) {
  const EpochScore score = read_epochs(folder, 0);
  if (score.epochs == 0 || result.status == "failed") return;
  const auto rung = std::lower_bound(rungs.begin(), rungs.end(), score.epochs);
  if (result.status != "complete") {
    if (rung != rungs.end() && *rung == score.epochs) result.status = "stopped";
    result.numbers = {{"epochs", static_cast<double>(score.epochs)},
                      {"valid_perplexity", score.perplexity}};
  }
  result.numbers.insert(result.numbers.begin(),
                        {"rung", static_cast<double>(rung - rungs.begin() + 1)});
}

SweepResult read_result(const fs::path& out, const std::string& name, const RungEpochs& rungs) {
  const fs::path folder = out / name;
  SweepResult result;
  result.folder = name;
  if (RunDirectory::is_complete(folder)) {
    result.status = "complete";
    read_summary(folder, result);
  } else if (fs::exists(folder / kSweepErrorFile)) {
    result.status = "failed";
    result.error = std::string(trimmed(read_file(folder / kSweepErrorFile)));
  } else {
    // manifest.json is written before the first update.
    result.status = fs::exists(folder / run_files::kManifest) ? "not complete" : "not begun";
  }
  if (rungs) add_rung(folder, *rungs, result);
  return result;
}

std::string text_of(const ordered_json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// "234.7 ± 1.2 (3)"
std::string spread_text(const std::vector<double>& values) {
  const Spread all = spread(values);
  if (all.n == 0) return "-";
  const auto number = [](double value) {
    return std::abs(value) >= 1000 ? fmt::format("{:.0f}", value) : fmt::format("{:.4g}", value);
  };
  if (all.n == 1) return number(all.mean);
  return fmt::format("{} ± {:.2g} ({})", number(all.mean), all.sd, all.n);
}

/// Cells that identify a row. If the seed is the only axis, there is one row, named by its folder.
std::vector<std::string> row_names(const SweepTable& table, const SweepRow& row) {
  return table.axes.empty() ? std::vector<std::string>{row.folder} : row.values;
}

}  // namespace

bool is_main_metric(const std::string& metric) {
  if (ends_with(metric, "perplexity"))
    return starts_with(metric, "valid") || starts_with(metric, "test");
  return ends_with(metric, " spearman") || ends_with(metric, " accuracy_add") ||
         ends_with(metric, " auc");
}

std::size_t SweepRow::complete() const {
  return static_cast<std::size_t>(
      std::count_if(results.begin(), results.end(),
                    [](const auto& result) { return result.status == "complete"; }));
}

std::string SweepRow::status() const {
  if (is_complete()) return "complete";
  std::map<std::string, int> counts;
  for (const auto& result : results) ++counts[result.status];
  std::vector<std::string> parts;
  for (const char* const status : {"complete", "failed", "stopped", "not complete", "not begun"}) {
    const int count = counts[status];
    if (count == 0) continue;
    if (count == static_cast<int>(results.size())) return status;
    parts.push_back(fmt::format("{} {}", count, status));
  }
  return join(parts, ", ");
}

std::vector<double> SweepRow::numbers(const std::string& metric) const {
  std::vector<double> found;
  for (const auto& result : results)
    for (const auto& [name, value] : result.numbers)
      if (name == metric) found.push_back(value);
  return found;
}

std::vector<std::string> SweepTable::choose(const std::vector<std::string>& wanted) const {
  std::vector<std::string> chosen;
  const auto add = [&](const auto& is_wanted) {
    bool found = false;
    for (const auto& metric : metrics) {
      if (!is_wanted(metric)) continue;
      found = true;
      if (std::find(chosen.begin(), chosen.end(), metric) == chosen.end()) chosen.push_back(metric);
    }
    return found;
  };
  for (const auto& one : wanted) {
    if (add([&](const auto& metric) { return metric == one || ends_with(metric, " " + one); }) ||
        metrics.empty())
      continue;
    Error error("no run of the sweep has this metric");
    error.at("--metrics").expected("{}", join(metrics, ", ")).got("{}", printable(one));
    if (const auto near = nearest_name(one, metrics)) error.hint("did you mean {}?", *near);
    throw error;
  }
  const bool has_rungs = std::find(metrics.begin(), metrics.end(), "rung") != metrics.end();
  const auto is_usual = [&](const auto& metric) {
    return is_main_metric(metric) || (has_rungs && (metric == "rung" || metric == "epochs"));
  };
  if (wanted.empty() && !add(is_usual)) {
    constexpr std::size_t kFew = 4;
    chosen.assign(metrics.begin(),
                  metrics.begin() + static_cast<std::ptrdiff_t>(std::min(kFew, metrics.size())));
  }
  return chosen;
}

std::vector<bool> SweepTable::best(const std::string& metric) const {
  const int sign = direction(metric);
  std::vector<bool> is_best(rows.size(), false);
  std::vector<std::pair<std::size_t, double>> means;
  std::optional<std::string> basis;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Spread all = spread(rows[i].numbers(metric));
    if (!rows[i].is_complete() || all.n == 0) continue;
    means.emplace_back(i, sign * all.mean);
    std::string own;
    for (const auto& result : rows[i].results)
      own += (is_perplexity(metric) ? result.text : result.coverage) + "\n";
    if (basis && *basis != own) return is_best;
    basis = own;
  }
  if (sign == 0 || means.size() < 2) return is_best;
  double most = means.front().second, least = most;
  for (const auto& [row, mean] : means) {
    most = std::max(most, mean);
    least = std::min(least, mean);
  }
  if (most == least) return is_best;
  for (const auto& [row, mean] : means) is_best[row] = mean == most;
  return is_best;
}

SweepTable read_sweep_table(const fs::path& out) {
  const ordered_json content = read_sweep(out);
  const RungEpochs rungs = rung_epochs(content);
  SweepTable table;
  table.name = content.value("name", "");
  std::vector<std::string> keys;
  for (const auto& axis : content.at("axes")) {
    if (axis.at("key") == "seed") continue;
    keys.push_back(axis.at("key"));
    table.axes.push_back(axis.at("name"));
  }
  for (const auto& point : content.at("points")) {
    SweepRow row;
    row.folder = point.at("folder");
    for (const auto& key : keys) {
      const auto value = point.at("values").find(key);
      row.values.push_back(value == point.at("values").end() ? "" : text_of(*value));
    }
    if (!point.contains("seeds")) row.results.push_back(read_result(out, row.folder, rungs));
    for (const auto& seed : point.value("seeds", ordered_json::array())) {
      const auto folder = seed_folder(row.folder, seed.get<std::int64_t>());
      row.results.push_back(read_result(out, folder.string(), rungs));
      row.results.back().seed = seed.get<std::int64_t>();
    }
    for (const auto& result : row.results)
      for (const auto& [metric, value] : result.numbers)
        if (std::find(table.metrics.begin(), table.metrics.end(), metric) == table.metrics.end())
          table.metrics.push_back(metric);
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string sweep_table_text(const SweepTable& table, const std::vector<std::string>& metrics,
                             bool markdown) {
  const bool has_status = std::any_of(table.rows.begin(), table.rows.end(),
                                      [](const auto& row) { return !row.is_complete(); });
  std::vector<TableRow> lines(1);
  lines[0] = table.axes.empty() ? std::vector<std::string>{"point"} : table.axes;
  for (const auto& metric : metrics) lines[0].push_back(metric);
  if (has_status) lines[0].push_back("status");
  std::vector<std::vector<bool>> best;
  for (const auto& metric : metrics) best.push_back(table.best(metric));
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    auto cells = row_names(table, table.rows[i]);
    for (std::size_t m = 0; m < metrics.size(); ++m) {
      std::string text = spread_text(table.rows[i].numbers(metrics[m]));
      if (best[m][i]) text = markdown ? "**" + text + "**" : text + " *";
      cells.push_back(std::move(text));
    }
    if (has_status) cells.push_back(table.rows[i].status());
    lines.push_back(std::move(cells));
  }
  TableStyle style;
  style.markdown = markdown;
  style.padded = false;
  style.least_width = 0;
  // Plain text is left-aligned; in Markdown the metrics are right-aligned.
  style.left = lines[0].size() - (markdown ? metrics.size() + has_status : 0);
  style.left_last = has_status;
  return table_text(std::move(lines), style);
}

std::string sweep_table_csv(const SweepTable& table, const std::vector<std::string>& metrics) {
  std::vector<std::string> head = {"point", "status"};
  head.insert(head.end(), table.axes.begin(), table.axes.end());
  for (const auto& metric : metrics)
    for (const char* const part : {" mean", " sd", " n"}) head.push_back(metric + part);
  std::string text = csv_line(head) + "\n";
  const auto number = [](double value) {
    return std::isfinite(value) ? number_text(value) : std::string("nan");
  };
  for (const auto& row : table.rows) {
    std::vector<std::string> cells = {row.folder, row.status()};
    cells.insert(cells.end(), row.values.begin(), row.values.end());
    for (const auto& metric : metrics) {
      const Spread all = spread(row.numbers(metric));
      cells.insert(cells.end(), {number(all.mean), number(all.sd), std::to_string(all.n)});
    }
    text += csv_line(cells) + "\n";
  }
  return text;
}

ordered_json sweep_table_json(const SweepTable& table) {
  ordered_json points = ordered_json::array();
  for (const auto& row : table.rows) {
    ordered_json values = ordered_json::object(), metrics = ordered_json::object(),
                 runs = ordered_json::array();
    for (std::size_t i = 0; i < table.axes.size(); ++i) values[table.axes[i]] = row.values[i];
    for (const auto& metric : table.metrics) {
      const Spread all = spread(row.numbers(metric));
      if (all.n > 0)
        metrics[metric] = {
            {"mean", number_or_null(all.mean)}, {"sd", number_or_null(all.sd)}, {"n", all.n}};
    }
    for (const auto& result : row.results) {
      ordered_json run = {{"folder", result.folder}, {"status", result.status}};
      if (result.seed) run["seed"] = *result.seed;
      if (!result.error.empty()) run["error"] = result.error;
      for (const auto& [metric, value] : result.numbers) run["metrics"][metric] = value;
      runs.push_back(std::move(run));
    }
    points.push_back({{"folder", row.folder},
                      {"values", values},
                      {"status", row.status()},
                      {"metrics", metrics},
                      {"runs", runs}});
  }
  return {{"name", table.name}, {"axes", table.axes}, {"points", points}};
}

}  // namespace wordbridge
