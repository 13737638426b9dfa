#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/print.h"
#include "cli/tables.h"
#include "cli/tensors.h"
#include "cli/verbs.h"
#include "core/config.h"
#include "core/error.h"
#include "core/file.h"
#include "core/text.h"
#include "eval/evaluation.h"
#include "eval/neighbors.h"
#include "eval/overlap.h"
#include "train/run_config.h"

namespace wordbridge {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

struct EvalArguments {
  std::vector<std::string> tables;
  EvalOptions options;
  std::string config, report, json;
  std::int64_t limit = 0, overlap = 0, overlap_words = 2000;
};

/// What a run says of itself beside its vectors, as nested Markdown items; nothing for a file.
std::string run_facts(const std::string& path) {
  const fs::path summary = fs::path(path) / "summary.json";
  if (!fs::exists(summary)) return {};
  const auto content = ordered_json::parse(read_file(summary));
  std::string facts =
      fmt::format("  - model {}, seed {}\n", content.value("model", ""), content.value("seed", 0));
  for (const auto& [key, value] : content.at("results").items()) {
    if (value.is_number()) facts += fmt::format("  - {}: {:.6g}\n", key, value.get<double>());
  }
  return facts;
}

/// Overlaps as a Markdown table, which is for the terminal too.
std::string overlap_table(const Overlap& overlap, const std::vector<std::string>& names) {
  std::string text = fmt::format(
      "\nOverlap of the {} nearest words: mean over the {} first words in common, by chance "
      "{:.3f}.\n\n|",
      overlap.k, overlap.words, overlap.chance);
  for (const auto& name : names) text += " | " + markdown_cell(name);
  text += " |\n|---|";
  for (std::size_t i = 0; i < names.size(); ++i) text += "---:|";
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += "\n| " + markdown_cell(names[i]);
    for (const double share : overlap.share[i]) text += fmt::format(" | {:.3f}", share);
    text += " |";
  }
  return text + "\n";
}

int evaluate_tables(EvalArguments& arguments) {
  if (!arguments.config.empty()) {
    arguments.options = RunConfig::load_eval(arguments.config);
  }
  Problems problems;
  arguments.options.validate(problems, "eval");
  for (const auto& [key, message] : problems.found()) throw UsageError(message).at("{}", key);
  if (arguments.options.similarity.empty() && arguments.options.analogy.empty() &&
      arguments.options.groups.empty() && arguments.options.neighbors.empty() &&
      arguments.overlap == 0) {
    throw UsageError("nothing to evaluate on")
        .hint(
            "--similarity FILE, --analogy FILE, --groups FILE, --neighbors WORD, --overlap K or "
            "--config FILE");
  }
  start_threads(0);
  std::vector<std::pair<std::string, nlohmann::json>> results;
  ordered_json all = ordered_json::object();
  std::string report = "# Evaluation\n\n";
  std::vector<EmbeddingTable> tables;  // only for what compares them
  for (const auto& path : arguments.tables) {
    const EmbeddingTable table = load_table(path, arguments.limit);
    if (arguments.overlap > 0) tables.push_back(table);
    results.emplace_back(label(path), evaluate(table, arguments.options));
    all[path] = {{"words", table.size()},
                 {"dim", table.dim()},
                 {"origin", table.origin()},
                 {"scores", results.back().second}};
    report += fmt::format("- **{}**: {} words x {}, from `{}`\n{}", label(path), table.size(),
                          table.dim(), path, run_facts(path));
  }
  if (!results.front().second.empty()) print(results_table(results, false));
  report += "\n" + results_table(results, true);
  if (arguments.overlap > 0) {
    const Overlap overlap =
        neighborhood_overlap(tables, arguments.overlap, arguments.overlap_words);
    const std::string text = overlap_table(overlap, labels(arguments.tables));
    print(text);
    report += text;
    all["overlap"] = {{"k", overlap.k},
                      {"words", overlap.words},
                      {"chance", overlap.chance},
                      {"share", overlap.share}};
  }
  if (!arguments.report.empty()) write_file(arguments.report, report);
  if (!arguments.json.empty()) write_file(arguments.json, all.dump(2) + "\n");
  return 0;
}

struct LookArguments {
  std::string table, report;
  std::vector<std::string> words;
  std::int64_t count = 10, limit = 0;
};

int print_neighbors(const LookArguments& arguments) {
  const EmbeddingTable table = load_table(arguments.table, arguments.limit);
  for (const auto& word : arguments.words) {
    const auto neighbors = nearest(table, word, arguments.count);
    print(word + "\n");
    for (const auto& neighbor : neighbors) {
      print(fmt::format("  {:6.3f}  {}\n", neighbor.cosine, neighbor.word));
    }
  }
  return 0;
}

/// a : b :: c : ?
int print_analogy(const LookArguments& arguments) {
  if (arguments.words.size() != 3)
    throw UsageError("an analogy needs three words: A B C, as A is to B, C is to ?");
  const EmbeddingTable table = load_table(arguments.table, arguments.limit);
  const auto& w = arguments.words;
  const auto answers =
      nearest(table, fmt::format("{} - {} + {}", w[1], w[0], w[2]), arguments.count);
  print(fmt::format("{} : {} :: {} : ?\n", w[0], w[1], w[2]));
  for (const auto& answer : answers) {
    print(fmt::format("  {:6.3f}  {}\n", answer.cosine, answer.word));
  }
  return 0;
}

void add_look_options(CLI::App* verb, LookArguments& arguments, const char* words) {
  verb->add_option("VECTORS", arguments.table, "a run's folder or a file of word vectors")
      ->required();
  verb->add_option("WORDS", arguments.words, words)->required();
  verb->add_option("-k,--count", arguments.count, "how many")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  verb->add_option("--limit", arguments.limit, "only the first so many words of the file")
      ->check(CLI::NonNegativeNumber);
}

}  // namespace

void add_eval_verbs(CLI::App& program, int& status) {
  const auto arguments = std::make_shared<EvalArguments>();
  auto* eval =
      program.add_subcommand("eval", "Score word vectors, of runs or of files, side by side.");
  eval->footer(
      "Files may be word2vec, fastText, GloVe, NumPy, safetensors or projector files, plain or "
      ".gz. Similarity: "
      "pairs with a score,\n"
      "Spearman and Pearson of the cosine; analogy: questions-words format, 3CosAdd and 3CosMul; "
      "groups: the AUC\n"
      "that words of one group are nearer than words of two. Scores come with "
      "the pairs or questions used of all; those with unknown words are dropped "
      "(docs/evaluation.md).");
  eval->add_option("VECTORS", arguments->tables, "runs' folders or files of word vectors")
      ->required();
  eval->add_option("--similarity", arguments->options.similarity,
                   "file of word pairs with scores (may be repeated)")
      ->allow_extra_args(false);
  eval->add_option("--analogy", arguments->options.analogy,
                   "file of analogy questions (may be repeated)")
      ->allow_extra_args(false);
  eval->add_option("--groups", arguments->options.groups,
                   "file of words and their groups, word TAB group (may be repeated)")
      ->allow_extra_args(false);
  eval->add_option("--analogy-vocabulary", arguments->options.analogy_vocabulary,
                   "answers among the first so many words, 0: all")
      ->check(CLI::NonNegativeNumber);
  eval->add_option("--neighbors", arguments->options.neighbors,
                   "word whose neighbours are shown (may be repeated)")
      ->allow_extra_args(false);
  eval->add_option("--overlap", arguments->overlap,
                   "share of the so many nearest words that two of the VECTORS agree on")
      ->check(CLI::PositiveNumber);
  eval->add_option("--overlap-words", arguments->overlap_words,
                   "among the first so many words that all have")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  eval->add_option(
          "--case", arguments->options.letter_case,
          "how a benchmark's word is looked up: as-written, lower, insensitive (as the first "
          "word that is the same in lower case)")
      ->check(CLI::IsMember({"as-written", "lower", "insensitive"}))
      ->capture_default_str();
  eval->add_option(
          "--unknown", arguments->options.unknown,
          "for a word that the vectors lack: drop its item, take a zero vector, or the mean "
          "of all vectors")
      ->check(CLI::IsMember({"drop", "zero", "mean"}))
      ->capture_default_str();
  eval->add_option("--config", arguments->config,
                   "take all this from the eval: section of a configuration instead");
  eval->add_option("--limit", arguments->limit, "only the first so many words of each file")
      ->check(CLI::NonNegativeNumber);
  eval->add_option("--report", arguments->report, "also write a Markdown report");
  eval->add_option("--json", arguments->json, "also write all scores as JSON");
  eval->callback([arguments, &status] { status = evaluate_tables(*arguments); });

  const auto look = std::make_shared<LookArguments>();
  auto* neighbors = program.add_subcommand(
      "neighbors",
      "The nearest words by cosine, of words or of expressions as \"king - man + woman\".");
  add_look_options(neighbors, *look, "words or expressions");
  neighbors->callback([look, &status] { status = print_neighbors(*look); });

  const auto question = std::make_shared<LookArguments>();
  auto* analogy =
      program.add_subcommand("analogy", "A is to B as C is to ?: the nearest words to B - A + C.");
  add_look_options(analogy, *question, "A B C");
  analogy->callback([question, &status] { status = print_analogy(*question); });
}

}  // namespace wordbridge
