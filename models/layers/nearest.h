#pragma once

#include <torch/types.h>

namespace wordbridge {

/// The features of the `count` nearest words of each position, its own first, concatenated:
/// x [B,T,d] -> [x_t; x_t-1; ...; x_t-count+1] [B,T,count d]. Those before the sequence are zeros.
torch::Tensor concatenate_nearest(const torch::Tensor& x_BTd, std::int64_t count);

}  // namespace wordbridge
