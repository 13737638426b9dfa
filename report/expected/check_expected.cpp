#include "report/expected/check_expected.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "core/io/text_file.h"
#include "core/json.h"
#include "core/text.h"
#include "report/expected/figure_values.h"
#include "report/expected/printed_number.h"
#include "report/expected/text_template.h"

namespace wordbridge {
namespace {

/// A file in which figures are printed.
struct PrintedFile {
  std::string name, text;
  std::set<std::size_t> covered;  // ends of the numbers that entries cover

  std::string place(std::size_t position) const {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(position, text.size()));
    return fmt::format("{}:{}", name, 1 + std::count(text.begin(), end, '\n'));
  }
};

bool is_empty_cell(const std::string& text) { return text.empty() || text == "-"; }

class ExpectedChecker {
 public:
  ExpectedChecker(const ExpectedFile& file, const ExpectedOptions& options)
      : file_(file), options_(options), results_(file, options.scripts), values_(file, results_) {}

  ExpectedCheck check() {
    for (const auto& figure : file_.figures) {
      collect([&] { check_.figures += values_.find(figure.name) != nullptr ? 1 : 0; });
      cover_source(figure);
    }
    for (const auto& table : file_.tables) collect([&] { check_table(table); });
    for (const auto& texts : file_.texts) {
      for (const auto& text : texts.texts) collect([&] { check_text(texts.file, text); });
    }
    if (!options_.runs.empty())
      for (const auto& runs : file_.runs) collect([&] { check_runs(runs); });
    find_uncovered();
    return std::move(check_);
  }

 private:
  template <class F>
  void collect(const F& work) {
    try {
      work();
    } catch (const Error& error) {
      check_.complaints.emplace_back(error.what());
    }
  }

  PrintedFile& printed(const std::string& name) {
    const fs::path path = (file_.folder / name).lexically_normal();
    auto& file = printed_[path.string()];
    if (file.name.empty()) {
      file.text = read_text_file(path);
      file.name = path.string();
    }
    return file;
  }

  /// A number of a table in Markdown from which a figure is read is covered, too.
  void cover_source(const ExpectedFigure& figure) {
    if (figure.results.empty() || file_.results.at(figure.results).file.empty() ||
        !results_.is_markdown(figure.results))
      return;
    try {
      auto& file = printed(file_.results.at(figure.results).file);
      const auto* table = results_.find(figure.results);
      if (table == nullptr) return;
      for (const auto* row : selected_rows(*table, figure.rows)) {
        const auto cell = table->cell(*row, figure.column);
        const auto numbers = printed_numbers(file.text, cell.begin, cell.end);
        const auto number = static_cast<std::size_t>(figure.number - 1);
        if (number < numbers.size()) file.covered.insert(numbers[number].end);
      }
    } catch (const Error&) {  // reported with the value of the figure
    }
  }

  void compare(PrintedFile& file, const PrintedNumber& number, const FigureValue& value,
               double expected, const std::string& what) {
    file.covered.insert(number.end);
    ++check_.places;
    if (is_rounded(number, expected, value.tolerance)) return;
    throw Error("a printed number differs from the expected one")
        .at("{}", file.place(number.begin))
        .expected("{} ({} = {}, from {})", rounded_like(number, expected), what,
                  number_text(expected), value.origin)
        .got("{}", file.text.substr(number.begin, number.end - number.begin));
  }

  void check_text(const std::string& name, const std::string& text) {
    const auto wanted = text_template(text);
    const auto hash = name.find('#');  // FILE#HEADING
    auto& file = printed(name.substr(0, hash));
    std::pair<std::size_t, std::size_t> part{0, file.text.size()};
    if (hash != name.npos) part = markdown_section(file.text, name.substr(hash + 1), file.name);
    const auto matches = find_template(wanted, file.text, part.first, part.second);
    if (matches.found.empty()) {
      throw Error("a text of expected.json is not in the file")
          .at("{}", file.place(matches.nearest))
          .expected("'{}'", printable(matches.expected.empty() ? text : matches.expected, 80))
          .got("'{}'", printable(std::string_view(file.text).substr(matches.nearest, 80), 60))
          .hint("the text: \"{}\"", printable(text, 300));
    }
    for (std::size_t i = 0; i < wanted.expressions.size(); ++i) {
      collect([&] {
        const auto value = values_.evaluated(wanted.expressions[i]);
        if (!value) return;  // reported with the figure, or needs a script
        for (const auto& match : matches.found)
          collect([&] {
            compare(file, match.numbers[i], *value, value->value, wanted.expressions[i]);
          });
      });
    }
  }

  void check_table(const ExpectedTable& table) {
    auto& file = printed(table.file);
    const auto printed_table =
        find_table(markdown_tables(file.text, file.name), table.heading, table.table, file.name);
    const auto* results = results_.find(table.results);
    if (results == nullptr) {
      check_.left_out += results_.needs_script(table.results) ? 1 : 0;
      return;
    }
    auto columns = table.columns;
    if (columns.empty()) {
      for (std::size_t i = 1; i < printed_table.header.size(); ++i) {
        const auto& header = printed_table.header[i];
        const std::string number = "#" + std::to_string(i + 1);
        if (i < results->header.size() && results->header[i] == header) {
          columns.push_back({number, {number}, {}});  // headers may repeat
        } else if (std::count(results->header.begin(), results->header.end(), header) == 1) {
          columns.push_back({number, {header}, {}});
        }
      }
    }
    if (columns.empty() || printed_table.rows.empty()) {
      throw Error("nothing of the table would be checked")
          .at("{}", table.place)
          .expected("rows, and columns that the results also have");
    }
    std::map<std::string, std::string> names;
    for (const auto& [label, name] : table.names) names[without_marks(label)] = name;
    for (const auto& column : columns) printed_table.column(column.header);
    for (const auto& row : printed_table.rows) {
      if (row.cells.empty()) continue;
      const std::string label = without_marks(row.cells.front().text);
      const bool is_skipped =
          std::any_of(table.skip.begin(), table.skip.end(),
                      [&](const auto& skipped) { return without_marks(skipped) == label; });
      if (is_skipped) continue;
      const auto name = names.find(label);
      const std::map<std::string, std::string> values = {
          {"row", name == names.end() ? label : name->second}};
      for (const auto& column : columns) {
        collect([&] {
          RowSelection rows{column.where, table.rows.seeds};
          rows.where.insert(table.rows.where.begin(), table.rows.where.end());
          for (auto& [key, value] : rows.where) value = filled(value, values, table.place);
          const auto cell = printed_table.cell(row, column.header);
          if (results_.is_markdown(table.results)) {
            check_cell_text(file, cell, row.place, *results, rows, column.columns.front());
          } else if (is_empty_cell(cell.text)) {
            check_no_result(row.place, *results, rows, column.columns);
          } else if (table.minus.empty()) {
            check_cell(file, cell, row.place, *results, rows, column.columns, table.tolerance);
          } else {
            check_difference(file, cell, row.place, *results, rows, column.columns.front(), table);
          }
        });
      }
    }
  }

  void check_cell_text(PrintedFile& file, const ResultCell& cell, const std::string& place,
                       const ResultTable& results, const RowSelection& rows,
                       const std::string& column) {
    const auto numbers = printed_numbers(file.text, cell.begin, cell.end);
    for (const auto& number : numbers) file.covered.insert(number.end);
    check_.figures += numbers.size();
    check_.places += numbers.size();
    const auto* row = selected_rows(results, rows).front();
    const std::string expected = results.cell(*row, column).text;
    if (cell.text == expected) return;
    throw Error("a cell differs from the results")
        .at("{}", place)
        .expected("{} ({})", printable(expected), row->place)
        .got("{}", printable(cell.text));
  }

  /// "A", "A ± SD", "A to B", or one number for each column.
  void check_cell(PrintedFile& file, const ResultCell& cell, const std::string& place,
                  const ResultTable& results, const RowSelection& rows,
                  const std::vector<std::string>& columns, double tolerance) {
    const auto found = selected_rows(results, rows);
    const auto numbers = printed_numbers(file.text, cell.begin, cell.end);
    const bool is_spread = cell.text.find("±") != std::string::npos;
    const bool is_range = !is_spread && cell.text.find(" to ") != std::string::npos;
    const std::size_t count = columns.size() > 1 ? columns.size() : is_spread || is_range ? 2 : 1;
    if (numbers.size() != count) {
      throw Error("a cell has another number of figures than expected")
          .at("{}", place)
          .expected("{}", count)
          .got("{}", printable(cell.text));
    }
    check_.figures += count;
    for (std::size_t i = 0; i < count; ++i) {
      collect([&] {
        const auto& column = columns.size() > 1 ? columns[i] : columns.front();
        auto value = value_of_rows(results, found, column, 1);
        value.tolerance = tolerance;
        double expected = value.value;
        if (columns.size() == 1 && is_spread && i == 1) expected = value.sd;
        if (columns.size() == 1 && is_range) expected = i == 0 ? value.least : value.greatest;
        compare(file, numbers[i], value, expected, column);
      });
    }
  }

  /// The first number of a cell such as "+0.024 [+0.018, +0.031]".
  void check_difference(PrintedFile& file, const ResultCell& cell, const std::string& place,
                        const ResultTable& results, const RowSelection& rows,
                        const std::string& column, const ExpectedTable& table) {
    const auto numbers = printed_numbers(file.text, cell.begin, cell.end);
    if (numbers.empty())
      throw Error("a cell has no number").at("{}", place).got("{}", printable(cell.text));
    RowSelection baseline = rows;
    for (const auto& [key, value] : table.minus) baseline.where[key] = value;
    auto value = value_of_rows(results, selected_rows(results, rows), column, 1);
    value.value -= value_of_rows(results, selected_rows(results, baseline), column, 1).value;
    value.tolerance = table.tolerance;
    ++check_.figures;
    compare(file, numbers.front(), value, value.value, column + ", difference");
  }

  /// An empty cell, or "-", has no result.
  static void check_no_result(const std::string& place, const ResultTable& results,
                              const RowSelection& rows, const std::vector<std::string>& columns) {
    for (const std::size_t row : results.matching(rows.where)) {
      for (const auto& column : columns) {
        const std::string text = results.cell(results.rows[row], column).text;
        if (is_empty_cell(text) || text == "nan") continue;
        throw Error("a cell is empty although there is a result")
            .at("{}", place)
            .expected("{} ({})", printable(text), results.rows[row].place)
            .got("an empty cell");
      }
    }
  }

  void check_runs(const ExpectedRuns& runs) {
    const auto* results = results_.find(runs.results);
    if (results == nullptr) return;
    std::map<std::string, std::string> folders;
    for (const auto& [label, folder] : runs.folders) folders[without_marks(label)] = folder;
    for (const auto& row : results->rows) {
      if (row.cells.empty()) continue;
      std::string folder;
      if (runs.folder.empty()) {
        const auto found = folders.find(without_marks(row.cells.front().text));
        if (found == folders.end()) continue;
        folder = found->second;
      } else {
        std::map<std::string, std::string> values;
        for (std::size_t i = 0; i < std::min(results->header.size(), row.cells.size()); ++i)
          values[results->header[i]] = row.cells[i].text;
        folder = filled(runs.folder, values, runs.place);
      }
      const fs::path summary = options_.runs / folder / "summary.json";
      std::error_code code;
      if (!fs::exists(summary, code)) continue;
      ++check_.runs;
      collect([&] { check_run(runs, *results, row, summary); });
    }
  }

  void check_run(const ExpectedRuns& runs, const ResultTable& results, const ResultRow& row,
                 const fs::path& summary) {
    const ResultRow run{summary.string(), {}, parse_json(read_file(summary), summary.string())};
    for (const auto& [column, pointer] : runs.fields) {
      collect([&, &column = column, &pointer = pointer] {
        const auto cell = results.cell(row, column);
        const auto expected = printed_numbers(cell.text, 0, cell.text.size());
        if (expected.empty()) return;
        const double got = parse_double(results.cell(run, pointer).text).value_or(std::nan(""));
        ++check_.places;
        if (is_rounded(expected.front(), got, runs.tolerance)) return;
        throw Error("a run differs from the results")
            .at("{} at {}", run.place, pointer)
            .expected("{} ({}, tolerance {})", cell.text, row.place, number_text(runs.tolerance))
            .got("{}", number_text(got));
      });
    }
  }

  void find_uncovered() {
    std::error_code code;
    if (!fs::is_regular_file(file_.folder / "README.md", code)) return;
    const auto& file = printed("README.md");
    for (const auto& table : markdown_tables(file.text, file.name)) {
      for (const auto& row : table.rows) {
        for (std::size_t i = 1; i < row.cells.size(); ++i) {
          const auto numbers = printed_numbers(file.text, row.cells[i].begin, row.cells[i].end);
          for (const auto& number : numbers) {
            ++check_.numbers;
            if (file.covered.count(number.end) > 0) continue;
            check_.uncovered.push_back(fmt::format(
                "{}: {} ({})", row.place, file.text.substr(number.begin, number.end - number.begin),
                printable(row.cells.front().text)));
          }
        }
      }
    }
  }

  const ExpectedFile& file_;
  const ExpectedOptions& options_;
  ResultTables results_;
  FigureValues values_;
  std::map<std::string, PrintedFile> printed_;
  ExpectedCheck check_;
};

}  // namespace

ExpectedCheck check_expected(const ExpectedFile& file, const ExpectedOptions& options) {
  return ExpectedChecker(file, options).check();
}

}  // namespace wordbridge
