#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/field_options.h"
#include "cli/open_table.h"
#include "cli/outputs.h"
#include "cli/print.h"
#include "cli/torch/torch.h"
#include "core/error.h"
#include "core/io/file.h"
#include "core/json.h"
#include "core/log.h"
#include "report/comparison_json.h"
#include "report/comparison_tables.h"
#include "train/runs/run_comparison.h"
#include "train/runs/stored_run.h"

namespace wordbridge {
namespace {

/// A few paragraphs. Resampling single tokens, as if they were independent, makes the intervals
/// several times too narrow (docs/comparing.md).
constexpr std::int64_t kBlock = 500;

struct CompareArguments {
  std::vector<std::string> runs;
  std::string markdown, json, csv;
  ComparisonOptions options;
};

std::vector<StoredRun> open_compared(const std::vector<std::string>& paths) {
  std::vector<StoredRun> runs;
  const auto names = labels(paths);
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (!is_run(paths[i])) {
      throw Error("not a run folder")
          .at("{}", paths[i])
          .expected("a folder written by `wordbridge train`")
          .hint("to compare files of word vectors: wordbridge eval");
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
    throw UsageError("too few runs to compare")
        .expected("two or more runs")
        .got("{}", arguments.runs.empty() ? "none" : arguments.runs.front());
  }
  check_outputs({arguments.markdown, arguments.json, arguments.csv}, arguments.runs);
  // Opened before the computation, so that an unwritable path fails early.
  std::vector<std::unique_ptr<AtomicFile>> files;
  for (const auto* path : {&arguments.markdown, &arguments.json, &arguments.csv})
    files.push_back(path->empty() ? nullptr : std::make_unique<AtomicFile>(*path));
  start_threads(0);
  const auto comparison = compare_runs(open_compared(arguments.runs), arguments.options);
  print(comparison_text(comparison, false));
  const auto write = [&](std::size_t file, const std::string& text) {
    if (files[file] == nullptr) return;
    files[file]->write(text);
    files[file]->commit();
  };
  write(0, comparison_text(comparison, true));
  write(1, json_text(to_json(comparison), 2) + "\n");
  write(2, comparison_csv(comparison));
  return 0;
}

void add_options(CLI::App* command, CompareArguments& arguments) {
  auto& options = arguments.options;
  options.bootstrap.block = kBlock;
  command->add_option("RUNS", arguments.runs, "run folders; the first is the baseline");
  add_field_option(command, choice("split", &options.split, "split whose tokens are compared",
                                   held_out_names()));
  command->add_flag("--seen", options.seen, "only tokens whose words occur in the training split");
  command->add_flag("--all-pairs", options.all_pairs,
                    "test all pairs of runs (default: each run against the first)");
  command->add_option("--resamples", options.bootstrap.resamples, "number of bootstrap resamples")
      ->check(in_range(between(100, 10000000)))
      ->capture_default_str();
  command->add_option("--seed", options.bootstrap.seed, "random seed of the resampling")
      ->check(in_range(at_least(0)))
      ->capture_default_str();
  command
      ->add_option(
          "--block", options.bootstrap.block,
          "tokens per resampled block, because neighbouring tokens are correlated; 1: single "
          "tokens. Reduced if there would be fewer than 40 blocks")
      ->check(in_range(at_least(1)))
      ->capture_default_str();
  command
      ->add_option("--words", options.words,
                   "also list the N words on which a language model gains most, and loses most")
      ->check(in_range(at_least(0)));
  command->add_option("--markdown", arguments.markdown, "also write the comparison as Markdown");
  command->add_option("--json", arguments.json, "also write the comparison as JSON");
  command->add_option("--csv", arguments.csv,
                      "also write the comparison as CSV, one line per number");
}

}  // namespace

void add_compare_command(CLI::App& program, int& status) {
  const auto arguments = std::make_shared<CompareArguments>();
  auto* command = program.add_subcommand(
      "compare", "Compare the settings and scores of runs, with paired significance tests");
  command->footer(
      "Prints the settings that differ, all scores side by side, and paired bootstrap tests on the "
      "items that the runs\n"
      "store: perplexity over the tokens of the same text, correlations over word pairs, "
      "accuracies "
      "over questions. Items\n"
      "are resampled with replacement, both runs are scored on the same resample, and 10,000 "
      "resamples yield the 95 %\n"
      "confidence interval of the difference and a two-sided p-value. An interval without 0 (of a "
      "ratio: without 1) and\n"
      "p < 0.05 mean that other items of the same kind would hardly reverse the difference. They "
      "do "
      "not cover other seeds:\n"
      "train several (--seeds 1,2,3). p (Holm) is corrected for several tests of one kind. Runs "
      "with different texts,\n"
      "vocabularies or benchmarks are not tested, and the reason is printed (docs/comparing.md).\n"
      "Examples:\n"
      "  wordbridge compare runs/mlp9 runs/kn5\n"
      "  wordbridge compare runs/mlp9 runs/kn5 --block 2000 --words 10\n"
      "  wordbridge compare runs/a runs/b runs/c --all-pairs --markdown comparison.md");
  add_options(command, *arguments);
  command->callback([arguments, &status] { status = compare(*arguments); });
}

}  // namespace wordbridge
