#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/field_options.h"
#include "core/io/file.h"
#include "core/log.h"
#include "data/text/vocabulary.h"
#include "data/wordnet/wordnet_benchmarks.h"

namespace wordbridge {
namespace {

struct BenchmarkArguments {
  std::string source = "wordnet", folder = "/usr/share/wordnet", out, vocabulary;
  std::int64_t seed = 1;
};

int make_benchmarks(const BenchmarkArguments& arguments) {
  check_can_make_folder(arguments.out);
  const WordNet wordnet = WordNet::load(arguments.folder);
  const auto words = arguments.vocabulary.empty() ? wordnet.frequent_words()
                                                  : Vocabulary::load(arguments.vocabulary).words();
  write_wordnet_benchmarks(wordnet, words, arguments.out,
                           static_cast<std::uint64_t>(arguments.seed));
  log("data", "benchmarks written to {}", arguments.out);
  return 0;
}

}  // namespace

void add_benchmark_command(CLI::App& program, int& status) {
  const auto arguments = std::make_shared<BenchmarkArguments>();
  auto* benchmark = program.add_subcommand(
      "benchmark", "Generate similarity and analogy benchmarks from WordNet, without a download");
  benchmark->add_option("SOURCE", arguments->source, "source of the benchmarks")
      ->check(CLI::IsMember({"wordnet"}))
      ->required();
  benchmark->add_option("-o,--out", arguments->out, "output folder")->required();
  benchmark->add_option(
      "--vocabulary", arguments->vocabulary,
      "words to use, by frequency: vocabulary.tsv of a run (default: WordNet's word counts)");
  benchmark->add_option("--wordnet", arguments->folder, "folder of the WordNet database")
      ->capture_default_str();
  benchmark->add_option("--seed", arguments->seed, "random seed of the sampling")
      ->capture_default_str()
      ->check(in_range(at_least(0)));
  benchmark->callback([arguments, &status] { status = make_benchmarks(*arguments); });
}

}  // namespace wordbridge
