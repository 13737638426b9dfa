#include "cli/eval_texts.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/io/file.h"
#include "core/progress.h"
#include "core/text.h"
#include "core/text_table.h"
#include "report/comparison_tables.h"
#include "train/runs/run_files.h"

namespace wordbridge {
namespace {

using nlohmann::ordered_json;

/// What a run says of itself beside its vectors, as nested Markdown items; nothing for a file.
std::string run_facts(const std::string& path) {
  const fs::path summary = fs::path(path) / run_files::kSummary;
  if (!fs::exists(summary)) return {};
  const auto content = ordered_json::parse(read_file(summary));
  std::string facts =
      fmt::format("  - model {}, seed {}\n", content.value("model", ""), content.value("seed", 0));
  for (const auto& [key, value] : content.at("results").items()) {
    if (value.is_number()) facts += fmt::format("  - {}: {:.6g}\n", key, value.get<double>());
  }
  return facts;
}

std::string fixed(const ordered_json& value, const char* format) {
  return value.is_number() ? fmt::format(fmt::runtime(format), value.get<double>()) : "nan";
}

void add_words(const ordered_json& words, const std::string& title, const char* unit,
               TextDocument& document) {
  if (words.empty()) return;
  std::vector<TextDocument::Row> rows = {{"word", unit, "gain"}};
  for (const auto& word : words)
    rows.push_back({word.at("word"), std::to_string(word.at("items").get<std::int64_t>()),
                    fixed(word.at("gain"), "{:+.2f}")});
  document.heading(title);
  document.table(rows, 1);
}

void add_pairs(const ordered_json& pairs, const std::string& title, const std::string& first,
               const std::string& second, TextDocument& document) {
  if (pairs.empty()) return;
  std::vector<TextDocument::Row> rows = {{"word", "word", "people", first, second}};
  for (const auto& pair : pairs)
    rows.push_back({pair.at("word1"), pair.at("word2"), fixed(pair.at("people"), "{:.2f}"),
                    fixed(pair.at("first"), "{:.2f}"), fixed(pair.at("second"), "{:.2f}")});
  document.heading(title);
  document.table(rows, 2);
}

void add_sections(const ordered_json& sections, const std::string& title, const std::string& first,
                  const std::string& second, TextDocument& document) {
  std::vector<TextDocument::Row> rows = {
      {"section", "only " + first, "only " + second, "questions"}};
  for (const auto& section : sections) {
    const auto count = [&](const char* key) {
      return human_count(section.at(key).get<std::uint64_t>());
    };
    rows.push_back({section.at("name"), count("only_first"), count("only_second"), count("used")});
  }
  document.heading(title);
  document.table(rows, 1);
}

void add_differences(const ordered_json& pair, const ordered_json& runs, TextDocument& document) {
  const auto label = [&](const char* which) {
    return runs.at(pair.at(which).get<std::size_t>()).at("label").get<std::string>();
  };
  const std::string first = label("first"), second = label("second");
  for (const auto& benchmark : pair.at("benchmarks")) {
    const auto name = benchmark.at("name").get<std::string>();
    const bool is_similarity = benchmark.at("task") == "similarity";
    for (const auto& [better, key] :
         {std::pair(second, "second_better"), std::pair(first, "first_better")}) {
      if (is_similarity)
        add_pairs(benchmark.at(key),
                  name + ": pairs that " + better + " ranks more like people (ranks from 0 to 1)",
                  first, second, document);
      add_words(benchmark.at(std::string("words_") + key),
                name + ": words on which " + better + " is better",
                is_similarity ? "pairs" : "questions", document);
    }
    if (!is_similarity && !benchmark.at("sections").empty())
      add_sections(benchmark.at("sections"), name + ": questions that only one answers (3CosAdd)",
                   first, second, document);
  }
}

}  // namespace

std::string models_text(const std::vector<EvalModel>& models) {
  std::string text;
  for (const auto& model : models) {
    for (const auto& seed : model.seeds)
      text += fmt::format("- **{}**: {} words x {}, from `{}`\n{}", model.label, seed.words,
                          seed.dim, seed.path, run_facts(seed.path));
  }
  return text;
}

ordered_json policies_json(const EvalOptions& options, const EvalNeeds& needs) {
  return {{"case", options.letter_case},
          {"unknown", options.unknown},
          {"vocabulary", needs.limit},
          {"analogy_vocabulary", options.analogy_vocabulary},
          {"shared_vocabulary", needs.shared_vocabulary},
          {"resamples", options.resamples},
          {"contexts", needs.contexts}};
}

std::string policies_text(const EvalOptions& options, const EvalNeeds& needs) {
  std::string text = options.letter_case == "as-written" ? "Words are looked up as written"
                     : options.letter_case == "lower"
                         ? "Benchmarks' words are looked up in lower case"
                         : "Words are looked up whatever their case";
  text += options.unknown == "drop"      ? "; items with an unknown word are dropped"
          : options.unknown == "zero"    ? "; an unknown word has a zero vector"
          : options.unknown == "subword" ? "; unknown words are made of n-grams, or dropped"
                                         : "; an unknown word has the mean of all vectors";
  const auto cut = [](std::int64_t words) {
    return "the first " + human_count(static_cast<std::uint64_t>(words)) + " words";
  };
  if (needs.limit > 0) text += "; of each file " + cut(needs.limit);
  if (needs.shared_vocabulary) text += "; only words that all vectors have";
  if (!options.analogy.empty() && options.analogy_vocabulary > 0)
    text += "; analogies' words and answers are among " + cut(options.analogy_vocabulary);
  if (!needs.contexts.empty()) text += "; w + c: plus the contexts of " + needs.contexts;
  const bool has_intervals = !options.similarity.empty() || !options.analogy.empty() ||
                             !options.categories.empty() || !options.outliers.empty();
  if (has_intervals && options.resamples > 0)
    text += "; [95 % intervals] by " + human_count(static_cast<std::uint64_t>(options.resamples)) +
            " resamples of the items";
  return text + ".\n";
}

std::string model_comparison_text(const ordered_json& comparison, bool markdown) {
  TextDocument document(markdown);
  add_tests(comparison, document);
  for (const auto& pair : comparison.at("differ"))
    add_differences(pair, comparison.at("runs"), document);
  return document.text();
}

std::string overlap_text(const ordered_json& overlap) {
  std::string text = fmt::format(
      "\nOverlap of the {} nearest words: mean over the {} first words in common, by chance "
      "{:.3f}.\n\n|",
      overlap.at("k").get<std::int64_t>(), overlap.at("words").get<std::int64_t>(),
      overlap.at("chance").get<double>());
  const auto names = overlap.at("names").get<std::vector<std::string>>();
  for (const auto& name : names) text += " | " + markdown_cell(name);
  text += " |\n|---|";
  for (std::size_t i = 0; i < names.size(); ++i) text += "---:|";
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += "\n| " + markdown_cell(names[i]);
    for (const auto& share : overlap.at("share")[i])
      text += fmt::format(" | {:.3f}", share.get<double>());
    text += " |";
  }
  return text + "\n";
}

}  // namespace wordbridge
