#pragma once

#include <cstdint>
#include <vector>

namespace wordbridge {

// Shapes: B examples, V words, E features.

/// One summand x W^T of the logits, and the destinations of its gradients.
struct SoftmaxTerm {
  const float* x;                    // [B,E]
  const float* weight;               // [V,E]
  std::int64_t width;                // E
  float* x_gradient = nullptr;       // [B,E]
  float* weight_gradient = nullptr;  // [V,E]
};

/// Softmax over V words with logits b + sum of the terms, for B examples with their targets.
struct LinearSoftmax {
  std::vector<SoftmaxTerm> terms;
  const float* bias;            // [V]
  const std::int64_t* targets;  // [B], in [0, V)
  std::int64_t examples, vocabulary;
  float* bias_gradient = nullptr;  // [V]
};

struct SoftmaxOptions {
  /// Skips the gradients of blocks (of kWordBlock words and kPanel examples) that contain no target
  /// and whose probabilities are all below `filter`. Each skipped gradient of a logit is smaller
  /// than filter / B.
  float filter = 0;
  /// Rounds the factors of all products to bfloat16, with sums in float32. Requires
  /// has_bfloat16_softmax().
  bool bfloat16 = false;
};

}  // namespace wordbridge
