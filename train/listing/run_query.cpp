#include "train/listing/run_query.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>

#include "core/error.h"
#include "core/text.h"
#include "train/runs/run_config.h"
#include "train/sweeps/table.h"

namespace wordbridge {
namespace {

constexpr std::string_view kName = "name", kStatus = "status", kTime = "time";
constexpr std::size_t kMostScores = 4;

/// Fields that every query knows, also if no run has them.
constexpr std::array<const char*, 11> kKnown = {"name",   "model",   "corpus", "status",
                                                "seed",   "started", "time",   "epoch",
                                                "tokens", "words",   "problem"};
constexpr std::array<const char*, 7> kUsual = {"name", "model",   "corpus", "status",
                                               "seed", "started", "time"};

using Value = std::optional<std::string_view>;

bool ends_with_part(std::string_view name, std::string_view end) {
  if (name.size() <= end.size() || name.substr(name.size() - end.size()) != end) return false;
  const char before = name[name.size() - end.size() - 1];
  return before == '.' || before == ' ';
}

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

/// The names of all fields of some runs.
class FieldNames {
 public:
  explicit FieldNames(const std::vector<ListedRun>& runs) {
    std::vector<std::string_view> last;  // most runs have the same fields as the one before
    for (const auto& run : runs) {
      std::size_t at = 0;
      run.fields.for_each([&](std::string_view name, std::string_view) {
        if (at == last.size()) last.emplace_back();
        if (last[at] != name) names_.insert(last[at] = name);
        ++at;
      });
    }
  }

  const std::set<std::string_view>& all() const { return names_; }
  bool has(std::string_view name) const { return names_.count(name) > 0; }

  /// The full names that a name stands for; the first one that a run has is its value.
  std::vector<std::string> resolve(const std::string& name) const {
    if (std::find(kKnown.begin(), kKnown.end(), name) != kKnown.end() || has(name)) return {name};
    if (has("results." + name)) return {"results." + name};
    std::vector<std::string> ends;
    for (const auto known : names_)
      if (ends_with_part(known, name)) ends.emplace_back(known);
    const auto is_of_model = [](const std::string& known) { return starts_with(known, "model."); };
    if (ends.size() == 1 || (!ends.empty() && std::all_of(ends.begin(), ends.end(), is_of_model)))
      return ends;
    if (ends.size() > 1)
      throw UsageError("the name of the field is ambiguous")
          .at("{}", printable(name))
          .expected("one of {}", join(ends, ", "));
    RunConfig config;
    if (config.describe(false).find(name) != nullptr || is_of_nothing(name)) return {name};
    refuse(name);
  }

 private:
  /// Whether the name has a section, such as "results", in which no run has a field.
  bool is_of_nothing(std::string_view name) const {
    const auto dot = name.find('.');
    if (dot == name.npos) return false;
    const std::string_view section = name.substr(0, dot + 1);
    const std::array<std::string_view, 4> sections = {"results.", "metrics.", "machine.",
                                                      "wordbridge."};
    if (std::find(sections.begin(), sections.end(), section) == sections.end()) return false;
    return std::none_of(names_.begin(), names_.end(),
                        [&](std::string_view known) { return starts_with(known, section); });
  }

  [[noreturn]] void refuse(const std::string& name) const {
    std::vector<std::string> candidates(kKnown.begin(), kKnown.end());
    candidates.insert(candidates.end(), names_.begin(), names_.end());
    UsageError error("no run has this field");
    error.got("{}", printable(name));
    const auto near = nearest_name(name, candidates);
    near ? error.hint("did you mean {}?", *near)
         : error.hint("--columns all --format json shows all fields");
    throw error;
  }

  std::set<std::string_view> names_;
};

/// Numbers of the fields that a query needs, of which the first one that a run has counts.
using FieldNumbers = std::vector<std::size_t>;

/// The fields that a query needs, so that the fields of a run are gone through once.
class NeededFields {
 public:
  FieldNumbers add(const std::vector<std::string>& names) {
    FieldNumbers field;
    for (const auto& name : names)
      field.push_back(numbers_.emplace(name, numbers_.size()).first->second);
    return field;
  }
  /// The values of a run by number.
  std::vector<Value> values_of(const ListedRun& run) const {
    std::vector<Value> values(numbers_.size());
    auto wanted = numbers_.begin();
    run.fields.for_each([&](std::string_view name, std::string_view value) {
      while (wanted != numbers_.end() && wanted->first < name) ++wanted;
      if (wanted != numbers_.end() && wanted->first == name) values[wanted->second] = value;
    });
    if (const auto name = numbers_.find(kName); name != numbers_.end())
      values[name->second] = run.name;
    if (const auto status = numbers_.find(kStatus); run.is_running && status != numbers_.end())
      values[status->second] = "running";
    return values;
  }

 private:
  std::map<std::string, std::size_t, std::less<>> numbers_;  // sorted, as the fields of a run
};

struct Row {
  const ListedRun* run;
  std::vector<Value> values;

  Value value(const FieldNumbers& field) const {
    for (const auto number : field)
      if (values[number]) return values[number];
    return std::nullopt;
  }
};

enum class Operator { equal, not_equal, less, at_most, more, at_least, contains };

struct Condition {
  FieldNumbers field;
  Operator op = Operator::equal;
  std::string text;
  std::optional<double> number;
};

Condition read_condition(const std::string& text, const FieldNames& names, NeededFields& needed) {
  static const std::vector<std::pair<std::string, Operator>> operators = {
      {"!=", Operator::not_equal}, {"<=", Operator::at_most}, {">=", Operator::at_least},
      {"=", Operator::equal},      {"<", Operator::less},     {">", Operator::more},
      {"~", Operator::contains}};
  const auto place = text.find_first_of("!=<>~");
  const std::string name(trimmed(text.substr(0, place)));
  if (place != text.npos && !name.empty()) {
    for (const auto& [sign, op] : operators) {
      if (text.compare(place, sign.size(), sign) != 0) continue;
      Condition condition{needed.add(names.resolve(name)),
                          op,
                          std::string(trimmed(text.substr(place + sign.size()))),
                          {}};
      condition.number = parse_double(condition.text);
      if (!condition.number && name == kTime) condition.number = parse_duration(condition.text);
      return condition;
    }
  }
  throw UsageError("not a condition")
      .at("--where")
      .expected("FIELD=VALUE, or with !=, <, <=, >, >= or ~ (contains)")
      .got("'{}'", printable(text));
}

/// -1, 0, 1: as numbers if both are, otherwise as text.
int order_of(std::string_view a, std::string_view b, const std::optional<double>& number) {
  const auto left = parse_double(a), right = number;
  if (left && right) return *left < *right ? -1 : *left > *right ? 1 : 0;
  return a.compare(b) < 0 ? -1 : a == b ? 0 : 1;
}

bool holds(const Condition& condition, const Value& value) {
  if (!value) return condition.op == Operator::not_equal;
  if (condition.op == Operator::contains) return value->find(condition.text) != value->npos;
  const int order = order_of(*value, condition.text, condition.number);
  // A number is neither below nor above a word.
  const bool has_order = parse_double(*value).has_value() == condition.number.has_value();
  switch (condition.op) {
    case Operator::equal:
      return order == 0;
    case Operator::not_equal:
      return order != 0;
    case Operator::less:
      return has_order && order < 0;
    case Operator::at_most:
      return has_order && order <= 0;
    case Operator::more:
      return has_order && order > 0;
    default:
      return has_order && order >= 0;
  }
}

/// Negative if `a` comes before `b`; numbers come before other values, runs without one last.
int sort_order(const Value& a, const Value& b, bool descending) {
  if (!a || !b) return int{b.has_value()} - int{a.has_value()};
  const auto left = parse_double(*a), right = parse_double(*b);
  if (left.has_value() != right.has_value()) return left ? -1 : 1;
  const int order = order_of(*a, *b, right);
  return descending ? -order : order;
}

void sort_rows(std::vector<Row>& rows, const std::vector<FieldNumbers>& keys, bool descending) {
  std::sort(rows.begin(), rows.end(),
            [](const Row& a, const Row& b) { return a.run->name < b.run->name; });
  std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
    for (const auto& key : keys)
      if (const int order = sort_order(a.value(key), b.value(key), descending); order != 0)
        return order < 0;
    return false;
  });
  if (keys.empty() && descending) std::reverse(rows.begin(), rows.end());
}

/// The usual columns, and the main results that any run has.
std::vector<std::string> usual_columns(const FieldNames& names) {
  std::vector<std::string> columns(kUsual.begin(), kUsual.end());
  for (const char* const result : {"results.valid_perplexity", "results.test_perplexity"})
    if (names.has(result)) columns.emplace_back(result);
  std::size_t scores = 0;
  for (const auto name : names.all()) {
    constexpr std::string_view kResults = "results.";
    if (!starts_with(name, kResults)) continue;
    const std::string metric(name.substr(kResults.size()));
    if (metric.find("perplexity") == metric.npos && is_main_metric(metric) &&
        ++scores <= kMostScores)
      columns.emplace_back(name);
  }
  return columns;
}

std::vector<std::string> columns_of(const RunQuery& query, const FieldNames& names) {
  if (query.columns.empty()) return usual_columns(names);
  std::vector<std::string> columns;
  for (std::size_t i = 0; i < query.columns.size(); ++i) {
    std::string column = query.columns[i];
    if (i == 0 && column.rfind('+', 0) == 0) {
      columns = usual_columns(names);
      column.erase(0, 1);
    }
    if (column != "all") {
      columns.push_back(column);
      continue;
    }
    columns.insert(columns.end(), kUsual.begin(), kUsual.end());
    for (const auto name : names.all())
      if (std::find(columns.begin(), columns.end(), name) == columns.end())
        columns.emplace_back(name);
  }
  return columns;
}

}  // namespace

RunTable query_runs(const std::vector<ListedRun>& runs, const RunQuery& query) {
  const FieldNames names(runs);
  NeededFields needed;
  std::vector<Condition> conditions;
  for (const auto& text : query.where) conditions.push_back(read_condition(text, names, needed));
  RunTable table;
  table.columns = columns_of(query, names);
  std::vector<FieldNumbers> columns, keys;
  for (const auto& column : table.columns) columns.push_back(needed.add(names.resolve(column)));
  for (const auto& key : query.sort) keys.push_back(needed.add(names.resolve(key)));
  std::vector<Row> rows;
  for (const auto& run : runs) {
    Row row{&run, needed.values_of(run)};
    const auto is_met = [&](const Condition& condition) {
      return holds(condition, row.value(condition.field));
    };
    if (std::all_of(conditions.begin(), conditions.end(), is_met)) rows.push_back(std::move(row));
  }
  sort_rows(rows, keys, query.descending);
  table.all = rows.size();
  if (query.limit > 0 && rows.size() > query.limit) rows.resize(query.limit);
  for (const auto& row : rows) {
    auto& cells = table.rows.emplace_back();
    for (const auto& column : columns) {
      const Value value = row.value(column);
      cells.push_back(value ? std::optional<std::string>(*value) : std::nullopt);
    }
  }
  return table;
}

}  // namespace wordbridge
