#pragma once

#include <filesystem>
#include <memory>

#include "models/language_model/stored_language_model.h"

namespace wordbridge {

/// A model that StoredLanguageModel::save() wrote. Error if the file is damaged or of something
/// else.
std::shared_ptr<StoredLanguageModel> load_stored_language_model(
    const std::filesystem::path& path, const LanguageModelLoader& load_component);

}  // namespace wordbridge
