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

/// Whether this CPU has products of bfloat16 numbers (AVX512_BF16).
bool has_bfloat16_softmax();

/// ln P(target) of each example -> log_prob [B].
void linear_softmax_log_prob(const LinearSoftmax& softmax, double* log_prob);

/// The mean over the examples of -ln P(target), and its gradients, written to where the problem
/// says. The logits never exist as a whole: examples are taken in blocks, whose exponentials are
/// kept (so no product is made twice) in memory that does not depend on B. Blocks of the vocabulary
/// are worked on in parallel; their borders, and the order in which their parts are summed, depend
/// on V and B alone, so the bits do not depend on the number of threads.
/// After Milakov and Gimelshein 2018 (online normaliser) and Wijmans et al. 2024 (Cut Your Losses:
/// blocks, filter); unlike the latter nothing is computed again.
double linear_softmax_gradients(const LinearSoftmax& softmax, const SoftmaxOptions& options = {});

}  // namespace wordbridge
