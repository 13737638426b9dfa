#include "cli/eval/eval_texts.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>
#include <variant>

#include "core/io/file.h"
#include "core/json.h"
#include "core/progress.h"
#include "core/text.h"
#include "core/text_table.h"
#include "report/comparison_tables.h"
#include "train/runs/run_files.h"

namespace wordbridge {
namespace {

using nlohmann::ordered_json;

/// Model, seed and results of a run as nested Markdown items; empty for a file.
std::string run_facts(const std::string& path) {
  const fs::path summary = fs::path(path) / run_files::kSummary;
  if (!fs::exists(summary)) return {};
  const auto content = read_json_file(summary);
  std::string facts =
      fmt::format("  - model {}, seed {}\n", content.value("model", ""), content.value("seed", 0));
  for (const auto& [key, value] : content.at("results").items()) {
    if (value.is_number()) facts += fmt::format("  - {}: {:.6g}\n", key, value.get<double>());
  }
  return facts;
}

void add_words(const std::vector<WordGain>& words, const std::string& title, const char* unit,
               const std::string& second, TextDocument& document) {
  if (words.empty()) return;
  std::vector<TableRow> rows = {{"word", unit, "gain of " + second}};
  for (const auto& word : words)
    rows.push_back({word.word, std::to_string(word.items), fmt::format("{:+.2f}", word.gain_of_b)});
  document.heading(title);
  document.table(rows, 1);
}

void add_pairs(const std::vector<RankedPair>& pairs, const std::string& title,
               const std::string& first, const std::string& second, TextDocument& document) {
  if (pairs.empty()) return;
  std::vector<TableRow> rows = {{"word", "word", "reference", first, second}};
  const auto rank = [](double value) { return fmt::format("{:.2f}", value); };
  for (const auto& pair : pairs)
    rows.push_back(
        {pair.first, pair.second, rank(pair.people), rank(pair.model_a), rank(pair.model_b)});
  document.heading(title);
  document.table(rows, 2);
}

void add_sections(const std::vector<AnalogyDifferences::Section>& sections,
                  const std::string& title, const std::string& first, const std::string& second,
                  TextDocument& document) {
  if (sections.empty()) return;
  std::vector<TableRow> rows = {{"section", "only " + first, "only " + second, "questions"}};
  const auto count = [](std::int64_t n) { return human_count(static_cast<std::uint64_t>(n)); };
  for (const auto& section : sections)
    rows.push_back(
        {section.name, count(section.only_a), count(section.only_b), count(section.used)});
  document.heading(title);
  document.table(rows, 1);
}

/// Adds the items on which two models, labelled `first` and `second`, differ.
struct Differences {
  const std::string &name, &first, &second;
  TextDocument& document;

  std::string words_title(const std::string& better) const {
    return name + ": words on which " + better + " is better";
  }
  void operator()(const SimilarityDifferences& found) const {
    for (const auto& [better, pairs, words] :
         {std::tuple(second, &found.b_better, &found.words_b_better),
          std::tuple(first, &found.a_better, &found.words_a_better)}) {
      add_pairs(*pairs,
                name + ": pairs that " + better +
                    " ranks closer to the reference scores (ranks from 0 to 1)",
                first, second, document);
      add_words(*words, words_title(better), "pairs", second, document);
    }
  }
  void operator()(const AnalogyDifferences& found) const {
    add_words(found.words_b_better, words_title(second), "questions", second, document);
    add_words(found.words_a_better, words_title(first), "questions", second, document);
    add_sections(found.sections,
                 name + ": questions that only one model answers correctly (3CosAdd)", first,
                 second, document);
  }
};

}  // namespace

std::string models_text(const std::vector<EvalModel>& models) {
  std::string text;
  for (const auto& model : models) {
    for (const auto& seed : model.seeds)
      text += fmt::format("- **{}**: {} x {}, from `{}`\n{}", model.label,
                          counted(seed.words, "word"), seed.dim, seed.path, run_facts(seed.path));
  }
  return text;
}

ordered_json policies_json(const EvalOptions& options, const EvalNeeds& needs) {
  return {{"case", name_of(letter_case_names(), options.lookup.letter_case)},
          {"unknown", name_of(unknown_words_names(), options.lookup.unknown)},
          {"vocabulary", needs.limit},
          {"analogy_vocabulary", options.analogy_vocabulary},
          {"shared_vocabulary", needs.shared_vocabulary},
          {"resamples", options.resamples},
          {"contexts", needs.contexts}};
}

std::string policies_text(const EvalOptions& options, const EvalNeeds& needs) {
  const LookupOptions& lookup = options.lookup;
  std::string text = lookup.letter_case == LetterCase::as_written ? "Words are looked up as written"
                     : lookup.letter_case == LetterCase::lower
                         ? "Benchmark words are looked up in lower case"
                         : "Words are looked up regardless of case";
  text += lookup.unknown == UnknownWords::drop
              ? "; items with an out-of-vocabulary word are dropped"
          : lookup.unknown == UnknownWords::zero ? "; an out-of-vocabulary word has a zero vector"
          : lookup.unknown == UnknownWords::subword
              ? "; out-of-vocabulary words get vectors from subwords, or are dropped"
              : "; an out-of-vocabulary word has the mean of all vectors";
  const auto cut = [](std::int64_t words) {
    return "the first " + human_count(static_cast<std::uint64_t>(words)) + " words";
  };
  if (needs.limit > 0) text += "; of each file only " + cut(needs.limit);
  if (needs.shared_vocabulary) text += "; only words that all models contain";
  if (!options.files.at("analogy").empty() && options.analogy_vocabulary > 0)
    text += "; analogy questions and answers are limited to " + cut(options.analogy_vocabulary);
  if (!needs.contexts.empty()) text += "; w + c adds the context vectors of " + needs.contexts;
  if (options.has_intervals())
    text += "; [95 % confidence intervals] from " +
            human_count(static_cast<std::uint64_t>(options.resamples)) + " resamples of the items";
  return text + ".\n";
}

std::string model_comparison_text(const ModelComparison& comparison, bool markdown) {
  TextDocument document(markdown);
  add_tests(comparison.tests, comparison.labels, comparison.options, document);
  for (const auto& pair : comparison.differ)
    for (const auto& benchmark : pair.benchmarks)
      std::visit(Differences{benchmark.name, comparison.labels.at(pair.first),
                             comparison.labels.at(pair.second), document},
                 benchmark.found);
  return document.text();
}

std::string overlap_text(const ModelOverlap& found) {
  const auto& [names, overlap] = found;
  std::vector<TableRow> rows = {names};
  rows.front().insert(rows.front().begin(), "");
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto& row = rows.emplace_back(TableRow{names[i]});
    for (const double share : overlap.share[i]) row.push_back(fmt::format("{:.3f}", share));
  }
  TableStyle style;
  style.markdown = true;
  style.padded = false;
  return fmt::format(
             "\nOverlap of the {} nearest neighbours: mean over the first {} common words; "
             "expected by "
             "chance: {:.3f}.\n\n",
             overlap.k, overlap.words, overlap.chance) +
         table_text(std::move(rows), style);
}

}  // namespace wordbridge
