#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/open_model.h"
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
  const auto model = open_model(arguments.model);
  const auto* ngrams = dynamic_cast<const BackoffModel*>(model.get());
  if (ngrams == nullptr) {
    throw Error("the model has no form that an ARPA file can hold")
        .at("{}", arguments.model)
        .expected("n-grams of words by kneser-ney, witten-bell or good-turing");
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
  auto* command = program.add_subcommand("arpa", "Write n-grams as an ARPA file, or read one.");
  command->footer(
      "Examples:\n"
      "  wordbridge arpa runs/kn5 -o kn5.arpa.gz      # for KenLM, SRILM and others\n"
      "  wordbridge arpa kn5.arpa.gz -o kn5.wb        # mapped: opens at once");
  command->add_option("MODEL", arguments->model, "a run's folder, a model.wb or an ARPA file")
      ->required();
  command->add_option("-o,--out", arguments->out, "FILE.arpa, FILE.arpa.gz, or FILE.wb")
      ->required();
  command->callback([arguments, &status] { status = write_arpa_file(*arguments); });
}

}  // namespace wordbridge
