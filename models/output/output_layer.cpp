#include "models/output/output_layer.h"

#include "core/error.h"
#include "models/output/full_softmax.h"

namespace wordbridge {

torch::Tensor OutputLayer::unnormalised_log_prob(const BodyOutput&, const torch::Tensor&) {
  TORCH_CHECK(false, "this output layer is not self-normalised");
}

std::shared_ptr<OutputLayer> make_output_layer(const OutputOptions& options,
                                               const OutputShape& shape,
                                               const ModelInputs& inputs) {
  if (options.type == "full") return std::make_shared<FullSoftmax>(options.full, shape, inputs);
  throw Error("there is no such output layer").got("{}", options.type);
}

}  // namespace wordbridge
