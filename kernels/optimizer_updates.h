#pragma once

#include <cstdint>

namespace wordbridge {

// One step of an optimiser on `size` parameters in one pass over memory. Each formula is evaluated
// with the same roundings on every machine (no fused multiply-add).

// The overloads for GradientRows are for a gradient that is zero except in some rows. Results have
// the same bits as with the dense gradient.

/// Row-sparse gradient of a parameter [total,width]: values [count,width] of `rows`, ascending.
struct GradientRows {
  const std::int64_t* rows;
  const float* values;
  std::int64_t count, width, total;
  bool only_these;  // other rows are not updated; if false, they are updated with a gradient of 0
};

struct SgdStep {
  float learning_rate, momentum, weight_decay;
};
/// g = gradient + weight_decay * p; with momentum: v = momentum * v + g, g = v; p -= rate * g.
/// `velocity` may be null when momentum is 0.
void sgd_update(float* parameter, const float* gradient, float* velocity, std::int64_t size,
                const SgdStep& step);
void sgd_update(float* parameter, const GradientRows& gradient, float* velocity,
                const SgdStep& step);

struct AdagradStep {
  float learning_rate, epsilon, weight_decay;
};
/// g = gradient + weight_decay * p; s += g^2; p -= rate * g / (sqrt(s) + epsilon)
/// (Duchi, Hazan, Singer 2011).
void adagrad_update(float* parameter, const float* gradient, float* sum, std::int64_t size,
                    const AdagradStep& step);
void adagrad_update(float* parameter, const GradientRows& gradient, float* sum,
                    const AdagradStep& step);

struct AdamStep {
  float learning_rate, beta1, beta2, epsilon;
  float weight_decay;  // coupled: added to the gradient (Adam with L2)
  float decay_factor;  // decoupled: p *= decay_factor first (AdamW: 1 - rate * decay; else 1)
  float correction1, correction2;  // 1 - beta1^t, sqrt(1 - beta2^t)
};
/// m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2;
/// p -= (rate / correction1) * m / (sqrt(v) / correction2 + epsilon)
/// (Kingma and Ba 2015; Loshchilov and Hutter 2019).
void adam_update(float* parameter, const float* gradient, float* first, float* second,
                 std::int64_t size, const AdamStep& step);
void adam_update(float* parameter, const GradientRows& gradient, float* first, float* second,
                 const AdamStep& step);

/// Sum of squares in float64, summed in fixed blocks.
double sum_of_squares(const float* values, std::int64_t size);

}  // namespace wordbridge
