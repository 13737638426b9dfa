#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/print.h"
#include "core/interrupt.h"
#include "core/log.h"
#include "data/corpus/corpus_source.h"
#include "data/corpus/open_corpus.h"
#include "train/runs/run_config.h"

namespace wordbridge {
namespace {

struct TextArguments {
  std::vector<std::string> config_and_overrides;
  bool tokens = false;
};

void print_documents(const DataOptions& options) {
  const auto source = open_corpus_source(options.source);
  std::string piece(std::size_t{1} << 16, '\0');
  for (Document document; source->next(document);) {
    char last = '\n';
    while (const std::size_t size = source->read(piece.data(), piece.size())) {
      if (!print(piece.substr(0, size))) return;
      last = piece[size - 1];
    }
    if (last != '\n' && !print("\n")) return;
  }
}

/// Breaks lines after each line-boundary symbol; without one, at kLineWidth.
void print_tokens(const DataOptions& options) {
  constexpr std::size_t kLineWidth = 100;
  const Corpus corpus = open_corpus(options);
  const auto& words = corpus.vocabulary().words();
  std::string line;
  for (std::int64_t t = 0; t < corpus.tokens(); ++t) {
    const auto& word = words[static_cast<std::size_t>(corpus.ids()[t])];
    line += line.empty() ? word : " " + word;
    if (options.boundaries.line.empty() ? line.size() < kLineWidth
                                        : word != options.boundaries.line)
      continue;
    if (!print(line + "\n")) return;
    line.clear();
  }
  if (!line.empty()) print(line + "\n");
}

int print_text(const TextArguments& arguments) {
  set_log_level(LogLevel::quiet);
  const DataOptions data =
      RunConfig::load_or_override(arguments.config_and_overrides).seeded_data();
  arguments.tokens ? print_tokens(data) : print_documents(data);
  return interrupted() ? kInterrupted : 0;
}

}  // namespace

void add_text_command(CLI::App& program, int& status) {
  const auto text_arguments = std::make_shared<TextArguments>();
  auto* text = program.add_subcommand("text", "Print the corpus of an experiment");
  text->add_option("CONFIG", text_arguments->config_and_overrides,
                   "YAML file (optional), then settings to override as key.path=value")
      ->required();
  text->add_flag(
      "--tokens", text_arguments->tokens,
      "print the tokens that the model sees, with boundary symbols and rare words replaced");
  text->callback([text_arguments, &status] { status = print_text(*text_arguments); });
}

}  // namespace wordbridge
