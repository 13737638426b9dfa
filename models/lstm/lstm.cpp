#include "models/lstm/lstm.h"

#include <ATen/ATen.h>

#include <cmath>

#include "core/index.h"
#include "models/layers/hidden_layer.h"
#include "models/layers/initialize.h"
#include "models/layers/linear.h"
#include "models/lstm/recurrence.h"

namespace wordbridge {
namespace {

using torch::Tensor;

constexpr double kLstmOutputScale = 0.05;  // standard deviation of the initial output rows

}  // namespace

LstmLayer::LstmLayer(std::int64_t d, std::uint64_t seed, const std::string& name) {
  W = register_parameter("W", torch::zeros({4 * d, d}));
  U = register_parameter("U", torch::zeros({4 * d, d}));
  b = register_parameter("b", torch::zeros({4 * d}));
  const double bound = 1 / std::sqrt(static_cast<double>(d));
  fill_uniform(W, bound, seed, name + ".W");
  fill_uniform(U, bound, seed, name + ".U");
  b.narrow(0, d, d).fill_(1);  // forget gates start open (Jozefowicz et al. 2015)
}

LstmBody::LstmBody(const LstmOptions& lstm_options, const ModelInputs& inputs)
    : SequenceBody(lstm_options, inputs, kLstmOutputScale, 2 * lstm_options.layers.value()),
      options(lstm_options) {
  const torch::NoGradGuard no_grad;
  for (std::int64_t i = 0; i < options.layers.value(); ++i) {
    const std::string name = "layer" + std::to_string(i + 1);
    layers_.push_back(
        register_module(name, std::make_shared<LstmLayer>(options.dim.value(), inputs.seed, name)));
  }
}

std::vector<Tensor> LstmBody::run_layers(const Tensor& x_BRd) {
  const auto L = static_cast<std::int64_t>(layers_.size()), T = x_BRd.size(1) - 2 * L;
  const double dropout = is_training() ? options.dropout.value_or(0) : 0;
  std::vector<Tensor> outputs = {x_BRd.narrow(1, 0, T)};
  std::vector<Tensor> rows = {Tensor()};
  for (std::int64_t l = 0; l < L; ++l) {
    const LstmLayer& layer = *layers_[at(l)];
    const Tensor h_Bd = x_BRd.select(1, T + 2 * l), c_Bd = x_BRd.select(1, T + 2 * l + 1);
    const Tensor z_BT4d = linear(drop(outputs.back(), dropout), layer.W, layer.b);
    const LstmSteps steps = lstm_steps(z_BT4d, layer.U, h_Bd, c_Bd);
    outputs.push_back(steps.h_BTd);
    rows.push_back(steps.h_BTd.narrow(1, T - 1, 1));
    rows.push_back(steps.c_Bd.unsqueeze(1));
  }
  rows[0] = drop(outputs.back(), dropout);
  outputs.back() = at::cat(rows, 1);
  return outputs;
}

double LstmBody::flops_per_word() const {
  double weights = 0;
  for (const auto& layer : layers_)
    weights += static_cast<double>(layer->W.numel() + layer->U.numel());
  return 6.0 * weights;
}

std::shared_ptr<GradientModel> make_lstm(const ModelOptions& model_options,
                                         const ModelInputs& inputs) {
  const auto& options = dynamic_cast<const LstmOptions&>(model_options);
  return std::make_shared<NeuralLanguageModel>(std::make_shared<LstmBody>(options, inputs),
                                               options.output, inputs);
}

}  // namespace wordbridge
