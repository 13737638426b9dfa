#include "models/output/output_layer.h"

#include "core/error.h"
#include "models/output/adaptive_softmax.h"
#include "models/output/class_softmax.h"
#include "models/output/full_softmax.h"
#include "models/output/hierarchical_softmax.h"
#include "models/output/nce.h"
#include "models/output/sampled_softmax.h"

namespace wordbridge {

torch::Tensor OutputLayer::unnormalised_log_prob(const BodyOutput&, const torch::Tensor&) {
  TORCH_CHECK(false, "this output layer is not self-normalised");
}

std::shared_ptr<OutputLayer> make_output_layer(const OutputOptions& options,
                                               const OutputShape& shape,
                                               const ModelInputs& inputs) {
  if (options.type == "full") return std::make_shared<FullSoftmax>(options.full, shape, inputs);
  if (options.type == "classes")
    return std::make_shared<ClassSoftmax>(options.classes, shape, inputs);
  if (options.type == "hierarchical")
    return std::make_shared<HierarchicalSoftmax>(options.hierarchical, shape, inputs);
  if (options.type == "adaptive")
    return std::make_shared<AdaptiveSoftmax>(options.adaptive, shape, inputs);
  if (options.type == "nce") return std::make_shared<Nce>(options.nce, shape, inputs);
  if (options.type == "sampled")
    return std::make_shared<SampledSoftmax>(options.sampled, shape, inputs);
  throw Error("there is no such output layer").got("{}", options.type);
}

}  // namespace wordbridge
