#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wordbridge {

struct ResultCell {
  std::string text;
  std::size_t begin = 0, end = 0;  // bytes of the file, of tables in Markdown
};

/// A row of a table, or a JSON document.
struct ResultRow {
  std::string place;  // file:line
  std::vector<ResultCell> cells;
  nlohmann::json document;  // null without one
};

/// Results as rows and named columns: a file of CSV or JSON lines, JSON files whose names hold the
/// columns, or a table in Markdown.
struct ResultTable {
  std::string place;    // file, or file:line
  std::string heading;  // of a table in Markdown: the last one above it
  std::vector<std::string> header;
  std::vector<ResultRow> rows;

  /// Rows in which the columns have these values. '*' and '`' of Markdown are ignored on both
  /// sides. Error if a column does not exist.
  std::vector<std::size_t> matching(const std::map<std::string, std::string>& where) const;
  /// The number of a column, by its name or by "#N" from 1. Error if there is none, or several.
  std::size_t column(const std::string& name) const;
  /// A column, or a JSON pointer into the document of the row ("/results/test_perplexity"); without
  /// a place in the file then. Error if there is none.
  ResultCell cell(const ResultRow& row, const std::string& column) const;
};

/// `text` without the '*' and '`' of Markdown.
std::string without_marks(std::string_view text);

/// Reads .csv, .tsv, .jsonl and .json. The name of a .json file may have placeholders,
/// "results/{model}-seed{seed}.json", which are the columns of the rows, one for each file. Error
/// if there is no such file, or it is damaged.
ResultTable read_result_table(const std::filesystem::path& folder, const std::string& file);
/// All tables of Markdown, except those in code blocks.
std::vector<ResultTable> markdown_tables(const std::string& text, const std::string& name);
/// The bytes of Markdown from a heading to the next one. Error if there is no such heading.
std::pair<std::size_t, std::size_t> markdown_section(const std::string& text,
                                                     const std::string& heading,
                                                     const std::string& name);
/// Table `number` (from 1) of those below the heading; of all tables if that is empty. Error if
/// there is none.
ResultTable find_table(const std::vector<ResultTable>& tables, const std::string& heading,
                       int number, const std::string& name);

/// `text` with each {KEY} replaced by values.at(KEY). Error if there is none.
std::string filled(const std::string& text, const std::map<std::string, std::string>& values,
                   const std::string& place);

}  // namespace wordbridge
