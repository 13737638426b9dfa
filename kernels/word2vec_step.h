#pragma once

#include <cstdint>

namespace wordbridge {

// Steps of stochastic gradient descent of word2vec, one window at a time (Ji et al. 2016). The rows
// of the window are gathered; the products of all inputs with all outputs, their gradients and the
// updates are three small dense matrix products. Each output is a logistic regression with a
// positive or negative label: positive for the word and negative for the negative samples (Mikolov
// et al. 2013b, equation 4), or the branch taken at each node on the word's path in a tree
// (hierarchical softmax, equation 3).

/// Floats per row of a trained matrix: `dim` padded with zeros to whole cache lines. Rows are
/// aligned to cache lines.
constexpr std::int64_t padded_width(std::int64_t dim) { return (dim + 15) / 16 * 16; }

/// The rows of one window, which the step updates. A row may occur more than once.
struct WindowRows {
  float* const* in;
  std::int64_t in_count;
  float* const* out;  // the positive outputs first
  std::int64_t out_count;
  std::int64_t yes_count;
  std::int64_t width;  // padded_width() of all of them
};

/// Skip-gram: every input i is paired with every output j. One gradient step on the loss
///     L = sum_i ( sum_{j < yes} softplus(-in_i . out_j) + sum_{j >= yes} softplus(in_i . out_j) ),
/// softplus(x) = ln(1 + exp(x)), with all gradients evaluated before the step. Returns L in nats;
/// it is not finite if one of the products is not.
double skip_gram_step(const WindowRows& rows, float rate);

/// CBOW: the same with one input, the mean of the rows `in`. Each row is updated with `share` times
/// the step of the mean: 1 / in_count is the gradient (Irsoy, Benton and Stratos 2021), 1 is what
/// the original word2vec program uses.
double cbow_step(const WindowRows& rows, float rate, float share);

}  // namespace wordbridge
