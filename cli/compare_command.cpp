#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/field_options.h"
#include "cli/open_table.h"
#include "cli/print.h"
#include "cli/torch/torch.h"
#include "core/error.h"
#include "core/io/file.h"
#include "core/log.h"
#include "report/comparison_json.h"
#include "report/comparison_tables.h"
#include "train/runs/run_comparison.h"
#include "train/runs/stored_run.h"

namespace wordbridge {
namespace {

/// A few paragraphs: single tokens, as if they had nothing to do with each other, make intervals
/// that are several times too narrow (docs/comparing.md).
constexpr std::int64_t kBlock = 500;

struct CompareArguments {
  std::vector<std::string> runs;
  std::string markdown, json, csv;
  ComparisonOptions options;
};

std::vector<StoredRun> open_runs(const std::vector<std::string>& paths) {
  std::vector<StoredRun> runs;
  const auto names = labels(paths);
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (!is_run(paths[i])) {
      throw Error("there is no run")
          .at("{}", paths[i])
          .expected("a folder that `wordbridge train` made")
          .hint("files of word vectors stand side by side with: wordbridge eval");
    }
    runs.push_back(read_run(paths[i]));
    runs.back().label = names[i];
    runs.back().path = paths[i];
    if (!runs.back().missing.empty()) warn("{} is {}", paths[i], runs.back().missing);
  }
  return runs;
}

int compare(const CompareArguments& arguments) {
  if (arguments.runs.size() < 2) {
    throw UsageError("there is nothing to compare with")
        .expected("two runs or more")
        .got("{}", arguments.runs.empty() ? "none" : arguments.runs.front());
  }
  // Before the work, so that it is not in vain.
  std::vector<std::unique_ptr<AtomicFile>> files;
  for (const auto* path : {&arguments.markdown, &arguments.json, &arguments.csv})
    files.push_back(path->empty() ? nullptr : std::make_unique<AtomicFile>(*path));
  start_threads(0);
  const auto comparison = compare_runs(open_runs(arguments.runs), arguments.options);
  print(comparison_text(comparison, false));
  const auto write = [&](std::size_t file, const std::string& text) {
    if (files[file] == nullptr) return;
    files[file]->write(text);
    files[file]->commit();
  };
  write(0, comparison_text(comparison, true));
  write(1, to_json(comparison).dump(2) + "\n");
  write(2, comparison_csv(comparison));
  return 0;
}

void add_options(CLI::App* command, CompareArguments& arguments) {
  auto& options = arguments.options;
  options.bootstrap.block = kBlock;
  command->add_option("RUNS", arguments.runs,
                      "runs' folders; the first is what others differ from");
  add_field_option(
      command, choice("split", &options.split, "whose tokens: test or valid", held_out_names()));
  command->add_flag("--seen", options.seen, "only tokens whose words occur in training");
  command->add_flag("--all-pairs", options.all_pairs,
                    "test each run with each, not with the first");
  command->add_option("--resamples", options.bootstrap.resamples, "how often the items are drawn")
      ->check(CLI::Range(std::int64_t{100}, std::int64_t{10000000}))
      ->capture_default_str();
  command->add_option("--seed", options.bootstrap.seed, "of the draws")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      ->add_option("--block", options.bootstrap.block,
                   "tokens that are drawn together, because neighbours are alike; 1: singly. Fewer "
                   "where there would be less than 40 blocks")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command
      ->add_option("--words", options.words,
                   "also show so many words by which a language model gains the most, and loses")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--markdown", arguments.markdown, "also write all this as Markdown");
  command->add_option("--json", arguments.json, "also write all this as JSON");
  command->add_option("--csv", arguments.csv, "also write all this as CSV, a line a number");
}

}  // namespace

void add_compare_command(CLI::App& program, int& status) {
  const auto arguments = std::make_shared<CompareArguments>();
  auto* command = program.add_subcommand(
      "compare", "What differs between runs, in settings and scores, and whether it is chance.");
  command->footer(
      "Shows the settings that differ, all scores side by side, and paired bootstrap tests of what "
      "the runs keep:\n"
      "perplexity by the tokens of one text, correlations by word pairs, accuracies by questions. "
      "Items are drawn with\n"
      "replacement, both runs are measured on the same draw, and 10,000 draws give the difference "
      "its 95 % interval and\n"
      "a two-sided p. An interval without 0 (a ratio without 1) and a p below .05 say that other "
      "items of the kind would\n"
      "hardly turn the difference round; they say nothing of other seeds: train those too "
      "(--seeds 1,2,3).\n"
      "p (Holm) allows for several tests of one kind. Runs on other texts, vocabularies or "
      "benchmarks are not tested,\n"
      "and it is said why (docs/comparing.md).\n"
      "Examples:\n"
      "  wordbridge compare runs/mlp9 runs/kn5\n"
      "  wordbridge compare runs/mlp9 runs/kn5 --block 2000 --words 10\n"
      "  wordbridge compare runs/a runs/b runs/c --all-pairs --markdown comparison.md");
  add_options(command, *arguments);
  command->callback([arguments, &status] { status = compare(*arguments); });
}

}  // namespace wordbridge
