#include "kernels/softmax/online_softmax.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/rng.h"

namespace wordbridge {
namespace {

std::vector<double> normals(std::int64_t count, const char* stream) {
  Rng rng(1, stream);
  std::vector<double> values(static_cast<std::size_t>(count));
  for (double& value : values) value = rng.normal();
  return values;
}

TEST(OnlineSoftmaxTest, EqualsPlainLoops) {
  const double rate = 0.1, decay = 0.02;
  for (const auto& [V, E] : {std::pair{2, 1}, {5, 3}, {16, 8}, {83, 21}, {200, 37}}) {
    auto weight = normals(V * E, "weight"), bias = normals(V, "bias");
    const auto x = normals(E, "x");
    const int target = V / 2;
    auto expected_weight = weight, expected_bias = bias;
    std::vector<double> expected_gradient(x.size(), 0.0), p(bias);
    const auto at = [E = E](int v, int k) { return static_cast<std::size_t>(v * E + k); };
    const auto index = [](int v) { return static_cast<std::size_t>(v); };
    double sum = 0;
    for (int v = 0; v < V; ++v) {
      for (int k = 0; k < E; ++k) p[index(v)] += weight[at(v, k)] * x[index(k)];
      sum += p[index(v)] = std::exp(p[index(v)]);
    }
    for (int v = 0; v < V; ++v) {
      const double g = p[index(v)] / sum - (v == target ? 1 : 0);
      for (int k = 0; k < E; ++k) {
        expected_gradient[index(k)] += g * weight[at(v, k)];
        expected_weight[at(v, k)] -= rate * (g * x[index(k)] + decay * weight[at(v, k)]);
      }
      expected_bias[index(v)] -= rate * g;
    }

    std::vector<double> gradient(x.size());
    OnlineSoftmax softmax(weight.data(), bias.data(), V, E);
    const double loss = softmax.update(x.data(), target, rate, decay, gradient.data());
    EXPECT_NEAR(loss, -std::log(p[index(target)] / sum), 1e-12) << V;
    for (std::size_t i = 0; i < weight.size(); ++i)
      EXPECT_NEAR(weight[i], expected_weight[i], 1e-12) << V << " " << i;
    for (std::size_t i = 0; i < bias.size(); ++i)
      EXPECT_NEAR(bias[i], expected_bias[i], 1e-12) << V << " " << i;
    for (std::size_t i = 0; i < x.size(); ++i)
      EXPECT_NEAR(gradient[i], expected_gradient[i], 1e-12) << V << " " << i;
  }
}

}  // namespace
}  // namespace wordbridge
