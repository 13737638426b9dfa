#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/eval/eval_models.h"
#include "cli/eval/eval_texts.h"
#include "cli/field_options.h"
#include "cli/open_table.h"
#include "cli/outputs.h"
#include "cli/print.h"
#include "cli/torch/torch.h"
#include "core/config/config.h"
#include "core/error.h"
#include "core/io/file.h"
#include "core/json.h"
#include "core/log.h"
#include "eval/evaluation.h"
#include "eval/results_table.h"
#include "train/runs/run_config.h"

namespace wordbridge {
namespace {

using nlohmann::ordered_json;

constexpr const char *kWhat = "Benchmarks", *kHow = "Evaluation settings";

struct EvalArguments {
  std::vector<std::string> vectors;
  EvalOptions options;
  std::string config, contexts, report, json, csv, tensor;
  std::int64_t limit = 0, overlap = 0, overlap_words = 2000;
  bool shared_vocabulary = false, compare = false;
};

void check(EvalArguments& arguments) {
  if (!arguments.config.empty()) arguments.options = RunConfig::load_eval(arguments.config);
  Problems problems;
  arguments.options.validate(problems, "eval");
  for (const auto& [key, message] : problems.found()) throw UsageError(message).at("{}", key);
  if (arguments.options.is_empty() && arguments.overlap == 0) {
    std::string options;
    for (const auto& task : benchmark_tasks()) options += "--" + task.name + " FILE, ";
    throw UsageError("no benchmark selected")
        .hint("{}--properties N, --neighbors WORD, --overlap K or --config FILE", options);
  }
}

std::vector<std::string> inputs_of(const EvalArguments& arguments,
                                   const std::vector<EvalModel>& models) {
  std::vector<std::string> inputs = arguments.options.inputs();
  inputs.insert(inputs.end(), {arguments.config, arguments.contexts});
  for (const auto& model : models)
    for (const auto& seed : model.seeds) inputs.push_back(seed.path);
  return inputs;
}

int evaluate_tables(EvalArguments& arguments) {
  check(arguments);
  auto models = models_of(arguments.vectors);
  if (arguments.compare && models.size() < 2) {
    throw UsageError("too few models to compare")
        .expected("two or more VECTORS of different models")
        .got("{}", models.front().label);
  }
  check_outputs({arguments.report, arguments.json, arguments.csv}, inputs_of(arguments, models));
  // Opened before the computation, so that an unwritable path fails early.
  std::vector<std::unique_ptr<AtomicFile>> files;
  for (const auto* path : {&arguments.report, &arguments.json, &arguments.csv})
    files.push_back(path->empty() ? nullptr : std::make_unique<AtomicFile>(*path));
  const auto extension = fs::path(arguments.report).extension();
  const bool is_page = extension == ".html" || extension == ".htm";
  start_threads(0);

  EvalNeeds needs;
  needs.limit = arguments.limit;
  needs.tensor = arguments.tensor;
  needs.shared_vocabulary = arguments.shared_vocabulary;
  needs.keep_tables = arguments.overlap > 0 || is_page;
  needs.keep_items = arguments.compare;
  needs.contexts = arguments.contexts;
  evaluate_models(models, arguments.options, needs);

  const auto columns = columns_of(models);
  std::string text, report = "# Evaluation\n\n" + models_text(models);
  ordered_json all = models_json(models);
  if (!columns.front().results.front().empty()) text = results_table(columns, false);
  report += "\n" + results_table(columns, true);
  const std::string policies = policies_text(arguments.options, needs);
  text += policies;
  report += "\n" + policies;
  all["policies"] = policies_json(arguments.options, needs);
  if (arguments.compare) {
    const auto comparison = compare_models(models, arguments.options);
    text += "\n" + model_comparison_text(comparison, false);
    report += "\n" + model_comparison_text(comparison, true);
    all["comparison"] = to_json(comparison);
  }
  if (arguments.overlap > 0) {
    const auto overlap = overlap_of(models, arguments.overlap, arguments.overlap_words);
    text += overlap_text(overlap);
    report += overlap_text(overlap);
    all["overlap"] = to_json(overlap);
  }
  print(text);
  const auto write = [&](std::size_t file, const std::string& content) {
    if (files[file] == nullptr) return;
    files[file]->write(content);
    files[file]->commit();
  };
  write(0, is_page ? evaluation_page(models) : report);
  write(1, json_text(all, 2) + "\n");
  write(2, results_csv(columns));
  return 0;
}

/// Adds an option for each field of the `eval:` section.
void add_field_options(CLI::App* eval, EvalOptions& options) {
  const auto policies = options.describe_policies().fields;
  for (const auto& field : options.describe().fields) {
    const auto is_same = [&](const Field& policy) { return policy.name == field.name; };
    const bool is_policy = std::any_of(policies.begin(), policies.end(), is_same);
    add_field_option(eval, field)->group(is_policy ? kHow : kWhat);
  }
}

/// Adds the options for reading the vectors.
void add_vectors_options(CLI::App* eval, EvalArguments& arguments) {
  add_tensor_option(eval, arguments.tensor);
  eval->add_option("--limit", arguments.limit, "read only the first N words of each file")
      ->check(in_range(at_least(0)))
      ->group(kHow);
  eval->add_flag("--shared-vocabulary", arguments.shared_vocabulary,
                 "use only words that all VECTORS contain")
      ->group(kHow);
  eval->add_option("--contexts", arguments.contexts,
                   "file of the model's context vectors: also score w + c; for a single VECTORS")
      ->group(kHow);
}

/// --config excludes the options of its section, since one of the two would be ignored.
void add_config_option(CLI::App* eval, EvalArguments& arguments) {
  const auto others = eval->get_options([](const CLI::Option* option) {
    return option->get_group() == kWhat || option->get_group() == kHow;
  });
  auto* const config = eval->add_option("--config", arguments.config,
                                        "read benchmarks and evaluation settings from the eval: "
                                        "section of a configuration");
  config->group(kHow);
  for (auto* const option : others) config->excludes(option);
}

void add_comparison_options(CLI::App* eval, EvalArguments& arguments) {
  const char* const group = "Comparing models";
  eval->add_flag("--compare", arguments.compare,
                 "test all pairs of models on the items that both use, and list the items on which "
                 "they differ most")
      ->group(group);
  eval->add_option("--overlap", arguments.overlap,
                   "mean overlap of the N nearest neighbours between all pairs of VECTORS")
      ->check(in_range(at_least(1)))
      ->group(group);
  eval->add_option("--overlap-words", arguments.overlap_words,
                   "compute the overlap over the first N common words")
      ->check(in_range(at_least(1)))
      ->capture_default_str()
      ->group(group);
}

}  // namespace

void add_eval_command(CLI::App& program, int& status) {
  const auto arguments = std::make_shared<EvalArguments>();
  auto* eval =
      program.add_subcommand("eval", "Evaluate word vectors of runs or files, side by side");
  eval->footer(
      "Files of vectors may be in any supported format (docs/evaluation.md), plain or .gz; "
      "benchmarks are files or\n"
      "dataset:NAME. Each score is printed with its 95 % confidence interval and its coverage, the "
      "items used out of all\n"
      "(docs/evaluation.md). NAME=FILE names a model; several files with one NAME are its seeds "
      "and "
      "yield mean ± standard\n"
      "deviation.\n"
      "Examples:\n"
      "  wordbridge eval vectors.bin --similarity dataset:ws-353 --analogy dataset:google-analogy "
      "--case insensitive\n"
      "  wordbridge eval a.bin b.txt --similarity dataset:men --compare\n"
      "  wordbridge eval sgns=s1.bin sgns=s2.bin glove=g.txt --similarity dataset:simlex-999 "
      "--report r.html --csv r.csv\n" +
      post_processing_help());
  eval->add_option("VECTORS", arguments->vectors,
                   "run folders or files of word vectors, or NAME=FILE")
      ->required();
  add_field_options(eval, arguments->options);
  add_config_option(eval, *arguments);
  add_vectors_options(eval, *arguments);
  add_comparison_options(eval, *arguments);
  eval->add_option(
      "--report", arguments->report,
      "also write a report: FILE.html is a page with maps, any other file is Markdown");
  eval->add_option("--json", arguments->json, "also write the results as JSON");
  eval->add_option("--csv", arguments->csv, "also write the scores as CSV, one line per number");
  eval->callback([arguments, &status] { status = evaluate_tables(*arguments); });
}

}  // namespace wordbridge
