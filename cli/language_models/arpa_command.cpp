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

namespace wordbridge {
namespace {

struct ArpaArguments {
  std::string model, out;
};

int write_arpa_file(const ArpaArguments& arguments) {
  check_outputs({arguments.out}, {arguments.model});
  const auto model = open_model(arguments.model);
  const auto* ngrams = dynamic_cast<const BackoffModel*>(model.get());
  if (ngrams == nullptr) {
    throw Error("the model can't be written as an ARPA file")
        .at("{}", arguments.model)
        .expected("word n-grams with kneser-ney, witten-bell or good-turing smoothing");
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
  auto* command = program.add_subcommand("arpa", "Convert n-gram models to and from ARPA files");
  command->footer(
      "Examples:\n"
      "  wordbridge arpa runs/kn5 -o kn5.arpa.gz      # for KenLM, SRILM and others\n"
      "  wordbridge arpa kn5.arpa.gz -o kn5.wb        # memory-mapped, opens instantly");
  command->add_option("MODEL", arguments->model, "run folder, model.wb or ARPA file")->required();
  command->add_option("-o,--out", arguments->out, "output file: FILE.arpa, FILE.arpa.gz or FILE.wb")
      ->required();
  command->callback([arguments, &status] { status = write_arpa_file(*arguments); });
}

}  // namespace wordbridge
