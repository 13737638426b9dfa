#include <fmt/format.h>

#include <utility>

#include "core/text.h"
#include "core/text_table.h"
#include "report/report.h"

// The scores, measures of vectors in context and neighbours of a report as Markdown, for a README.

namespace wordbridge {
namespace {

using nlohmann::ordered_json;

/// Perplexities with one decimal, p-values with two significant digits, everything else with three
/// decimals.
std::string value_text(const ordered_json& value, const std::string& name) {
  if (value.is_null()) return "nan";
  const double number = value.get<double>();
  if (name.find("perplexity") != name.npos) return fmt::format("{:.1f}", number);
  if (name.size() > 3 && name.compare(name.size() - 3, 3, ", p") == 0)
    return fmt::format("{:.2g}", number);
  return fmt::format("{:.3f}", number);
}

/// "0.975 ± 0.108 (20 seeds); 24/24", for a single seed "0.975 [0.912, 0.991]; 24/24"
std::string cell_text(const ordered_json& cell, const std::string& name, bool several_seeds) {
  if (cell.is_null()) return "-";
  std::string text = value_text(cell.at("mean"), name);
  if (several_seeds) {
    text += fmt::format(" ± {} ({} seeds)", value_text(cell.at("sd"), name),
                        cell.at("n").get<std::int64_t>());
  }
  if (cell.contains("interval")) {
    text += fmt::format(" [{}, {}]", value_text(cell.at("interval")[0], name),
                        value_text(cell.at("interval")[1], name));
  }
  if (cell.contains("total")) {
    text += fmt::format("; {}/{}", cell.at("used").get<std::int64_t>(),
                        cell.at("total").get<std::int64_t>());
  }
  return text;
}

/// The runs as rows, or as columns if there are fewer runs than scores.
std::string scores_table(const ordered_json& section) {
  const auto& runs = section.at("runs");
  const auto& scores = section.at("scores");
  std::vector<TableRow> cells{{"run; ± sd; used/total"}};  // one row per run
  for (const auto& score : scores) cells.front().push_back(score.at("name").get<std::string>());
  for (std::size_t run = 0; run < runs.size(); ++run) {
    cells.push_back({runs[run].at("label").get<std::string>()});
    const bool several = runs[run].at("seeds").get<std::int64_t>() > 1;
    for (const auto& score : scores)
      cells.back().push_back(cell_text(score.at("cells")[run], score.at("name"), several));
  }
  if (runs.size() < scores.size()) {
    std::vector<TableRow> turned(scores.size() + 1);
    for (const auto& row : cells) {
      for (std::size_t i = 0; i < row.size(); ++i) turned[i].push_back(row[i]);
    }
    turned.front().front() = "score; ± sd; used/total";
    cells = std::move(turned);
  }
  TableStyle style;
  style.markdown = true;
  style.padded = false;
  return table_text(std::move(cells), style);
}

/// The missing parts of incomplete runs.
std::string missing_list(const ordered_json& section) {
  std::string text;
  for (const auto& run : section.at("runs")) {
    const auto missing = run.at("missing").get<std::string>();
    if (!missing.empty())
      text += fmt::format("- {}: {}\n", run.at("label").get<std::string>(), missing);
  }
  return text.empty() ? "" : "\n" + text;
}

/// One table per run with measures of vectors in context.
std::string contexts_tables(const ordered_json& section) {
  std::string text;
  const auto number = [](const ordered_json& value) { return value_text(value, ""); };
  for (const auto& run : section.at("contexts")) {
    std::vector<TableRow> rows = {{"layer", "random words", "self-similarity", "adjusted",
                                   "intra-sentence similarity", "adjusted", "explainable variance",
                                   "adjusted"}};
    for (const auto& layer : run.at("layers")) {
      rows.push_back({layer.at("layer").dump(), number(layer.at("random_cosine"))});
      for (const char* measure :
           {"self_similarity", "intra_sentence_similarity", "explainable_variance"})
        for (const char* value : {"value", "adjusted"})
          rows.back().push_back(number(layer.at(measure).at(value)));
    }
    TableStyle style;
    style.markdown = true;
    style.padded = false;
    text += fmt::format(
        "\nContextual embeddings of {} ({}):\n\n{}",
        section.at("runs")[run.at("run").get<std::size_t>()].at("label").get<std::string>(),
        run.at("sample").get<std::string>(), table_text(std::move(rows), style));
  }
  return text;
}

std::string neighbors_list(const ordered_json& section) {
  constexpr std::size_t kShown = 5;
  std::string text;
  for (const auto& entry : section.at("neighbors")) {
    text += fmt::format("\nNearest neighbours of {}:\n\n", entry.at("word").get<std::string>());
    for (const auto& cell : entry.at("cells")) {
      std::vector<std::string> words;
      for (const auto& near : cell.at("near"))
        if (words.size() < kShown) words.push_back(near[0].get<std::string>());
      text += fmt::format(
          "- {}: {}\n",
          section.at("runs")[cell.at("run").get<std::size_t>()].at("label").get<std::string>(),
          cell.at("known").get<bool>() ? join(words, ", ") : "not in the vocabulary");
    }
  }
  return text;
}

}  // namespace

std::string report_markdown(const ordered_json& content) {
  std::string text = "# " + content.at("title").get<std::string>() + "\n";
  for (const auto& section : content.at("sections")) {
    text += fmt::format("\n## {}\n\n{}{}{}{}", section.at("title").get<std::string>(),
                        scores_table(section), missing_list(section), contexts_tables(section),
                        neighbors_list(section));
  }
  return text;
}

}  // namespace wordbridge
