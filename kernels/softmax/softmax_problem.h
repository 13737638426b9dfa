#pragma once

#include <cstdint>
#include <vector>

namespace wordbridge {

// Shapes: B examples, V words, E features.

/// One summand x W^T of the logits, and where its gradients go.
struct SoftmaxTerm {
  const float* x;                    // [B,E]
  const float* weight;               // [V,E]
  std::int64_t width;                // E
  float* x_gradient = nullptr;       // [B,E]
  float* weight_gradient = nullptr;  // [V,E]
};

/// The softmax over V words of b + sum of the terms, for B examples with their targets.
struct LinearSoftmax {
  std::vector<SoftmaxTerm> terms;
  const float* bias;            // [V]
  const std::int64_t* targets;  // [B], in [0, V)
  std::int64_t examples, vocabulary;
  float* bias_gradient = nullptr;  // [V]
};

struct SoftmaxOptions {
  /// Blocks (of kWordBlock words and kPanel examples) without a target, whose probabilities
  /// are all smaller, get no gradient. Each of the gradients by a logit that are left out so is
  /// smaller than filter / B.
  float filter = 0;
  /// Factors of all products rounded to bfloat16, sums in float32; only if has_bfloat16_softmax().
  bool bfloat16 = false;
};

}  // namespace wordbridge
