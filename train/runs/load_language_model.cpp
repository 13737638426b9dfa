#include "train/runs/load_language_model.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/io/container.h"
#include "core/io/file.h"
#include "core/json.h"
#include "core/text.h"
#include "data/corpus/corpus_source.h"
#include "data/corpus/token_scores.h"
#include "data/text/token_stream.h"
#include "models/load_stored_language_model.h"
#include "models/ngram/arpa.h"
#include "models/ngram/ngram_models.h"
#include "train/runs/run_directory.h"
#include "train/runs/run_files.h"

namespace wordbridge {
namespace {

/// The folder of the run that a path belongs to, if any.
std::optional<fs::path> run_of(const fs::path& path) {
  const fs::path folder = fs::is_directory(path) ? path : path.parent_path();
  const bool is_model = fs::is_directory(path) || path.filename() == run_files::kModel;
  if (is_model && fs::exists(folder / run_files::kConfig)) return folder;
  return std::nullopt;
}

void check_run(const fs::path& folder) {
  if (fs::exists(folder / run_files::kSeeds)) {
    throw Error("the folder holds runs of several seeds")
        .at("{}", folder.string())
        .hint("use one of its runs: {}/seed-...", folder.string());
  }
  if (!fs::exists(folder / run_files::kConfig)) {
    throw Error("no language model found")
        .at("{}", folder.string())
        .expected("a run folder, a model.wb or an ARPA file");
  }
  if (RunDirectory::is_complete(folder)) return;
  throw Error("the run is incomplete")
      .at("{}", folder.string())
      .hint("wordbridge resume {}", folder.string());
}

bool is_gradient_run(const fs::path& folder) {
  return stored_config(folder).model_info().kind == LearnerKind::gradient;
}

/// Loads the parameters of the best epoch.
std::shared_ptr<const LanguageModel> load_gradient_run(const fs::path& folder,
                                                       const RunHooks& hooks) {
  const RunConfig config = stored_config(folder);
  const Vocabulary vocabulary = Vocabulary::load(folder / run_files::kVocabulary);
  const auto manifest = read_json_file(folder / run_files::kManifest);
  const auto start = vocabulary.find(manifest.at("data").at("start").get<std::string>());
  if (start < 0) {
    throw Error("the run's start word is not in its vocabulary")
        .at("{}", (folder / run_files::kManifest).string());
  }
  return hooks.gradient_language_model(config.learner_inputs(), vocabulary,
                                       static_cast<std::int32_t>(start), folder / run_files::kBest);
}

std::int32_t unknown_word(const Vocabulary& vocabulary, const std::string& word) {
  if (vocabulary.unknown_id() >= 0) return static_cast<std::int32_t>(vocabulary.unknown_id());
  throw Error("out-of-vocabulary word, and the model has no unknown symbol")
      .got("{}", printable(word));
}

std::vector<std::int32_t> encode(const TokenStream& stream, const Vocabulary& vocabulary) {
  std::vector<std::int32_t> id_of_type;
  for (std::int32_t type = 0; type < stream.types.size(); ++type) {
    const std::string word(stream.types.word(type));
    const auto id = vocabulary.find(word);
    id_of_type.push_back(id >= 0 ? static_cast<std::int32_t>(id) : unknown_word(vocabulary, word));
  }
  std::vector<std::int32_t> ids(static_cast<std::size_t>(stream.size()));
  stream.ids.read(0, ids.data(), ids.size());
  for (auto& id : ids) id = id_of_type[static_cast<std::size_t>(id)];
  return ids;
}

}  // namespace

std::shared_ptr<const LanguageModel> load_language_model(const std::string& path,
                                                         const RunHooks& hooks) {
  const auto load_component = [&hooks](const std::string& component) {
    return load_language_model(component, hooks);
  };
  if (!fs::exists(path)) throw Error("model not found").at("{}", path);
  if (!fs::is_directory(path))
    return is_arpa(path) ? read_arpa(path) : load_stored_language_model(path, load_component);
  check_run(path);
  if (is_gradient_run(path)) return load_gradient_run(path, hooks);
  if (fs::exists(fs::path(path) / run_files::kModel))
    return load_stored_language_model(fs::path(path) / run_files::kModel, load_component);
  throw Error("the model of the run is not a language model")
      .at("{}", path)
      .got("model.type: {}", stored_config(path).model);
}

bool needs_torch(const std::string& path) {
  if (!fs::exists(path)) return false;
  fs::path file = path;
  if (fs::is_directory(path)) {
    if (!fs::exists(file / run_files::kConfig)) return false;
    if (is_gradient_run(path)) return true;
    file /= run_files::kModel;
    if (!fs::exists(file)) return false;
  } else if (is_arpa(path)) {
    return false;
  }
  const ContainerReader reader(file, StoredLanguageModel::kKind, false);
  for (const auto& component : reader.meta().value("components", std::vector<std::string>()))
    if (needs_torch(component)) return true;
  return false;
}

std::optional<std::vector<std::uint8_t>> words_of_training(const std::string& path) {
  const auto run = run_of(path);
  if (!run || !fs::exists(*run / run_files::kTokenScores)) return std::nullopt;
  return TokenScores::load(*run / run_files::kTokenScores).seen;
}

DataOptions text_options(const std::string& path, const LanguageModel& model,
                         const std::vector<std::string>& files,
                         const std::vector<std::string>& overrides) {
  RunConfig config;
  if (const auto run = run_of(path)) {
    config = RunConfig::load(*run / run_files::kConfig, overrides);
  } else {
    std::vector<std::string> all = {"data.tokenizer.type=whitespace",
                                    "data.tokenizer.lowercase=false",
                                    "data.path=" + (files.empty() ? "-" : files.front())};
    const auto* ngrams = dynamic_cast<const BackoffModel*>(&model);
    if (ngrams != nullptr && ngrams->table().boundary() >= 0)
      all.push_back("data.boundaries.line=" + model.vocabulary().word(ngrams->table().boundary()));
    all.insert(all.end(), overrides.begin(), overrides.end());
    config = RunConfig::load_or_override(all);
  }
  DataOptions data = config.data;
  data.source = SourceOptions();
  data.source.paths = files;
  if (data.tokenizer.type == TokenizerType::brown) data.tokenizer.type = TokenizerType::whitespace;
  return data;
}

std::vector<std::int32_t> read_ids(const DataOptions& options, const Vocabulary& vocabulary) {
  const auto source = open_corpus_source(options.source);
  const TokenStream stream = read_stream(*source, options.tokenizer, options.boundaries);
  if (stream.size() == 0)
    throw Error("the text has no tokens").at("{}", join(options.source.paths, ", "));
  return encode(stream, vocabulary);
}

std::vector<std::int32_t> ids_of(const std::string& text, const DataOptions& options,
                                 const Vocabulary& vocabulary) {
  std::string cut;
  make_tokenizer(options.tokenizer)->tokenize(text, cut);
  std::vector<std::string> tokens;
  for (const auto token : split(cut, '\n')) tokens.emplace_back(token);
  tokens.pop_back();  // the empty text after the last line end
  return encode(stream_of_tokens(tokens), vocabulary);
}

}  // namespace wordbridge
