#pragma once

#include <memory>
#include <string>

#include "models/language_model/language_model.h"

namespace wordbridge {

/// Opens the language model of a run folder, a model.wb or an ARPA file. Restarts the process as
/// the program with LibTorch if the model needs it. Error if it can't be read.
std::shared_ptr<const LanguageModel> open_model(const std::string& path);

}  // namespace wordbridge
