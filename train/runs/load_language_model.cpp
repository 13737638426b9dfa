#include "train/runs/load_language_model.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/config/config.h"
#include "core/config/yaml_tree.h"
#include "core/error.h"
#include "core/io/container.h"
#include "core/io/file.h"
#include "core/json.h"
#include "data/corpus/token_scores.h"
#include "models/load_stored_language_model.h"
#include "models/ngram/arpa.h"
#include "train/runs/run_directory.h"
#include "train/runs/run_files.h"

namespace wordbridge {
namespace {

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
  return config_of_model(folder).model_info().kind == LearnerKind::gradient;
}

/// Loads the parameters of the best epoch.
std::shared_ptr<const LanguageModel> load_gradient_run(const fs::path& folder,
                                                       const RunHooks& hooks) {
  const RunConfig config = config_of_model(folder);
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

}  // namespace

std::optional<fs::path> run_of(const fs::path& path) {
  const fs::path folder = fs::is_directory(path) ? path : path.parent_path();
  const bool is_model = fs::is_directory(path) || path.filename() == run_files::kModel;
  if (is_model && fs::exists(folder / run_files::kConfig)) return folder;
  return std::nullopt;
}

RunConfig config_of_model(const fs::path& folder, const std::vector<std::string>& overrides) {
  const fs::path file = folder / run_files::kConfig;
  Config config = Config::load(file, overrides);
  config.take("eval");
  // The classes are part of model.wb.
  if (const std::string classes = "model.ngram.classes.file"; config.has(classes))
    config.set(classes + "=", file.string());
  Problems problems;
  RunConfig run = RunConfig::read(config, file.stem().string(), problems);
  config.report(problems);
  return run;
}

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
      .got("model.type: {}", config_of_model(path).model);
}

NetworkParameters network_parameters(const fs::path& run) {
  check_run(run);
  if (!is_gradient_run(run)) {
    throw Error("the model of the run is not a network")
        .at("{}", run.string())
        .expected("a model that is trained by gradients")
        .got("model.type: {}", config_of_model(run).model);
  }
  constexpr std::string_view kPrefix = "model.";
  NetworkParameters found{
      std::make_shared<const ContainerReader>(run / run_files::kBest, "checkpoint"), {}};
  for (const auto& name : found.checkpoint->names())
    if (name.rfind(kPrefix, 0) == 0)
      found.arrays.emplace_back(name.substr(kPrefix.size()), found.checkpoint->array(name));
  return found;
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

}  // namespace wordbridge
