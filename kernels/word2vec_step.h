#pragma once

#include <cstdint>

#include "kernels/simd/padded_width.h"

namespace wordbridge {

// Steps of stochastic gradient descent of word2vec, one window at a time (Ji et al. 2016). The rows
// of the window are gathered; the products of all inputs with all outputs, their gradients and the
// updates are three small dense matrix products. Each output is a logistic regression with a
// positive or negative label: positive for the word and negative for the negative samples (Mikolov
// et al. 2013b, equation 4), or the branch taken at each node on the word's path in a tree
// (hierarchical softmax, equation 3).

/// The rows of one window, which the step updates. A row may occur more than once. `skipped` lists
/// pairs that skip_gram_step() leaves out: that of input i and output j is j * in_count + i.
struct WindowRows {
  float* const* in;
  std::int64_t in_count;
  float* const* out;  // the positive outputs first
  std::int64_t out_count;
  std::int64_t yes_count;
  std::int64_t width;  // padded_width() of all of them
  const std::int32_t* skipped = nullptr;
  std::int64_t skipped_count = 0;
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

/// A word's row and the rows of its partners, words that it is to predict: those of two kinds, each
/// with its weight. A row may occur more than once.
struct PartnerRows {
  float* in;
  float* const* out;  // [counts[0] + counts[1]]
  std::int64_t counts[2];
  float weights[2];
  std::int64_t width;  // padded_width() of all of them
};

/// One gradient step on the loss of positive sampling (Tissier et al. 2017, equation 3),
///     L = sum over the kinds of weight * sum_j softplus(-in . out_j),
/// with all gradients evaluated before the step. Returns L in nats.
double partner_step(const PartnerRows& rows, float rate);

}  // namespace wordbridge
