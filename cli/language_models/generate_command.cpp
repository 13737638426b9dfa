#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "cli/commands.h"
#include "cli/field_options.h"
#include "cli/language_models/open_model.h"
#include "cli/print.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/rng.h"
#include "core/text.h"
#include "models/language_model/sample_word.h"
#include "train/runs/model_text.h"

namespace wordbridge {
namespace {

struct GenerateArguments {
  std::string model, prompt;
  std::vector<std::string> stop;
  std::int64_t length = 100, seed = 1, count = 1;
  SamplingOptions sampling;
};

/// Prints words one at a time, with a line break after each boundary symbol.
class WordPrinter {
 public:
  WordPrinter(const Vocabulary& vocabulary, const BoundarySymbols& boundaries)
      : vocabulary_(vocabulary), boundaries_(boundaries) {}
  /// False if the reader has closed the pipe, or after Ctrl-C.
  bool operator()(std::int32_t id) {
    const auto& word = vocabulary_.word(id);
    const bool ends =
        word == boundaries_.line || word == boundaries_.paragraph || word == boundaries_.document;
    const std::string text = (begins_ ? "" : " ") + word + (ends ? "\n" : "");
    begins_ = ends;
    return print(text);
  }
  void finish() {
    if (!begins_) print("\n");
    begins_ = true;
  }

 private:
  const Vocabulary& vocabulary_;
  const BoundarySymbols& boundaries_;
  bool begins_ = true;
};

std::vector<std::int32_t> stop_words(const GenerateArguments& arguments,
                                     const Vocabulary& vocabulary) {
  std::vector<std::int32_t> ids;
  for (const auto& word : arguments.stop) {
    ids.push_back(static_cast<std::int32_t>(vocabulary.find(word)));
    if (ids.back() < 0)
      throw UsageError("the word is not in the model's vocabulary")
          .at("--stop")
          .got("{}", printable(word));
  }
  return ids;
}

int generate(const GenerateArguments& arguments) {
  const auto model = open_model(arguments.model);
  const DataOptions data = text_options(arguments.model, *model, {}, {});
  const auto prompt = ids_of(arguments.prompt, *model, data);
  const auto stop = stop_words(arguments, model->vocabulary());
  WordPrinter say(model->vocabulary(), data.boundaries);
  for (std::int64_t text = 0; text < arguments.count; ++text) {
    Rng rng(static_cast<std::uint64_t>(arguments.seed), "generate",
            static_cast<std::uint64_t>(text));
    std::vector<std::int32_t> ids = prompt;
    for (const auto id : prompt) say(id);
    for (std::int64_t i = 0; i < arguments.length; ++i) {
      ids.push_back(sample_word(*model, ids, arguments.sampling, rng));
      if (!say(ids.back())) return interrupted() ? kInterrupted : 0;
      if (std::find(stop.begin(), stop.end(), ids.back()) != stop.end()) break;
    }
    say.finish();
  }
  return 0;
}

}  // namespace

void add_generate_command(CLI::App& program, int& status) {
  const auto arguments = std::make_shared<GenerateArguments>();
  auto* command = program.add_subcommand("generate", "Generate text with a language model");
  command->footer(
      "Example:\n  wordbridge generate runs/mlp9 --prompt \"The President said\" --temperature 0.7 "
      "--top-k 50 --seed 3");
  command->add_option("MODEL", arguments->model, "run folder, model.wb or ARPA file")->required();
  command->add_option("--prompt", arguments->prompt, "text to continue");
  command->add_option("-n,--length", arguments->length, "number of words to generate")
      ->check(in_range(at_least(1)))
      ->capture_default_str();
  command->add_option("--count", arguments->count, "number of samples")
      ->check(in_range(at_least(1)))
      ->capture_default_str();
  command->add_option("--seed", arguments->seed, "random seed of the sampling")
      ->check(in_range(at_least(0)))
      ->capture_default_str();
  command
      ->add_option(
          "--temperature", arguments->sampling.temperature,
          "sampling temperature, P^(1/temperature): below 1 favours likely words, 0 is greedy")
      ->check(in_range(between(0.0, 100.0)))
      ->capture_default_str();
  command
      ->add_option("--top-k", arguments->sampling.top_k,
                   "sample only from the k most probable words, 0: all")
      ->check(in_range(at_least(0)))
      ->capture_default_str();
  command->add_option("--stop", arguments->stop, "stop after this word (may be repeated)")
      ->allow_extra_args(false);
  command->callback([arguments, &status] { status = generate(*arguments); });
}

}  // namespace wordbridge
