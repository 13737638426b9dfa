#include "models/nplm/nplm.h"

#include <torch/nn/functional/dropout.h>

#include <cmath>
#include <string>

#include "core/error.h"
#include "core/log.h"
#include "models/initialize.h"

namespace wordbridge {
namespace {

using torch::Tensor;

Tensor activate(const std::string& name, const Tensor& z) {
  if (name == "tanh") return torch::tanh(z);
  if (name == "sigmoid") return torch::sigmoid(z);
  if (name == "relu") return torch::relu(z);
  return z;
}

Tensor drop(const Tensor& x, double share, bool training) {
  if (!training || share == 0.0) return x;
  return torch::nn::functional::dropout(
      x, torch::nn::functional::DropoutFuncOptions().p(share).training(true));
}

std::string numbered(const char* letter, std::size_t layer) {
  return layer == 0 ? letter : letter + std::to_string(layer + 1);
}

}  // namespace

NplmImpl::NplmImpl(const NplmOptions& nplm_options, std::int64_t vocabulary_size)
    : options(nplm_options) {
  const std::int64_t V = vocabulary_size, x_width = context() * options.m;
  C = register_parameter("C", torch::zeros({V, options.m}), !options.frozen);
  std::int64_t width = x_width;
  for (std::size_t layer = 0; layer < options.hidden.size(); ++layer) {
    const std::int64_t h = options.hidden[layer];
    H.push_back(register_parameter(numbered("H", layer), torch::zeros({h, width})));
    d.push_back(register_parameter(numbered("d", layer), torch::zeros({h})));
    width = h;
  }
  if (options.tied) {
    U = C;
  } else if (!options.hidden.empty()) {
    U = register_parameter("U", torch::zeros({V, width}));
  }
  if (options.direct) W = register_parameter("W", torch::zeros({V, x_width}));
  b = register_parameter("b", torch::zeros({V}));
}

Tensor NplmImpl::features(const Tensor& ids_BN) {
  TORCH_CHECK(ids_BN.dim() == 2 && ids_BN.size(1) == context(), "expected ids [B,", context(),
              "], got ", ids_BN.sizes());
  return drop(torch::embedding(C, ids_BN).flatten(1), options.feature_dropout, is_training());
}

Tensor NplmImpl::hidden(const Tensor& x_BE) {
  Tensor a = x_BE;
  for (std::size_t layer = 0; layer < H.size(); ++layer) {
    a = activate(options.activation, torch::addmm(d[layer], a, H[layer].t()));
    a = drop(a, options.dropout, is_training());
  }
  return a;
}

std::vector<LinearTerm> NplmImpl::output_terms(const Tensor& ids_BN) {
  const Tensor x = features(ids_BN);
  std::vector<LinearTerm> terms;
  if (U.defined()) terms.push_back({hidden(x), U});
  if (W.defined()) terms.push_back({x, W});
  return terms;
}

Tensor NplmImpl::forward(const Tensor& ids_BN) { return linear_logits(output_terms(ids_BN), b); }

Tensor NplmImpl::loss(const Tensor& ids_BN, const Tensor& targets_B) {
  return linear_cross_entropy(output_terms(ids_BN), b, targets_B);
}

Tensor NplmImpl::log_prob(const Tensor& ids_BN, const Tensor& targets_B) {
  return linear_log_prob(output_terms(ids_BN), b, targets_B);
}

Tensor NplmImpl::vectors() {
  const torch::NoGradGuard no_grad;
  if (options.export_vectors == "hidden") return hidden(C);
  if (options.export_vectors == "output") return U;
  return C;
}

double NplmImpl::flops_per_word() const {
  // A multiplication and an addition for each weight, in the forward pass and for both gradients.
  double weights = static_cast<double>(context() * options.m);
  for (const auto& layer : H) weights += static_cast<double>(layer.numel());
  if (U.defined()) weights += static_cast<double>(U.numel());
  if (W.defined()) weights += static_cast<double>(W.numel());
  return 6.0 * weights;
}

std::shared_ptr<GradientModel> make_nplm(const ModelOptions& model_options,
                                         const ModelInputs& inputs) {
  const auto& options = dynamic_cast<const NplmOptions&>(model_options);
  const auto model = std::make_shared<NplmImpl>(options, inputs.vocabulary.size());
  const torch::NoGradGuard no_grad;
  fill_normal(model->C, options.feature_scale, inputs.seed, "C");
  for (std::size_t layer = 0; layer < model->H.size(); ++layer) {
    const Tensor& H = model->H[layer];
    const double bound =
        std::sqrt(6.0 / static_cast<double>(H.size(0) + H.size(1)));  // Glorot, Bengio 2010
    fill_uniform(model->H[layer], bound, inputs.seed, numbered("H", layer));
  }
  if (model->U.defined() && !options.tied)
    fill_normal(model->U, options.output_scale, inputs.seed, "U");
  if (model->W.defined()) fill_normal(model->W, options.output_scale, inputs.seed, "W");
  if (options.output_bias == "unigram")
    fill_log_unigram(model->b, inputs.counts, options.bias_smoothing);
  if (!options.vectors.empty()) {
    const auto found = fill_from_vectors(model->C, options.vectors, inputs.vocabulary);
    log("nplm", "initial features of {} of {} words from {}", found, inputs.vocabulary.size(),
        options.vectors);
  }
  return model;
}

}  // namespace wordbridge
