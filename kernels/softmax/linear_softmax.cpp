#include "kernels/softmax/linear_softmax.h"

#include <algorithm>
#include <memory>

#include "kernels/softmax/example_block.h"
#include "kernels/softmax/tiles_bf16.h"

namespace wordbridge {
namespace {

/// Calls `work(begin, end)` for each block of examples.
template <class Work>
void for_each_example_block(const LinearSoftmax& softmax, const Work& work) {
  for (std::int64_t begin = 0; begin < softmax.examples; begin += kExampleBlock)
    work(begin, std::min(begin + kExampleBlock, softmax.examples));
}

}  // namespace

bool has_bfloat16_softmax() { return has_bf16_products(); }

void linear_softmax_log_prob(const LinearSoftmax& softmax, double* log_prob) {
  ExampleBlock block(softmax, false);
  for_each_example_block(softmax, [&](std::int64_t begin, std::int64_t end) {
    block.forward(begin, end);
    std::copy_n(block.log_prob(), end - begin, log_prob + begin);
  });
}

double linear_softmax_gradients(const LinearSoftmax& softmax, const SoftmaxOptions& options) {
  std::unique_ptr<ExampleBlock> chosen;
  if (options.bfloat16) {
    chosen = make_bf16_example_block(softmax);
  } else {
    chosen = std::make_unique<ExampleBlock>(softmax, true);
  }
  ExampleBlock& block = *chosen;
  double loss = 0;
  for_each_example_block(softmax, [&](std::int64_t begin, std::int64_t end) {
    block.forward(begin, end);
    for (auto i = begin; i < end; ++i) loss -= block.log_prob()[i - begin];
    block.backward(options, begin > 0);
  });
  return loss / static_cast<double>(softmax.examples);
}

}  // namespace wordbridge
