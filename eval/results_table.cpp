#include "eval/results_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/text.h"
#include "core/text_table.h"
#include "eval/metrics.h"
#include "eval/statistics/correlation.h"

namespace wordbridge {
namespace {

/// One row of a column: the name of the score and its cell.
struct Row {
  std::string name, cell;
};

/// "0.412 [0.310, 0.498] (64/65)"; for several seeds "0.412 ± 0.011 (64/65)".
std::string score_text(const std::vector<ScoreLine>& seeds) {
  const ScoreLine& first = seeds.front();
  std::string text;
  if (seeds.size() == 1) {
    text = first.text(first.value);
    if (!std::isnan(first.low))
      text += " [" + first.text(first.low) + ", " + first.text(first.high) + "]";
  } else {
    std::vector<double> values;
    for (const auto& seed : seeds) values.push_back(seed.value);
    const Spread all = spread(values);
    text = first.text(all.mean) + " ± " + first.text(all.sd);
    if (all.n < static_cast<std::int64_t>(seeds.size()))
      text += fmt::format(" of {}/{}", all.n, seeds.size());
  }
  return first.total < 0 ? text : text + fmt::format(" ({}/{})", first.used, first.total);
}

std::string neighbors_text(const nlohmann::json& result) {
  constexpr std::size_t kShown = 5;
  const bool is_made = result.contains("made");
  if (!result.at("known").get<bool>() && !is_made) return "unknown";
  std::vector<std::string> words;
  for (const auto& neighbor : result.at("neighbors"))
    if (words.size() < kShown) words.push_back(neighbor.at("word").get<std::string>());
  return join(words, ", ") + (is_made ? " (vector from subwords)" : "");
}

/// Names of the lines. Lines of different benchmarks with the same name are numbered.
std::vector<std::string> names_of(const std::vector<ScoreLine>& lines) {
  std::map<std::string, int> times;
  std::vector<std::string> names;
  for (const auto& line : lines) {
    names.push_back(line.name(" "));
    if (const int time = ++times[names.back()]; time > 1)
      names.back() += fmt::format(" ({})", time);
  }
  return names;
}

/// Each column, followed by one column for each post-processing, in order of first occurrence.
std::vector<ResultsColumn> with_variants(const std::vector<ResultsColumn>& columns) {
  std::vector<ResultsColumn> all;
  for (const auto& column : columns) {
    std::vector<std::string> variants = {""};
    for (const auto& results : column.results) {
      for (const auto& result : results) {
        const auto variant = result.value("postprocess", "");
        if (std::find(variants.begin(), variants.end(), variant) == variants.end())
          variants.push_back(variant);
      }
    }
    for (const auto& variant : variants) {
      const auto label = variant.empty() ? column.label : column.label + ", " + variant;
      auto& added = all.emplace_back(ResultsColumn{label, {}});
      for (const auto& results : column.results) {
        auto& chosen = added.results.emplace_back(nlohmann::json::array());
        for (const auto& result : results)
          if (result.value("postprocess", "") == variant) chosen.push_back(result);
      }
    }
  }
  return all;
}

std::vector<Row> rows_of(const ResultsColumn& column) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<ScoreLine>> scores;
  for (const auto& results : column.results) {
    const auto lines = score_lines(results);
    const auto names = names_of(lines);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      auto& seeds = scores[names[i]];
      if (seeds.empty()) order.push_back(names[i]);
      seeds.push_back(lines[i]);
    }
  }
  std::vector<Row> rows;
  for (const auto& name : order) rows.push_back({name, score_text(scores[name])});
  if (column.results.empty()) return rows;
  for (const auto& result : column.results.front()) {
    if (result.value("task", "") == "neighbors")
      rows.push_back({"near " + result.at("name").get<std::string>(), neighbors_text(result)});
  }
  return rows;
}

}  // namespace

std::string results_table(const std::vector<ResultsColumn>& models, bool markdown) {
  const auto columns = with_variants(models);
  // [row][column], the header first. Rows are in the order of the first column that has them.
  std::vector<TableRow> cells{{"score (used/total)"}};
  for (std::size_t column = 1; column <= columns.size(); ++column) {
    cells.front().push_back(columns[column - 1].label);
    for (const auto& [name, text] : rows_of(columns[column - 1])) {
      auto row = std::find_if(cells.begin() + 1, cells.end(),
                              [key = &name](const auto& known) { return known.front() == *key; });
      if (row == cells.end()) row = cells.insert(row, TableRow{name});
      row->resize(column, "-");
      row->push_back(text);
    }
  }
  for (auto& row : cells) row.resize(columns.size() + 1, "-");
  TableStyle style;
  style.markdown = markdown;
  return table_text(std::move(cells), style);
}

std::string results_csv(const std::vector<ResultsColumn>& columns) {
  const auto number = [](double value) {
    return std::isnan(value) ? std::string() : number_text(value);
  };
  const auto count = [](std::int64_t value) {
    return value < 0 ? std::string() : std::to_string(value);
  };
  std::string text =
      "model,seed,postprocess,task,benchmark,metric,part,value,low,high,used,total\r\n";
  for (const auto& column : columns) {
    for (std::size_t seed = 0; seed < column.results.size(); ++seed) {
      for (const auto& line : score_lines(column.results[seed], true)) {
        text +=
            csv_line({column.label, std::to_string(seed + 1), line.postprocess, line.task,
                      line.benchmark, line.metric, line.part, number(line.value), number(line.low),
                      number(line.high), count(line.used), count(line.total)}) +
            "\r\n";
      }
    }
  }
  return text;
}

}  // namespace wordbridge
