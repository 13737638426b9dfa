#include "models/deep_nplm/deep_nplm.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "models/layers/hidden_layer.h"
#include "models/layers/initialize.h"
#include "models/layers/linear.h"
#include "models/layers/nearest.h"

namespace wordbridge {
namespace {

using torch::Tensor;

constexpr double kDeepNplmScale = 0.02;  // standard deviation of the initial weights

/// The aggregates as matrices [G,T,T]: entry (t, s) is the weight of x_s in g_a,t, which depends on
/// t - s only.
Tensor toeplitz(const Tensor& kernels_GD, std::int64_t words, std::int64_t T) {
  // Row t is a window of T values that begins at T - 1 - t. Value j is the weight of distance
  // T - 1 - j, that is k[T - 1 - j - words] from 0.
  const std::int64_t reach = std::max<std::int64_t>(0, T - words);
  const std::int64_t D = std::min(kernels_GD.size(1), reach);
  const Tensor by_distance =
      at::constant_pad_nd(kernels_GD.narrow(1, 0, D).flip(1), {reach - D, 2 * T - 1 - reach});
  return by_distance.unfold(1, T, 1).flip(1);
}

}  // namespace

Tensor distant_aggregates(const Tensor& x_BTd, const Tensor& kernels_GD, std::int64_t words) {
  const std::int64_t B = x_BTd.size(0), T = x_BTd.size(1), d = x_BTd.size(2);
  const std::int64_t G = kernels_GD.size(0);
  return at::matmul(toeplitz(kernels_GD, words, T).reshape({G * T, T}), x_BTd)
      .view({B, G, T, d})
      .transpose(1, 2);
}

DeepNplmLayer::DeepNplmLayer(const DeepNplmOptions& options, std::int64_t width, std::int64_t units,
                             std::uint64_t seed, const std::string& name)
    : residual_(options.residual), dropout_(options.dropout.value_or(0)) {
  const std::int64_t d = options.dim.value(), rows = units > 0 ? units : d;
  W1 = register_parameter("W1", torch::zeros({rows, width}));
  b1 = register_parameter("b1", torch::zeros({rows}));
  fill_normal(W1, kDeepNplmScale, seed, name + ".W1");
  if (units > 0) {
    W2 = register_parameter("W2", torch::zeros({d, units}));
    b2 = register_parameter("b2", torch::zeros({d}));
    fill_normal(W2, kDeepNplmScale, seed, name + ".W2");
  }
  if (options.norm) {
    norm = register_parameter("norm", torch::ones({d}));
    norm_b = register_parameter("norm_b", torch::zeros({d}));
  }
}

Tensor DeepNplmLayer::forward(const Tensor& x, const Tensor& residual_BTd) {
  Tensor h = linear(x, W1, b1).relu();
  if (W2.defined()) h = linear(h, W2, b2);
  h = drop(h, is_training() ? dropout_ : 0);
  if (residual_) h = residual_BTd + h;
  return norm.defined() ? at::layer_norm(h, norm.sizes(), norm, norm_b) : h;
}

DeepNplmBody::DeepNplmBody(const DeepNplmOptions& deep_nplm_options, const ModelInputs& inputs)
    : SequenceBody(deep_nplm_options, inputs, kDeepNplmScale), options(deep_nplm_options) {
  const torch::NoGradGuard no_grad;
  const std::int64_t d = options.dim.value(), D = options.distant.value();
  if (D > 0)
    kernels = register_parameter(
        "kernels", torch::full({options.aggregates, D}, 1.0 / static_cast<double>(D)));
  for (std::int64_t l = 1; l <= options.layers.value(); ++l) {
    const std::string name = "layer" + std::to_string(l);
    const std::int64_t width = l == 1 ? options.blocks() * d : d;
    const std::int64_t units = l == 1 ? options.mid.value() : options.hidden_units();
    layers_.push_back(register_module(
        name, std::make_shared<DeepNplmLayer>(options, width, units, inputs.seed, name)));
  }
}

std::vector<Tensor> DeepNplmBody::run_layers(const Tensor& features_BTd) {
  const std::int64_t B = features_BTd.size(0), T = features_BTd.size(1), d = features_BTd.size(2);
  const Tensor x = drop(features_BTd * std::sqrt(static_cast<double>(d)),
                        is_training() ? options.dropout.value_or(0) : 0);
  Tensor read = concatenate_nearest(x, *options.words), aggregates;
  if (kernels.defined()) {
    aggregates = distant_aggregates(x, kernels, *options.words);
    read = at::cat({read, aggregates.flatten(2)}, -1);
    aggregates = aggregates.sum(2);
  }
  std::vector<Tensor> outputs = {
      x, layers_[0]->forward(read, read.view({B, T, options.blocks(), d}).sum(2))};
  for (std::size_t l = 1; l < layers_.size(); ++l) {
    const Tensor h = layers_[l]->forward(outputs.back(), outputs.back());
    outputs.push_back(aggregates.defined() ? h + aggregates : h);
  }
  return outputs;
}

double DeepNplmBody::flops_per_word() const {
  double weights = 0;
  for (const auto& layer : layers_)
    for (const auto& parameter : layer->parameters())
      if (parameter.dim() == 2) weights += static_cast<double>(parameter.numel());
  if (kernels.defined())  // as products with matrices [T,T]
    weights += static_cast<double>(options.aggregates * options.sequences.length * *options.dim);
  return 6.0 * weights;
}

std::shared_ptr<GradientModel> make_deep_nplm(const ModelOptions& model_options,
                                              const ModelInputs& inputs) {
  const auto& options = dynamic_cast<const DeepNplmOptions&>(model_options);
  return std::make_shared<NeuralLanguageModel>(std::make_shared<DeepNplmBody>(options, inputs),
                                               options.output, inputs);
}

}  // namespace wordbridge
