#pragma once

#include <torch/csrc/autograd/custom_function.h>

#include <functional>
#include <utility>
#include <vector>

#include "kernels/softmax/row_scores.h"
#include "models/output/linear_cross_entropy.h"

// Shapes: B batch size, R rows, E width of a term's features.

namespace wordbridge {

// Losses computed from the scores of a separate list of rows per example: score(r) = b[r] + sum
// over the terms of weight_RE[r] . x_BE[b]. Requires for_our_kernels().

/// Loss function: returns the loss of example `b`, given the scores of the rows in its list, and
/// overwrites `scores` with the derivatives. Called once per example, from any thread.
using ExampleLoss = std::function<double(std::int64_t b, float* scores, std::int64_t count)>;

/// Mean loss of the examples -> scalar. Differentiable: the gradients of the weights and of b_R are
/// sparse tensors of the rows that occur. They are computed in parallel and are the same bit for
/// bit for any number of threads.
torch::Tensor row_list_loss(const RowLists& lists, const ExampleLoss& loss,
                            const std::vector<LinearTerm>& terms, const torch::Tensor& b_R);

/// Loss of each example -> [B] float64; not differentiable.
torch::Tensor row_list_losses(const RowLists& lists, const ExampleLoss& loss,
                              const std::vector<LinearTerm>& terms, const torch::Tensor& b_R);

/// Returns -ln softmax(scores)[target] and overwrites the scores with the derivatives.
double softmax_cross_entropy(float* scores, std::int64_t count, std::int64_t target);
/// ln(1 + exp(z)) and its derivative sigma(z).
std::pair<double, float> softplus(float z);

/// Gradients that an autograd function has computed in its forward pass, for the rows that occur
/// (indices [1,K], ascending): of b_R [K], and for each term of x [B,E] and of the weight [K,E].
struct RowSparseGradients {
  torch::Tensor indices, b;
  std::vector<torch::Tensor> x, weight;

  void save(torch::autograd::AutogradContext* context, std::int64_t rows) const;
  /// The return value of backward(): undefined gradients for the first `others` arguments, then the
  /// gradient of b_R, then those of x and weight of each term, scaled by the outer gradient.
  static std::vector<torch::Tensor> saved(torch::autograd::AutogradContext* context,
                                          const torch::Tensor& outer, std::size_t others);
};

}  // namespace wordbridge
