#pragma once

#include <cstdint>

namespace wordbridge {

// Steps of stochastic gradient descent of word2vec, a window at a time: its rows are gathered, and
// the products of all inputs with all outputs, their gradients and the updates are three small
// dense products (Ji et al. 2016). An output is a logistic regression, whose answer is yes or no:
// yes for the word, no for negative samples (Mikolov et al. 2013b, equation 4); or, for each node
// on the way to the word in a tree, which branch it takes (hierarchical softmax, equation 3).

/// Floats in a row of a matrix that is trained: `dim` filled up with zeros to whole cache lines,
/// on whose borders rows start.
constexpr std::int64_t padded_width(std::int64_t dim) { return (dim + 15) / 16 * 16; }

/// The rows of one window, which the step changes. A row may stand there more than once.
struct WindowRows {
  float* const* in;
  std::int64_t in_count;
  float* const* out;  // first those whose answer is yes
  std::int64_t out_count;
  std::int64_t yes_count;
  std::int64_t width;  // padded_width() of all of them
};

/// Skip-gram: each input i meets each output j. One step down the gradient of the loss
///     L = sum_i ( sum_{j < yes} softplus(-in_i . out_j) + sum_{j >= yes} softplus(in_i . out_j) ),
/// softplus(x) = ln(1 + exp(x)), all of it taken before the step. Returns L, in nats; it is not
/// finite if a product was not.
double skip_gram_step(const WindowRows& rows, float rate);

/// CBOW: the same with one input, the mean of the rows `in`. Each row gets `share` of the mean's
/// step: 1 / in_count is the gradient (Irsoy, Benton and Stratos 2021), 1 what word2vec's program
/// does.
double cbow_step(const WindowRows& rows, float rate, float share);

}  // namespace wordbridge
