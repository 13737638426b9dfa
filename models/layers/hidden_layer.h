#pragma once

#include <torch/types.h>

#include "models/layers/activation.h"

// The layers between the features and the output layer, as single differentiable operations. On the
// CPU in float32, blocks of examples run in parallel on all cores, and the result is the same bit
// for bit for any number of cores. Otherwise LibTorch operations compute the same formulas.

namespace wordbridge {

/// drop(f(x W^T + d)): x_BE [B,E], weight_HE [h,E], d_H [h] -> [B,h]. f is the activation.
/// Each unit is set to zero with probability `dropout` and divided by 1 - dropout otherwise
/// (inverted dropout, Srivastava et al. 2014). Pass 0 for evaluation.
torch::Tensor hidden_layer(const torch::Tensor& x_BE, const torch::Tensor& weight_HE,
                           const torch::Tensor& d_H, Activation activation, double dropout);

/// Dropout: sets elements of x to zero with probability `share`, divides the others by 1 - share.
torch::Tensor drop(const torch::Tensor& x, double share);

}  // namespace wordbridge
