#include "models/transformer/transformer.h"

#include <ATen/ATen.h>
#include <torch/version.h>

#include <cmath>

#include "models/layers/hidden_layer.h"
#include "models/layers/initialize.h"
#include "models/layers/linear.h"
#include "models/layers/nearest.h"

namespace wordbridge {
namespace {

using torch::Tensor;

constexpr double kScale = 0.02;  // standard deviation of the initial weights (Radford et al. 2019)
constexpr double kRotaryBase = 10000;

/// Which positions [T] (columns) each position (rows) attends to: 0 or -infinity, [T,T].
Tensor attention_mask(std::int64_t T, std::int64_t window, const torch::TensorOptions& options) {
  const Tensor all = at::full({T, T}, -std::numeric_limits<double>::infinity(), options);
  Tensor mask = at::triu(all, 1);
  if (window > 0 && window < T) mask += at::tril(all, -window);
  return mask;
}

/// Angles of positions and pairs of dimensions: position / base^(2 i / width) -> [T, width / 2].
Tensor angles(std::int64_t T, std::int64_t width, const torch::TensorOptions& options) {
  const auto exact = options.dtype(torch::kFloat64);
  const Tensor rates =
      at::pow(kRotaryBase, at::arange(0, width, 2, exact) * (-1.0 / static_cast<double>(width)));
  return at::outer(at::arange(0, T, exact), rates).to(options.dtype());
}

/// Rotates pairs of dimensions (i, i + e/2) by angles that grow with the position (Su et al. 2021):
/// x [B,h,T,e].
Tensor rotated(const Tensor& x) {
  const Tensor angle = angles(x.size(2), x.size(3), x.options());
  const Tensor cos = angle.cos(), sin = angle.sin();
  const auto halves = x.chunk(2, -1);
  return at::cat({halves[0] * cos - halves[1] * sin, halves[0] * sin + halves[1] * cos}, -1);
}

Tensor normed(const Tensor& x, const Tensor& weight, const Tensor& b) {
  return at::layer_norm(x, weight.sizes(), weight, b);
}

/// Sines and cosines of the positions (Vaswani et al. 2017, section 3.5) -> [T,d].
Tensor sinusoids(std::int64_t T, std::int64_t d, const torch::TensorOptions& options) {
  const Tensor angle = angles(T, d + d % 2, options);
  return at::stack({angle.sin(), angle.cos()}, -1).flatten(1).narrow(1, 0, d);
}

}  // namespace

AttentionLayer::AttentionLayer(const TransformerOptions& options, std::int64_t window,
                               std::uint64_t seed, const std::string& name)
    : heads_(options.heads),
      window_(window),
      rotary_(options.positions == TransformerOptions::Positions::rotary),
      dropout_(options.dropout.value_or(0)) {
  const std::int64_t d = options.dim.value();
  queries_keys_values = register_parameter("queries_keys_values", torch::zeros({3 * d, d}));
  queries_keys_values_b = register_parameter("queries_keys_values_b", torch::zeros({3 * d}));
  out = register_parameter("out", torch::zeros({d, d}));
  out_b = register_parameter("out_b", torch::zeros({d}));
  fill_normal(queries_keys_values, kScale, seed, name + ".queries_keys_values");
  fill_normal(out, kScale / std::sqrt(2.0 * static_cast<double>(*options.layers)), seed,
              name + ".out");
}

Tensor AttentionLayer::forward(const Tensor& x_BTd) {
  const std::int64_t B = x_BTd.size(0), T = x_BTd.size(1), d = x_BTd.size(2), e = d / heads_;
  const double dropout = is_training() ? dropout_ : 0;
  // [3,B,h,T,e]
  const Tensor parts = linear(x_BTd, queries_keys_values, queries_keys_values_b)
                           .view({B, T, 3, heads_, e})
                           .permute({2, 0, 3, 1, 4});
  Tensor queries = parts[0], keys = parts[1];
  const Tensor values = parts[2];
  if (rotary_) {
    queries = rotated(queries);
    keys = rotated(keys);
  }
  Tensor mixed;
#if TORCH_VERSION_MAJOR >= 2
  if (!x_BTd.device().is_cpu()) {
    const bool all = window_ == 0 || window_ >= T;
    mixed = at::scaled_dot_product_attention(
        queries, keys, values,
        all ? c10::optional<Tensor>() : attention_mask(T, window_, x_BTd.options()), dropout, all);
  }
#endif
  if (!mixed.defined()) {
    const Tensor scores =
        at::matmul(queries / std::sqrt(static_cast<double>(e)), keys.transpose(-1, -2)) +
        attention_mask(T, window_, x_BTd.options());
    mixed = at::matmul(drop(scores.softmax(-1), dropout), values);
  }
  return linear(mixed.transpose(1, 2).reshape({B, T, d}), out, out_b);
}

WordsLayer::WordsLayer(const TransformerOptions& options, std::uint64_t seed,
                       const std::string& name)
    : words_(options.first_words) {
  const std::int64_t d = options.dim.value();
  weight = register_parameter("weight", torch::zeros({d, words_ * d}));
  b = register_parameter("b", torch::zeros({d}));
  fill_normal(weight, kScale, seed, name + ".weight");
}

Tensor WordsLayer::forward(const Tensor& x_BTd) {
  return linear(concatenate_nearest(x_BTd, words_), weight, b);
}

TransformerLayer::TransformerLayer(const TransformerOptions& options, bool is_first,
                                   std::uint64_t seed, const std::string& name)
    : dropout_(options.dropout.value_or(0)) {
  using First = TransformerOptions::FirstLayer;
  const std::int64_t d = options.dim.value(), H = options.hidden_units();
  norm1 = register_parameter("norm1", torch::ones({d}));
  norm1_b = register_parameter("norm1_b", torch::zeros({d}));
  norm2 = register_parameter("norm2", torch::ones({d}));
  norm2_b = register_parameter("norm2_b", torch::zeros({d}));
  W1 = register_parameter("W1", torch::zeros({H, d}));
  b1 = register_parameter("b1", torch::zeros({H}));
  W2 = register_parameter("W2", torch::zeros({d, H}));
  b2 = register_parameter("b2", torch::zeros({d}));
  fill_normal(W1, kScale, seed, name + ".W1");
  fill_normal(W2, kScale / std::sqrt(2.0 * static_cast<double>(*options.layers)), seed,
              name + ".W2");
  if (is_first && options.first_layer == First::words) {
    words_ = register_module("words", std::make_shared<WordsLayer>(options, seed, name + ".words"));
    return;
  }
  const std::int64_t window =
      is_first && options.first_layer == First::window ? options.first_words : options.window;
  attention_ = register_module(
      "attention", std::make_shared<AttentionLayer>(options, window, seed, name + ".attention"));
}

Tensor TransformerLayer::forward(const Tensor& x_BTd) {
  const double dropout = is_training() ? dropout_ : 0;
  const Tensor before = normed(x_BTd, norm1, norm1_b);
  const Tensor x =
      x_BTd + drop(attention_ ? attention_->forward(before) : words_->forward(before), dropout);
  const Tensor units = at::gelu(linear(normed(x, norm2, norm2_b), W1, b1));
  return x + drop(linear(units, W2, b2), dropout);
}

TransformerBody::TransformerBody(const TransformerOptions& transformer_options,
                                 const ModelInputs& inputs)
    : SequenceBody(transformer_options, inputs, kScale), options(transformer_options) {
  const torch::NoGradGuard no_grad;
  const std::int64_t d = options.dim.value();
  if (options.positions == TransformerOptions::Positions::learned) {
    positions = register_parameter("positions", torch::zeros({options.sequences.length, d}));
    fill_normal(positions, kScale, inputs.seed, "positions");
  }
  for (std::int64_t i = 0; i < options.layers.value(); ++i) {
    const std::string name = "layer" + std::to_string(i + 1);
    layers_.push_back(register_module(
        name, std::make_shared<TransformerLayer>(options, i == 0, inputs.seed, name)));
  }
  norm = register_parameter("norm", torch::ones({d}));
  norm_b = register_parameter("norm_b", torch::zeros({d}));
}

std::vector<Tensor> TransformerBody::run_layers(const Tensor& x_BTd) {
  Tensor x = x_BTd;
  using Positions = TransformerOptions::Positions;
  const std::int64_t T = x.size(1), d = x.size(2);
  if (options.positions == Positions::learned) x = x + positions.narrow(0, 0, T);
  if (options.positions == Positions::sinusoidal) x = x + kScale * sinusoids(T, d, x.options());
  x = drop(x, is_training() ? options.dropout.value_or(0) : 0);
  std::vector<Tensor> outputs = {x};
  for (const auto& layer : layers_) outputs.push_back(layer->forward(outputs.back()));
  outputs.back() = normed(outputs.back(), norm, norm_b);
  return outputs;
}

double TransformerBody::flops_per_word() const {
  double weights = 0;
  for (const auto& named : named_parameters())
    if (named.key() != "C" && named.value().dim() == 2 && named.key() != "positions")
      weights += static_cast<double>(named.value().numel());
  // Scores and sums of values, over half of the sequence on average.
  const double attention = static_cast<double>(*options.layers * *options.dim) *
                           static_cast<double>(options.sequences.length);
  return 6.0 * (weights + attention);
}

std::shared_ptr<GradientModel> make_transformer(const ModelOptions& model_options,
                                                const ModelInputs& inputs) {
  const auto& options = dynamic_cast<const TransformerOptions&>(model_options);
  return std::make_shared<NeuralLanguageModel>(std::make_shared<TransformerBody>(options, inputs),
                                               options.output, inputs);
}

}  // namespace wordbridge
