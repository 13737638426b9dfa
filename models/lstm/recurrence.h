#pragma once

#include <torch/types.h>

namespace wordbridge {

/// The steps of an LSTM layer (Hochreiter and Schmidhuber 1997; the forget gate of Gers et al.
/// 2000, in the form of Zaremba et al. 2014, equations of section 3.1):
///
///     [i; f; o; g] = z_t + U h_t-1
///     c_t = sigm(f) c_t-1 + sigm(i) tanh(g)
///     h_t = sigm(o) tanh(c_t),   t = 1 .. T
///
/// z_BT4d [B,T,4d], U [4d,d], the state before the first step h_Bd and c_Bd [B,d].
struct LstmSteps {
  torch::Tensor h_BTd;  // h_1 .. h_T
  torch::Tensor c_Bd;   // c_T
};
/// Differentiable in all arguments. One operation, because the gradient of U is then a single
/// product over all steps.
LstmSteps lstm_steps(const torch::Tensor& z_BT4d, const torch::Tensor& U, const torch::Tensor& h_Bd,
                     const torch::Tensor& c_Bd);

}  // namespace wordbridge
