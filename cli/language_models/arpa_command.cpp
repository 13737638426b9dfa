#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
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

int write_arpa_file(const ArpaArguments& arguments) {
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
    ngrams = std::make_shared<BackoffModel>(ngrams->vocabulary(),
                                            prune(ngrams->table(), arguments.prune));
  }
  if (fs::path(arguments.out).extension() == ".wb") {
    ngrams->save(arguments.out);
  } else {
    write_arpa(*ngrams, arguments.out);
  }
  log("ngram", "{}: {}", arguments.out,
      human_bytes(static_cast<double>(fs::file_size(arguments.out))));
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
  command
      ->add_option("--weights", arguments->weights,
                   "interpolation weights of the models, with sum 1; default: equal")
      ->delimiter(',');
  command
      ->add_option("--prune", arguments->prune,
                   "drop n-grams whose removal increases the perplexity of the model by less than "
                   "this factor, such as 1e-8 (Stolcke 1998)")
      ->check(CLI::NonNegativeNumber);
  command->add_option("-o,--out", arguments->out, "output file: FILE.arpa, FILE.arpa.gz or FILE.wb")
      ->required();
  command->callback([arguments, &status] { status = write_arpa_file(*arguments); });
}

}  // namespace wordbridge
