#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "core/text.h"
#include "eval/evaluation.h"

namespace wordbridge {
namespace {

using Row = std::pair<std::string, std::string>;  // what was measured, what came out

/// "0.412 (64/65)"
std::string score_text(const nlohmann::json& result, const char* metric) {
  const auto& value = result.at(metric);
  return fmt::format("{} ({}/{})",
                     value.is_null() ? "nan" : fmt::format("{:.3f}", value.get<double>()),
                     result.at("used").get<std::int64_t>(), result.at("total").get<std::int64_t>());
}

/// "0.0003 (24/24)"
std::string p_text(const nlohmann::json& result) {
  const auto& p = result.at("p");
  return fmt::format("{} ({}/{})", p.is_null() ? "nan" : fmt::format("{:.2g}", p.get<double>()),
                     result.at("used").get<std::int64_t>(), result.at("total").get<std::int64_t>());
}

void add_analogy_rows(const nlohmann::json& result, const std::string& name,
                      std::vector<Row>& rows) {
  for (const auto& [metric, label] :
       {Row{"accuracy_add", "3CosAdd"}, Row{"accuracy_mul", "3CosMul"}}) {
    rows.emplace_back(name + " " + label, score_text(result, metric.c_str()));
    for (const char* half : {"semantic", "syntactic"})
      rows.emplace_back(name + " " + label + " " + half,
                        score_text(result.at(half), metric.c_str()));
  }
}

std::string neighbors_text(const nlohmann::json& result) {
  constexpr std::size_t kShown = 5;
  if (!result.at("known").get<bool>()) return "unknown";
  std::vector<std::string> words;
  for (const auto& neighbor : result.at("neighbors"))
    if (words.size() < kShown) words.push_back(neighbor.at("word").get<std::string>());
  return join(words, ", ");
}

/// The rows of one table's scores; kinds of results that have none (yet) are left out.
std::vector<Row> rows_of(const nlohmann::json& results) {
  std::vector<Row> rows;
  for (const auto& result : results) {
    const auto task = result.at("task").get<std::string>();
    const auto name = result.value("name", std::string());
    if (task == "similarity") {
      rows.emplace_back(name + " spearman", score_text(result, "spearman"));
      rows.emplace_back(name + " pearson", score_text(result, "pearson"));
    } else if (task == "analogy") {
      add_analogy_rows(result, name, rows);
    } else if (task == "groups") {
      rows.emplace_back(name + " AUC", score_text(result, "auc"));
      rows.emplace_back(name + " p", p_text(result));
    } else if (task == "neighbors") {
      rows.emplace_back("near " + name, neighbors_text(result));
    }
  }
  return rows;
}

std::string line_of(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths,
                    bool markdown) {
  std::string line = markdown ? "| " : "";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += markdown ? " | " : "  ";
    const std::string padding(widths[i] - character_count(cells[i]), ' ');
    line += i == 0 ? cells[i] + padding : padding + cells[i];  // scores stand to the right
  }
  return line + (markdown ? " |\n" : "\n");
}

}  // namespace

std::string results_table(const std::vector<std::pair<std::string, nlohmann::json>>& results,
                          bool markdown) {
  // [row][column], the header first; a row stands where the first table that has it puts it.
  std::vector<std::vector<std::string>> cells{{"score (used/total)"}};
  for (std::size_t column = 1; column <= results.size(); ++column) {
    cells.front().push_back(results[column - 1].first);
    for (const auto& [label, text] : rows_of(results[column - 1].second)) {
      // One that has its cell already is another benchmark of the same name.
      const auto is_row = [&](const auto& row) {
        return row.front() == label && row.size() <= column;
      };
      auto row = std::find_if(cells.begin() + 1, cells.end(), is_row);
      if (row == cells.end()) row = cells.insert(row, std::vector<std::string>{label});
      row->resize(column, "-");
      row->push_back(text);
    }
  }
  std::vector<std::size_t> widths(results.size() + 1, 3);
  for (auto& row : cells) {
    row.resize(widths.size(), "-");
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (markdown) row[i] = markdown_cell(row[i]);
      widths[i] = std::max(widths[i], character_count(row[i]));
    }
  }
  std::string table = line_of(cells.front(), widths, markdown);
  if (markdown) {
    table += "|" + std::string(widths[0] + 2, '-') + "|";
    for (std::size_t i = 1; i < widths.size(); ++i) table += std::string(widths[i] + 1, '-') + ":|";
    table += "\n";
  }
  for (std::size_t i = 1; i < cells.size(); ++i) table += line_of(cells[i], widths, markdown);
  return table;
}

}  // namespace wordbridge
