#pragma once

#include <cstdint>
#include <vector>

#include "models/output/linear_cross_entropy.h"

// Shapes: B batch size, G groups, K noise words, E width of a term's features.

namespace wordbridge {

/// Noise words shared by the examples of a group. Group g has the examples g * size to (g + 1) *
/// size - 1.
struct SharedNoise {
  std::int64_t size = 0;          // examples per group; the last group may have fewer
  torch::Tensor words_GK;         // int64, the noise words
  torch::Tensor log_kq_GK;        // ln(k q) of the noise words
  torch::Tensor target_log_kq_B;  // ln(k q) of the targets
};

/// Mean loss of noise-contrastive estimation (nce.h) over the examples -> scalar. On the CPU in
/// float32, the groups are processed in parallel as small matrix products, and the gradients of the
/// weights and of b_V are row-sparse. Otherwise the loss is computed by LibTorch operations.
torch::Tensor shared_noise_loss(const SharedNoise& noise, const std::vector<LinearTerm>& terms,
                                const torch::Tensor& b_V, const torch::Tensor& targets_B);

}  // namespace wordbridge
