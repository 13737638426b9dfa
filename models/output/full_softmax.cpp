#include "models/output/full_softmax.h"

namespace wordbridge {

FullSoftmax::FullSoftmax(const FullSoftmaxOptions& options, const OutputShape& shape,
                         const ModelInputs& inputs)
    : WordRows(shape, inputs), is_tied_(shape.tied.defined()) {
  options_.filter = static_cast<float>(options.filter);
  options_.bfloat16 = options.precision == FullSoftmaxOptions::Precision::bfloat16;
}

torch::Tensor FullSoftmax::loss(const BodyOutput& body, const torch::Tensor& targets_B) {
  return linear_cross_entropy(terms(body), b, targets_B, options_);
}

double FullSoftmax::flops_per_word() const {
  // One multiplication and one addition per weight, in the forward pass and for both gradients.
  return 6.0 * static_cast<double>(row_width() * b.size(0));
}

std::shared_ptr<OutputLayer> make_output_layer(const FullSoftmaxOptions& options,
                                               const OutputShape& shape,
                                               const ModelInputs& inputs) {
  return std::make_shared<FullSoftmax>(options, shape, inputs);
}

}  // namespace wordbridge
