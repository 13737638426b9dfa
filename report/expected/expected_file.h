#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wordbridge {

/// Where results are: a file of the folder, a table in Markdown, or the tables that a script of the
/// folder prints.
struct ExpectedResults {
  std::string file;
  std::vector<std::string> script;  // its name and arguments
  std::string heading;              // of Markdown; empty: any
  int table = 1;                    // of those below the heading
};

/// Which rows of the results.
struct RowSelection {
  std::map<std::string, std::string> where;  // column -> value
  std::vector<std::string> seeds;            // one row for each; none: one row
};

/// A named value.
struct ExpectedFigure {
  std::string name, source;
  std::optional<double> value;
  double tolerance = 0;
  std::string expression;  // of other figures, or empty
  std::string results;     // name of ExpectedResults, or empty
  RowSelection rows;
  std::string column;
  int number = 1;  // of the numbers in the cell
};

/// A column of a table in prose: the columns of the results for the numbers in its cells, in order.
struct ExpectedColumn {
  std::string header;
  std::vector<std::string> columns;
  std::map<std::string, std::string> where;  // in addition to that of the table
};

/// A table in prose that is made from results.
struct ExpectedTable {
  std::string place;  // in expected.json, for messages
  std::string file, heading;
  int table = 1;
  std::string results;
  std::map<std::string, std::string> names;  // label of a row -> what {row} stands for
  std::vector<std::string> skip;             // labels of rows that are not checked
  RowSelection rows;                         // values may have {row}
  std::map<std::string, std::string> minus;  // of differences: `where` of what is subtracted
  double tolerance = 0;
  std::vector<ExpectedColumn> columns;  // none: those that the results also have
};

/// Sentences of a file, with placeholders {EXPRESSION} for figures.
struct ExpectedTexts {
  std::string file;  // or FILE#HEADING: only from this heading to the next
  std::vector<std::string> texts;
};

/// Which runs repeat the rows of results.
struct ExpectedRuns {
  std::string place;
  std::string results;
  std::string folder;                                       // of a run; may have {COLUMN}
  std::map<std::string, std::string> folders;               // instead: label of a row -> folder
  std::vector<std::pair<std::string, std::string>> fields;  // column -> pointer in summary.json
  double tolerance = 0;
};

/// The content of expected.json (docs/expected.md).
struct ExpectedFile {
  std::filesystem::path folder, path;
  std::map<std::string, ExpectedResults> results;
  std::vector<ExpectedFigure> figures;
  std::vector<ExpectedTable> tables;
  std::vector<ExpectedTexts> texts;
  std::vector<ExpectedRuns> runs;
};

inline constexpr const char* kExpectedFile = "expected.json";

/// Reads expected.json of the folder. Error if there is none, or it has unknown keys or values of
/// another type.
ExpectedFile read_expected_file(const std::filesystem::path& folder);

}  // namespace wordbridge
