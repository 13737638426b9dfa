#include "cli/contexts/context_text.h"

#include <utility>

#include "cli/language_models/open_model.h"
#include "core/error.h"
#include "core/log.h"
#include "core/progress.h"
#include "data/corpus/open_corpus.h"
#include "train/runs/load_language_model.h"

namespace wordbridge {
namespace {

void read_file_text(ContextText& text, const std::string& run, const std::string& file,
                    const DataOptions& options) {
  text.file = read_model_text(run, *text.model, options);
  text.ids = text.file.ids.data();
  text.span = {0, static_cast<std::int64_t>(text.file.ids.size())};
  text.name = file;
  if (!text.file.unknown.empty())
    log("contexts", "{} not in the vocabulary, and the model has no unknown symbol: left out",
        counted(static_cast<std::int64_t>(text.file.unknown.size()), "word is", "words are"));
}

void add_symbols(ContextText& text, const BoundarySymbols& symbols) {
  const Vocabulary& vocabulary = text.model->vocabulary();
  for (const auto& [symbol, what] : {std::pair(symbols.line, "lines"),
                                     {symbols.paragraph, "paragraphs"},
                                     {symbols.document, "documents"}}) {
    if (symbol.empty() || vocabulary.find(symbol) < 0) continue;
    if (text.sentences.empty()) text.sentences = what;
    text.boundaries.push_back(static_cast<std::int32_t>(vocabulary.find(symbol)));
  }
  text.symbols = text.boundaries;
  if (vocabulary.unknown_id() >= 0)
    text.symbols.push_back(static_cast<std::int32_t>(vocabulary.unknown_id()));
}

}  // namespace

ContextText open_context_text(const std::string& run, const std::string& file,
                              const std::string& split, const std::vector<std::string>& overrides) {
  ContextText text;
  text.model = open_model(run);
  if (text.model->contextual() == nullptr) {
    const auto folder = run_of(run);
    throw Error("the model has no layers that read a text")
        .at("{}", run)
        .expected("a run of a model that reads sequences, such as transformer or lstm")
        .got("{}", folder ? "model.type: " + config_of_model(*folder).model : "n-grams");
  }
  const DataOptions options = text_options(
      run, *text.model, file.empty() ? std::vector<std::string>() : std::vector{file}, overrides);
  if (file.empty()) {
    text.corpus = open_model_corpus(run, *text.model, overrides);
    text.ids = text.corpus.ids();
    text.span = split == "train"   ? text.corpus.train()
                : split == "valid" ? text.corpus.valid()
                                   : text.corpus.test();
    text.name = split == "train" ? "the training split" : "the " + split + " split";
    if (text.span.size() == 0) throw Error("the split is empty").at("--split {}", split);
  } else {
    read_file_text(text, run, file, options);
  }
  add_symbols(text, options.boundaries);
  return text;
}

}  // namespace wordbridge
