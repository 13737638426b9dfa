#include "report/expected/figure_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/io/text_file.h"
#include "core/text.h"
#include "eval/statistics/correlation.h"
#include "report/expected/expression.h"
#include "report/expected/printed_number.h"
#include "train/sweeps/programs.h"

namespace wordbridge {
namespace {

bool is_markdown_file(const std::string& file) { return fs::path(file).extension() == ".md"; }

/// The figure that has no value, in an expression.
struct NoValue {};

double number_of(const ResultCell& cell, int number, const std::string& place,
                 const std::string& column) {
  if (number == 1)
    if (const auto whole = parse_double(cell.text)) return *whole;
  const auto numbers = printed_numbers(cell.text, 0, cell.text.size());
  if (numbers.size() >= static_cast<std::size_t>(number))
    return numbers[static_cast<std::size_t>(number - 1)].value;
  throw Error("the results have no such number")
      .at("{}", place)
      .expected(number == 1 ? "a number in the column '{}'" : "{1} numbers in the column '{0}'",
                printable(column), number)
      .got("'{}'", printable(cell.text));
}

}  // namespace

bool ResultTables::is_markdown(const std::string& name) const {
  const auto& results = file_.results.at(name);
  return !results.script.empty() || is_markdown_file(results.file);
}

std::string ResultTables::script_output(const ExpectedResults& results) const {
  const std::string& name = results.script.front();
  const fs::path script = file_.folder / name;
  std::error_code code;
  const bool is_in_folder = name.find('/') == name.npos && name != ".." && name != "." &&
                            fs::is_regular_file(fs::symlink_status(script, code));
  if (!is_in_folder) {
    throw Error("not a script of this folder")
        .at("{}", script.string())
        .expected("the name of a file in {}", file_.folder.string())
        .got("'{}'", printable(name));
  }
  std::vector<std::string> command = {"timeout",  "60", "env", "-C", file_.folder.string(),
                                      "./" + name};
  command.insert(command.end(), results.script.begin() + 1, results.script.end());
  const ProgramEnd end = run_program(command);
  if (end.status != 0)
    throw Error("the script failed").at("{}", script.string()).got("{}", end.complaint());
  return end.out;
}

ResultTable ResultTables::read(const std::string& name) const {
  const auto& results = file_.results.at(name);
  if (!is_markdown(name)) return read_result_table(file_.folder, results.file);
  const bool is_script = !results.script.empty();
  const fs::path path = (file_.folder / (is_script ? results.script.front() : results.file));
  const std::string place = path.lexically_normal().string();
  const std::string text = is_script ? script_output(results) : read_text_file(place);
  return find_table(markdown_tables(text, place), results.heading, results.table, place);
}

bool ResultTables::needs_script(const std::string& name) const {
  return !scripts_ && !file_.results.at(name).script.empty();
}

const ResultTable* ResultTables::find(const std::string& name) {
  if (needs_script(name)) return nullptr;
  const auto [table, is_new] = tables_.emplace(name, std::nullopt);
  if (is_new) table->second = read(name);
  return table->second ? &*table->second : nullptr;
}

std::vector<const ResultRow*> selected_rows(const ResultTable& table, const RowSelection& rows) {
  std::vector<const ResultRow*> found;
  for (const std::size_t row : table.matching(rows.where)) found.push_back(&table.rows[row]);
  std::vector<std::string> conditions;
  for (const auto& [key, value] : rows.where) conditions.push_back(key + ": " + printable(value));
  const std::string wanted = join(conditions, ", ");
  if (rows.seeds.empty()) {
    if (found.size() == 1) return found;
    Error error(found.empty() ? "the results have no such row" : "several rows match");
    error.at("{}", found.empty() ? table.place : found[1]->place)
        .expected("one row with {}", wanted);
    if (found.size() > 1) error.got("{}", found.size()).hint("give their \"seeds\"");
    throw error;
  }
  std::vector<std::string> seeds;
  for (const auto* row : found) seeds.push_back(table.cell(*row, "seed").text);
  if (std::is_permutation(seeds.begin(), seeds.end(), rows.seeds.begin(), rows.seeds.end()))
    return found;
  bool is_missing = false;
  for (const auto& seed : rows.seeds)
    is_missing |= std::find(seeds.begin(), seeds.end(), seed) == seeds.end();
  throw Error(is_missing ? "a seed is missing in the results"
                         : "the results have more seeds than expected")
      .at("{}", table.place)
      .expected("seeds {} of {}", join(rows.seeds, ", "), wanted)
      .got("{}", seeds.empty() ? "none" : join(seeds, ", "));
}

FigureValue value_of_rows(const ResultTable& table, const std::vector<const ResultRow*>& rows,
                          const std::string& column, int number) {
  std::vector<double> values;
  for (const auto* row : rows)
    values.push_back(number_of(table.cell(*row, column), number, row->place, column));
  const Spread over = spread(values);
  if (over.n != static_cast<std::int64_t>(values.size())) {
    throw Error("a result is not finite")
        .at("{}", rows.front()->place)
        .expected("numbers in the column '{}'", printable(column));
  }
  FigureValue value;
  value.value = over.mean;
  value.sd = over.sd;
  value.least = *std::min_element(values.begin(), values.end());
  value.greatest = *std::max_element(values.begin(), values.end());
  value.origin = rows.size() == 1 ? rows.front()->place
                                  : fmt::format("{}, mean of {}", table.place, rows.size());
  return value;
}

FigureValues::FigureValues(const ExpectedFile& file, ResultTables& results)
    : file_(file), results_(results) {
  for (const auto& figure : file.figures) figures_[figure.name] = &figure;
}

const FigureValue* FigureValues::find(const std::string& name) {
  const auto done = values_.find(name);
  if (done != values_.end()) return done->second ? &*done->second : nullptr;
  const auto figure = figures_.find(name);
  if (figure == figures_.end()) {
    std::vector<std::string> names;
    for (const auto& [known, item] : figures_) names.push_back(known);
    Error error("unknown figure");
    error.at("{}", file_.path.string()).got("'{}'", printable(name));
    if (const auto near = nearest_name(name, names)) error.hint("did you mean {}?", *near);
    throw error;
  }
  constexpr std::size_t kLongestChain = 1000;
  if (!open_.insert(name).second || open_.size() > kLongestChain)
    throw Error("a figure is computed from itself, or through too many others")
        .at("{}", file_.path.string())
        .got("{}", name);
  std::optional<FigureValue> value;
  try {
    value = computed(*figure->second);
  } catch (const Error&) {
    open_.erase(name);
    values_[name] = std::nullopt;  // reported once
    throw;
  }
  open_.erase(name);
  auto& kept = values_[name] = value;
  return kept ? &*kept : nullptr;
}

std::optional<FigureValue> FigureValues::evaluated(const std::string& expression) {
  const std::string name(trimmed(expression));
  if (figures_.count(name) > 0) {
    const auto* value = find(name);
    return value == nullptr ? std::nullopt : std::optional<FigureValue>(*value);
  }
  const auto number = [&](const std::string& wanted) {
    const auto dot = wanted.rfind('.');
    const std::string ending = dot == wanted.npos ? "" : wanted.substr(dot);
    const bool is_spread = figures_.count(wanted) == 0 &&
                           (ending == ".sd" || ending == ".min" || ending == ".max") &&
                           figures_.count(wanted.substr(0, dot)) > 0;
    const auto* value = find(is_spread ? wanted.substr(0, dot) : wanted);
    if (value == nullptr) throw NoValue{};
    if (!is_spread) return value->value;
    return ending == ".sd" ? value->sd : ending == ".min" ? value->least : value->greatest;
  };
  try {
    FigureValue value;
    value.value = evaluate(name, number);
    value.origin = file_.path.string();
    return value;
  } catch (const NoValue&) {
    return std::nullopt;
  }
}

std::optional<FigureValue> FigureValues::computed(const ExpectedFigure& figure) {
  std::optional<FigureValue> value;
  if (!figure.expression.empty()) {
    value = evaluated(figure.expression);
  } else if (!figure.results.empty()) {
    const auto* table = results_.find(figure.results);
    if (table != nullptr) {
      value =
          value_of_rows(*table, selected_rows(*table, figure.rows), figure.column, figure.number);
    }
  } else {
    value = FigureValue{};
    value->value = *figure.value;
    value->origin = file_.path.string();
  }
  if (!value) return std::nullopt;
  value->tolerance = figure.tolerance;
  if (!figure.value) return value;
  const double difference = std::abs(value->value - *figure.value);
  if (!(difference <= figure.tolerance + 1e-9 * std::abs(*figure.value))) {
    throw Error(fmt::format("{} differs from the results", figure.name))
        .at("{}", value->origin)
        .expected("{} (tolerance {})", number_text(*figure.value), number_text(figure.tolerance))
        .got("{}", number_text(value->value));
  }
  value->value = *figure.value;
  return value;
}

}  // namespace wordbridge
