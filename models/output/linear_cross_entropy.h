#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "kernels/linear_softmax.h"

// Shapes: B batch, V vocabulary, E width of a term's features.

namespace wordbridge {

/// One summand x W^T of the logits.
struct LinearTerm {
  torch::Tensor x_BE, weight_VE;
};

/// Mean over the batch of -ln softmax(b + sum of the terms)[target]: b_V [V], targets_B [B] int64
/// -> scalar, differentiable once. Never holds all logits: on the CPU in float32 it is the fused
/// kernel of kernels/linear_softmax.h; otherwise LibTorch's operations on chunks of the batch
/// (which know no filter). The gradients are made in the forward pass.
torch::Tensor linear_cross_entropy(const std::vector<LinearTerm>& terms, const torch::Tensor& b_V,
                                   const torch::Tensor& targets_B,
                                   const SoftmaxOptions& options = {});

/// ln softmax(b + sum of the terms)[target] -> [B]; not differentiable.
torch::Tensor linear_log_prob(const std::vector<LinearTerm>& terms, const torch::Tensor& b_V,
                              const torch::Tensor& targets_B);

/// The plain computation with all logits [B,V] at once, which the fused one must equal.
torch::Tensor linear_logits(const std::vector<LinearTerm>& terms, const torch::Tensor& b_V);

}  // namespace wordbridge
