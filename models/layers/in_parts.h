#pragma once

#include <torch/types.h>

#include <functional>
#include <vector>

namespace wordbridge {

/// f(x) for an f that treats the examples x[0], x[1], ... independently, such as the layers of a
/// Transformer. On the CPU, the examples are divided into at most kParts parts of nearly equal
/// size, which run in parallel, forward and backward; gradients of the parameters are summed in the
/// order of the parts. The result is therefore the same bit for bit for any number of threads. On
/// other devices it is f(x).
///
/// `parameters`: all tensors with gradients that f uses besides x. Random numbers in f must come
/// from draw_seed() (models/layers/random_seed.h).
constexpr std::int64_t kParts = 8;
torch::Tensor in_parts(const torch::Tensor& x, const std::vector<torch::Tensor>& parameters,
                       std::function<torch::Tensor(const torch::Tensor& x)> f);

}  // namespace wordbridge
