#pragma once

#include <torch/csrc/autograd/custom_function.h>

#include <functional>
#include <utility>
#include <vector>

#include "kernels/softmax/row_scores.h"
#include "models/output/linear_cross_entropy.h"

// Shapes: B batch, R rows, E width of a term's features.

namespace wordbridge {

// Losses from the scores of an example's own rows: score(r) = b[r] + sum over the terms of
// weight_RE[r] . x_BE[b]. Only for_our_kernels().

/// Of example `b`, from the scores of its list's rows -> its loss, with `scores` overwritten by the
/// loss's derivatives. Called once for each example, from any thread.
using ExampleLoss = std::function<double(std::int64_t b, float* scores, std::int64_t count)>;

/// The mean of the examples' losses -> scalar. Differentiable; the gradients of the weights and of
/// b_R are sparse tensors of the rows that occur, in parallel, with the same bits for any number of
/// threads.
torch::Tensor row_list_loss(const RowLists& lists, const ExampleLoss& loss,
                            const std::vector<LinearTerm>& terms, const torch::Tensor& b_R);

/// Each example's loss by itself -> [B] float64; not differentiable.
torch::Tensor row_list_losses(const RowLists& lists, const ExampleLoss& loss,
                              const std::vector<LinearTerm>& terms, const torch::Tensor& b_R);

/// -ln softmax(scores)[target], with the derivatives in place of the scores.
double softmax_cross_entropy(float* scores, std::int64_t count, std::int64_t target);
/// ln(1 + exp(z)), and its derivative sigma(z).
std::pair<double, float> softplus(float z);

/// The gradients that an autograd function has made in its forward pass: of the rows that occur
/// (indices [1,K] ascending) of b_R [K], and for each term of x [B,E] and of the weight [K,E].
struct RowSparseGradients {
  torch::Tensor indices, b;
  std::vector<torch::Tensor> x, weight;

  void save(torch::autograd::AutogradContext* context, std::int64_t rows) const;
  /// What backward() returns: no gradients of the first `others` arguments, then that of b_R, then
  /// those of the terms' x and weight, each scaled by the outer gradient.
  static std::vector<torch::Tensor> saved(torch::autograd::AutogradContext* context,
                                          const torch::Tensor& outer, std::size_t others);
};

}  // namespace wordbridge
