#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

// Row-sparse gradients: gradients of a parameter [R,...] that are zero except in a few rows, as
// coalesced sparse tensors: indices [1,K] int64 ascending, values [K,...]. On the CPU in float32
// only.

namespace wordbridge {

/// Embedding look-up: weight [R,...], int64 ids of any shape [I] -> [I,...]. Differentiable. On the
/// CPU in float32 the gradient is row-sparse, and each row is summed in the order of its positions.
torch::Tensor embed_rows(const torch::Tensor& weight, const torch::Tensor& ids);

/// Means of rows: weight_RE [R,E], ids_BK [B,K] int64 -> [B,E], the mean of the K rows of each
/// example. Differentiable, with the same kind of gradients as embed_rows().
torch::Tensor mean_rows(const torch::Tensor& weight_RE, const torch::Tensor& ids_BK);

/// Row-sparse tensor [R,...] with values[i] [n,...] in row ids[i] [n]. Values of a row that occurs
/// several times are added in the order of i.
torch::Tensor sum_rows(const torch::Tensor& ids, const torch::Tensor& values,
                       std::int64_t row_count);

/// The sparse gradient with each row once, in ascending order. Returns the argument itself if it
/// already has that form.
torch::Tensor coalesced_rows(const torch::Tensor& gradient);

}  // namespace wordbridge
