#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/field_options.h"
#include "cli/language_models/open_model.h"
#include "cli/outputs.h"
#include "core/error.h"
#include "core/io/file.h"
#include "core/log.h"
#include "core/progress.h"
#include "models/ngram/arpa.h"
#include "models/ngram/interpolate_models.h"
#include "models/ngram/prune.h"

namespace wordbridge {
namespace {

struct ArpaArguments {
  std::vector<std::string> models;
  std::string out;
  std::vector<double> weights;
  double prune = 0;
};

std::shared_ptr<const BackoffModel> open_ngrams(const std::string& path) {
  const auto model = std::dynamic_pointer_cast<const BackoffModel>(open_model(path));
  if (model != nullptr) return model;
  throw Error("the model can't be written as an ARPA file")
      .at("{}", path)
      .expected("word n-grams with kneser-ney, witten-bell or good-turing smoothing");
}

/// Whether the output is an ARPA file, not a model.wb. UsageError for an unknown ending.
bool writes_arpa(const std::string& out) {
  if (has_ending(out, ".arpa") || has_ending(out, ".arpa.gz") || is_device(out)) return true;
  if (has_ending(out, ".wb")) return false;
  throw UsageError("unknown output format")
      .at("{}", out)
      .expected("the extension .arpa, .arpa.gz or .wb");
}

int write_arpa_file(const ArpaArguments& arguments) {
  const bool as_arpa = writes_arpa(arguments.out);
  check_outputs({arguments.out}, arguments.models);
  std::vector<std::shared_ptr<const BackoffModel>> models;
  for (const auto& path : arguments.models) models.push_back(open_ngrams(path));
  auto ngrams = models[0];
  if (models.size() > 1 || !arguments.weights.empty()) {
    std::vector<double> weights = arguments.weights;
    if (weights.empty()) weights.assign(models.size(), 1 / static_cast<double>(models.size()));
    ngrams = interpolate_models(models, weights);
  }
  if (arguments.prune > 0) {
    const Vocabulary& vocabulary = ngrams->vocabulary();
    ngrams = std::make_shared<BackoffModel>(
        vocabulary, prune(ngrams->table(), arguments.prune, {},
                          [&](std::int32_t word) { return vocabulary.word(word); }));
  }
  if (as_arpa) {
    write_arpa(*ngrams, arguments.out);
  } else {
    ngrams->save(arguments.out);
  }
  std::error_code device;
  const auto size = fs::file_size(arguments.out, device);
  if (!device) log("ngram", "{}: {}", arguments.out, human_bytes(static_cast<double>(size)));
  return 0;
}

}  // namespace

void add_arpa_command(CLI::App& program, int& status) {
  const auto arguments = std::make_shared<ArpaArguments>();
  auto* command = program.add_subcommand(
      "arpa", "Convert n-gram models to and from ARPA files, interpolate and prune them");
  command->footer(
      "Examples:\n"
      "  wordbridge arpa runs/kn5 -o kn5.arpa.gz      # for KenLM, SRILM and others\n"
      "  wordbridge arpa kn5.arpa.gz -o kn5.wb        # memory-mapped, opens instantly\n"
      "  wordbridge arpa runs/news runs/talks --weights 0.7,0.3 -o both.arpa.gz");
  command
      ->add_option("MODEL", arguments->models,
                   "run folder, model.wb or ARPA file; several are interpolated")
      ->required();
  add_number_list(command, "--weights", &arguments->weights,
                  "interpolation weights of the models, with sum 1; default: equal", more_than(0));
  command
      ->add_option("--prune", arguments->prune,
                   "drop n-grams whose removal increases the perplexity of the model by less than "
                   "this factor, such as 1e-8 (Stolcke 1998)")
      ->check(in_range(at_least(0)));
  command->add_option("-o,--out", arguments->out, "output file: FILE.arpa, FILE.arpa.gz or FILE.wb")
      ->required();
  command->callback([arguments, &status] { status = write_arpa_file(*arguments); });
}

}  // namespace wordbridge
