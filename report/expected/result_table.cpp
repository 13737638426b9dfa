#include "report/expected/result_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "core/error.h"
#include "core/io/text_file.h"
#include "core/json.h"
#include "core/text.h"

namespace wordbridge {
namespace {

std::string scalar_text(const nlohmann::json& value, const std::string& place,
                        const std::string& key) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number()) return number_text(value.get<double>());
  if (value.is_null()) return "";
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  throw Error("the result is not a number").at("{}", place).got("{} at {}", value.type_name(), key);
}

ResultTable read_delimited(const fs::path& path, char separator) {
  ResultTable table;
  table.place = path.string();
  const std::string content = read_text_file(path);
  for (const auto& line : text_lines(content)) {
    if (trimmed(line.text).empty()) continue;
    const auto fields = csv_fields(line.text, separator);
    const std::string place = fmt::format("{}:{}", path.string(), line.number);
    if (!fields) throw Error("the quotes of the line do not match").at("{}", place);
    if (table.header.empty()) {
      table.header = *fields;
      continue;
    }
    if (fields->size() != table.header.size()) {
      throw Error("the line has another number of fields than the first one")
          .at("{}", place)
          .expected("{} fields", table.header.size())
          .got("{}", fields->size());
    }
    ResultRow row{place, {}, nullptr};
    for (const auto& field : *fields) row.cells.push_back({field});
    table.rows.push_back(std::move(row));
  }
  if (table.header.empty()) throw Error("the file of results is empty").at("{}", path.string());
  return table;
}

ResultTable read_json_lines(const fs::path& path) {
  ResultTable table;
  table.place = path.string();
  const std::string content = read_text_file(path);
  for (const auto& line : text_lines(content)) {
    if (trimmed(line.text).empty()) continue;
    const std::string place = fmt::format("{}:{}", path.string(), line.number);
    table.rows.push_back({place, {}, parse_json(line.text, place)});
    for (const auto& [key, value] : table.rows.back().document.items())
      if (std::find(table.header.begin(), table.header.end(), key) == table.header.end())
        table.header.push_back(key);
  }
  for (auto& row : table.rows)
    for (const auto& key : table.header) {
      const auto found = row.document.find(key);
      const bool is_scalar = found != row.document.end() && !found->is_structured();
      row.cells.push_back({is_scalar ? scalar_text(*found, row.place, key) : ""});
    }
  return table;
}

/// The parts of "mlp{n}-seed{seed}.json": literals and, between them, keys.
struct NamePattern {
  std::vector<std::string> literals, keys;
};

NamePattern name_pattern(const std::string& text) {
  NamePattern pattern;
  std::size_t begin = 0;
  for (std::size_t open; (open = text.find('{', begin)) != text.npos;) {
    const auto close = text.find('}', open);
    if (close == text.npos)
      throw Error("a placeholder is not closed").expected("}}").got("{}", printable(text));
    pattern.literals.push_back(text.substr(begin, open - begin));
    pattern.keys.push_back(text.substr(open + 1, close - open - 1));
    begin = close + 1;
  }
  pattern.literals.push_back(text.substr(begin));
  return pattern;
}

/// The values of the keys, each as short as possible and not empty.
bool match_name(const NamePattern& pattern, std::size_t part, std::string_view name,
                std::vector<std::string>& values) {
  const auto& literal = pattern.literals[part];
  if (name.substr(0, literal.size()) != literal) return false;
  name.remove_prefix(literal.size());
  if (part == pattern.keys.size()) return name.empty();
  for (std::size_t size = 1; size <= name.size(); ++size) {
    values.resize(part);
    values.emplace_back(name.substr(0, size));
    if (match_name(pattern, part + 1, name.substr(size), values)) return true;
  }
  return false;
}

ResultTable read_json_files(const fs::path& folder, const std::string& file) {
  const fs::path path = (folder / file).lexically_normal();
  const auto pattern = name_pattern(path.filename().string());
  ResultTable table;
  table.place = path.string();
  table.header = pattern.keys;
  std::vector<fs::path> paths;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(path.parent_path(), code))
    paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  for (const auto& found : paths) {
    std::vector<std::string> values;
    if (!match_name(pattern, 0, found.filename().string(), values)) continue;
    ResultRow row{found.string(), {}, parse_json(read_file(found), found.string())};
    for (const auto& value : values) row.cells.push_back({value});
    table.rows.push_back(std::move(row));
  }
  if (table.rows.empty()) throw Error("no such file of results").at("{}", path.string());
  return table;
}

/// Cells of a line "| a | b |"; `begin`: of the line in the file.
std::vector<ResultCell> markdown_cells(std::string_view line, std::size_t begin) {
  std::vector<ResultCell> cells;
  std::size_t start = line.find('|') + 1;
  for (std::size_t i = start; i < line.size(); ++i) {
    if (line[i] != '|' || line[i - 1] == '\\') continue;
    const auto text = trimmed(line.substr(start, i - start));
    const auto offset = text.empty() ? start : static_cast<std::size_t>(text.data() - line.data());
    cells.push_back({std::string(text), begin + offset, begin + offset + text.size()});
    start = i + 1;
  }
  return cells;
}

bool is_table_line(std::string_view line) {
  const auto text = trimmed(line);
  return text.size() > 1 && text.front() == '|' && text.back() == '|';
}
bool is_table_rule(std::string_view line) {
  return is_table_line(line) && line.find_first_not_of("|-: \t") == line.npos;
}

std::optional<std::string> heading_of(std::string_view line) {
  const auto text = line.find_first_not_of('#');
  if (text == 0 || text == line.npos) return std::nullopt;
  return without_marks(line.substr(text));
}

/// Lines of Markdown; those of code blocks are empty.
std::vector<TextLine> prose_lines(std::string_view text) {
  auto lines = text_lines(text);
  bool is_code = false;
  for (auto& line : lines) {
    const bool is_fence = trimmed(line.text).substr(0, 3) == "```";
    if (is_code || is_fence) line.text = line.text.substr(0, 0);
    if (is_fence) is_code = !is_code;
  }
  return lines;
}

}  // namespace

std::string without_marks(std::string_view text) {
  std::string plain;
  for (const char c : text)
    if (c != '*' && c != '`') plain += c;
  return std::string(trimmed(plain));
}

std::size_t ResultTable::column(const std::string& name) const {
  const auto number =
      name.size() > 1 && name[0] == '#' ? parse_integer(name.substr(1)) : std::nullopt;
  if (number && *number >= 1 && *number <= static_cast<long long>(header.size()))
    return static_cast<std::size_t>(*number - 1);
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < header.size(); ++i)
    if (without_marks(header[i]) == without_marks(name)) found.push_back(i);
  if (found.size() == 1) return found.front();
  std::vector<std::string> names;
  for (const auto& known : header) names.push_back("'" + printable(known) + "'");
  Error error(found.empty() ? "the results have no such column" : "several columns have this name");
  error.at("{}", place).expected("{}", join(names, ", ")).got("'{}'", printable(name));
  if (!found.empty()) error.hint("its number from 1, such as \"#{}\"", found[1] + 1);
  throw error;
}

std::vector<std::size_t> ResultTable::matching(
    const std::map<std::string, std::string>& where) const {
  std::vector<std::pair<std::string, std::string>> conditions;
  for (const auto& [key, value] : where) conditions.emplace_back(key, without_marks(value));
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool matches =
        std::all_of(conditions.begin(), conditions.end(), [&](const auto& condition) {
          return without_marks(cell(rows[i], condition.first).text) == condition.second;
        });
    if (matches) found.push_back(i);
  }
  return found;
}

ResultCell ResultTable::cell(const ResultRow& row, const std::string& name) const {
  if (name.empty() || name[0] != '/' || row.document.is_null()) {
    const std::size_t number = column(name);
    return number < row.cells.size() ? row.cells[number] : ResultCell{};
  }
  try {
    return {scalar_text(row.document.at(nlohmann::json::json_pointer(name)), row.place, name)};
  } catch (const nlohmann::json::exception& error) {
    throw Error("the results have no such number")
        .at("{}", row.place)
        .expected("{}", printable(name))
        .got("{}", json_problem(error));
  }
}

ResultTable read_result_table(const fs::path& folder, const std::string& file) {
  const fs::path path = (folder / file).lexically_normal();
  const std::string ending = path.extension().string();
  if (ending == ".csv") return read_delimited(path, ',');
  if (ending == ".tsv") return read_delimited(path, '\t');
  if (ending == ".jsonl") return read_json_lines(path);
  if (ending == ".json") return read_json_files(folder, file);
  throw Error("unknown kind of results")
      .at("{}", path.string())
      .expected("a file .csv, .tsv, .json, .jsonl or .md");
}

std::vector<ResultTable> markdown_tables(const std::string& text, const std::string& name) {
  std::vector<ResultTable> tables;
  std::string heading;
  bool is_inside = false;
  const auto lines = prose_lines(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto& line = lines[i];
    if (const auto found = heading_of(line.text)) heading = *found;
    if (!is_table_line(line.text)) {
      is_inside = false;
      continue;
    }
    const auto begin = static_cast<std::size_t>(line.text.data() - text.data());
    const std::string place = fmt::format("{}:{}", name, line.number);
    if (!is_inside) {
      if (i + 1 == lines.size() || !is_table_rule(lines[i + 1].text)) continue;
      tables.push_back({place, heading, {}, {}});
      for (const auto& cell : markdown_cells(line.text, begin))
        tables.back().header.push_back(cell.text);
      is_inside = true;
      ++i;  // the rule
      continue;
    }
    tables.back().rows.push_back({place, markdown_cells(line.text, begin), nullptr});
  }
  return tables;
}

std::pair<std::size_t, std::size_t> markdown_section(const std::string& text,
                                                     const std::string& heading,
                                                     const std::string& name) {
  std::optional<std::size_t> begin;
  for (const auto& line : prose_lines(text)) {
    const auto found = heading_of(line.text);
    const auto position = static_cast<std::size_t>(line.text.data() - text.data());
    if (found && begin) return {*begin, position};
    if (found == without_marks(heading)) begin = position;
  }
  if (begin) return {*begin, text.size()};
  throw Error("there is no such heading").at("{}", name).expected("'{}'", printable(heading));
}

ResultTable find_table(const std::vector<ResultTable>& tables, const std::string& heading,
                       int number, const std::string& name) {
  int seen = 0;
  for (const auto& table : tables) {
    if (!heading.empty() && table.heading != without_marks(heading)) continue;
    if (++seen == number) return table;
  }
  Error error("there is no such table");
  error.at("{}", name);
  if (heading.empty()) {
    error.expected("table {}", number).got("{} tables", seen);
  } else {
    error.expected("table {} below the heading '{}'", number, printable(heading));
    error.got("{} tables below it", seen);
  }
  throw error;
}

std::string filled(const std::string& text, const std::map<std::string, std::string>& values,
                   const std::string& place) {
  const auto pattern = name_pattern(text);
  std::string result = pattern.literals.front();
  for (std::size_t i = 0; i < pattern.keys.size(); ++i) {
    const auto found = values.find(pattern.keys[i]);
    if (found == values.end()) {
      std::vector<std::string> known;
      for (const auto& [key, value] : values) known.push_back("{" + key + "}");
      throw Error("unknown placeholder")
          .at("{}", place)
          .expected("{}", join(known, ", "))
          .got("{{{}}}", printable(pattern.keys[i]));
    }
    result += found->second + pattern.literals[i + 1];
  }
  return result;
}

}  // namespace wordbridge
