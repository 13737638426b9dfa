#include "report/expected/expected_file.h"

#include <algorithm>
#include <set>

#include "core/error.h"
#include "core/io/file.h"
#include "core/json.h"
#include "core/text.h"

namespace wordbridge {
namespace {

using Json = nlohmann::ordered_json;
using Strings = std::map<std::string, std::string>;

/// An object of expected.json. Reads its values and refuses what is not of the expected type.
class Section {
 public:
  Section(const Json& value, std::string place, const std::vector<std::string>& keys)
      : value_(value), place_(std::move(place)) {
    if (!value.is_object()) wrong(value, place_, "an object");
    for (const auto& [key, item] : value.items()) {
      if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
      Error error("unknown key");
      error.at("{}", place_).expected("{}", join(keys, ", ")).got("'{}'", printable(key));
      if (const auto near = nearest_name(key, keys)) error.hint("did you mean {}?", *near);
      throw error;
    }
  }

  const std::string& place() const { return place_; }
  bool has(const std::string& key) const { return value_.contains(key); }
  const Json& at(const std::string& key) const { return value_.at(key); }
  std::string of(const std::string& key) const { return place_ + "/" + key; }

  /// A string, or a number as it would be printed.
  static std::string word(const Json& value, const std::string& place) {
    if (value.is_number()) return number_text(value.get<double>());
    if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
    if (!value.is_string()) wrong(value, place, "a string");
    return value.get<std::string>();
  }
  std::string text(const std::string& key) const {
    return has(key) ? word(at(key), of(key)) : std::string();
  }
  /// Error if the key is missing.
  std::string needed(const std::string& key) const {
    if (has(key)) return text(key);
    throw Error("a key is missing").at("{}", place_).expected("'{}'", key);
  }
  std::optional<double> number(const std::string& key) const {
    if (!has(key)) return std::nullopt;
    if (!at(key).is_number()) wrong(at(key), of(key), "a number");
    return at(key).get<double>();
  }
  double tolerance() const {
    const double value = number("tolerance").value_or(0);
    if (value < 0) throw Error("the tolerance is negative").at("{}", of("tolerance"));
    return value;
  }
  int count(const std::string& key) const {
    if (!has(key)) return 1;
    const bool is_count = at(key).is_number_unsigned() && at(key).get<std::uint64_t>() >= 1 &&
                          at(key).get<std::uint64_t>() <= 1000000;
    if (!is_count) wrong(at(key), of(key), "a whole number from 1");
    return at(key).get<int>();
  }
  std::vector<std::string> list(const std::string& key) const {
    std::vector<std::string> words;
    if (!has(key)) return words;
    if (!at(key).is_array()) wrong(at(key), of(key), "a list");
    for (const auto& item : at(key)) words.push_back(word(item, of(key)));
    return words;
  }
  Strings dictionary(const std::string& key) const {
    Strings words;
    if (!has(key)) return words;
    if (!at(key).is_object()) wrong(at(key), of(key), "an object");
    for (const auto& [name, item] : at(key).items()) words[name] = word(item, of(key) + "/" + name);
    return words;
  }

  [[noreturn]] static void wrong(const Json& value, const std::string& place,
                                 const std::string& expected) {
    throw Error("a value has another type than expected")
        .at("{}", place)
        .expected("{}", expected)
        .got("{}", printable(json_text(value)));
  }

 private:
  const Json& value_;
  std::string place_;
};

/// The row selected by `row`, `where` and `seeds`. `row` is the first column, "#1".
RowSelection row_selection(const Section& section) {
  RowSelection rows{section.dictionary("where"), section.list("seeds")};
  if (section.has("row")) rows.where["#1"] = section.text("row");
  return rows;
}

ExpectedResults results_of(const Section& section) {
  ExpectedResults results{section.text("file"), section.list("script"), section.text("heading"),
                          section.count("table")};
  if (results.file.empty() == results.script.empty())
    throw Error("results need one of two keys")
        .at("{}", section.place())
        .expected("'file' or 'script'");
  return results;
}

/// One figure, or one for each of "rows" and of "columns": NAME.ROW.COLUMN.
std::vector<ExpectedFigure> figures_of(const std::string& name, const Section& section) {
  ExpectedFigure figure;
  figure.name = name;
  figure.source = section.text("source");
  figure.value = section.number("value");
  figure.tolerance = section.tolerance();
  figure.expression = section.text("is");
  figure.results = section.text("results");
  figure.rows = row_selection(section);
  figure.column = section.text("column");
  figure.number = section.count("number");
  const auto rows = section.dictionary("rows"), columns = section.dictionary("columns");
  const std::string by = section.has("by") ? section.text("by") : "#1";
  if (figure.results.empty() && figure.expression.empty() && !figure.value)
    throw Error("a figure needs a value")
        .at("{}", section.place())
        .expected("'value', 'results' or 'is'");
  if (!figure.results.empty() && !figure.expression.empty())
    throw Error("a figure has two sources").at("{}", section.place()).expected("'results' or 'is'");
  if (!figure.results.empty() && figure.column.empty() == columns.empty())
    throw Error("a figure of results needs one of two keys")
        .at("{}", section.place())
        .expected("'column' or 'columns'");
  if (figure.results.empty() && (!rows.empty() || !columns.empty() || !figure.column.empty()))
    throw Error("rows and columns need 'results'").at("{}", section.place());
  std::vector<ExpectedFigure> figures;
  for (const auto& [row, label] : rows.empty() ? Strings{{"", ""}} : rows) {
    for (const auto& [column, title] : columns.empty() ? Strings{{"", figure.column}} : columns) {
      figures.push_back(figure);
      if (!row.empty()) figures.back().rows.where[by] = label;
      if (!row.empty()) figures.back().name += "." + row;
      if (!column.empty()) figures.back().name += "." + column;
      figures.back().column = title;
    }
  }
  return figures;
}

std::vector<ExpectedColumn> columns_of(const Json& columns, const std::string& place) {
  std::vector<ExpectedColumn> found;
  if (!columns.is_object()) Section::wrong(columns, place, "an object");
  for (const auto& [header, value] : columns.items()) {
    const std::string at = place + "/" + header;
    ExpectedColumn column{header, {}, {}};
    if (value.is_string()) {
      column.columns.push_back(value.get<std::string>());
    } else if (value.is_array()) {
      for (const auto& item : value) column.columns.push_back(Section::word(item, at));
    } else {
      const Section section(value, at, {"column", "where"});
      column.columns = section.has("column") && section.at("column").is_array()
                           ? section.list("column")
                           : std::vector<std::string>{section.needed("column")};
      column.where = section.dictionary("where");
    }
    found.push_back(std::move(column));
  }
  return found;
}

using NamedColumns = std::map<std::string, std::vector<ExpectedColumn>>;

ExpectedTable table_of(const Section& section, const NamedColumns& named) {
  ExpectedTable table;
  table.place = section.place();
  table.file = section.needed("file");
  table.heading = section.text("heading");
  table.table = section.count("table");
  table.results = section.needed("results");
  table.names = section.dictionary("names");
  table.skip = section.list("skip");
  table.rows = {section.dictionary("where"), section.list("seeds")};
  if (table.rows.where.empty()) table.rows.where["#1"] = "{row}";
  table.minus = section.dictionary("minus");
  table.tolerance = section.tolerance();
  if (!section.has("columns")) return table;
  if (!section.at("columns").is_string()) {
    table.columns = columns_of(section.at("columns"), section.of("columns"));
    return table;
  }
  const auto found = named.find(section.text("columns"));
  if (found == named.end()) {
    throw Error("unknown columns")
        .at("{}", section.of("columns"))
        .expected("a name of the object 'columns'")
        .got("'{}'", printable(section.text("columns")));
  }
  table.columns = found->second;
  return table;
}

ExpectedRuns runs_of(const Section& section) {
  ExpectedRuns runs;
  runs.place = section.place();
  runs.results = section.needed("results");
  runs.folder = section.text("folder");
  runs.folders = section.dictionary("folders");
  runs.tolerance = section.tolerance();
  for (const auto& [column, pointer] : section.dictionary("fields"))
    runs.fields.emplace_back(column, pointer);
  if (runs.folder.empty() == runs.folders.empty())
    throw Error("runs need one of two keys")
        .at("{}", section.place())
        .expected("'folder' or 'folders'");
  if (runs.fields.empty())
    throw Error("a key is missing").at("{}", section.place()).expected("'fields'");
  return runs;
}

}  // namespace

ExpectedFile read_expected_file(const fs::path& folder) {
  ExpectedFile file;
  file.folder = folder;
  file.path = folder / kExpectedFile;
  const std::string name = file.path.string();
  const std::string content = read_file(file.path);
  parse_json(content, name);  // refuses keys that occur twice
  const Json parsed = Json::parse(content);
  const auto place = [&](const std::string& key) { return name + ", " + key; };
  const Section root(parsed, name, {"results", "columns", "figures", "tables", "texts", "runs"});
  const auto each = [&](const std::string& key, bool is_list, const auto& use) {
    if (!root.has(key)) return;
    const auto& items = root.at(key);
    if (is_list ? !items.is_array() : !items.is_object())
      Section::wrong(items, place(key), is_list ? "a list" : "an object");
    std::size_t number = 0;
    for (const auto& [item_key, item] : items.items())
      use(item_key, item, place(key + "/" + (is_list ? std::to_string(++number) : item_key)));
  };
  each("results", false, [&](const auto& key, const Json& item, const std::string& at) {
    file.results[key] = results_of(Section(item, at, {"file", "script", "heading", "table"}));
  });
  const auto known_results = [&](const std::string& wanted, const std::string& at) {
    if (file.results.count(wanted) > 0) return;
    std::vector<std::string> names;
    for (const auto& [known, item] : file.results) names.push_back(known);
    throw Error("unknown results")
        .at("{}", at)
        .expected("{}", join(names, ", "))
        .got("'{}'", printable(wanted));
  };
  std::set<std::string> names;
  each("figures", false, [&](const auto& key, const Json& item, const std::string& at) {
    const Section section(item, at,
                          {"value", "tolerance", "source", "is", "results", "row", "where", "seeds",
                           "column", "number", "rows", "by", "columns"});
    for (auto& figure : figures_of(key, section)) {
      if (!figure.results.empty()) known_results(figure.results, at);
      if (!names.insert(figure.name).second)
        throw Error("two figures have the same name").at("{}", at).got("{}", figure.name);
      file.figures.push_back(std::move(figure));
    }
  });
  NamedColumns columns;
  each("columns", false, [&](const auto& key, const Json& item, const std::string& at) {
    columns[key] = columns_of(item, at);
  });
  each("tables", true, [&](const auto&, const Json& item, const std::string& at) {
    file.tables.push_back(table_of(Section(item, at,
                                           {"file", "heading", "table", "results", "where", "seeds",
                                            "columns", "names", "skip", "minus", "tolerance"}),
                                   columns));
    known_results(file.tables.back().results, at);
  });
  each("texts", false, [&](const auto& key, const Json& item, const std::string& at) {
    file.texts.push_back({key, Section(Json{{"texts", item}}, at, {"texts"}).list("texts")});
  });
  each("runs", true, [&](const auto&, const Json& item, const std::string& at) {
    file.runs.push_back(
        runs_of(Section(item, at, {"results", "folder", "folders", "fields", "tolerance"})));
    known_results(file.runs.back().results, at);
  });
  return file;
}

}  // namespace wordbridge
