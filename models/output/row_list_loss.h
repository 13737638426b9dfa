#pragma once

#include <functional>
#include <vector>

#include "kernels/row_scores.h"
#include "models/output/linear_cross_entropy.h"

// Shapes: B batch, R rows, E width of a term's features.

namespace wordbridge {

// Losses from the scores of an example's own rows: score(r) = b[r] + sum over the terms of
// weight_RE[r] . x_BE[b]. On the CPU in float32 only.

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

/// Whether all is float32 on the CPU, as the functions above need it.
bool takes_row_lists(const std::vector<LinearTerm>& terms, const torch::Tensor& b_R);

}  // namespace wordbridge
