#include "models/layers/nearest.h"

#include <ATen/ATen.h>

#include <vector>

namespace wordbridge {

torch::Tensor concatenate_nearest(const torch::Tensor& x_BTd, std::int64_t count) {
  const torch::Tensor padded = at::constant_pad_nd(x_BTd, {0, 0, count - 1, 0});
  std::vector<torch::Tensor> shifted;
  for (std::int64_t back = 0; back < count; ++back)
    shifted.push_back(padded.narrow(1, count - 1 - back, x_BTd.size(1)));
  return at::cat(shifted, -1);
}

}  // namespace wordbridge
