#pragma once

#include <torch/types.h>

#include "models/layers/activation.h"

// The layers between the features and the output, as single differentiable operations. On the CPU
// in float32 they work on blocks of examples on all cores, with bits that do not depend on their
// number; elsewhere the same formulas run as LibTorch's operations.

namespace wordbridge {

/// drop(f(x W^T + d)): x_BE [B,E], weight_HE [h,E], d_H [h] -> [B,h]. f is the activation.
/// Each unit is zero with probability `dropout`, else divided by 1 - dropout (Srivastava et al.
/// 2014, "inverted"); 0 for evaluation.
torch::Tensor hidden_layer(const torch::Tensor& x_BE, const torch::Tensor& weight_HE,
                           const torch::Tensor& d_H, Activation activation, double dropout);

/// Elements of x are zero with probability `share`, else divided by 1 - share.
torch::Tensor drop(const torch::Tensor& x, double share);

}  // namespace wordbridge
