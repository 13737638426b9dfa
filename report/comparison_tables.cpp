#include "report/comparison_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/progress.h"
#include "core/text.h"
#include "core/text_table.h"

namespace wordbridge {
namespace {

using nlohmann::ordered_json;
using Row = std::vector<std::string>;

std::string number_or(const ordered_json& value, const char* format) {
  return value.is_number() ? fmt::format(fmt::runtime(format), value.get<double>()) : "nan";
}

std::string count_text(const ordered_json& count) {
  return human_count(count.get<std::uint64_t>());
}

/// "[-0.01, 0.02]"
std::string interval_text(const ordered_json& low, const ordered_json& high, const char* format) {
  return "[" + number_or(low, format) + ", " + number_or(high, format) + "]";
}

std::string label_of(const ordered_json& content, const ordered_json& run) {
  return content.at("runs").at(run.get<std::size_t>()).at("label").get<std::string>();
}

Row labels_of(const ordered_json& content) {
  Row labels;
  for (const auto& run : content.at("runs")) labels.push_back(run.at("label").get<std::string>());
  return labels;
}

std::string seeds_text(const ordered_json& run) {
  Row seeds;
  for (const auto& seed : run.at("seeds")) seeds.push_back(seed.dump());
  return join(seeds, ", ");
}

void add_runs(const ordered_json& content, TextDocument& document) {
  std::vector<Row> rows = {{"run", "model", "seeds", "folder", ""}};
  for (const auto& run : content.at("runs"))
    rows.push_back(
        {run.at("label"), run.at("model"), seeds_text(run), run.at("path"), run.at("missing")});
  const auto has_note = [](const Row& row) { return !row.back().empty(); };
  if (std::none_of(rows.begin(), rows.end(), has_note))
    for (auto& row : rows) row.pop_back();
  document.heading("Runs");
  document.table(rows, rows.front().size());
}

void add_facts(const ordered_json& content, const char* part, const std::string& title,
               TextDocument& document) {
  document.heading(title);
  if (content.at(part).empty()) return document.list({"nothing"});
  std::vector<Row> rows = {labels_of(content)};
  rows.front().insert(rows.front().begin(), "key");
  for (const auto& fact : content.at(part)) {
    const auto key = fact.at("key").get<std::string>();
    const bool is_hash = key.find("SHA-256") != key.npos;
    Row row = {key};
    for (const auto& value : fact.at("values")) {
      const auto text = value.is_null() ? "-" : value.get<std::string>();
      row.push_back(is_hash ? text.substr(0, 12) : text.empty() ? "\"\"" : printable(text, 40));
    }
    rows.push_back(std::move(row));
  }
  document.table(rows, rows.front().size());
}

/// "0.455 ± 0.012 (+0.148)"
std::string score_text(const ordered_json& cell, const ordered_json& difference, bool has_seeds) {
  if (cell.is_null()) return "-";
  std::string text = number_or(cell.at("mean"), "{:.4g}");
  if (has_seeds) text += " ± " + number_or(cell.at("sd"), "{:.2g}");
  if (difference.is_number()) text += " (" + number_or(difference, "{:+.3g}") + ")";
  return text;
}

void add_scores(const ordered_json& content, TextDocument& document) {
  const Row labels = labels_of(content);
  document.heading("Scores (mean ± sd over seeds; in brackets, less " + labels.front() + "'s)");
  if (content.at("scores").empty()) return document.list({"none"});
  std::vector<Row> rows = {labels};
  rows.front().insert(rows.front().begin(), "score");
  for (const auto& score : content.at("scores")) {
    Row row = {score.at("name")};
    for (std::size_t run = 0; run < labels.size(); ++run) {
      const bool has_seeds = content.at("runs")[run].at("seeds").size() > 1;
      row.push_back(score_text(score.at("cells")[run], score.at("differences")[run], has_seeds));
    }
    rows.push_back(std::move(row));
  }
  document.table(rows, 1);
}

/// One score's tests, a line for two runs.
std::vector<Row> test_rows(const ordered_json& content, const std::string& score) {
  std::vector<Row> rows;
  for (const auto& test : content.at("tests")) {
    if (test.at("score") != score) continue;
    const bool is_perplexity = test.at("kind") == "perplexity";
    const char* const format = is_perplexity ? "{:.2f}" : "{:.4f}";
    if (rows.empty()) {
      rows.push_back({"A", "B", "of A", "of B"});
      if (is_perplexity) rows.back().insert(rows.back().end(), {"B / A", "95 % interval"});
      rows.back().insert(rows.back().end(), {is_perplexity ? "nats a token" : "B - A",
                                             "95 % interval", "p", "p (Holm)"});
      if (test.contains("steiger_p")) rows.back().push_back("p (Steiger)");
      rows.back().push_back("items");
    }
    Row row = {label_of(content, test.at("first")), label_of(content, test.at("second")),
               number_or(test.at("first_value"), format),
               number_or(test.at("second_value"), format)};
    if (is_perplexity)
      row.insert(row.end(), {number_or(test.at("ratio"), "{:.4f}"),
                             interval_text(test.at("ratio_low"), test.at("ratio_high"), "{:.4f}")});
    row.insert(row.end(),
               {number_or(test.at("difference"), "{:+.4f}"),
                interval_text(test.at("low"), test.at("high"), "{:+.4f}"),
                number_or(test.at("p"), "{:.2g}"),
                test.at("p_holm").is_null() ? "-" : number_or(test.at("p_holm"), "{:.2g}")});
    // Of one score some pairs of runs may have a single seed each, and some more.
    if (rows.front().size() == row.size() + 2)
      row.push_back(test.contains("steiger_p") ? number_or(test.at("steiger_p"), "{:.2g}") : "-");
    row.push_back(count_text(test.at("items")) + "/" + count_text(test.at("total")));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

void add_tests(const ordered_json& content, TextDocument& document) {
  const auto& options = content.at("options");
  document.heading(fmt::format("Paired bootstrap tests ({} resamples, seed {})",
                               count_text(options.at("resamples")),
                               options.at("seed").get<std::int64_t>()));
  if (content.at("tests").empty()) document.list({"none"});
  Row shown;
  for (const auto& test : content.at("tests")) {
    const auto score = test.at("score").get<std::string>();
    if (std::find(shown.begin(), shown.end(), score) != shown.end()) continue;
    shown.push_back(score);
    const auto drawn = test.contains("block")
                           ? "; tokens drawn in blocks of " + count_text(test.at("block"))
                           : std::string();
    document.heading(score + ": " + test.at("better").get<std::string>() + " is better" + drawn);
    document.table(test_rows(content, score), 2);
  }
  Row refused;
  for (const auto& pair : content.at("not_compared"))
    refused.push_back(fmt::format("{} and {}, {}: {}", label_of(content, pair.at("first")),
                                  label_of(content, pair.at("second")),
                                  pair.at("what").get<std::string>(),
                                  pair.at("why").get<std::string>()));
  if (!refused.empty()) {
    document.heading("Not compared");
    document.list(refused);
  }
  if (!content.at("notes").empty()) {
    document.heading("Notes");
    document.list(content.at("notes").get<Row>());
  }
}

namespace {

void add_words(const ordered_json& content, TextDocument& document) {
  for (const auto& pair : content.value("words", ordered_json::array())) {
    const auto first = label_of(content, pair.at("first"));
    const auto second = label_of(content, pair.at("second"));
    if (pair.contains("why")) {
      document.heading("Words on which " + first + " and " + second + " differ");
      document.list({"unknown: " + pair.at("why").get<std::string>()});
      continue;
    }
    for (const auto& [list, better] : {std::pair("gained", second), std::pair("lost", first)}) {
      document.heading("Words on which " + better + " is better");
      if (pair.at(list).empty()) {
        document.list({"none"});
        continue;
      }
      std::vector<Row> rows = {{"word", "count", "nats", "nats a word"}};
      for (const auto& word : pair.at(list)) {
        const double nats = word.at("nats").get<double>();
        rows.push_back({printable(word.at("word").get<std::string>()), count_text(word.at("count")),
                        fmt::format("{:+.2f}", nats),
                        fmt::format("{:+.4f}", nats / word.at("count").get<double>())});
      }
      document.table(rows, 1);
    }
  }
}

std::string csv_field(const ordered_json& value) {
  if (value.is_null()) return {};
  if (value.is_number_float()) return number_text(value.get<double>());
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string csv_row(const std::vector<ordered_json>& values) {
  Row fields;
  for (const auto& value : values) fields.push_back(csv_field(value));
  return csv_line(fields) + "\r\n";
}

}  // namespace

std::string comparison_text(const ordered_json& content, bool markdown) {
  TextDocument document(markdown);
  add_runs(content, document);
  add_facts(content, "configuration", "What differs in the configurations", document);
  add_facts(content, "origin", "What differs in program, text and machine", document);
  add_scores(content, document);
  add_tests(content, document);
  add_words(content, document);
  return document.text();
}

std::string comparison_csv(const ordered_json& content) {
  std::string text = csv_row({"part", "name", "first", "second", "first_value", "second_value",
                              "difference", "low", "high", "p", "p_holm", "items"});
  const Row labels = labels_of(content);
  const ordered_json none;
  for (const char* const part : {"configuration", "origin"}) {
    for (const auto& fact : content.at(part))
      for (std::size_t run = 1; run < labels.size(); ++run)
        text += csv_row({part, fact.at("key"), labels[0], labels[run], fact.at("values")[0],
                         fact.at("values")[run], none, none, none, none, none, none});
  }
  const auto mean = [](const ordered_json& cell) {
    return cell.is_null() ? cell : cell.at("mean");
  };
  for (const auto& score : content.at("scores")) {
    const auto& cells = score.at("cells");
    for (std::size_t run = 1; run < labels.size(); ++run)
      text +=
          csv_row({"score", score.at("name"), labels[0], labels[run], mean(cells[0]),
                   mean(cells[run]), score.at("differences")[run], none, none, none, none, none});
  }
  for (const auto& test : content.at("tests"))
    text += csv_row({"test", test.at("score"), label_of(content, test.at("first")),
                     label_of(content, test.at("second")), test.at("first_value"),
                     test.at("second_value"), test.at("difference"), test.at("low"),
                     test.at("high"), test.at("p"), test.at("p_holm"), test.at("items")});
  return text;
}

}  // namespace wordbridge
