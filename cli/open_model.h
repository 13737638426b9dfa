#pragma once

#include <memory>
#include <string>

#include "models/language_model/language_model.h"

namespace wordbridge {

/// The language model of a run's folder, a model.wb or an ARPA file, ready to be asked; becomes the
/// program with LibTorch where the model needs it. Error if it can't be read.
std::shared_ptr<const LanguageModel> open_model(const std::string& path);

}  // namespace wordbridge
