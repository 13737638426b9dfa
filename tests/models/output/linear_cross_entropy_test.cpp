#include "models/output/linear_cross_entropy.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <string>
#include <vector>

#include "models/layers/initialize.h"

namespace wordbridge {
namespace {

using torch::Tensor;

/// The GPU implementation of `precision: bfloat16`, run on float64 tensors with two terms and sizes
/// that are not multiples of the padding. The factors of each product and each logit have a
/// relative error of at most 2^-9.
TEST(LinearCrossEntropyTest, Bfloat16OperationsAreWithinTheirRounding) {
  for (const std::int64_t V : {2, 61, 200}) {
    constexpr std::int64_t B = 37;
    SoftmaxOptions options;
    std::vector<LinearTerm> terms;
    std::vector<Tensor> leaves;
    const auto add_leaf = [&leaves](at::IntArrayRef sizes) {
      Tensor values = torch::empty(sizes);
      fill_normal(values, 0.7, 3, std::to_string(leaves.size()));
      leaves.push_back(values.to(torch::kFloat64).set_requires_grad(true));
      return leaves.back();
    };
    add_leaf({V});
    for (const std::int64_t E : {5, 3}) {
      const Tensor x_BE = add_leaf({B, E});
      terms.push_back({x_BE, add_leaf({V, E})});
    }
    const Tensor targets_B = torch::arange(B) * 3 % V;
    const auto gradients = [&](double& loss) {
      const Tensor value = linear_cross_entropy(terms, leaves[0], targets_B, options);
      loss = value.item<double>();
      value.backward();
      std::vector<Tensor> all;
      for (auto& leaf : leaves) {
        all.push_back(leaf.grad());
        leaf.mutable_grad() = Tensor();
      }
      return all;
    };
    double exact_loss = 0, loss = 0;
    const auto exact = gradients(exact_loss);
    options.bfloat16 = true;
    const auto rounded = gradients(loss);
    EXPECT_NE(loss, exact_loss);
    EXPECT_NEAR(loss, exact_loss, 0.005 * exact_loss) << V;
    for (std::size_t i = 0; i < exact.size(); ++i) {
      EXPECT_LT((rounded[i] - exact[i]).norm().item<double>(),
                0.01 * exact[i].norm().item<double>())
          << V << ' ' << i;
    }
  }
}

/// The target has probability 0 in bfloat16.
TEST(LinearCrossEntropyTest, Bfloat16LossStaysFinite) {
  SoftmaxOptions options;
  options.bfloat16 = true;
  const Tensor x = torch::ones({1, 1}, torch::kFloat64);
  const Tensor weight = torch::tensor({{200.0}, {-200.0}}, torch::kFloat64);
  const double loss = linear_cross_entropy({{x, weight}}, torch::zeros({2}, torch::kFloat64),
                                           torch::tensor({1}), options)
                          .item<double>();
  EXPECT_TRUE(std::isfinite(loss));
  EXPECT_GT(loss, 80);
}

/// Too many logits for one chunk.
TEST(LinearCrossEntropyTest, AGpusBfloat16IsWithinItsRoundingInSeveralChunks) {
  if (!torch::cuda::is_available()) GTEST_SKIP() << "no CUDA GPU available";
  constexpr std::int64_t V = 70'001, B = 8000, E = 33;
  const auto on_gpu = torch::TensorOptions().device(torch::kCUDA);
  torch::manual_seed(1);
  std::vector<Tensor> leaves = {torch::randn({V}, on_gpu), torch::randn({B, E}, on_gpu),
                                torch::randn({V, E}, on_gpu) * 0.3};
  for (auto& leaf : leaves) leaf.set_requires_grad(true);
  const Tensor targets_B = torch::randint(V, {B}, on_gpu.dtype(torch::kInt64));
  std::vector<std::vector<Tensor>> gradients;
  for (const bool bfloat16 : {false, true}) {
    SoftmaxOptions options;
    options.bfloat16 = bfloat16;
    linear_cross_entropy({{leaves[1], leaves[2]}}, leaves[0], targets_B, options).backward();
    gradients.emplace_back();
    for (auto& leaf : leaves) {
      gradients.back().push_back(leaf.grad());
      leaf.mutable_grad() = Tensor();
    }
  }
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    EXPECT_LT((gradients[1][i] - gradients[0][i]).norm().item<double>(),
              0.01 * gradients[0][i].norm().item<double>())
        << i;
  }
}

}  // namespace
}  // namespace wordbridge
