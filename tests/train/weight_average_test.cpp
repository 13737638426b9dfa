#include "train/weight_average.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace wordbridge {
namespace {

using torch::Tensor;

TEST(WeightAverageTest, APlainMeanFirstThenTheOldestAreForgotten) {
  Tensor p = torch::zeros({2});
  // The mean is updated every 8 updates, and an epoch has 32 updates, so in the long run the weight
  // of new parameters is a quarter.
  WeightAverage average(1, 32, {{"p", p, true}});
  double mean = 0;
  for (int step = 1; step <= 64; ++step) {
    p.fill_(step);
    average.update(step);
    if (step % 8 != 0) continue;
    const int taken = step / 8;
    mean = taken <= 4 ? (mean * (taken - 1) + step) / taken : 0.75 * mean + 0.25 * step;
    EXPECT_NEAR(average.state()[0].second[0].item<double>(), mean, 1e-4) << step;
  }
  EXPECT_EQ(average.state()[0].first, "p");
  average.swap();
  EXPECT_NEAR(p[1].item<double>(), mean, 1e-4);
  EXPECT_EQ(average.state()[0].second[1].item<double>(), 64);
  average.swap();
  EXPECT_EQ(p[1].item<double>(), 64);
}

TEST(WeightAverageTest, NoneKeepsNothing) {
  Tensor p = torch::zeros({2});
  WeightAverage average(0, 32, {{"p", p, true}});
  average.update(8);
  average.swap();
  EXPECT_TRUE(average.state().empty());
  EXPECT_EQ(p[0].item<double>(), 0);
}

}  // namespace
}  // namespace wordbridge
