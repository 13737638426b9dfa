#include "core/error.h"
#include "models/gradient_model.h"

namespace wordbridge {

#define WB_GRADIENT_MODEL(name)                                           \
  std::shared_ptr<GradientModel> make_##name(const ModelOptions& options, \
                                             const ModelInputs& inputs);
#define WB_FITTED_MODEL(name)
#define WB_STREAMING_MODEL(name)
#include "models/models.def"
#undef WB_GRADIENT_MODEL
#undef WB_FITTED_MODEL
#undef WB_STREAMING_MODEL

std::shared_ptr<GradientModel> make_gradient_model(const std::string& name,
                                                   const ModelOptions& options,
                                                   const ModelInputs& inputs) {
#define WB_GRADIENT_MODEL(model) \
  if (name == #model) return make_##model(options, inputs);
#define WB_FITTED_MODEL(model)
#define WB_STREAMING_MODEL(model)
#include "models/models.def"
#undef WB_GRADIENT_MODEL
#undef WB_FITTED_MODEL
#undef WB_STREAMING_MODEL
  throw Error("unknown gradient model").got("{}", name);
}

}  // namespace wordbridge
