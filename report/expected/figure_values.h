#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "report/expected/expected_file.h"
#include "report/expected/result_table.h"

namespace wordbridge {

/// The results of a folder, read when they are needed.
class ResultTables {
 public:
  /// `scripts`: whether scripts may be run.
  ResultTables(const ExpectedFile& file, bool scripts) : file_(file), scripts_(scripts) {}

  /// Null if the results need a script that may not be run. Error if they can't be read, the first
  /// time; then null.
  const ResultTable* find(const std::string& name);
  bool needs_script(const std::string& name) const;
  /// Whether they are Markdown, whose cells are compared as text.
  bool is_markdown(const std::string& name) const;

 private:
  ResultTable read(const std::string& name) const;
  std::string script_output(const ExpectedResults& results) const;

  const ExpectedFile& file_;
  bool scripts_;
  std::map<std::string, std::optional<ResultTable>> tables_;  // nullopt: can't be read
};

/// Rows of the results: one for each seed in the column "seed", or one. Error if a seed is missing
/// or another one is there, or if rows match that are not told apart.
std::vector<const ResultRow*> selected_rows(const ResultTable& table, const RowSelection& rows);

/// Value of a figure, over its seeds.
struct FigureValue {
  double value = 0, sd = 0, least = 0, greatest = 0;
  double tolerance = 0;
  std::string origin;  // of the value, for messages
};

/// Mean, standard deviation and extremes over rows of a column; `number`: which of the numbers in a
/// cell. Error if a cell has none.
FigureValue value_of_rows(const ResultTable& table, const std::vector<const ResultRow*>& rows,
                          const std::string& column, int number);

/// The values of the figures of a folder.
class FigureValues {
 public:
  FigureValues(const ExpectedFile& file, ResultTables& results);

  /// Null if it depends on a script that may not be run, or on a figure that has none. Error if it
  /// has no value, or not the expected one.
  const FigureValue* find(const std::string& name);
  /// Value of an expression of figures; the endings .sd, .min and .max of a figure of several seeds
  /// are its standard deviation and extremes. Nothing as find().
  std::optional<FigureValue> evaluated(const std::string& expression);

 private:
  std::optional<FigureValue> computed(const ExpectedFigure& figure);

  const ExpectedFile& file_;
  ResultTables& results_;
  std::map<std::string, const ExpectedFigure*> figures_;
  std::map<std::string, std::optional<FigureValue>> values_;
  std::set<std::string> open_;  // being computed
};

}  // namespace wordbridge
