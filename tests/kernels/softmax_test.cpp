#include "kernels/softmax.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/rng.h"

namespace wordbridge {
namespace {

struct Block {
  std::int64_t rows, cols;
  std::vector<float> logits, bias;
};

Block random_block(std::int64_t rows, std::int64_t cols) {
  Block block{rows, cols, {}, {}};
  Rng rng(1, "softmax test");
  for (std::int64_t i = 0; i < rows * cols; ++i)
    block.logits.push_back(static_cast<float>(8 * rng.normal()));
  for (std::int64_t i = 0; i < cols; ++i) block.bias.push_back(static_cast<float>(rng.normal()));
  return block;
}

class SoftmaxTest : public ::testing::TestWithParam<std::pair<int, int>> {};

TEST_P(SoftmaxTest, ForwardEqualsNaiveLoops) {
  const auto [rows, cols] = GetParam();
  Block block = random_block(rows, cols);
  const auto before = block.logits;
  std::vector<float> max(static_cast<std::size_t>(rows)), sum(max.size());
  softmax_block_forward(block.logits.data(), rows, cols, block.bias.data(), max.data(), sum.data());
  for (int r = 0; r < rows; ++r) {
    double naive_max = -1e30, naive_sum = 0;
    const auto logit = [&](int c) {
      return before[static_cast<std::size_t>(r * cols + c)] +
             block.bias[static_cast<std::size_t>(c)];
    };
    for (int c = 0; c < cols; ++c) naive_max = std::max<double>(naive_max, logit(c));
    for (int c = 0; c < cols; ++c) {
      const double value = std::exp(static_cast<double>(logit(c)) - naive_max);
      naive_sum += value;
      EXPECT_NEAR(block.logits[static_cast<std::size_t>(r * cols + c)], value, 1e-6);
    }
    EXPECT_FLOAT_EQ(max[static_cast<std::size_t>(r)], static_cast<float>(naive_max));
    EXPECT_NEAR(sum[static_cast<std::size_t>(r)] / naive_sum, 1, 1e-5);
  }
}

TEST_P(SoftmaxTest, BackwardEqualsNaiveLoops) {
  const auto [rows, cols] = GetParam();
  Block block = random_block(rows, cols);
  const auto before = block.logits;
  std::vector<float> factor;
  std::vector<std::int64_t> target;
  for (int r = 0; r < rows; ++r) {
    factor.push_back(0.5f + static_cast<float>(r));
    target.push_back(r % 3 == 0 ? -1 : (r * 7) % (cols + 2));  // some lie outside of the block
  }
  const float scale = 0.25f;
  std::vector<float> bias_gradient(static_cast<std::size_t>(cols), 99.0f);
  softmax_block_backward(block.logits.data(), rows, cols, factor.data(), target.data(), scale,
                         bias_gradient.data());
  for (int c = 0; c < cols; ++c) {
    double column = 0;
    for (int r = 0; r < rows; ++r) {
      const auto i = static_cast<std::size_t>(r * cols + c);
      const double expected = static_cast<double>(before[i]) * factor[static_cast<std::size_t>(r)] -
                              (target[static_cast<std::size_t>(r)] == c ? scale : 0);
      EXPECT_NEAR(block.logits[i], expected, 1e-4);
      column += expected;
    }
    EXPECT_NEAR(bias_gradient[static_cast<std::size_t>(c)], column, 1e-3);
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, SoftmaxTest,
                         ::testing::Values(std::pair{1, 1}, std::pair{3, 2}, std::pair{5, 15},
                                           std::pair{4, 16}, std::pair{7, 17}, std::pair{9, 129}));

TEST(SoftmaxTest, LargeLogitsDoNotOverflow) {
  std::vector<float> logits = {1000.0f, 999.0f, -1000.0f}, bias = {0, 0, 0};
  float max = 0, sum = 0;
  softmax_block_forward(logits.data(), 1, 3, bias.data(), &max, &sum);
  EXPECT_FLOAT_EQ(max, 1000.0f);
  EXPECT_NEAR(sum, 1 + std::exp(-1.0), 1e-6);
}

}  // namespace
}  // namespace wordbridge
