#pragma once

#include <cstdint>

namespace wordbridge {

// The softmax of logits that are computed block by block of the vocabulary. A block is row-major
// [rows, cols]: a row an example, a column a word. SIMD is chosen at run time (Highway).

/// Adds the bias, then replaces each logit by exp(logit - row_max): logits[r][c] += bias[c];
/// row_max[r] = max_c; logits[r][c] = exp(logits[r][c] - row_max[r]); row_sum[r] = sum_c.
void softmax_block_forward(float* logits, std::int64_t rows, std::int64_t cols, const float* bias,
                           float* row_max, float* row_sum);

/// The gradient of `scale` x the negative log-likelihood with respect to the block's logits, in
/// place of what softmax_block_forward left: exponentials[r][c] * row_factor[r], minus `scale`
/// where column c is the target of row r. row_factor[r] = scale * exp(row_max[r] - log-sum-exp of
/// row r). `targets` count from the block's first column; those outside of [0, cols) belong to
/// other blocks. bias_gradient[c] = sum over the rows, in their order.
void softmax_block_backward(float* exponentials, std::int64_t rows, std::int64_t cols,
                            const float* row_factor, const std::int64_t* targets, float scale,
                            float* bias_gradient);

}  // namespace wordbridge
