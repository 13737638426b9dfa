#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "kernels/glove_steps.h"

namespace wordbridge {

/// GloVe in float64 by its definition: each word has a row of dim elements and the bias.
struct GloveReference {
  std::int64_t dim;
  double learning_rate, x_max, alpha;
  // [rows][dim + 1]; all of a row's accumulators are 1 before the first step.
  std::vector<std::vector<double>> words, contexts, word_sums, context_sums;

  double loss(std::size_t word, std::size_t context, double log_count) const {
    const double d = difference(word, context, log_count);
    return weight(log_count) * d * d / 2;
  }

  /// One step of AdaGrad. Returns the loss before it.
  double step(std::size_t word, std::size_t context, double log_count) {
    const double before = loss(word, context, log_count);
    const double g = weight(log_count) * difference(word, context, log_count);
    std::vector<double>&w = words[word], &c = contexts[context];
    std::vector<double>&w_sums = word_sums[word], &c_sums = context_sums[context];
    for (std::size_t k = 0; k <= static_cast<std::size_t>(dim); ++k) {
      const bool bias = k == static_cast<std::size_t>(dim);
      const double w_step = bias ? g : learning_rate * clip(g * c[k]);
      const double c_step = bias ? g : learning_rate * clip(g * w[k]);
      w[k] -= w_step / std::sqrt(w_sums[k]);
      c[k] -= c_step / std::sqrt(c_sums[k]);
      w_sums[k] += w_step * w_step;
      c_sums[k] += c_step * c_step;
    }
    return before;
  }

 private:
  static double clip(double g) { return std::clamp(g, -100.0, 100.0); }
  double weight(double log_count) const {
    return std::min(1.0, std::pow(std::exp(log_count) / x_max, alpha));
  }
  double difference(std::size_t word, std::size_t context, double log_count) const {
    const std::vector<double>&w = words[word], &c = contexts[context];
    double sum = w.back() + c.back() - log_count;
    for (std::size_t k = 0; k < static_cast<std::size_t>(dim); ++k) sum += w[k] * c[k];
    return sum;
  }
};

/// Copies a row of a matrix of the kernel: its parameters, or with `sums` its accumulators.
inline std::vector<double> glove_values(const float* row, const GloveRow& shape, bool sums) {
  const float* const first = row + (sums ? shape.sums() : 0);
  return {first, first + shape.dim + 1};
}

}  // namespace wordbridge
