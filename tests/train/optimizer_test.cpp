#include "train/optimizer.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

namespace wordbridge {
namespace {

using torch::Tensor;

TrainOptions options_with(const char* name) {
  TrainOptions options;
  options.optimizer = name;
  options.weight_decay = 0.01;
  options.eps = 1e-4;
  if (options.optimizer == "sgd") options.momentum = 0.9;
  return options;
}

/// Parameters after ten updates of sum((p - target)^2), in the given type.
Tensor trained(const char* name, torch::ScalarType type) {
  Tensor p = torch::linspace(-1, 1, 37, torch::kFloat64).to(type).requires_grad_();
  const Tensor target = torch::linspace(2, -3, 37, torch::kFloat64).to(type);
  Optimizer optimizer(options_with(name), {{"p", p, true}});
  for (int i = 0; i < 10; ++i) {
    (p - target).pow(2).sum().backward();
    optimizer.step(0.05);
  }
  EXPECT_EQ(optimizer.steps(), 10);
  EXPECT_FALSE(p.grad().defined());
  return p.detach().to(torch::kFloat64);
}

TEST(OptimizerTest, FusedUpdatesEqualLibTorchsOperations) {
  for (const char* name : {"sgd", "adagrad", "adam", "adamw"}) {
    EXPECT_LT((trained(name, torch::kFloat32) - trained(name, torch::kFloat64))
                  .abs()
                  .max()
                  .item<double>(),
              1e-5)
        << name;
  }
}

/// The same by torch::optim, where its formula is ours.
TEST(OptimizerTest, EqualsTorchOptim) {
  const auto reference = [](auto&& make) {
    Tensor p = torch::linspace(-1, 1, 37, torch::kFloat64).requires_grad_();
    const Tensor target = torch::linspace(2, -3, 37, torch::kFloat64);
    auto optimizer = make(p);
    for (int i = 0; i < 10; ++i) {
      optimizer.zero_grad();
      (p - target).pow(2).sum().backward();
      optimizer.step();
    }
    return p.detach();
  };
  const auto sgd = reference([](Tensor& p) {
    return torch::optim::SGD({p}, torch::optim::SGDOptions(0.05).momentum(0.9).weight_decay(0.01));
  });
  const auto adam = reference([](Tensor& p) {
    return torch::optim::Adam({p}, torch::optim::AdamOptions(0.05).eps(1e-4).weight_decay(0.01));
  });
  const auto adamw = reference([](Tensor& p) {
    return torch::optim::AdamW({p}, torch::optim::AdamWOptions(0.05).eps(1e-4).weight_decay(0.01));
  });
  EXPECT_LT((trained("sgd", torch::kFloat64) - sgd).abs().max().item<double>(), 1e-10);
  EXPECT_LT((trained("adam", torch::kFloat64) - adam).abs().max().item<double>(), 1e-10);
  EXPECT_LT((trained("adamw", torch::kFloat64) - adamw).abs().max().item<double>(), 1e-10);
}

TEST(OptimizerTest, DecayHoldsForWeightsOnly) {
  for (const char* name : {"sgd", "adagrad", "adam", "adamw"}) {
    Tensor weight = torch::ones({4}).requires_grad_(), bias = torch::ones({4}).requires_grad_();
    Optimizer optimizer(options_with(name), {{"weight", weight, true}, {"bias", bias, false}});
    ((weight + bias).sum() * 0).backward();  // gradients of zero
    optimizer.step(0.1);
    EXPECT_LT(weight[0].item<float>(), 1.0f) << name;
    EXPECT_EQ(bias[0].item<float>(), 1.0f) << name;
  }
}

TEST(OptimizerTest, NormAndScaleOfTheWholeGradient) {
  Tensor a = torch::zeros({1}).requires_grad_(), b = torch::zeros({1}).requires_grad_();
  Optimizer optimizer(options_with("sgd"), {{"a", a, true}, {"b", b, true}});
  (3 * a + 4 * b).sum().backward();
  EXPECT_NEAR(optimizer.gradient_norm(), 5, 1e-6);
  optimizer.scale_gradients(0.5);
  EXPECT_NEAR(optimizer.gradient_norm(), 2.5, 1e-6);
}

}  // namespace
}  // namespace wordbridge
