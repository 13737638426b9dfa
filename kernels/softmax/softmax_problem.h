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

/// The vocabulary is divided among this many shares, independent of the number of threads.
constexpr std::int64_t kSoftmaxShares = 16;

/// The shares of the vocabulary that this process computes if several processes divide it (Bengio
/// et al. 2003, section 3.1): [first_share, last_share).
struct SoftmaxPart {
  std::int64_t first_share = 0, last_share = kSoftmaxShares;

  SoftmaxPart() = default;
  SoftmaxPart(std::int64_t first, std::int64_t last) : first_share(first), last_share(last) {}
  SoftmaxPart(const SoftmaxPart&) = delete;
  SoftmaxPart& operator=(const SoftmaxPart&) = delete;
  virtual ~SoftmaxPart() = default;
  /// Replaces the sums of the other processes' shares by what they have computed. `sums` has
  /// `size` numbers for each share; `target_logits` [count] are NaN where the target's word belongs
  /// to another process. Called for each 1024 examples, in the same order in all processes.
  virtual void exchange(float* sums, std::int64_t size, double* target_logits,
                        std::int64_t count) const = 0;
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
