#include "models/join/meta_autoencoder.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "models/layers/hidden_layer.h"
#include "models/layers/initialize.h"

namespace wordbridge {
namespace {

using torch::Tensor;
using Method = JoinSettings::Method;

Tensor scaled_to_unit(const Tensor& rows) {
  const Tensor squares = rows.square().sum(1, true);
  return rows *
         at::where(squares > kLeastLength * kLeastLength, squares, at::ones_like(squares)).rsqrt();
}

Tensor mean_of_squares(const Tensor& difference) { return difference.square().sum(1).mean(); }

}  // namespace

MetaAutoencoder::MetaAutoencoder(const JoinSettings& settings,
                                 const std::vector<std::int64_t>& dims)
    : settings_(settings),
      dim_(settings.dim > 0 ? settings.dim : *std::max_element(dims.begin(), dims.end())) {
  if (settings_.weights.empty()) settings_.weights.assign(dims.size(), 1);
  const std::int64_t decoded =
      settings.method == Method::caeme ? dim_ * static_cast<std::int64_t>(dims.size()) : dim_;
  // Uniform on +-sqrt(6 / (inputs + outputs)): Glorot and Bengio 2010.
  const auto matrix = [&](const std::string& name, std::int64_t rows, std::int64_t columns) {
    Tensor values = at::zeros({rows, columns});
    fill_uniform(values, std::sqrt(6.0 / static_cast<double>(rows + columns)),
                 static_cast<std::uint64_t>(settings.autoencoder.seed), "join " + name);
    return register_parameter(name, values);
  };
  for (std::size_t i = 0; i < dims.size(); ++i) {
    const std::string number = std::to_string(i + 1);
    E_.push_back(matrix("E" + number, dim_, dims[i]));
    D_.push_back(matrix("D" + number, dims[i], decoded));
    b_.push_back(register_parameter("b" + number, at::zeros({dims[i]})));
  }
}

std::vector<Tensor> MetaAutoencoder::codes(const std::vector<Tensor>& rows) const {
  std::vector<Tensor> codes;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Tensor x = is_training() ? drop(rows[i], settings_.autoencoder.noise) : rows[i];
    const Tensor no_bias = at::zeros({dim_}, x.options());  // so that 0 has the code 0
    codes.push_back(hidden_layer(x, E_[i], no_bias, settings_.autoencoder.activation, 0));
  }
  return codes;
}

std::vector<Tensor> MetaAutoencoder::decoder_inputs(const std::vector<Tensor>& codes) const {
  if (settings_.method == Method::daeme) return codes;
  Tensor m;
  if (settings_.method == Method::caeme) {
    m = at::cat(codes, 1);
  } else {
    m = codes[0];
    for (std::size_t i = 1; i < codes.size(); ++i) m = m + codes[i];
  }
  return std::vector<Tensor>(codes.size(), scaled_to_unit(m));
}

Tensor MetaAutoencoder::decode(std::size_t input, const Tensor& code) const {
  return hidden_layer(code, D_[input], b_[input], Activation::identity, 0);
}

Tensor MetaAutoencoder::loss(const std::vector<Tensor>& rows) {
  const auto codes = this->codes(rows), inputs = decoder_inputs(codes);
  Tensor loss = at::zeros({}, rows[0].options());
  for (std::size_t i = 0; i < rows.size(); ++i)
    loss = loss + settings_.weights[i] * mean_of_squares(decode(i, inputs[i]) - rows[i]);
  if (settings_.method != Method::daeme) return loss;
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t j = i + 1; j < rows.size(); ++j)
      loss = loss + settings_.autoencoder.agreement * mean_of_squares(codes[i] - codes[j]);
  return loss;
}

std::vector<double> MetaAutoencoder::squared_errors(const std::vector<Tensor>& rows) {
  const auto inputs = decoder_inputs(codes(rows));
  std::vector<double> errors;
  for (std::size_t i = 0; i < rows.size(); ++i)
    errors.push_back(
        (decode(i, inputs[i]) - rows[i]).to(torch::kFloat64).square().sum().item<double>());
  return errors;
}

JoinMaps MetaAutoencoder::maps() const {
  JoinMaps result;
  result.is_unit = true;
  result.activation = settings_.autoencoder.activation;
  const bool is_sum = settings_.method == Method::aaeme;
  result.dim = is_sum ? dim_ : dim_ * static_cast<std::int64_t>(E_.size());
  for (std::size_t i = 0; i < E_.size(); ++i) {
    const Tensor E = E_[i].detach().to(torch::kFloat64).contiguous();
    // Rows of E are columns of the map.
    auto& map = result.maps.emplace_back();
    map.matrix = Eigen::Map<const Eigen::MatrixXd>(E.data_ptr<double>(), E.size(1), E.size(0));
    map.first_column = is_sum ? 0 : dim_ * static_cast<std::int64_t>(i);
  }
  return result;
}

}  // namespace wordbridge
