#include "train/train_options.h"

#include <gtest/gtest.h>

namespace wordbridge {
namespace {

TrainOptions options_with(const char* schedule, std::int64_t warmup = 0) {
  TrainOptions options;
  options.lr = 2;
  options.schedule.type = schedule;
  options.schedule.warmup_steps = warmup;
  return options;
}

TEST(LearningRateTest, Constant) {
  EXPECT_EQ(learning_rate(options_with("constant"), 99, 10, 100), 2);
}

TEST(LearningRateTest, InverseIsThePapers) {
  auto options = options_with("inverse");
  options.schedule.decay = 1e-8;
  EXPECT_EQ(learning_rate(options, 0, 10, 100), 2);
  // After 20 epochs of 800,000 updates the paper's rate has fallen by 14 %.
  EXPECT_NEAR(learning_rate(options, 16'000'000, 800'000, 16'000'000) / 2, 1 / 1.16, 1e-12);
}

TEST(LearningRateTest, StepCutsAtEpochs) {
  auto options = options_with("step");
  options.schedule.step_epochs = 2;
  options.schedule.step_factor = 0.1;
  EXPECT_DOUBLE_EQ(learning_rate(options, 19, 10, 100), 2);
  EXPECT_DOUBLE_EQ(learning_rate(options, 20, 10, 100), 0.2);
  EXPECT_DOUBLE_EQ(learning_rate(options, 40, 10, 100), 0.02);
}

TEST(LearningRateTest, CosineGoesDownToItsFraction) {
  auto options = options_with("cosine");
  options.schedule.final_fraction = 0.1;
  EXPECT_DOUBLE_EQ(learning_rate(options, 0, 10, 100), 2);
  EXPECT_NEAR(learning_rate(options, 50, 10, 100), 2 * (0.1 + 0.9 / 2), 1e-12);
  EXPECT_NEAR(learning_rate(options, 100, 10, 100), 0.2, 1e-12);
  for (std::int64_t step = 1; step <= 100; ++step) {
    EXPECT_LT(learning_rate(options, step, 10, 100), learning_rate(options, step - 1, 10, 100));
  }
}

TEST(LearningRateTest, WarmupIsLinearAndEnds) {
  const auto options = options_with("constant", 4);
  EXPECT_DOUBLE_EQ(learning_rate(options, 0, 10, 100), 0.5);
  EXPECT_DOUBLE_EQ(learning_rate(options, 3, 10, 100), 2);
  EXPECT_DOUBLE_EQ(learning_rate(options, 4, 10, 100), 2);
}

TEST(TrainOptionsTest, ContradictionsAreFound) {
  TrainOptions options;
  options.momentum = 0.9;
  options.weight_decay = 1000;
  options.lr = 0.1;
  Problems problems;
  options.validate(problems, "train");
  ASSERT_EQ(problems.found().size(), 2u);
  EXPECT_EQ(problems.found()[0].first, "train.momentum");
  EXPECT_EQ(problems.found()[1].first, "train.weight_decay");
}

}  // namespace
}  // namespace wordbridge
