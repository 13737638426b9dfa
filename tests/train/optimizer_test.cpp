#include "train/optimizer.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <functional>
#include <vector>

#include "models/layers/sparse_rows.h"

namespace wordbridge {
namespace {

using torch::Tensor;

TrainOptions options_with(const std::string& name) {
  TrainOptions options;
  for (const auto& [known, type] : optimizer_names())
    if (known == name) options.optimizer = type;
  options.weight_decay = 0.01;
  options.eps = 1e-4;
  if (name == "sgd") options.momentum = 0.9;
  return options;
}

/// Parameters after ten updates on the loss sum((p - target)^2), in the given type.
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

/// The updates after the frozen ones equal those of an optimiser that starts then.
TEST(OptimizerTest, AFrozenParameterStartsLater) {
  for (const char* name : {"sgd", "adagrad", "adam", "adamw"})
    for (const bool sparse : {false, true}) {
      Tensor late = torch::linspace(-1, 1, 12).view({4, 3}).clone().requires_grad_();
      Tensor fresh = late.detach().clone().requires_grad_();
      const Tensor start = late.detach().clone();
      Optimizer optimizer(options_with(name), {{"p", late, true, 3}});
      Optimizer other(options_with(name), {{"p", fresh, true}});
      const auto update = [&](Tensor& p, Optimizer& of) {
        const Tensor x = sparse ? embed_rows(p, torch::tensor({1, 3}, torch::kInt64)) : p;
        (x - 2).pow(2).sum().backward();
        of.step(0.05);
      };
      for (int i = 0; i < 3; ++i) {
        update(late, optimizer);
        EXPECT_TRUE(torch::equal(late, start)) << name;
        EXPECT_FALSE(late.grad().defined());
        for (const auto& [moment, values] : optimizer.state())
          EXPECT_EQ(values.abs().max().item<float>(), 0) << name;
      }
      for (int i = 0; i < 4; ++i) {
        update(late, optimizer);
        update(fresh, other);
        EXPECT_TRUE(torch::equal(late, fresh)) << name << i;
        EXPECT_FALSE(torch::equal(late, start)) << name;
      }
    }
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

/// Compares with torch::optim, for the optimisers with the same formulas.
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
    ((weight + bias).sum() * 0).backward();  // zero gradients
    optimizer.step(0.1);
    EXPECT_LT(weight[0].item<float>(), 1.0f) << name;
    EXPECT_EQ(bias[0].item<float>(), 1.0f) << name;
  }
}

/// A weight and a bias after three updates with row-sparse gradients, each passed through `make`.
std::vector<Tensor> trained_by_rows(const TrainOptions& options,
                                    const std::function<Tensor(const Tensor&)>& make) {
  Tensor weight = torch::linspace(-1, 1, 60).view({20, 3}).clone().requires_grad_();
  Tensor bias = torch::linspace(1, 2, 20).requires_grad_();
  Optimizer optimizer(options, {{"weight", weight, true}, {"bias", bias, false}});
  const std::vector<std::vector<std::int64_t>> rows = {{3, 7, 8}, {0, 7, 19}, {8}};
  for (const auto& list : rows) {
    const auto K = static_cast<std::int64_t>(list.size());
    const Tensor indices = torch::tensor(list).unsqueeze(0);
    const auto sparse = [&](const Tensor& values, std::vector<std::int64_t> sizes) {
      return make(torch::sparse_coo_tensor(indices, values, sizes));
    };
    weight.mutable_grad() = sparse(torch::linspace(-2, 3, 3 * K).view({K, 3}), {20, 3});
    bias.mutable_grad() = sparse(torch::linspace(1, -1, K), {20});
    optimizer.scale_gradients(0.3 / optimizer.gradient_norm());
    EXPECT_NEAR(optimizer.gradient_norm(), 0.3, 1e-6);
    optimizer.step(0.05);
    EXPECT_FALSE(weight.grad().defined());
  }
  std::vector<Tensor> results{weight.detach(), bias.detach()};
  for (const auto& [name, moment] : optimizer.state()) results.push_back(moment);
  return results;
}

/// The same gradient with each row listed twice with half its value, first in reverse order.
Tensor not_coalesced(const Tensor& g) {
  const Tensor indices = g._indices(), values = g._values() / 2;
  return torch::sparse_coo_tensor(torch::cat({indices.flip(1), indices}, 1),
                                  torch::cat({values.flip(0), values}), g.sizes());
}

TEST(OptimizerTest, RowSparseGradientsEqualDenseOnesBitForBit) {
  for (const char* name : {"sgd", "adagrad", "adam", "adamw"}) {
    for (const double decay : {0.0, 0.01}) {
      for (const double momentum : {0.0, 0.9}) {
        TrainOptions options = options_with(name);
        options.weight_decay = decay;
        options.momentum = momentum;
        const auto dense = trained_by_rows(options, [](const Tensor& g) { return g.to_dense(); });
        const auto sparse = trained_by_rows(options, [](const Tensor& g) { return g; });
        const auto mixed = trained_by_rows(options, not_coalesced);
        ASSERT_EQ(sparse.size(), dense.size());
        for (std::size_t i = 0; i < dense.size(); ++i) {
          EXPECT_TRUE(torch::equal(sparse[i], dense[i])) << name << " " << decay << " " << i;
          EXPECT_TRUE(torch::equal(mixed[i], dense[i])) << name << " " << decay << " " << i;
        }
      }
    }
  }
}

TEST(OptimizerTest, LazyRowsStayAsTheyAre) {
  for (const char* name : {"sgd", "adagrad", "adam", "adamw"}) {
    TrainOptions options = options_with(name);
    const auto dense = trained_by_rows(options, [](const Tensor& g) { return g; });
    options.lazy_rows = true;
    const auto lazy = trained_by_rows(options, [](const Tensor& g) { return g; });
    const Tensor start = torch::linspace(-1, 1, 60).view({20, 3});
    for (std::int64_t row = 0; row < 20; ++row) {
      const bool touched = row == 0 || row == 3 || row == 7 || row == 8 || row == 19;
      EXPECT_NE(torch::equal(lazy[0][row], start[row]), touched) << name << " " << row;
      EXPECT_EQ(lazy[2][row].abs().sum().item<float>() > 0, touched) << name << " " << row;
      EXPECT_FALSE(torch::equal(dense[0][row], start[row])) << name << " " << row;  // decay
    }
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
