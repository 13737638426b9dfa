#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/contexts/context_text.h"
#include "cli/contexts/print_measures.h"
#include "cli/contexts/show_contexts.h"
#include "cli/field_options.h"
#include "cli/open_table.h"
#include "cli/outputs.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/io/file.h"
#include "core/json.h"
#include "core/log.h"
#include "core/progress.h"
#include "data/vectors/vector_files.h"
#include "data/vectors/vector_format.h"
#include "train/runs/load_language_model.h"
#include "train/runs/run_files.h"

namespace wordbridge {
namespace {

using nlohmann::ordered_json;

struct ContextsArguments {
  std::string run, file, split = "train", layer = "mean", vectors, format, json;
  std::vector<std::string> overrides;
  std::int64_t occurrences = 1000;
  ShownContexts shown;
  ContextSampleOptions sample;
  bool measures = false, save = false, overwrite = false;
};

/// The words' rows of a matrix [V,d].
EmbeddingTable table_of_rows(const Vocabulary& vocabulary, std::vector<float> rows,
                             const std::string& origin) {
  const auto dim = static_cast<std::int64_t>(rows.size()) / vocabulary.size();
  return EmbeddingTable(vocabulary.words(), std::move(rows), dim, origin);
}

EmbeddingTable vectors_of(const ContextText& text, const ContextsArguments& arguments) {
  const ContextualModel& model = text.contextual();
  const Vocabulary& vocabulary = text.model->vocabulary();
  const std::string origin = label(arguments.run) + ", " + arguments.layer;
  if (arguments.layer == "input") return table_of_rows(vocabulary, model.input_rows(), origin);
  if (arguments.layer == "output") {
    auto rows = model.output_rows();
    if (rows.empty())
      throw Error("the output layer of the model has no rows of words").at("{}", arguments.run);
    return table_of_rows(vocabulary, std::move(rows), origin);
  }
  const LayerChoice layer(arguments.layer, model.layers());
  return mean_context_vectors(model, vocabulary, text.ids, text.span, layer, arguments.occurrences,
                              label(arguments.run) + ", " + layer.text());
}

/// The file of the run that holds its measures. Error if they would not be those of the run.
std::string measures_file(const ContextsArguments& arguments) {
  if (!arguments.measures) throw UsageError("--save stores the measures: add --measures");
  if (!arguments.file.empty() || arguments.split != "train")
    throw UsageError("--save stores the measures of the training text")
        .got("{}",
             arguments.file.empty() ? "--split " + arguments.split : "--text " + arguments.file);
  return (std::filesystem::path(arguments.run) / run_files::kContextMeasures).string();
}

int contexts(ContextsArguments& arguments) {
  const bool writes = !arguments.vectors.empty(), shows = !arguments.shown.words.empty();
  if (!writes && !shows && !arguments.measures)
    throw UsageError("nothing to do").expected("--vectors FILE, --words WORD,... or --measures");
  if (shows && (arguments.layer == "input" || arguments.layer == "output"))
    throw UsageError("contexts are shown in a layer")
        .expected("--layer NUMBER or mean")
        .got("--layer {}", arguments.layer);
  const auto format =
      writes ? vector_output_format(arguments.vectors, arguments.format) : VectorFormat::text;
  const std::string saved = arguments.save ? measures_file(arguments) : "";
  std::vector<std::string> outputs = {arguments.json}, new_folders;
  if (writes) {
    for (const auto& file : written_files(arguments.vectors, format))
      outputs.push_back(file.string());
    if (is_folder_of_vectors(arguments.vectors, format)) new_folders.push_back(arguments.vectors);
  }
  check_outputs(outputs, {arguments.run, arguments.file}, new_folders);
  if (!saved.empty()) check_can_write(saved);
  if (writes) check_can_replace(arguments.vectors, format, arguments.overwrite);
  const ContextText text =
      open_context_text(arguments.run, arguments.file, arguments.split, arguments.overrides);
  ordered_json json = ordered_json::object();
  if (writes) {
    const EmbeddingTable table = vectors_of(text, arguments);
    write_output(table, arguments.vectors, format);
    log("contexts", "{}: {} x {}", arguments.vectors, counted(table.size(), "word"), table.dim());
  }
  if (shows) {
    arguments.shown.occurrences = arguments.occurrences;
    json["contexts"] = show_contexts(text, LayerChoice(arguments.layer, text.contextual().layers()),
                                     arguments.shown);
  }
  if (arguments.measures) {
    json["measures"] = print_measures(text, arguments.sample);
    if (!saved.empty()) write_file(saved, json_text(json["measures"], 2) + "\n");
  }
  if (!arguments.json.empty()) write_file(arguments.json, json_text(json, 2) + "\n");
  return interrupted() ? kInterrupted : 0;
}

void add_vector_options(CLI::App* command, ContextsArguments& arguments) {
  command->add_option("-o,--vectors", arguments.vectors,
                      "write one vector per word: the mean over its occurrences");
  std::vector<std::string> names;
  for (const auto& [name, format] : written_vector_formats(false)) names.push_back(name);
  command
      ->add_option("--format", arguments.format,
                   "format of these vectors (default: by the extension of the file)")
      ->check(CLI::IsMember(names));
  command->add_flag("--overwrite", arguments.overwrite, "replace the file of vectors if it exists");
  command
      ->add_option("--layer", arguments.layer,
                   "0: the input of the layers; 1, 2, ...: the output of a layer; mean: the mean "
                   "over all of these; with --vectors also input and output: the words' features "
                   "and their rows in the output layer, whatever the text")
      ->capture_default_str();
  command
      ->add_option("--occurrences", arguments.occurrences,
                   "use at most the first N occurrences of each word")
      ->check(in_range(at_least(1)))
      ->capture_default_str();
}

void add_word_options(CLI::App* command, ShownContexts& shown) {
  command
      ->add_option("--words", shown.words, "show occurrences of these words (A,B,..., or repeated)")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_option("--count", shown.count, "occurrences of each word to show, evenly spaced")
      ->check(in_range(at_least(1)))
      ->capture_default_str();
  command->add_option("-k,--neighbors", shown.neighbors, "neighbours of each occurrence")
      ->check(in_range(at_least(1)))
      ->capture_default_str();
  command
      ->add_option_function<std::string>(
          "--among",
          [&shown](const std::string& name) { shown.among_occurrences = name == "occurrences"; },
          "neighbours among the mean vectors of all words, or among the other occurrences of the "
          "words of --words")
      ->check(CLI::IsMember({"words", "occurrences"}))
      ->default_str("words");
  command->add_option("--width", shown.width, "words to show on each side")
      ->check(in_range(between(0, 10'000)))
      ->capture_default_str();
}

void add_measure_options(CLI::App* command, ContextsArguments& arguments) {
  command->add_flag("--measures", arguments.measures,
                    "measure how much the vectors of each layer depend on the context");
  command
      ->add_option_function<std::int64_t>(
          "--sample",
          [&arguments](std::int64_t count) {
            arguments.sample.words = arguments.sample.sentences = count;
          },
          "words and sentences that are measured")
      ->check(in_range(at_least(1)))
      ->default_str(std::to_string(arguments.sample.words));
  command
      ->add_option("--window", arguments.sample.window,
                   "words in a sentence, if the text has no boundary symbols (data.boundaries)")
      ->check(in_range(at_least(2)))
      ->capture_default_str();
  command->add_option("--seed", arguments.sample.seed, "random seed of the sample")
      ->check(in_range(at_least(0)))
      ->capture_default_str();
  command->add_flag("--save", arguments.save,
                    "also store the measures in the run, for `wordbridge report`");
}

}  // namespace

void add_contexts_command(CLI::App& program, int& status) {
  const auto arguments = std::make_shared<ContextsArguments>();
  auto* command = program.add_subcommand(
      "contexts", "Look at the vectors of words in their contexts: the layers of a language model");
  command->footer(
      "RUN is a run of a model that reads sequences (transformer, deep_nplm, lstm). Each "
      "occurrence "
      "of a word\n"
      "has one vector per layer, which depends on the words before it (docs/contexts.md).\n"
      "--vectors averages them into one vector per word, which all commands for word vectors read; "
      "--words shows\n"
      "what the vectors of single occurrences are near to; --measures computes the measures of "
      "Ethayarajh (2019).\n"
      "Examples:\n"
      "  wordbridge contexts runs/transformer --vectors layer2.wbv --layer 2\n"
      "  wordbridge contexts runs/transformer --words bank,plant --layer 3\n"
      "  wordbridge contexts runs/transformer --words bank --among occurrences --text letter.txt\n"
      "  wordbridge contexts runs/transformer --measures --save");
  command->add_option("RUN", arguments->run, "run folder of a model that reads sequences")
      ->required();
  command->add_option("SETTINGS", arguments->overrides, "settings to override as data.key=value");
  command->add_option("--text", arguments->file,
                      "text file to read instead of the run's corpus (- for standard input)");
  command->add_option("--split", arguments->split, "the split of the run's corpus to read")
      ->check(CLI::IsMember({"train", "valid", "test"}))
      ->capture_default_str();
  add_vector_options(command, *arguments);
  add_word_options(command, arguments->shown);
  add_measure_options(command, *arguments);
  command->add_option("--json", arguments->json,
                      "also write the contexts and the measures as JSON");
  command->callback([arguments, &status] { status = contexts(*arguments); });
}

}  // namespace wordbridge
