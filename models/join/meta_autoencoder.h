#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "models/join/join_maps.h"
#include "models/join/join_options.h"

namespace wordbridge {

/// The autoencoders of Bollegala and Bao (2018) for any number of inputs. A code is c_i = f(x_i
/// E_i^T) of `dim` units, a decoder D_i is linear with a bias, and l_i are the weights of the
/// inputs. The joined vector m and the loss, a mean over words:
///   daeme  m = [c_1; ...; c_n] / |.|, sum_i l_i |D_i(c_i) - x_i|^2 + agreement sum_{i<j}
///          |c_i - c_j|^2
///   caeme  m = [c_1; ...; c_n] / |.|, sum_i l_i |D_i(m) - x_i|^2
///   aaeme  m = sum_i c_i / |.|,       sum_i l_i |D_i(m) - x_i|^2
/// A sum shorter than kLeastLength is not scaled. While the module is in training mode, the
/// encoders' inputs are set to 0 with the probability `noise`, and the others divided by 1 - noise.
class MetaAutoencoder : public torch::nn::Module {
 public:
  MetaAutoencoder(const JoinSettings& settings, const std::vector<std::int64_t>& dims);

  /// Of words with the vectors rows[i] [B, dims[i]] -> scalar.
  torch::Tensor loss(const std::vector<torch::Tensor>& rows);
  /// Sum of squares of D_i - x_i over words, of each input.
  std::vector<double> squared_errors(const std::vector<torch::Tensor>& rows);
  /// The encoders, as maps of joined vectors.
  JoinMaps maps() const;

 private:
  std::vector<torch::Tensor> codes(const std::vector<torch::Tensor>& rows) const;
  /// m; the codes themselves for daeme: one code per decoder.
  std::vector<torch::Tensor> decoder_inputs(const std::vector<torch::Tensor>& codes) const;
  torch::Tensor decode(std::size_t input, const torch::Tensor& code) const;

  JoinSettings settings_;
  std::int64_t dim_;
  std::vector<torch::Tensor> E_, D_, b_;  // [dim, dims[i]], [dims[i], code], [dims[i]]
};

}  // namespace wordbridge
