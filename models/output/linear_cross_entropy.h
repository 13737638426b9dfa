#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "kernels/softmax/linear_softmax.h"

// Shapes: B batch, V vocabulary, E width of a term's features.

namespace wordbridge {

/// One summand x W^T of the logits.
struct LinearTerm {
  torch::Tensor x_BE, weight_VE;
};

/// Whether all is float32 on the CPU, as our own kernels need it.
bool for_our_kernels(const std::vector<LinearTerm>& terms, const torch::Tensor& b_V);
/// Terms as a flat list x, weight, x, weight, ..., in which autograd's functions take them, and
/// back (contiguous).
std::vector<torch::Tensor> flat(const std::vector<LinearTerm>& terms);
std::vector<LinearTerm> terms_of(at::TensorList flat);

/// Mean over the batch of -ln softmax(b + sum of the terms)[target]: b_V [V], targets_B [B] int64
/// -> scalar, differentiable once. Never holds all logits: on the CPU in float32 it is the fused
/// kernel of kernels/softmax/linear_softmax.h; otherwise LibTorch's operations on chunks of the
/// batch, which know no filter. The gradients are made in the forward pass. Error if the kernel is
/// to work in bfloat16 on a CPU without AVX512_BF16.
torch::Tensor linear_cross_entropy(const std::vector<LinearTerm>& terms, const torch::Tensor& b_V,
                                   const torch::Tensor& targets_B,
                                   const SoftmaxOptions& options = {});

/// ln softmax(b + sum of the terms)[target] -> [B]; not differentiable.
torch::Tensor linear_log_prob(const std::vector<LinearTerm>& terms, const torch::Tensor& b_V,
                              const torch::Tensor& targets_B);

/// The plain computation with all logits [B,V] at once, which the fused one must equal.
torch::Tensor linear_logits(const std::vector<LinearTerm>& terms, const torch::Tensor& b_V);

}  // namespace wordbridge
