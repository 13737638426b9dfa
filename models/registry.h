#pragma once

#include <memory>
#include <string>
#include <vector>

#include "models/fitted_model.h"
#include "models/model_options.h"
#include "models/streaming_model.h"

namespace wordbridge {

/// An entry of models/models.def.
struct ModelInfo {
  std::string name;
  LearnerKind kind;
  std::unique_ptr<ModelOptions> (*make_options)();
};

/// All models, in the order of models.def. Does not need LibTorch, so configurations can be checked
/// without it.
const std::vector<ModelInfo>& registered_models();
/// Error that lists the known names if `name` is unknown.
const ModelInfo& find_model(const std::string& name);
/// The model of a WB_FITTED_MODEL entry. `options` must come from the entry's make_options().
std::unique_ptr<FittedModel> make_fitted_model(const std::string& name,
                                               const ModelOptions& options);
/// The untrained model of a WB_STREAMING_MODEL entry. The corpus must outlive it.
std::unique_ptr<StreamingModel> make_streaming_model(const std::string& name,
                                                     const ModelOptions& options,
                                                     const Corpus& corpus, std::uint64_t seed);

}  // namespace wordbridge
