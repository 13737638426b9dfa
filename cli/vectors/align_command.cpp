#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "cli/commands.h"
#include "cli/field_options.h"
#include "cli/open_table.h"
#include "cli/outputs.h"
#include "cli/print.h"
#include "cli/torch/torch.h"
#include "cli/vectors/align_pairs.h"
#include "cli/vectors/align_text.h"
#include "core/error.h"
#include "core/io/file.h"
#include "core/json.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "data/vectors/vector_files.h"
#include "models/alignment/align.h"
#include "models/alignment/common_space.h"

namespace wordbridge {
namespace {

using nlohmann::ordered_json;

constexpr const char *kCenteredSteps = "normalize,center,normalize", *kUnitSteps = "normalize";

/// The steps in the metadata of files, where commas divide the parts of a recipe.
std::string steps_recipe(const AlignOptions& options) {
  return options.center ? "normalize+center+normalize" : kUnitSteps;
}

struct AlignArguments {
  std::vector<std::string> vectors;  // the sources, then the target
  std::vector<std::string> dictionaries, tests, source_seeds, target_seeds;
  std::string out, target_out, json, format;
  std::string steps = kCenteredSteps;
  double test_share = 0;
  std::int64_t limit = 0, resamples = 10000, changes = 0;
  bool lower_case = false, overwrite = false;
  AlignOptions options;

  const std::string& target() const { return vectors.back(); }
  bool has_several_sources() const { return vectors.size() > 2; }
};

/// One source, its dictionaries and its output (empty: none).
struct AlignTask {
  NamedPath source;
  AlignDictionaries dictionaries;
  std::string out;
};

/// Of options that are given once for all sources, or once for each: that of source i.
std::string of_source(const std::vector<std::string>& given, std::size_t i) {
  if (given.empty()) return "";
  return given.size() == 1 ? given.front() : given[i];
}

std::vector<AlignTask> align_tasks(const AlignArguments& arguments) {
  const std::size_t sources = arguments.vectors.size() - 1;
  for (const auto& [what, given] :
       {std::pair("dictionaries", &arguments.dictionaries), {"tests", &arguments.tests}}) {
    if (given->size() < 2 || given->size() == sources) continue;
    throw UsageError("the number of " + std::string(what) + " is not that of the sources")
        .expected("one for all, or one for each of {}, in their order",
                  counted(static_cast<std::int64_t>(sources), "source"))
        .got("{}", given->size());
  }
  std::vector<AlignTask> tasks;
  for (std::size_t i = 0; i < sources; ++i) {
    auto& task = tasks.emplace_back();
    task.source = named_path(arguments.vectors[i]);
    if (task.source.name.empty()) task.source.name = file_label(task.source.path);
    task.dictionaries = {of_source(arguments.dictionaries, i), of_source(arguments.tests, i),
                         arguments.test_share, arguments.lower_case};
    task.out = arguments.out;
    if (!arguments.has_several_sources()) continue;
    for (std::size_t j = 0; j < i; ++j)
      if (tasks[j].source.name == task.source.name)
        throw UsageError("two sources have the same name, by which their outputs are called")
            .at("{}", tasks[j].source.path)
            .got("{}, also {}", task.source.path, task.source.name)
            .hint("NAME={} gives it another name", task.source.path);
    if (!arguments.out.empty())
      task.out = file_in_folder(arguments.out, task.source.name,
                                vector_output_format(arguments.out, arguments.format));
  }
  return tasks;
}

/// Error if a run occurs twice: it does not differ from itself, so that all words would seem to
/// have changed.
void check_runs_differ(const AlignArguments& arguments) {
  std::vector<std::string> runs = {named_path(arguments.vectors.front()).path, arguments.target()};
  for (const auto* seeds : {&arguments.source_seeds, &arguments.target_seeds})
    runs.insert(runs.end(), seeds->begin(), seeds->end());
  for (std::size_t i = 0; i < runs.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      std::error_code code;
      if (std::filesystem::equivalent(runs[i], runs[j], code))
        throw UsageError("a run is given twice")
            .at("{}", runs[i])
            .expected("runs with other seeds, each once")
            .got("the same as {}", runs[j]);
    }
}

void check_align_steps(AlignArguments& arguments) {
  auto& options = arguments.options;
  options.center = arguments.steps == kCenteredSteps;
  const bool changes_both = options.whiten || options.reweight != 0;
  options.change_target = changes_both || !arguments.target_out.empty();
  if (arguments.has_several_sources() && arguments.format.empty()) arguments.format = "mapped";
  if (arguments.out.empty() && arguments.tests.empty() && arguments.test_share == 0 &&
      arguments.changes == 0)
    throw UsageError("nothing to write and nothing to print")
        .expected("-o OUT, --test DICTIONARY, --test-share S or --changes N");
  if (changes_both && !arguments.out.empty() && arguments.has_several_sources())
    throw UsageError("whitening and re-weighting change the target in another way for each source")
        .expected("one SOURCE")
        .got("{}", arguments.vectors.size() - 1)
        .hint("align each with a command and a --target-out of its own");
  if (changes_both && !arguments.out.empty() && arguments.target_out.empty())
    throw UsageError("whitening and re-weighting change both spaces")
        .expected("--target-out FILE, for the target's new vectors")
        .got("only -o {}", arguments.out);
  const bool has_seeds = !arguments.source_seeds.empty() || !arguments.target_seeds.empty();
  if (has_seeds && arguments.has_several_sources())
    throw UsageError("runs with other seeds belong to one source")
        .expected("one SOURCE with --source-seeds and --target-seeds")
        .got("{}", arguments.vectors.size() - 1);
  if (has_seeds) check_runs_differ(arguments);
}

/// The format of an output: by its name, or that of --format.
VectorFormat align_format(const AlignArguments& arguments, const std::string& out) {
  return vector_output_format(out, out == arguments.target_out ? "" : arguments.format);
}

void check_align_files(const AlignArguments& arguments, const std::vector<AlignTask>& tasks) {
  std::vector<std::string> written = {arguments.target_out};
  std::vector<std::string> inputs = {arguments.target()};
  for (const auto& task : tasks) {
    written.push_back(task.out);
    inputs.insert(inputs.end(),
                  {task.source.path, task.dictionaries.dictionary, task.dictionaries.test});
  }
  for (const auto* seeds : {&arguments.source_seeds, &arguments.target_seeds})
    inputs.insert(inputs.end(), seeds->begin(), seeds->end());
  std::vector<std::string> outputs = {arguments.json}, new_folders;
  if (arguments.has_several_sources()) new_folders.push_back(arguments.out);
  for (const auto& out : written) {
    if (out.empty()) continue;
    for (const auto& file : written_files(out, align_format(arguments, out)))
      outputs.push_back(file.string());
    if (is_folder_of_vectors(out, align_format(arguments, out))) new_folders.push_back(out);
  }
  check_outputs(outputs, inputs, new_folders);
  for (const auto& out : written)
    if (!out.empty()) check_can_replace(out, align_format(arguments, out), arguments.overwrite);
}

/// The steps of the alignment after its name, for the files' metadata.
std::string recipe_of(const AlignOptions& options, const DividedDictionary& dictionary,
                      const Aligned& aligned) {
  std::string text = fmt::format(",dictionary={},pairs={},steps={}", dictionary.training.name,
                                 aligned.pairs.front(), steps_recipe(options));
  if (options.whiten) text += ",whiten";
  if (options.reweight != 0) text += fmt::format(",reweight={:g}", options.reweight);
  if (options.dewhiten) text += ",dewhiten";
  if (options.refine > 0)
    text += fmt::format(",refine={},refine-words={}", options.refine, options.refine_words);
  return text;
}

void write_aligned(const AlignArguments& arguments, const std::string& path,
                   const EmbeddingTable& table) {
  if (path.empty()) return;
  write_output(table, path, align_format(arguments, path));
  log("align", "{}: {} x {}", path, counted(table.size(), "word"), table.dim());
}

/// The words that changed most, as text and in `json`.
std::string changes_of(const AlignArguments& arguments, const EmbeddingTable& source,
                       const EmbeddingTable& target, const Aligned& aligned, ordered_json& json) {
  if (arguments.source_seeds.empty() && arguments.target_seeds.empty()) {
    const auto words = changed_words(aligned.source, aligned.target);
    if (words.empty())
      throw Error("no word is in both tables, so none can have changed")
          .at("{} and {}", source.origin(), target.origin());
    json["changes"] = changes_json(words);
    return changes_text(words, arguments.changes);
  }
  std::vector<EmbeddingTable> runs = {source};
  for (const auto& seed : arguments.source_seeds) runs.push_back(load_table(seed, arguments.limit));
  const std::size_t first = runs.size();
  runs.push_back(target);
  for (const auto& seed : arguments.target_seeds) runs.push_back(load_table(seed, arguments.limit));
  const auto words = test_changes(in_common_space(runs, arguments.options.center), first);
  json["changes"] = tested_changes_json(words);
  return tested_changes_text(words, arguments.changes);
}

/// What is printed of one alignment, and its JSON.
struct AlignReport {
  std::optional<TestedTranslations> tested;
  std::string changes;
  ordered_json json;
};

/// Aligns one source and writes it. The target is written with the first one, `is_first`.
AlignReport align_source(const AlignArguments& arguments, const AlignTask& task,
                         const AlignSide& target, bool is_first) {
  const AlignSide source(load_table(task.source.path, arguments.limit));
  const auto dictionary = divided_dictionary(task.dictionaries, source.table, target.table);
  const auto pairs = known_pairs(dictionary.training, source, target);
  const Aligned aligned = align(source.table, target.table, pairs, arguments.options);
  const std::string recipe = recipe_of(arguments.options, dictionary, aligned);
  const std::string steps = "align:" + arguments.target() + recipe;
  write_aligned(arguments, task.out, aligned.source.with_steps(steps));
  if (is_first)
    write_aligned(
        arguments, arguments.target_out,
        aligned.target.with_steps(arguments.has_several_sources()
                                      ? "align-target,steps=" + steps_recipe(arguments.options)
                                      : "align-target-of:" + task.source.path + recipe));
  AlignReport report;
  report.json = {{"source", task.source.path},
                 {"target", arguments.target()},
                 {"dictionary", dictionary.training.name},
                 {"pairs_left_out_for_test", dictionary.left_out},
                 {"pairs", aligned.pairs},
                 {"recipe", steps}};
  if (dictionary.test) {
    report.tested =
        test_translations(*dictionary.test, source, target, aligned, arguments.resamples);
    report.json["test"] = tested_json(*report.tested);
  }
  if (arguments.changes > 0)
    report.changes = changes_of(arguments, source.table, target.table, aligned, report.json);
  return report;
}

/// Scores of the sources side by side, then the changed words of each.
std::string reports_text(const std::vector<AlignTask>& tasks,
                         const std::vector<AlignReport>& reports) {
  std::vector<std::string> names;
  std::vector<TestedTranslations> tested;
  std::string changes;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    names.push_back(tasks[i].source.name);
    if (reports[i].tested) tested.push_back(*reports[i].tested);
    if (reports[i].changes.empty()) continue;
    if (!changes.empty()) changes += "\n";
    if (reports.size() > 1) changes += printable(names.back()) + ": ";
    changes += reports[i].changes;
  }
  std::string text;
  if (!tested.empty())
    text = tested.size() == 1 ? tested_text(tested.front()) : tested_table(names, tested);
  return text.empty() || changes.empty() ? text + changes : text + "\n" + changes;
}

int align_tables(AlignArguments& arguments) {
  check_align_steps(arguments);
  const auto tasks = align_tasks(arguments);
  check_align_files(arguments, tasks);
  std::unique_ptr<AtomicFile> json_file;
  if (!arguments.json.empty()) json_file = std::make_unique<AtomicFile>(arguments.json);
  start_threads(0);
  const AlignSide target(load_table(arguments.target(), arguments.limit));
  if (arguments.has_several_sources() && !arguments.out.empty()) make_folder(arguments.out);
  std::vector<AlignReport> reports;
  for (const auto& task : tasks) {
    if (arguments.has_several_sources())
      log("align", "source {} of {}: {}", reports.size() + 1, tasks.size(), task.source.path);
    reports.push_back(align_source(arguments, task, target, reports.empty()));
  }
  print(reports_text(tasks, reports));
  if (json_file) {
    ordered_json json = reports.front().json;
    if (arguments.has_several_sources()) {
      json = {{"target", arguments.target()}, {"sources", ordered_json::object()}};
      for (std::size_t i = 0; i < tasks.size(); ++i)
        json["sources"][tasks[i].source.name] = std::move(reports[i].json);
    }
    json_file->write(json_text(json, 2) + "\n");
    json_file->commit();
  }
  return 0;
}

void add_align_fit_options(CLI::App* command, AlignArguments& arguments) {
  auto& options = arguments.options;
  command->add_option("--steps", arguments.steps, "how vectors are prepared for the fit")
      ->check(CLI::IsMember({kCenteredSteps, kUnitSteps}))
      ->capture_default_str();
  command
      ->add_option("--refine", options.refine,
                   "then N rounds of self-learning: the mutual nearest neighbours by CSLS become "
                   "the dictionary")
      ->check(in_range(at_least(0)));
  command
      ->add_option("--refine-words", options.refine_words,
                   "first N words of each table among which these are searched")
      ->check(in_range(at_least(1)))
      ->capture_default_str();
  auto* const whiten =
      command->add_flag("--whiten", options.whiten, "whiten both spaces before the rotation");
  command
      ->add_option("--reweight", options.reweight,
                   "multiply the rotated dimensions of both spaces by their singular value to the "
                   "power P, such as 0.5")
      ->check(in_range(between(0.0, 10.0)));
  command->add_flag("--dewhiten", options.dewhiten, "undo the whitening after the rotation")
      ->needs(whiten);
}

void add_align_test_options(CLI::App* command, AlignArguments& arguments) {
  auto* const test = command->add_option(
      "--test", arguments.tests,
      "dictionary to score the alignment with; its source words are left out of the fit. One for "
      "all sources, or repeated, one for each");
  test->allow_extra_args(false);
  command
      ->add_option("--test-share", arguments.test_share,
                   "hold out this share of the dictionary's source words for the test")
      ->check(in_range(between(0.0, 0.99)))
      ->excludes(test);
  command->add_option("--resamples", arguments.resamples, "bootstrap resamples for the intervals")
      ->check(in_range(at_least(1)))
      ->capture_default_str();
  auto* const changes = command->add_option(
      "--changes", arguments.changes,
      "list the N words of both tables whose vectors differ most after the alignment");
  changes->check(in_range(at_least(1)));
  command
      ->add_option("--source-seeds", arguments.source_seeds,
                   "more runs on the corpus of SOURCE, with other seeds: the changes are tested")
      ->needs(changes);
  command->add_option("--target-seeds", arguments.target_seeds, "more runs on the corpus of TARGET")
      ->needs(changes);
  command->add_option("--json", arguments.json, "write counts and scores to this file");
}

}  // namespace

void add_align_command(CLI::App& program, int& status) {
  const auto arguments = std::make_shared<AlignArguments>();
  auto* command = program.add_subcommand(
      "align", "Map word vectors into the space of others, such as those of another language");
  command->footer(
      "A dictionary is a file with a line `source TAB target` (or a blank between them) for each "
      "pair, or one of\n"
      "Debian's bilingual dictionaries such as freedict-eng-deu (apt install "
      "dict-freedict-eng-deu).\n"
      "Scores are of the vectors as they are written: OUT with TARGET, or with --target-out.\n"
      "Examples:\n"
      "  wordbridge align en.vec de.vec -o en-in-de.vec --dictionary en-de.txt\n"
      "  wordbridge align en.vec de.vec --dictionary freedict-eng-deu --test-share 0.2\n"
      "  wordbridge align en.vec de.vec --dictionary train.txt --test test.txt --refine 5 --json "
      "scores.json\n"
      "  wordbridge align en.vec de.vec -o en2.vec --target-out de2.vec --dictionary en-de.txt "
      "--whiten \\\n"
      "      --reweight 0.5 --dewhiten\n"
      "  wordbridge align en.vec fr.vec de.vec -o in-german --dictionary en-de.txt --dictionary "
      "fr-de.txt\n"
      "See docs/alignment.md.");
  command
      ->add_option("VECTORS", arguments->vectors,
                   "SOURCE... TARGET: run folders or files; each SOURCE, or NAME=SOURCE, is mapped "
                   "alone into the space of TARGET")
      ->required()
      ->expected(2, CLI::detail::expected_max_vector_size);
  auto* const out = command->add_option(
      "-o,--out", arguments->out,
      "write the mapped source to this file, for use with TARGET; with several sources a folder, "
      "with a file for each");
  std::vector<std::string> formats;
  for (const auto& [name, format] : written_vector_formats(false)) formats.push_back(name);
  command
      ->add_option("--format", arguments->format,
                   "format of OUT (default: by the extension of the file; in a folder, mapped)")
      ->check(CLI::IsMember(formats));
  command
      ->add_option("--target-out", arguments->target_out,
                   "write the target as it is prepared and mapped, too; OUT is then for use with "
                   "this file")
      ->needs(out);
  command
      ->add_option("--dictionary", arguments->dictionaries,
                   "pairs of words to align by (default: words that both tables have). One for all "
                   "sources, or repeated, one for each in their order")
      ->allow_extra_args(false);
  command->add_flag("--lower-case", arguments->lower_case,
                    "use the words of dictionaries in lower case");
  command->add_option("--limit", arguments->limit, "read only the first N words of each file")
      ->check(in_range(at_least(0)));
  command->add_flag("--overwrite", arguments->overwrite, "replace output files that exist");
  add_align_fit_options(command, *arguments);
  add_align_test_options(command, *arguments);
  command->callback([arguments, &status] { status = align_tables(*arguments); });
}

}  // namespace wordbridge
