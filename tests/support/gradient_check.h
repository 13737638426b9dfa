#pragma once

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace wordbridge {

/// Compares the gradient of each element of each trained parameter with a central difference. The
/// module must be float64.
template <class Loss>
void expect_gradients_equal_differences(torch::nn::Module& module, const Loss& loss) {
  constexpr double kStep = 1e-5;
  module.zero_grad();
  loss().backward();
  for (auto& named : module.named_parameters()) {
    torch::Tensor& parameter = named.value();
    if (!parameter.requires_grad()) continue;
    ASSERT_EQ(parameter.scalar_type(), torch::kFloat64);
    ASSERT_TRUE(parameter.grad().defined()) << named.key();
    const torch::Tensor gradient = parameter.grad().contiguous();
    double* value = parameter.data_ptr<double>();
    const torch::NoGradGuard no_grad;
    for (std::int64_t i = 0; i < parameter.numel(); ++i) {
      const double middle = value[i];
      value[i] = middle + kStep;
      const double above = loss().template item<double>();
      value[i] = middle - kStep;
      const double below = loss().template item<double>();
      value[i] = middle;
      const double difference = (above - below) / (2 * kStep),
                   exact = gradient.data_ptr<double>()[i];
      EXPECT_NEAR(exact, difference, 1e-8 + 1e-6 * std::abs(difference))
          << named.key() << "[" << i << "]";
    }
  }
}

}  // namespace wordbridge
