#pragma once

#include <memory>

#include "models/nplm/nplm.h"

namespace wordbridge {

/// An NPLM and its body.
struct NplmNetwork {
  NplmNetwork(const NplmOptions& options, const ModelInputs& inputs)
      : body(std::make_shared<NplmBody>(options, inputs)),
        model(std::make_shared<NeuralLanguageModel>(body, options.output, inputs)) {}

  std::shared_ptr<NplmBody> body;
  std::shared_ptr<NeuralLanguageModel> model;
};

}  // namespace wordbridge
