#include "train/runs/model_text.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/error.h"
#include "core/text.h"
#include "data/corpus/corpus_source.h"
#include "data/corpus/open_corpus.h"
#include "data/text/token_stream.h"
#include "models/ngram/ngram_models.h"
#include "train/runs/load_language_model.h"
#include "train/runs/run_config.h"

namespace wordbridge {
namespace {

std::int32_t boundary_of(const LanguageModel& model) {
  const auto* ngrams = dynamic_cast<const BackoffModel*>(&model);
  return ngrams == nullptr ? -1 : ngrams->table().boundary();
}

/// Ids of the words of a stream; -1 for words outside of a vocabulary without unknown symbol.
std::vector<std::int32_t> encode(const TokenStream& stream, const Vocabulary& vocabulary,
                                 std::vector<std::string>& unknown) {
  std::vector<std::int32_t> id_of_type;
  for (std::int32_t type = 0; type < stream.types.size(); ++type) {
    const auto id = vocabulary.find(stream.types.word(type));
    id_of_type.push_back(static_cast<std::int32_t>(id >= 0 ? id : vocabulary.unknown_id()));
  }
  std::vector<std::int32_t> ids(static_cast<std::size_t>(stream.size()));
  stream.ids.read(0, ids.data(), ids.size());
  for (auto& id : ids) {
    const auto type = std::exchange(id, id_of_type[static_cast<std::size_t>(id)]);
    if (id < 0) unknown.emplace_back(stream.types.word(type));
  }
  return ids;
}

}  // namespace

DataOptions text_options(const std::string& path, const LanguageModel& model,
                         const std::vector<std::string>& files,
                         const std::vector<std::string>& overrides) {
  RunConfig config;
  if (const auto run = run_of(path)) {
    config = config_of_model(*run, overrides);
  } else {
    std::vector<std::string> all = {"data.tokenizer.type=ascii-whitespace",
                                    "data.tokenizer.lowercase=false",
                                    "data.path=" + (files.empty() ? "-" : files.front())};
    if (const auto boundary = boundary_of(model); boundary >= 0)
      all.push_back("data.boundaries.line=" + model.vocabulary().word(boundary));
    all.insert(all.end(), overrides.begin(), overrides.end());
    config = RunConfig::load_or_override(all);
  }
  DataOptions data = config.data;
  data.source = SourceOptions();
  data.source.paths = files;
  if (data.tokenizer.type == TokenizerType::brown) data.tokenizer.type = TokenizerType::whitespace;
  return data;
}

SentenceMarks sentence_marks(const LanguageModel& model, const DataOptions& options) {
  const Vocabulary& vocabulary = model.vocabulary();
  const BoundarySymbols& symbols = options.boundaries;
  SentenceMarks marks;
  if (!symbols.line.empty()) marks.ends.push_back(symbols.line);
  if (symbols.line != "</s>" && vocabulary.find("</s>") < 0) marks.ends.emplace_back("</s>");
  marks.end_is_word = !symbols.line.empty() && vocabulary.find(symbols.line) >= 0;
  if (vocabulary.find("<s>") < 0) marks.begin = "<s>";
  for (const auto& symbol : {symbols.paragraph, symbols.document})
    if (!symbol.empty() && symbol != symbols.line) marks.others.push_back(symbol);
  return marks;
}

Corpus open_model_corpus(const std::string& path, const LanguageModel& model,
                         const std::vector<std::string>& overrides) {
  Corpus corpus = open_corpus(config_of_model(path, overrides).seeded_data());
  if (corpus.vocabulary().words() != model.vocabulary().words()) {
    throw Error("the vocabulary of the run's corpus has changed")
        .at("{}", path)
        .hint("restore the original text and data section");
  }
  return corpus;
}

ModelText read_model_text(const std::string& path, const LanguageModel& model,
                          const DataOptions& options) {
  return read_model_text(path, model, options, open_corpus_source(options.source));
}

ModelText read_model_text(const std::string& path, const LanguageModel& model,
                          const DataOptions& options, std::unique_ptr<TextSource> source) {
  UnmarkedText unmarked(std::move(source), sentence_marks(model, options));
  const TokenStream stream = read_stream(unmarked, options.tokenizer, options.boundaries);
  if (stream.size() == 0)
    throw Error("the text has no tokens").at("{}", join(options.source.paths, ", "));
  ModelText text;
  text.ids = encode(stream, model.vocabulary(), text.unknown);
  text.marks = unmarked.counts();
  if (text.unknown.size() == text.ids.size()) {
    throw Error("the model knows no word of the text, and it has no unknown symbol")
        .at("{}", join(options.source.paths, ", "))
        .got("{}, ...", printable(text.unknown.front()));
  }
  text.unknown_in_ids = dynamic_cast<const BackoffModel*>(&model) != nullptr && !run_of(path);
  if (!text.unknown_in_ids)
    text.ids.erase(std::remove(text.ids.begin(), text.ids.end(), -1), text.ids.end());
  return text;
}

std::vector<std::int32_t> ids_of(std::string_view text, const LanguageModel& model,
                                 const DataOptions& options) {
  const SentenceMarks marks = sentence_marks(model, options);
  const auto tokenizer = make_tokenizer(options.tokenizer);
  std::vector<std::string> tokens;
  std::string between;  // the text since the last mark
  const auto tokenize = [&] {
    std::string cut;
    tokenizer->tokenize(between, cut);
    for (const auto token : split(cut, '\n')) tokens.emplace_back(token);
    tokens.pop_back();  // the empty text after the last line end
    between.clear();
  };
  bool begins = true;  // a sentence
  for (const auto word : words_between_blanks(text)) {
    if (marks.is_end(word)) {
      tokenize();
      if (marks.end_is_word) tokens.push_back(options.boundaries.line);
      begins = true;
      continue;
    }
    if (begins && word == marks.begin) continue;
    between += (between.empty() ? "" : " ") + std::string(word);
    begins = false;
  }
  tokenize();
  std::vector<std::string> unknown;
  auto ids = encode(stream_of_tokens(tokens), model.vocabulary(), unknown);
  if (unknown.empty()) return ids;
  throw Error("out-of-vocabulary word, and the model has no unknown symbol")
      .got("{}", printable(unknown.front()));
}

}  // namespace wordbridge
