#include <CLI/CLI.hpp>
#include <cmath>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/commands.h"
#include "cli/field_options.h"
#include "cli/print.h"
#include "cli/torch/torch.h"
#include "core/error.h"
#include "core/json.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "core/text_table.h"
#include "train/listing/run_query.h"

namespace wordbridge {
namespace {

enum class Format { table, tsv, json };

struct RunsArguments {
  std::vector<std::string> folders;
  RunQuery query;
  Format format = Format::table;
  bool no_index = false, rebuild = false;
};

std::vector<ListedRun> all_runs(const RunsArguments& arguments) {
  const IndexUse use = arguments.no_index  ? IndexUse::none
                       : arguments.rebuild ? IndexUse::rebuild
                                           : IndexUse::refresh;
  std::vector<ListedRun> runs;
  std::set<std::string> seen;
  for (const auto& folder : arguments.folders)
    for (auto& run : list_runs(folder, use))
      if (seen.insert(run.name).second) runs.push_back(std::move(run));
  return runs;
}

/// "results.test_perplexity" -> "test_perplexity"
std::string heading(const std::string& column) {
  constexpr std::string_view kResults = "results.";
  return column.rfind(kResults, 0) == 0 ? column.substr(kResults.size()) : column;
}

std::string cell(const std::string& column, const std::optional<std::string>& value) {
  if (!value) return "-";
  if (column == "started")  // to the minute
    return value->size() < 16 ? *value : value->substr(0, 10) + " " + value->substr(11, 5);
  const auto number = parse_double(*value);
  if (column == "time" && number) return human_duration(*number);
  if (!number || !std::isfinite(*number) || parse_integer(*value))
    return printable(*value, column == "name" ? std::string::npos : 60);
  return std::fabs(*number) >= 1000 ? fmt::format("{:.1f}", *number)
                                    : fmt::format("{:.4g}", *number);
}

std::string table_of(const RunTable& table) {
  std::vector<TableRow> rows(1);
  for (const auto& column : table.columns) rows.front().push_back(heading(column));
  for (const auto& run : table.rows) {
    auto& row = rows.emplace_back();
    for (std::size_t i = 0; i < run.size(); ++i) row.push_back(cell(table.columns[i], run[i]));
  }
  // Columns of words are aligned to the left, if no column of numbers comes before them.
  std::size_t left = 0;
  const std::set<std::string> words = {"name", "model", "corpus", "status"};
  while (left < table.columns.size() && words.count(table.columns[left]) > 0) ++left;
  return table_text(rows, {false, std::max<std::size_t>(left, 1)});
}

std::string tsv_of(const RunTable& table) {
  std::string text = join(table.columns, "\t") + "\n";
  for (const auto& run : table.rows) {
    std::vector<std::string> cells;
    for (const auto& value : run) cells.push_back(printable(value.value_or(""), std::string::npos));
    text += join(cells, "\t") + "\n";
  }
  return text;
}

nlohmann::ordered_json json_value(const std::optional<std::string>& value) {
  if (!value) return nullptr;
  if (*value == "true" || *value == "false") return *value == "true";
  if (const auto number = parse_double(*value); number && std::isfinite(*number))
    return plain_number(*number);
  return *value;
}

std::string json_of(const RunTable& table) {
  const std::set<std::string> words = {"name", "model", "corpus", "config.name"};
  nlohmann::ordered_json runs = nlohmann::ordered_json::array();
  for (const auto& run : table.rows) {
    auto& object = runs.emplace_back(nlohmann::ordered_json::object());
    for (std::size_t i = 0; i < run.size(); ++i) {
      const auto& column = table.columns[i];
      object[column] =
          words.count(column) > 0 && run[i] ? nlohmann::ordered_json(*run[i]) : json_value(run[i]);
    }
  }
  return json_text(runs, 2) + "\n";
}

int list(const RunsArguments& arguments) {
  start_threads(0);
  const auto runs = all_runs(arguments);
  const RunTable table = query_runs(runs, arguments.query);
  if (arguments.format == Format::tsv) {
    print(tsv_of(table));
  } else if (arguments.format == Format::json) {
    print(json_of(table));
  } else if (!table.rows.empty()) {
    print(table_of(table));
  }
  const auto total = static_cast<std::int64_t>(runs.size());
  if (table.rows.size() < runs.size() || runs.empty())
    log("runs", "{} of {}", human_count(table.rows.size()), counted(total, "run"));
  return 0;
}

void add_options(CLI::App* command, RunsArguments& arguments) {
  RunQuery& query = arguments.query;
  command->add_option("FOLDERS", arguments.folders, "folders with runs, also below them")
      ->default_val(std::vector<std::string>{"runs"})
      ->capture_default_str();
  command
      ->add_option("--where", query.where,
                   "condition: FIELD=VALUE, or with !=, <, <=, >, >= or ~ (contains), such as "
                   "'test_perplexity<150' (may be repeated: all must hold)")
      ->allow_extra_args(false);
  command
      ->add_option("--sort", query.sort,
                   "field by which the runs are sorted (may be repeated; default: name)")
      ->allow_extra_args(false);
  command->add_flag("--descending", query.descending, "sort from the largest to the smallest");
  command
      ->add_option("--columns", query.columns,
                   "comma-separated fields to show; +FIELD,...: these after the usual ones; all: "
                   "all fields")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_option("--limit", query.limit, "show only the first N runs; 0: all")
      ->check(in_range(at_least(0)))
      ->capture_default_str();
  add_field_option(
      command, choice("format", &arguments.format,
                      "table: for reading; tsv, json: all digits, times in seconds",
                      {{"table", Format::table}, {"tsv", Format::tsv}, {"json", Format::json}}));
  auto* const no_index = command->add_flag("--no-index", arguments.no_index,
                                           "read all runs, and neither use nor write an index");
  command->add_flag("--rebuild-index", arguments.rebuild, "read all runs and make the index anew")
      ->excludes(no_index);
}

}  // namespace

void add_runs_command(CLI::App& program, int& status) {
  const auto arguments = std::make_shared<RunsArguments>();
  auto* command =
      program.add_subcommand("runs", "List, filter and sort runs by their settings and results");
  command->footer(
      "Fields: name (the folder), model, corpus, status (complete, running, stopped, failed, not "
      "begun, damaged), seed,\n"
      "started (UTC), time, epoch, tokens, words; every setting (`wordbridge keys`); results.NAME, "
      "metrics.NAME (of the last\n"
      "epoch), machine.NAME, wordbridge.NAME. The end of a name is enough where it is clear: lr, "
      "dim, test_perplexity.\n"
      "What was read is kept in the file .runs.sqlite of the folder, so that later lists are "
      "quick; it can be deleted.\n"
      "Examples:\n"
      "  wordbridge runs --where model=nplm --where 'test_perplexity<150' --sort test_perplexity\n"
      "  wordbridge runs runs/sweep --columns +lr,dim --sort valid_perplexity --limit 10\n"
      "  wordbridge runs --where status=failed --columns name,problem\n"
      "  wordbridge runs --columns all --format json > runs.json");
  add_options(command, *arguments);
  command->callback([arguments, &status] { status = list(*arguments); });
}

}  // namespace wordbridge
