#pragma once

#include <filesystem>
#include <memory>

#include "models/language_model/stored_language_model.h"

namespace wordbridge {

/// Loads a model that StoredLanguageModel::save() has written. Error if the file is damaged or
/// holds something else.
std::shared_ptr<StoredLanguageModel> load_stored_language_model(
    const std::filesystem::path& path, const LanguageModelLoader& load_component);

}  // namespace wordbridge
