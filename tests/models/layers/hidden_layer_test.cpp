#include "models/layers/hidden_layer.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <vector>

#include "core/threads.h"

namespace wordbridge {
namespace {

using torch::Tensor;

constexpr Activation kAll[] = {Activation::tanh, Activation::sigmoid, Activation::relu,
                               Activation::identity};

TEST(HiddenLayerTest, ByHand) {
  const Tensor x = torch::tensor({{1.0f, 2.0f}}), H = torch::tensor({{0.5f, -1.0f}, {1.0f, 1.0f}});
  const Tensor d = torch::tensor({0.5f, -1.0f});  // z = (-1, 2)
  const auto equal = [&](Activation activation, float first, float second) {
    EXPECT_TRUE(torch::allclose(hidden_layer(x, H, d, activation, 0),
                                torch::tensor({{first, second}}), 1e-6, 1e-7))
        << static_cast<int>(activation);
  };
  equal(Activation::identity, -1, 2);
  equal(Activation::relu, 0, 2);
  equal(Activation::tanh, -0.7615942f, 0.9640276f);
  equal(Activation::sigmoid, 0.2689414f, 0.8807971f);
}

/// Inputs of a layer with odd sizes, and factors that reduce its output to a scalar.
struct Layer {
  Layer() {
    torch::manual_seed(3);
    x = torch::randn({151, 13}).requires_grad_();
    H = torch::randn({70, 13}).mul_(0.3).requires_grad_();
    d = torch::randn({70}).requires_grad_();
    factors = torch::randn({151, 70});
  }
  /// The output and the gradients of x, H and d.
  std::vector<Tensor> pass(torch::ScalarType type, Activation activation, double dropout) const {
    torch::manual_seed(5);
    std::vector<Tensor> inputs;
    for (const auto& input : {x, H, d}) inputs.push_back(input.detach().to(type).requires_grad_());
    const Tensor y = hidden_layer(inputs[0], inputs[1], inputs[2], activation, dropout);
    (y * factors.to(type)).sum().backward();
    std::vector<Tensor> result{y.detach()};
    for (const auto& input : inputs) result.push_back(input.grad());
    return result;
  }
  Tensor x, H, d, factors;
};

TEST(HiddenLayerTest, EqualsLibTorchsOperationsInFloat64) {
  const Layer layer;
  for (const auto activation : kAll) {
    const auto ours = layer.pass(torch::kFloat32, activation, 0);
    const auto reference = layer.pass(torch::kFloat64, activation, 0);
    for (std::size_t i = 0; i < ours.size(); ++i)
      EXPECT_TRUE(torch::allclose(ours[i].to(torch::kFloat64), reference[i], 1e-5, 1e-4))
          << static_cast<int>(activation) << " " << i;
  }
}

TEST(HiddenLayerTest, DroppedUnitsAreZeroTheOthersGrowAndGradientsFollow) {
  const Layer layer;
  for (const auto activation : kAll) {
    const auto plain = layer.pass(torch::kFloat32, activation, 0);
    const auto dropped = layer.pass(torch::kFloat32, activation, 0.25);
    const Tensor kept = dropped[0].ne(0).to(torch::kFloat32);
    if (activation == Activation::tanh) {
      EXPECT_NEAR(kept.mean().item<double>(), 0.75, 0.02);  // n = 10,570: deviation 0.004
    }
    EXPECT_TRUE(torch::allclose(dropped[0], plain[0] * kept / 0.75f, 1e-5, 1e-6))
        << static_cast<int>(activation);

    // The same units dropped by multiplication with the mask.
    Tensor x = layer.x.detach().clone().requires_grad_();
    Tensor H = layer.H.detach().clone().requires_grad_();
    Tensor d = layer.d.detach().clone().requires_grad_();
    (hidden_layer(x, H, d, activation, 0) * (layer.factors * kept / 0.75f)).sum().backward();
    EXPECT_TRUE(torch::allclose(dropped[1], x.grad(), 1e-4, 1e-5)) << static_cast<int>(activation);
    EXPECT_TRUE(torch::allclose(dropped[2], H.grad(), 1e-4, 1e-4)) << static_cast<int>(activation);
    EXPECT_TRUE(torch::allclose(dropped[3], d.grad(), 1e-4, 1e-4)) << static_cast<int>(activation);
  }
}

TEST(HiddenLayerTest, SameBitsOnAnyNumberOfThreads) {
  const Layer layer;
  std::vector<Tensor> first;
  for (const int count : {1, 2, 7}) {
    set_threads(count, [] { at::set_num_threads(1); });
    const auto result = layer.pass(torch::kFloat32, Activation::tanh, 0.4);
    if (first.empty()) first = result;
    for (std::size_t i = 0; i < result.size(); ++i)
      EXPECT_TRUE(torch::equal(result[i], first[i])) << count << " " << i;
  }
  set_threads(0);
}

TEST(HiddenLayerTest, MasksAreNewForEachSeedAndSpreadEvenly) {
  const Tensor x = torch::ones({300, 401}).requires_grad_();
  torch::manual_seed(1);
  const Tensor y = drop(x, 0.3), other = drop(x, 0.3);
  torch::manual_seed(1);
  EXPECT_TRUE(torch::equal(drop(x, 0.3), y));
  EXPECT_FALSE(torch::equal(other, y));
  y.sum().backward();
  EXPECT_TRUE(torch::equal(x.grad(), y.detach()));
  const Tensor zero = y.eq(0).to(torch::kFloat64);
  EXPECT_NEAR(zero.mean().item<double>(), 0.3, 0.006);  // n = 120,300: deviation 0.0013
  // Columns and rows: standard deviations 0.026 and 0.023; 700 means, so allow 5 deviations.
  EXPECT_LT((zero.mean(0) - 0.3).abs().max().item<double>(), 0.13);
  EXPECT_LT((zero.mean(1) - 0.3).abs().max().item<double>(), 0.115);
  // Neighbouring elements and the masks of two seeds are independent: standard deviation 0.0013.
  const Tensor flat = zero.flatten() - 0.3;
  EXPECT_NEAR((flat.slice(0, 1) * flat.slice(0, 0, -1)).mean().item<double>(), 0, 0.004);
  const Tensor others = other.eq(0).to(torch::kFloat64).flatten() - 0.3;
  EXPECT_NEAR((flat * others).mean().item<double>(), 0, 0.004);
  EXPECT_TRUE(torch::equal(drop(x, 0), x));
}

}  // namespace
}  // namespace wordbridge
