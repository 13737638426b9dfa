#include "report/comparison_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/progress.h"
#include "core/text.h"

namespace wordbridge {
namespace {

std::string number_or_nan(double value, const char* format) {
  return std::isfinite(value) ? fmt::format(fmt::runtime(format), value) : "nan";
}

std::string count_text(std::int64_t count) {
  return human_count(static_cast<std::uint64_t>(count));
}

/// "[-0.01, 0.02]"
std::string interval_text(double low, double high, const char* format) {
  return "[" + number_or_nan(low, format) + ", " + number_or_nan(high, format) + "]";
}

std::vector<std::string> labels_of(const RunComparison& comparison) {
  std::vector<std::string> labels;
  for (const auto& run : comparison.runs) labels.push_back(run.label);
  return labels;
}

std::string seeds_text(const RunComparison::Run& run) {
  std::vector<std::string> seeds;
  for (const auto seed : run.seeds) seeds.push_back(std::to_string(seed));
  return join(seeds, ", ");
}

void add_runs(const RunComparison& comparison, TextDocument& document) {
  std::vector<TableRow> rows = {{"run", "model", "seeds", "folder", ""}};
  for (const auto& run : comparison.runs)
    rows.push_back({run.label, run.model, seeds_text(run), run.path, run.missing});
  const auto has_note = [](const TableRow& row) { return !row.back().empty(); };
  if (std::none_of(rows.begin(), rows.end(), has_note))
    for (auto& row : rows) row.pop_back();
  document.heading("Runs");
  document.table(rows, rows.front().size());
}

void add_facts(const std::vector<RunComparison::Fact>& facts,
               const std::vector<std::string>& labels, const std::string& title,
               TextDocument& document) {
  document.heading(title);
  if (facts.empty()) return document.list({"nothing"});
  std::vector<TableRow> rows = {labels};
  rows.front().insert(rows.front().begin(), "key");
  for (const auto& fact : facts) {
    const bool is_hash = fact.key.find("SHA-256") != fact.key.npos;
    TableRow row = {fact.key};
    for (const auto& value : fact.values) {
      const auto text = value.value_or("-");
      row.push_back(is_hash ? text.substr(0, 12) : text.empty() ? "\"\"" : printable(text, 40));
    }
    rows.push_back(std::move(row));
  }
  document.table(rows, rows.front().size());
}

/// "0.455 ± 0.012 (+0.148)"
std::string score_text(const std::optional<RunComparison::Cell>& cell, double difference,
                       bool has_seeds) {
  if (!cell) return "-";
  std::string text = number_or_nan(cell->mean, "{:.4g}");
  if (has_seeds) text += " ± " + number_or_nan(cell->sd, "{:.2g}");
  if (std::isfinite(difference)) text += " (" + number_or_nan(difference, "{:+.3g}") + ")";
  return text;
}

void add_scores(const RunComparison& comparison, TextDocument& document) {
  const auto labels = labels_of(comparison);
  document.heading("Scores (mean ± sd over seeds; in brackets: difference from " + labels.front() +
                   ")");
  if (comparison.scores.empty()) return document.list({"none"});
  std::vector<TableRow> rows = {labels};
  rows.front().insert(rows.front().begin(), "score");
  for (const auto& score : comparison.scores) {
    TableRow row = {score.name};
    for (std::size_t run = 0; run < labels.size(); ++run) {
      const bool has_seeds = comparison.runs[run].seeds.size() > 1;
      row.push_back(score_text(score.cells[run], score.differences[run], has_seeds));
    }
    rows.push_back(std::move(row));
  }
  document.table(rows, 1);
}

TableRow test_header(const PairedTest& test) {
  TableRow header = {"A", "B", "of A", "of B"};
  if (test.perplexity) header.insert(header.end(), {"B / A", "95 % interval"});
  header.insert(header.end(),
                {test.perplexity ? "nats per token" : "B - A", "95 % interval", "p", "p (Holm)"});
  if (test.steiger) header.push_back("p (Steiger)");
  header.push_back("items");
  return header;
}

/// The tests of one score, one row per pair of runs.
std::vector<TableRow> test_rows(const std::vector<PairedTest>& tests, const std::string& score,
                                const std::vector<std::string>& labels) {
  std::vector<TableRow> rows;
  for (const auto& test : tests) {
    if (test.score != score) continue;
    if (rows.empty()) rows.push_back(test_header(test));
    const char* const format = test.perplexity ? "{:.2f}" : "{:.4f}";
    TableRow row = {labels.at(test.first), labels.at(test.second),
                    number_or_nan(test.first_value, format),
                    number_or_nan(test.second_value, format)};
    if (const auto& perplexity = test.perplexity)
      row.insert(row.end(),
                 {number_or_nan(perplexity->ratio, "{:.4f}"),
                  interval_text(perplexity->ratio_low, perplexity->ratio_high, "{:.4f}")});
    row.insert(row.end(),
               {number_or_nan(test.test.difference, "{:+.4f}"),
                interval_text(test.test.low, test.test.high, "{:+.4f}"),
                number_or_nan(test.test.p, "{:.2g}"),
                std::isfinite(test.p_holm) ? number_or_nan(test.p_holm, "{:.2g}") : "-"});
    // For the same score, some pairs of runs may have a single seed each and others several.
    if (rows.front().size() == row.size() + 2)
      row.push_back(test.steiger ? number_or_nan(test.steiger->p, "{:.2g}") : "-");
    row.push_back(count_text(test.test.items) + "/" + count_text(test.total));
    rows.push_back(std::move(row));
  }
  return rows;
}

void add_words(const RunComparison& comparison, TextDocument& document) {
  for (const auto& pair : comparison.words) {
    const auto& first = comparison.runs.at(pair.first).label;
    const auto& second = comparison.runs.at(pair.second).label;
    if (!pair.why.empty()) {
      document.heading("Words on which " + first + " and " + second + " differ");
      document.list({"unknown: " + pair.why});
      continue;
    }
    for (const auto& [list, better] : {std::pair(&pair.gained, second), {&pair.lost, first}}) {
      document.heading("Words on which " + better + " is better");
      if (list->empty()) {
        document.list({"none"});
        continue;
      }
      std::vector<TableRow> rows = {{"word", "count", "nats", "nats per word"}};
      for (const auto& word : *list)
        rows.push_back({printable(word.word), count_text(word.count),
                        fmt::format("{:+.2f}", word.nats),
                        fmt::format("{:+.4f}", word.nats / static_cast<double>(word.count))});
      document.table(rows, 1);
    }
  }
}

/// Empty if undefined.
std::string csv_number(double value) { return std::isfinite(value) ? number_text(value) : ""; }

}  // namespace

void add_tests(const PairedTests& found, const std::vector<std::string>& labels,
               const BootstrapOptions& options, TextDocument& document) {
  document.heading(fmt::format("Paired bootstrap tests ({} resamples, seed {})",
                               count_text(options.resamples), options.seed));
  if (found.tests.empty()) document.list({"none"});
  std::vector<std::string> shown;
  for (const auto& test : found.tests) {
    if (std::find(shown.begin(), shown.end(), test.score) != shown.end()) continue;
    shown.push_back(test.score);
    const auto drawn = test.perplexity
                           ? "; tokens resampled in blocks of " + count_text(test.perplexity->block)
                           : "";
    document.heading(test.score + ": " + (test.better == Better::lower ? "lower" : "higher") +
                     " is better" + drawn);
    document.table(test_rows(found.tests, test.score, labels), 2);
  }
  std::vector<std::string> refused;
  for (const auto& pair : found.not_compared)
    refused.push_back(fmt::format("{} and {}, {}: {}", labels.at(pair.first),
                                  labels.at(pair.second), pair.what, pair.why));
  if (!refused.empty()) {
    document.heading("Not compared");
    document.list(refused);
  }
  if (!found.notes.empty()) {
    document.heading("Notes");
    document.list(found.notes);
  }
}

std::string comparison_text(const RunComparison& comparison, bool markdown) {
  const auto labels = labels_of(comparison);
  TextDocument document(markdown);
  add_runs(comparison, document);
  add_facts(comparison.configuration, labels, "Configuration differences", document);
  add_facts(comparison.origin, labels, "Differences in program, corpus and machine", document);
  add_scores(comparison, document);
  add_tests(comparison.tests, labels, comparison.options.bootstrap, document);
  add_words(comparison, document);
  return document.text();
}

std::string comparison_csv(const RunComparison& comparison) {
  std::string text;
  const auto add = [&](std::vector<std::string> fields) {
    fields.resize(12);  // the last fields are empty unless the line is a test
    text += csv_line(fields) + "\r\n";
  };
  add({"part", "name", "first", "second", "first_value", "second_value", "difference", "low",
       "high", "p", "p_holm", "items"});
  const auto labels = labels_of(comparison);
  for (const auto& [part, facts] : {std::pair("configuration", &comparison.configuration),
                                    std::pair("origin", &comparison.origin)}) {
    for (const auto& fact : *facts)
      for (std::size_t run = 1; run < labels.size(); ++run)
        add({part, fact.key, labels[0], labels[run], fact.values[0].value_or(""),
             fact.values[run].value_or("")});
  }
  const auto mean = [](const std::optional<RunComparison::Cell>& cell) {
    return cell ? csv_number(cell->mean) : "";
  };
  for (const auto& score : comparison.scores) {
    for (std::size_t run = 1; run < labels.size(); ++run)
      add({"score", score.name, labels[0], labels[run], mean(score.cells[0]),
           mean(score.cells[run]), csv_number(score.differences[run])});
  }
  for (const auto& test : comparison.tests.tests)
    add({"test", test.score, labels.at(test.first), labels.at(test.second),
         csv_number(test.first_value), csv_number(test.second_value),
         csv_number(test.test.difference), csv_number(test.test.low), csv_number(test.test.high),
         csv_number(test.test.p), csv_number(test.p_holm), std::to_string(test.test.items)});
  return text;
}

}  // namespace wordbridge
