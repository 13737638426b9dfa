#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
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
  bool overwrite = false;

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

std::vector<JoinTask> tasks_of(const JoinArguments& arguments, VectorFormat format) {
  std::vector<JoinTask> tasks;
  for (const auto& method : arguments.methods) {
    JoinTask task{arguments.settings, arguments.out};
    for (const auto& [name, value] : JoinSettings::methods())
      if (name == method) task.settings.method = value;
    if (arguments.has_folder()) {
      task.out = file_in_folder(arguments.out, method, format);
      if (!task.settings.has_dim()) task.settings.dim = 0;  // one --dim for those that have it
    }
    if (const auto problem = task.settings.problem(arguments.inputs.size()); !problem.empty())
      throw UsageError(problem);
    tasks.push_back(std::move(task));
  }
  return tasks;
}

void check_new(const JoinArguments& arguments, const std::vector<JoinTask>& tasks,
               VectorFormat format) {
  std::vector<std::string> outputs;
  for (const auto& task : tasks) {
    for (const auto& file : written_files(task.out, format)) outputs.push_back(file.string());
  }
  check_outputs(outputs, arguments.inputs);
  for (const auto& task : tasks) check_can_replace(task.out.string(), format, arguments.overwrite);
}

int join_vectors(const JoinArguments& arguments) {
  const VectorFormat format = output_format(arguments);
  const auto tasks = tasks_of(arguments, format);
  check_new(arguments, tasks, format);
  const auto steps_of = [](const std::string& text) {
    return text.empty() ? std::vector<PostProcessing>() : parse_steps(text);
  };
  const auto before = steps_of(arguments.before), after = steps_of(arguments.after);
  check_step_files(before);
  check_step_files(after);
  const bool scored = !arguments.scores.is_empty();
  std::unique_ptr<Evaluator> evaluator;
  if (scored) evaluator = std::make_unique<Evaluator>(arguments.scores);
  start_threads(0);
  std::vector<ResultsColumn> columns;
  const auto score = [&](const std::string& label, const EmbeddingTable& table) {
    if (scored) columns.push_back({label, {evaluator->evaluate(table)}});
  };
  std::vector<EmbeddingTable> tables;
  const auto names = labels(arguments.inputs);
  for (std::size_t i = 0; i < arguments.inputs.size(); ++i) {
    tables.push_back(postprocess(load_table(arguments.inputs[i], arguments.limit), before));
    score(names[i], tables.back());
  }
  if (arguments.has_folder()) make_folder(arguments.out);
  for (const auto& task : tasks) {
    const EmbeddingTable table = postprocess(join_tables(tables, task.settings), after);
    write_vectors(table, task.out, format);
    log("join", "{}: {} x {}", task.out.string(), counted(table.size(), "word"), table.dim());
    score(name_of(JoinSettings::methods(), task.settings.method), table);
  }
  if (scored) print(results_table(columns, false));
  return 0;
}

void add_score_options(CLI::App* command, EvalOptions& scores) {
  for (const auto& field : scores.describe().fields)
    add_field_option(command, field)->group("Scores of the inputs and of each join, side by side");
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
      "  wordbridge join runs/word2vec runs/pca --method concatenation --method svd --method gpa "
      "\\\n"
      "      -o joins --similarity dataset:ws-353                                # a folder; "
      "scores\n"
      "See docs/joining.md.");
  command->add_option("VECTORS", arguments->inputs, "run folders or files of word vectors")
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
      ->check(CLI::NonNegativeNumber);
  command->add_flag("--overwrite", arguments->overwrite, "replace existing files");
  add_score_options(command, arguments->scores);
  command->callback([arguments, &status] { status = join_vectors(*arguments); });
}

}  // namespace wordbridge
