#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/outputs.h"
#include "core/error.h"
#include "core/io/file.h"
#include "core/log.h"
#include "core/progress.h"
#include "data/corpus/open_corpus.h"
#include "data/counts/matrix_market.h"
#include "data/counts/open_counts.h"
#include "data/counts/read_counts.h"
#include "train/runs/run_config.h"

namespace wordbridge {
namespace {

struct CountsArguments {
  std::vector<std::string> config_and_overrides;
  std::string out, vocabulary;
};

/// The configuration, for a model that is computed from counts.
RunConfig counting_config(const CountsArguments& arguments) {
  RunConfig config = RunConfig::load_or_override(arguments.config_and_overrides, ConfigUse::counts);
  if (config.chosen_model_options().counted_contexts() != nullptr) return config;
  throw UsageError("the model is not computed from counts")
      .at("model.type: {}", config.model)
      .expected("a model with the section counts, such as pca")
      .hint("add model.type=pca and settings such as model.pca.counts.window=10");
}

/// UsageError for an ending that is not that of a Matrix Market file, which reading would refuse or
/// misread.
void check_ending(const std::string& out) {
  if (has_ending(out, ".mtx") || has_ending(out, ".mtx.gz") || is_device(out)) return;
  throw UsageError("unknown output format").at("{}", out).expected("the extension .mtx or .mtx.gz");
}

int write_counts(const CountsArguments& arguments) {
  check_ending(arguments.out);
  const RunConfig config = counting_config(arguments);
  const CountOptions& options = *config.chosen_model_options().counted_contexts();
  std::vector<std::string> inputs = config.data.source.paths;
  for (const auto& path : {config.data.vocabulary.file, options.file, options.vocabulary})
    inputs.push_back(path);
  if (arguments.config_and_overrides[0].find('=') == std::string::npos)
    inputs.push_back(arguments.config_and_overrides[0]);
  check_outputs({arguments.out, arguments.vocabulary}, inputs);

  const Corpus corpus = open_corpus(config.seeded_data());
  const SparseCounts counts = open_counts(corpus, options, static_cast<std::uint64_t>(config.seed));
  const Vocabulary& vocabulary = corpus.vocabulary();
  std::vector<std::string> comments = {vocabulary_comment(vocabulary), words_comment(vocabulary)};
  if (options.file.empty())
    comments.push_back(settings_comment(options, static_cast<std::uint64_t>(config.seed)));
  write_matrix_market(counts.view(), arguments.out, comments);
  if (!arguments.vocabulary.empty()) vocabulary.save(arguments.vocabulary);
  std::error_code device;
  const auto size = fs::file_size(arguments.out, device);
  if (!device) log("counts", "{}: {}", arguments.out, human_bytes(static_cast<double>(size)));
  return 0;
}

}  // namespace

void add_counts_command(CLI::App& program, int& status) {
  const auto arguments = std::make_shared<CountsArguments>();
  auto* command =
      program.add_subcommand("counts", "Write the co-occurrence counts of a text to a file");
  command->footer(
      "The file is in the Matrix Market format, which scipy, gensim, R and Julia read: rows are "
      "the\n"
      "words of the vocabulary, columns their contexts (docs/counts.md).\n"
      "Examples:\n"
      "  wordbridge counts data.path=my-text.txt model.type=pca model.pca.counts.window=10 \\\n"
      "    -o counts.mtx.gz --vocabulary words.tsv\n"
      "  wordbridge train data.path=my-text.txt model.type=pca "
      "model.pca.counts.file=counts.mtx.gz");
  command
      ->add_option("CONFIG", arguments->config_and_overrides,
                   "YAML file (optional), then settings to override as key.path=value")
      ->required();
  command->add_option("-o,--out", arguments->out, "output file: FILE.mtx or FILE.mtx.gz")
      ->required();
  command->add_option("--vocabulary", arguments->vocabulary,
                      "also write the words of the rows to this file (word and count, by tabs)");
  command->callback([arguments, &status] { status = write_counts(*arguments); });
}

}  // namespace wordbridge
