#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/eval/eval_models.h"
#include "cli/eval/eval_texts.h"
#include "cli/field_options.h"
#include "cli/open_table.h"
#include "cli/outputs.h"
#include "cli/print.h"
#include "cli/torch/torch.h"
#include "core/error.h"
#include "core/io/file.h"
#include "core/log.h"
#include "core/progress.h"
#include "data/vectors/vector_files.h"
#include "eval/evaluation.h"
#include "eval/postprocess.h"
#include "eval/results_table.h"
#include "models/alignment/align.h"
#include "models/join/joined_table.h"

namespace wordbridge {
namespace {

namespace fs = std::filesystem;

struct JoinArguments {
  std::vector<std::string> inputs, methods = {"concatenation"};
  std::string out, format, before, after;
  JoinSettings settings;
  EvalOptions scores;
  std::int64_t limit = 0;
  bool overwrite = false, compare = false;

  bool has_folder() const { return methods.size() > 1; }
};

VectorFormat output_format(const JoinArguments& arguments) {
  if (arguments.has_folder() && arguments.format.empty()) return VectorFormat::mapped;
  return vector_output_format(arguments.out, arguments.format);
}

/// The settings of each method, and its file.
struct JoinTask {
  JoinSettings settings;
  fs::path out;
};

/// Several methods share one --dim etc.: each keeps those that have an effect. Warns of those that
/// have none with any method.
void drop_unused(std::vector<JoinTask>& tasks) {
  std::vector<std::string> everywhere = tasks.front().settings.unused();
  for (auto& task : tasks) {
    const auto unused = task.settings.unused();
    const auto is_used = [&](const auto& name) {
      return std::find(unused.begin(), unused.end(), name) == unused.end();
    };
    everywhere.erase(std::remove_if(everywhere.begin(), everywhere.end(), is_used),
                     everywhere.end());
    task.settings = task.settings.without_unused();
  }
  for (const auto& name : everywhere) warn("{} has no effect with these methods", name);
}

std::vector<JoinTask> tasks_of(const JoinArguments& arguments, VectorFormat format) {
  std::vector<JoinTask> tasks;
  for (const auto& method : arguments.methods) {
    JoinTask task{arguments.settings, arguments.out};
    for (const auto& [name, value] : JoinSettings::methods())
      if (name == method) task.settings.method = value;
    if (arguments.has_folder()) task.out = file_in_folder(arguments.out, method, format);
    if (const auto problem = task.settings.problem(arguments.inputs.size()); !problem.empty())
      throw UsageError(problem);
    tasks.push_back(std::move(task));
  }
  return tasks;
}

/// The inputs by name.
std::vector<EvalModel> inputs_of(const JoinArguments& arguments) {
  auto inputs = models_of(arguments.inputs);
  for (const auto& input : inputs)
    if (input.seeds.size() > 1)
      throw UsageError("two inputs have the same name")
          .at("{}", input.seeds[1].path)
          .got("{}, also the name of {}", input.label, input.seeds[0].path);
  return inputs;
}

/// `read`: files that are read, in addition to the inputs.
void check_new(const JoinArguments& arguments, const std::vector<EvalModel>& inputs,
               const std::vector<JoinTask>& tasks, VectorFormat format,
               std::vector<std::string> read) {
  std::vector<std::string> outputs, new_folders;
  if (arguments.has_folder()) new_folders.push_back(arguments.out);
  for (const auto& task : tasks) {
    for (const auto& file : written_files(task.out, format)) outputs.push_back(file.string());
    if (is_folder_of_vectors(task.out, format)) new_folders.push_back(task.out);
  }
  for (const auto& input : inputs) read.push_back(input.seeds.front().path);
  check_outputs(outputs, read, new_folders);
  for (const auto& task : tasks) check_can_replace(task.out.string(), format, arguments.overwrite);
}

void warn_of_zeros(const EmbeddingTable& table) {
  const auto rows = alignable_rows(table);
  if (const auto zeros = std::count(rows.begin(), rows.end(), -1); zeros > 0)
    warn("{}: {} zero, and joined as zeros", table.origin(),
         counted(zeros, "vector is", "vectors are"));
}

int join_vectors(const JoinArguments& arguments) {
  const VectorFormat format = output_format(arguments);
  auto tasks = tasks_of(arguments, format);
  const auto inputs = inputs_of(arguments);
  const auto steps_of = [](const std::string& text) {
    return text.empty() ? std::vector<PostProcessing>() : parse_steps(text);
  };
  const auto before = steps_of(arguments.before), after = steps_of(arguments.after);
  auto read = arguments.scores.inputs();
  for (const auto* steps : {&before, &after})
    for (auto& file : step_inputs(*steps)) read.push_back(std::move(file));
  check_new(arguments, inputs, tasks, format, std::move(read));
  const auto needs_torch = [](const JoinTask& task) { return task.settings.is_autoencoder(); };
  if (std::any_of(tasks.begin(), tasks.end(), needs_torch)) need_torch();
  if (arguments.has_folder()) drop_unused(tasks);  // after need_torch(): warns once
  check_step_files(before);
  check_step_files(after);
  const bool scored = !arguments.scores.is_empty();
  if (arguments.compare && !scored)
    throw UsageError("--compare has no scores to compare")
        .expected("--similarity FILE or another benchmark");
  std::unique_ptr<Evaluator> evaluator;
  if (scored) evaluator = std::make_unique<Evaluator>(arguments.scores);
  start_threads(0);
  std::vector<EvalModel> models;  // those that are scored: the inputs, then the joins
  const auto score = [&](EvalModel model, const EmbeddingTable& table) {
    if (!scored) return;
    auto& seed = model.seeds.front();
    seed.results = evaluator->evaluate(table, arguments.compare ? &seed.items : nullptr);
    models.push_back(std::move(model));
  };
  std::vector<EmbeddingTable> tables;
  for (const auto& input : inputs) {
    tables.push_back(postprocess(load_table(input.seeds.front().path, arguments.limit), before));
    warn_of_zeros(tables.back());
    score(input, tables.back());
  }
  if (arguments.has_folder()) make_folder(arguments.out);
  for (const auto& task : tasks) {
    const EmbeddingTable table = postprocess(join_tables(tables, task.settings), after);
    write_output(table, task.out, format);
    log("join", "{}: {} x {}", task.out.string(), counted(table.size(), "word"), table.dim());
    EvalModel joined{name_of(JoinSettings::methods(), task.settings.method), {}, {}};
    joined.seeds.emplace_back().path = task.out.string();
    score(std::move(joined), table);
  }
  if (scored) print(results_table(columns_of(models), false));
  if (arguments.compare)
    print("\n" + model_comparison_text(compare_models(models, arguments.scores), false));
  return 0;
}

void add_score_options(CLI::App* command, JoinArguments& arguments) {
  const char* const group = "Scores of the inputs and of each join, side by side";
  for (const auto& field : arguments.scores.describe().fields)
    add_field_option(command, field)->group(group);
  command
      ->add_flag(
          "--compare", arguments.compare,
          "test all pairs of inputs and joins on the items that both use (docs/comparing.md)")
      ->group(group);
}

}  // namespace

void add_join_command(CLI::App& program, int& status) {
  const auto arguments = std::make_shared<JoinArguments>();
  auto* command =
      program.add_subcommand("join", "Join the word vectors of several models into one table");
  command->footer(
      "Examples:\n"
      "  wordbridge join runs/word2vec runs/pca -o joined.wbv                      # "
      "concatenation\n"
      "  wordbridge join runs/a/seed-1 runs/a/seed-2 runs/a/seed-3 --method gpa -o mean.wbv\n"
      "  wordbridge join runs/word2vec glove.txt --method svd --dim 300 -o joined.bin\n"
      "  wordbridge join runs/word2vec runs/pca --method aaeme --dim 200 -o joined.wbv    # "
      "autoencoders\n"
      "  wordbridge join runs/word2vec runs/pca --method concatenation --method svd --method gpa "
      "\\\n"
      "      -o joins --similarity dataset:ws-353                                # a folder; "
      "scores\n"
      "See docs/joining.md.");
  command
      ->add_option("VECTORS", arguments->inputs,
                   "run folders or files of word vectors, or NAME=FILE")
      ->required()
      ->expected(1, 1000);
  command
      ->add_option("-o,--out", arguments->out,
                   "output file; with several methods a folder, with a file for each")
      ->required();
  std::vector<std::string> methods;
  for (const auto& [name, method] : JoinSettings::methods()) methods.push_back(name);
  for (const auto& field : arguments->settings.fields()) {
    if (field.name != "method") {
      add_field_option(command, field);
      continue;
    }
    command->add_option("--method", arguments->methods, field.help + " (may be repeated)")
        ->allow_extra_args(false)
        ->check(CLI::IsMember(methods))
        ->capture_default_str();
  }
  command
      ->add_option("--seed", arguments->settings.autoencoder.seed,
                   "autoencoders: of the initial values, the order of the words and the noise")
      ->check(in_range(at_least(0)))
      ->capture_default_str();
  command->add_option("--before", arguments->before,
                      "post-processing STEP,STEP,... of each input (wordbridge convert --help)");
  command->add_option("--after", arguments->after, "post-processing of the result");
  std::vector<std::string> formats;
  for (const auto& [name, format] : written_vector_formats(false)) formats.push_back(name);
  command
      ->add_option("--format", arguments->format,
                   "output format (default: by the extension of the file; in a folder, mapped)")
      ->check(CLI::IsMember(formats));
  command->add_option("--limit", arguments->limit, "read only the first N words of each input")
      ->check(in_range(at_least(0)));
  command->add_flag("--overwrite", arguments->overwrite, "replace existing files");
  add_score_options(command, *arguments);
  command->callback([arguments, &status] { status = join_vectors(*arguments); });
}

}  // namespace wordbridge
