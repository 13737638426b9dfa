#include "models/registry.h"

#include "core/error.h"
#include "core/text.h"

namespace wordbridge {

#define WB_GRADIENT_MODEL(name) std::unique_ptr<ModelOptions> make_##name##_options();
#define WB_FITTED_MODEL(name)                            \
  std::unique_ptr<ModelOptions> make_##name##_options(); \
  std::unique_ptr<FittedModel> make_##name(const ModelOptions& options);
#define WB_STREAMING_MODEL(name)                                                                 \
  std::unique_ptr<ModelOptions> make_##name##_options();                                         \
  std::unique_ptr<StreamingModel> make_##name(const ModelOptions& options, const Corpus& corpus, \
                                              std::uint64_t seed);
#include "models/models.def"
#undef WB_GRADIENT_MODEL
#undef WB_FITTED_MODEL
#undef WB_STREAMING_MODEL

const std::vector<ModelInfo>& registered_models() {
#define WB_GRADIENT_MODEL(name) {#name, LearnerKind::gradient, make_##name##_options},
#define WB_FITTED_MODEL(name) {#name, LearnerKind::fitted, make_##name##_options},
#define WB_STREAMING_MODEL(name) {#name, LearnerKind::kernel, make_##name##_options},
  static const std::vector<ModelInfo> models = {
#include "models/models.def"
  };
#undef WB_GRADIENT_MODEL
#undef WB_FITTED_MODEL
#undef WB_STREAMING_MODEL
  return models;
}

const ModelInfo& find_model(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& model : registered_models()) {
    if (model.name == name) return model;
    names.push_back(model.name);
  }
  throw Error("unknown model").expected("{}", join(names, ", ")).got("{}", name);
}

std::unique_ptr<FittedModel> make_fitted_model(const std::string& name,
                                               const ModelOptions& options) {
#define WB_GRADIENT_MODEL(model)
#define WB_STREAMING_MODEL(model)
#define WB_FITTED_MODEL(model) \
  if (name == #model) return make_##model(options);
#include "models/models.def"
#undef WB_GRADIENT_MODEL
#undef WB_FITTED_MODEL
#undef WB_STREAMING_MODEL
  throw Error("unknown fitted model").got("{}", name);
}

std::unique_ptr<StreamingModel> make_streaming_model(const std::string& name,
                                                     const ModelOptions& options,
                                                     const Corpus& corpus, std::uint64_t seed) {
#define WB_GRADIENT_MODEL(model)
#define WB_FITTED_MODEL(model)
#define WB_STREAMING_MODEL(model) \
  if (name == #model) return make_##model(options, corpus, seed);
#include "models/models.def"
#undef WB_GRADIENT_MODEL
#undef WB_FITTED_MODEL
#undef WB_STREAMING_MODEL
  throw Error("unknown streaming model").got("{}", name);
}

}  // namespace wordbridge
