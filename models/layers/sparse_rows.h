#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

// Row-sparse gradients: those of a parameter [R,...] that are zero but for some rows, as coalesced
// sparse tensors: indices [1,K] int64 ascending, values [K,...]. On the CPU in float32 only.

namespace wordbridge {

/// Rows of a parameter: weight [R,...], ids [I] int64 of any shape -> [I,...]. Differentiable; on
/// the CPU in float32 the gradient is row-sparse, each row the sum over its places in their order.
torch::Tensor embed_rows(const torch::Tensor& weight, const torch::Tensor& ids);

/// Means of rows: weight_RE [R,E], ids_BK [B,K] int64 -> [B,E], the mean of the K rows of each
/// line. Differentiable, with gradients as those of embed_rows().
torch::Tensor mean_rows(const torch::Tensor& weight_RE, const torch::Tensor& ids_BK);

/// The row-sparse tensor of sizes [R,...] that has values[i] [n,...] in row ids[i] [n], added up in
/// the order of i where a row occurs several times.
torch::Tensor sum_rows(const torch::Tensor& ids, const torch::Tensor& values,
                       std::int64_t row_count);

/// A sparse gradient with each row once, ascending: itself where it is so already.
torch::Tensor coalesced_rows(const torch::Tensor& gradient);

}  // namespace wordbridge
