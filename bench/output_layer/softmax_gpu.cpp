// Times the exact softmax (loss and all gradients) and a single matrix product of the same sizes on
// a GPU. Prints a Markdown table.
#include <ATen/ATen.h>
#include <fmt/core.h>
#include <torch/cuda.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <vector>

#include "models/output/linear_cross_entropy.h"

using namespace wordbridge;
using torch::Tensor;

namespace {

/// Returns the seconds per step, the median of several blocks of steps.
double seconds_of(const std::function<void()>& step) {
  constexpr int kWarmUp = 5, kBlocks = 7, kSteps = 10;
  for (int i = 0; i < kWarmUp; ++i) step();
  std::vector<double> seconds;
  for (int block = 0; block < kBlocks; ++block) {
    torch::cuda::synchronize();
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < kSteps; ++i) step();
    torch::cuda::synchronize();
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
    seconds.push_back(time.count() / kSteps);
  }
  std::sort(seconds.begin(), seconds.end());
  return seconds[kBlocks / 2];
}

void compare(std::int64_t V, std::int64_t E, std::int64_t B) {
  const auto on_gpu = torch::TensorOptions().device(torch::kCUDA);
  const Tensor x = torch::randn({B, E}, on_gpu).tanh().set_requires_grad(true);
  const Tensor weight = (torch::randn({V, E}, on_gpu) * 0.1).set_requires_grad(true);
  const Tensor b = (torch::rand({V}, on_gpu) * -8).set_requires_grad(true);
  const Tensor targets = torch::randint(V, {B}, on_gpu.dtype(torch::kInt64));
  const auto layer = [&](bool bfloat16) {
    SoftmaxOptions options;
    options.bfloat16 = bfloat16;
    return seconds_of([&] {
      linear_cross_entropy({{x, weight}}, b, targets, options).backward();
      for (const Tensor& leaf : {x, weight, b}) leaf.mutable_grad() = Tensor();
    });
  };
  const auto product = [&](std::int64_t columns) {
    const torch::NoGradGuard no_grad;
    const Tensor left = x.to(torch::kBFloat16),
                 right = torch::zeros({columns, E}, left.options()).t();
    return seconds_of([&] { left.mm(right); });
  };
  const double flop = 2.0 * static_cast<double>(B * V * E);
  const double bare = product(V), padded = product((V + 63) / 64 * 64);
  const double single = layer(false), half = layer(true);
  // The layer computes three products of these sizes: logits, gradients of x and of the weights.
  fmt::print("| {} | {} | {} | {:.0f} | {:.0f} | {:.0f} | {:.0f} | {:.0f}% | {:.0f}% | {:.0f} |\n",
             V, E, B, flop / bare * 1e-12, flop / padded * 1e-12, 3 * flop / single * 1e-12,
             3 * flop / half * 1e-12, 300 * bare / half, 300 * padded / half, half * 1e6);
}

}  // namespace

int main() {
  if (!torch::cuda::is_available()) {
    fmt::print(stderr, "error: no CUDA GPU available on this machine or in this LibTorch build\n");
    return 1;
  }
  try {
    fmt::print(
        "| V | E | batch | product, TFLOP/s | product, V padded | layer float32 | "
        "layer bfloat16 | of product | of padded | us |\n"
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
    for (const std::int64_t B : {256, 1024, 4096}) compare(17907, 100, B);
    for (const std::int64_t B : {1024, 4096}) compare(17907, 512, B);
    compare(50000, 512, 4096);
    for (const std::int64_t B : {2048, 8192}) compare(50000, 1024, B);
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
}
