#include "models/nplm/nplm.h"

#include <cmath>
#include <string>

#include "models/layers/hidden_layer.h"
#include "models/layers/initialize.h"
#include "models/layers/sparse_rows.h"
#include "models/nplm/nplm_online.h"

namespace wordbridge {
namespace {

using torch::Tensor;

std::string numbered(const char* letter, std::size_t layer) {
  return layer == 0 ? letter : letter + std::to_string(layer + 1);
}

}  // namespace

NplmBody::NplmBody(const NplmOptions& nplm_options, const ModelInputs& inputs)
    : options(nplm_options) {
  const torch::NoGradGuard no_grad;
  const std::int64_t V = inputs.vocabulary.size(), m = options.dim.value();
  C = register_parameter("C", torch::zeros({V, m}), !options.features.frozen);
  fill_features(C, options.features, inputs, "C", "nplm");
  if (!options.bag_sizes().empty()) {
    D = register_parameter("D",
                           torch::zeros({V, options.bag_features > 0 ? options.bag_features : m}));
    fill_normal(D, options.features.scale, inputs.seed, "D");
  }
  std::int64_t width = options.x_width();
  for (std::size_t layer = 0; layer < options.hidden->size(); ++layer) {
    const std::int64_t h = options.hidden->at(layer);
    H.push_back(register_parameter(numbered("H", layer), torch::zeros({h, width})));
    d.push_back(register_parameter(numbered("d", layer), torch::zeros({h})));
    const double bound = std::sqrt(6.0 / static_cast<double>(h + width));  // Glorot, Bengio 2010
    fill_uniform(H.back(), bound, inputs.seed, numbered("H", layer));
    width = h;
  }
}

OutputShape NplmBody::output_shape() const {
  OutputShape shape;
  const std::int64_t x_width = options.x_width();
  if (options.has_output_rows())
    shape.inputs.push_back({"U", options.hidden->empty() ? x_width : options.hidden->back()});
  if (options.direct) shape.inputs.push_back({"W", x_width});
  if (options.tied) shape.tied = C;
  shape.weight_scale = options.output_scale;
  shape.unigram_bias = options.output_bias == NplmOptions::Bias::unigram;
  shape.bias_smoothing = options.bias_smoothing;
  return shape;
}

Tensor NplmBody::context_vector(const Tensor& word_features_Rm, const Tensor& ids_BN) {
  TORCH_CHECK(ids_BN.dim() == 2 && ids_BN.size(1) == context(), "expected ids [B,", context(),
              "], got ", ids_BN.sizes());
  Tensor x_BE = embed_rows(word_features_Rm, ids_BN.narrow(1, 0, options.n - 1)).flatten(1);
  if (!options.bag_sizes().empty()) {
    std::vector<Tensor> blocks = {x_BE};
    std::int64_t begin = options.n - 1;
    for (const auto words : options.bag_sizes()) {
      blocks.push_back(mean_rows(D, ids_BN.narrow(1, begin, words)));
      begin += words;
    }
    x_BE = torch::cat(blocks, 1);
  }
  return drop(x_BE, is_training() ? options.feature_dropout.value_or(0) : 0);
}

Tensor NplmBody::hidden(const Tensor& x_BE) {
  Tensor a = x_BE;
  for (std::size_t layer = 0; layer < H.size(); ++layer) {
    a = hidden_layer(a, H[layer], d[layer], options.activation,
                     is_training() ? options.dropout.value_or(0) : 0);
  }
  return a;
}

std::vector<Tensor> NplmBody::features_reading(const Tensor& word_features_Rm,
                                               const Tensor& ids_BN) {
  const Tensor x = context_vector(word_features_Rm, ids_BN);
  std::vector<Tensor> features;
  if (options.has_output_rows()) features.push_back(hidden(x));
  if (options.direct) features.push_back(x);
  return features;
}

Tensor NplmBody::vectors() {
  const torch::NoGradGuard no_grad;
  switch (options.export_vectors) {
    case NplmOptions::Vectors::hidden:
      return hidden(C);
    case NplmOptions::Vectors::output:
      return {};
    case NplmOptions::Vectors::features:
      break;
  }
  return C;
}

std::unique_ptr<OnlineTrainer> NplmBody::online_trainer(OutputLayer& output) {
  if (!has_online_trainer(options)) return nullptr;
  NplmParameters parameters;
  parameters.C = C;
  if (!H.empty()) parameters.H = H[0], parameters.d = d[0];
  for (const auto& named : output.named_parameters()) {
    if (named.key() == "U") parameters.U = named.value();
    if (named.key() == "W") parameters.W = named.value();
    if (named.key() == "b") parameters.b = named.value();
  }
  return make_nplm_online(parameters);
}

double NplmBody::flops_per_word() const {
  // One multiplication and one addition per weight, in the forward pass and for both gradients.
  double weights = static_cast<double>(options.x_width());
  for (const auto& layer : H) weights += static_cast<double>(layer.numel());
  return 6.0 * weights;
}

std::shared_ptr<GradientModel> make_nplm(const ModelOptions& model_options,
                                         const ModelInputs& inputs) {
  const auto& options = dynamic_cast<const NplmOptions&>(model_options);
  return std::make_shared<NeuralLanguageModel>(std::make_shared<NplmBody>(options, inputs),
                                               options.output, inputs);
}

}  // namespace wordbridge
