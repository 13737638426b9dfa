#pragma once

#include <cstdint>
#include <vector>

#include "models/output/linear_cross_entropy.h"

// Shapes: B batch, G groups, K noise words, E width of a term's features.

namespace wordbridge {

/// Noise words that are shared by all examples of a group: examples g * size to (g + 1) * size - 1.
struct SharedNoise {
  std::int64_t size = 0;          // examples of a group; the last may have fewer
  torch::Tensor words_GK;         // int64
  torch::Tensor log_kq_GK;        // ln(k q) of them
  torch::Tensor target_log_kq_B;  // and of the targets
};

/// The mean of the examples' losses of noise-contrastive estimation (nce.h) -> scalar. On the CPU
/// in float32 the groups are worked on in parallel by small products of matrices, and the gradients
/// of the weights and of b_V are row-sparse; otherwise by LibTorch's operations.
torch::Tensor shared_noise_loss(const SharedNoise& noise, const std::vector<LinearTerm>& terms,
                                const torch::Tensor& b_V, const torch::Tensor& targets_B);

}  // namespace wordbridge
