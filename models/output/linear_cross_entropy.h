#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "kernels/softmax/linear_softmax.h"

// Shapes: B batch size, V vocabulary size, E width of a term's features.

namespace wordbridge {

/// One term x W^T of the logits.
struct LinearTerm {
  torch::Tensor x_BE, weight_VE;
};

/// Whether all tensors are float32 on the CPU, as our kernels require.
bool for_our_kernels(const std::vector<LinearTerm>& terms, const torch::Tensor& b_V);
/// Converts terms to a flat list x, weight, x, weight, ..., the form of autograd function
/// arguments, and back (as contiguous tensors).
std::vector<torch::Tensor> flat(const std::vector<LinearTerm>& terms);
std::vector<LinearTerm> terms_of(at::TensorList flat);

/// Mean over the batch of -ln softmax(b + sum of the terms)[target]: b_V [V], targets_B [B] int64
/// -> scalar, differentiable once. Never holds all logits: on the CPU in float32 it runs the fused
/// kernel of kernels/softmax/linear_softmax.h, otherwise LibTorch operations on chunks of the
/// batch, which ignore the filter. The gradients are computed in the forward pass. Error if
/// options.bfloat16 is set for the kernel on a CPU without AVX512_BF16.
torch::Tensor linear_cross_entropy(const std::vector<LinearTerm>& terms, const torch::Tensor& b_V,
                                   const torch::Tensor& targets_B,
                                   const SoftmaxOptions& options = {});

/// ln softmax(b + sum of the terms)[target] -> [B]; not differentiable.
torch::Tensor linear_log_prob(const std::vector<LinearTerm>& terms, const torch::Tensor& b_V,
                              const torch::Tensor& targets_B);

/// All logits [B,V] at once, by LibTorch operations; the reference for the fused computation.
torch::Tensor linear_logits(const std::vector<LinearTerm>& terms, const torch::Tensor& b_V);

}  // namespace wordbridge
