#include "models/nplm/nplm.h"

#include <cmath>
#include <string>

#include "core/error.h"
#include "core/log.h"
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

NplmImpl::NplmImpl(const NplmOptions& nplm_options, const ModelInputs& inputs)
    : options(nplm_options) {
  const torch::NoGradGuard no_grad;
  const std::int64_t V = inputs.vocabulary.size(), x_width = options.x_width();
  C = register_parameter("C", torch::zeros({V, options.m}), !options.frozen);
  fill_normal(C, options.feature_scale, inputs.seed, "C");
  if (!options.bags.empty()) {
    D = register_parameter(
        "D", torch::zeros({V, options.bag_features > 0 ? options.bag_features : options.m}));
    fill_normal(D, options.feature_scale, inputs.seed, "D");
  }
  std::int64_t width = x_width;
  for (std::size_t layer = 0; layer < options.hidden.size(); ++layer) {
    const std::int64_t h = options.hidden[layer];
    H.push_back(register_parameter(numbered("H", layer), torch::zeros({h, width})));
    d.push_back(register_parameter(numbered("d", layer), torch::zeros({h})));
    const double bound = std::sqrt(6.0 / static_cast<double>(h + width));  // Glorot, Bengio 2010
    fill_uniform(H.back(), bound, inputs.seed, numbered("H", layer));
    width = h;
  }
  OutputShape shape;
  if (options.tied || !options.hidden.empty()) shape.inputs.push_back({"U", width});
  if (options.direct) shape.inputs.push_back({"W", x_width});
  if (options.tied) shape.tied = C;
  shape.weight_scale = options.output_scale;
  shape.unigram_bias = options.output_bias == "unigram";
  shape.bias_smoothing = options.bias_smoothing;
  output = register_module("output", make_output_layer(options.output, shape, inputs));
}

Tensor NplmImpl::features(const Tensor& features_Rm, const Tensor& ids_BN) {
  TORCH_CHECK(ids_BN.dim() == 2 && ids_BN.size(1) == context(), "expected ids [B,", context(),
              "], got ", ids_BN.sizes());
  Tensor x_BE = embed_rows(features_Rm, ids_BN.narrow(1, 0, options.n - 1)).flatten(1);
  if (!options.bags.empty()) {
    std::vector<Tensor> blocks = {x_BE};
    std::int64_t begin = options.n - 1;
    for (const auto words : options.bags) {
      blocks.push_back(mean_rows(D, ids_BN.narrow(1, begin, words)));
      begin += words;
    }
    x_BE = torch::cat(blocks, 1);
  }
  return drop(x_BE, is_training() ? options.feature_dropout : 0);
}

Tensor NplmImpl::hidden(const Tensor& x_BE) {
  Tensor a = x_BE;
  for (std::size_t layer = 0; layer < H.size(); ++layer) {
    a = hidden_layer(a, H[layer], d[layer], options.activation,
                     is_training() ? options.dropout : 0);
  }
  return a;
}

BodyOutput NplmImpl::body_reading(const Tensor& features_Rm, const Tensor& ids_BN) {
  const Tensor x = features(features_Rm, ids_BN);
  BodyOutput result{{}, ids_BN};
  if (options.tied || !options.hidden.empty()) result.features.push_back(hidden(x));
  if (options.direct) result.features.push_back(x);
  return result;
}

Tensor NplmImpl::loss(const Tensor& ids_BN, const Tensor& targets_B) {
  return output->loss(body(ids_BN), targets_B);
}

Tensor NplmImpl::log_prob(const Tensor& ids_BN, const Tensor& targets_B) {
  return output->log_prob(body(ids_BN), targets_B);
}

Tensor NplmImpl::logits(const Tensor& ids_BN) { return output->logits(body(ids_BN)); }

Tensor NplmImpl::log_prob_reading(const Tensor& features_Rm, const Tensor& ids_BN,
                                  const Tensor& targets_B) {
  return output->log_prob(body_reading(features_Rm, ids_BN), targets_B);
}

Tensor NplmImpl::logits_reading(const Tensor& features_Rm, const Tensor& ids_BN) {
  return output->logits(body_reading(features_Rm, ids_BN));
}

Tensor NplmImpl::vectors() {
  const torch::NoGradGuard no_grad;
  if (options.export_vectors == "hidden") return hidden(C);
  if (options.export_vectors == "output") return output->word_rows();
  return C;
}

std::unique_ptr<OnlineTrainer> NplmImpl::online_trainer() { return make_nplm_online(*this); }

double NplmImpl::flops_per_word() const {
  // A multiplication and an addition for each weight, in the forward pass and for both gradients.
  double weights = static_cast<double>(options.x_width());
  for (const auto& layer : H) weights += static_cast<double>(layer.numel());
  return 6.0 * weights + output->flops_per_word();
}

std::shared_ptr<GradientModel> make_nplm(const ModelOptions& model_options,
                                         const ModelInputs& inputs) {
  const auto& options = dynamic_cast<const NplmOptions&>(model_options);
  const auto model = std::make_shared<NplmImpl>(options, inputs);
  if (!options.vectors.empty()) {
    const torch::NoGradGuard no_grad;
    const auto found = fill_from_vectors(model->C, options.vectors, inputs.vocabulary);
    log("nplm", "initial features of {} of {} words from {}", found, inputs.vocabulary.size(),
        options.vectors);
  }
  return model;
}

}  // namespace wordbridge
