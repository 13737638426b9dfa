#pragma once

#include <memory>
#include <string>
#include <vector>

#include "models/fitted_model.h"
#include "models/model_options.h"
#include "models/streaming_model.h"

namespace wordbridge {

/// A line of models/models.def.
struct ModelInfo {
  std::string name;
  LearnerKind kind;
  std::unique_ptr<ModelOptions> (*make_options)();
};

/// All models in the order of models.def. No LibTorch: configurations are checked without it.
const std::vector<ModelInfo>& registered_models();
/// Error (naming the nearest) for an unknown name.
const ModelInfo& find_model(const std::string& name);
/// The model of a fitted entry; `options` are those its make_options() gave.
std::unique_ptr<FittedModel> make_fitted_model(const std::string& name,
                                               const ModelOptions& options);
/// The model of a kernel entry, at its start; the corpus must outlive it.
std::unique_ptr<StreamingModel> make_streaming_model(const std::string& name,
                                                     const ModelOptions& options,
                                                     const Corpus& corpus, std::uint64_t seed);

}  // namespace wordbridge
