#include "models/output/output_layer.h"

#include "core/error.h"

namespace wordbridge {

torch::Tensor OutputLayer::unnormalised_log_prob(const BodyOutput&, const torch::Tensor&) {
  TORCH_CHECK(false, "this output layer is not self-normalised");
}

// Defined in the source file of each layer.
#define X(type, Layer)                            \
  std::shared_ptr<OutputLayer> make_output_layer( \
      const Layer##Options& options, const OutputShape& shape, const ModelInputs& inputs);
WB_OUTPUT_LAYERS(X)
#undef X

std::shared_ptr<OutputLayer> make_output_layer(const OutputOptions& options,
                                               const OutputShape& shape,
                                               const ModelInputs& inputs) {
  switch (options.chosen_type()) {
#define X(type, Layer)   \
  case OutputType::type: \
    return make_output_layer(options.type, shape, inputs);
    WB_OUTPUT_LAYERS(X)
#undef X
  }
  WB_ASSERT(false, "output type missing from WB_OUTPUT_LAYERS");
}

}  // namespace wordbridge
