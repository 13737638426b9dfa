#include "models/load_stored_language_model.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/json.h"
#include "models/cache/cache.h"
#include "models/mixture/mixture_language_model.h"
#include "models/ngram/ngram_models.h"

namespace wordbridge {

std::shared_ptr<StoredLanguageModel> load_stored_language_model(
    const std::filesystem::path& path, const LanguageModelLoader& load_component) {
  const ContainerReader reader(path, StoredLanguageModel::kKind);
  try {
    const auto type = reader.meta().at("type").get<std::string>();
    if (type == BackoffModel::kType) return BackoffModel::load(reader);
    if (type == InterpolatedModel::kType) return InterpolatedModel::load(reader);
    if (type == ClassModel::kType) return ClassModel::load(reader);
    if (type == CacheModel::kType) return CacheModel::load(reader);
    if (type == MixtureLanguageModel::kType)
      return MixtureLanguageModel::load(reader, load_component);
    throw Error("unknown type of language model in the file")
        .at("{}", path.string())
        .got("{}", type);
  } catch (const nlohmann::json::exception& error) {
    throw Error("the model file is damaged").at("{}", path.string()).got("{}", json_problem(error));
  }
}

}  // namespace wordbridge
