#include "models/output/word_rows.h"

#include "models/layers/initialize.h"

namespace wordbridge {

using torch::Tensor;

WordRows::WordRows(const OutputShape& shape, const ModelInputs& inputs) {
  const std::int64_t V = inputs.vocabulary.size();
  const torch::NoGradGuard no_grad;
  for (std::size_t i = 0; i < shape.inputs.size(); ++i) {
    if (i == 0 && shape.tied.defined()) {
      weights.push_back(shape.tied);
      continue;
    }
    const auto& input = shape.inputs[i];
    weights.push_back(register_parameter(input.weight, torch::zeros({V, input.width})));
    fill_normal(weights.back(), shape.weight_scale, inputs.seed, input.weight);
  }
  b = register_parameter("b", torch::zeros({V}));
  if (shape.unigram_bias) fill_log_unigram(b, inputs.counts, shape.bias_smoothing);
}

std::vector<LinearTerm> WordRows::terms(const BodyOutput& body) const {
  TORCH_CHECK(body.features.size() == weights.size(), "expected ", weights.size(),
              " feature vectors, got ", body.features.size());
  std::vector<LinearTerm> list;
  for (std::size_t i = 0; i < weights.size(); ++i) list.push_back({body.features[i], weights[i]});
  return list;
}

std::int64_t WordRows::row_width() const {
  std::int64_t sum = 0;
  for (const auto& weight : weights) sum += weight.size(1);
  return sum;
}

Tensor WordRows::log_prob(const BodyOutput& body, const Tensor& targets_B) {
  return linear_log_prob(terms(body), b, targets_B);
}

Tensor WordRows::logits(const BodyOutput& body) { return linear_logits(terms(body), b); }

}  // namespace wordbridge
