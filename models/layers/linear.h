#pragma once

#include <torch/types.h>

namespace wordbridge {

/// x W^T + b: x [..., E], weight_HE [H,E], b_H [H] (undefined: none) -> [..., H]. On the CPU in
/// float32 it is computed by the kernels of kernels/search/products.h, on the calling thread,
/// forward and backward; otherwise by LibTorch.
torch::Tensor linear(const torch::Tensor& x, const torch::Tensor& weight_HE,
                     const torch::Tensor& b_H);

}  // namespace wordbridge
