#include "train/schedule.h"

#include <gtest/gtest.h>

namespace wordbridge {
namespace {

ScheduleOptions schedule_of(ScheduleType type, std::int64_t warmup = 0) {
  ScheduleOptions schedule;
  schedule.type = type;
  schedule.warmup_steps = warmup;
  return schedule;
}

TEST(LearningRateTest, Constant) {
  EXPECT_EQ(learning_rate(schedule_of(ScheduleType::constant), 2, 99, 10, 100), 2);
}

TEST(LearningRateTest, InverseIsThePapers) {
  auto schedule = schedule_of(ScheduleType::inverse);
  schedule.decay = 1e-8;
  EXPECT_EQ(learning_rate(schedule, 2, 0, 10, 100), 2);
  // After 20 epochs of 800,000 updates the paper's learning rate has fallen by 14 %.
  EXPECT_NEAR(learning_rate(schedule, 2, 16'000'000, 800'000, 16'000'000) / 2, 1 / 1.16, 1e-12);
}

TEST(LearningRateTest, StepCutsAtEpochs) {
  auto schedule = schedule_of(ScheduleType::step);
  schedule.step_epochs = 2;
  schedule.step_factor = 0.1;
  EXPECT_DOUBLE_EQ(learning_rate(schedule, 2, 19, 10, 100), 2);
  EXPECT_DOUBLE_EQ(learning_rate(schedule, 2, 20, 10, 100), 0.2);
  EXPECT_DOUBLE_EQ(learning_rate(schedule, 2, 40, 10, 100), 0.02);
}

TEST(LearningRateTest, CosineGoesDownToItsFraction) {
  auto schedule = schedule_of(ScheduleType::cosine);
  schedule.final_fraction = 0.1;
  EXPECT_DOUBLE_EQ(learning_rate(schedule, 2, 0, 10, 100), 2);
  EXPECT_NEAR(learning_rate(schedule, 2, 50, 10, 100), 2 * (0.1 + 0.9 / 2), 1e-12);
  EXPECT_NEAR(learning_rate(schedule, 2, 100, 10, 100), 0.2, 1e-12);
  for (std::int64_t step = 1; step <= 100; ++step) {
    EXPECT_LT(learning_rate(schedule, 2, step, 10, 100),
              learning_rate(schedule, 2, step - 1, 10, 100));
  }
}

TEST(LearningRateTest, WarmupIsLinearAndEnds) {
  const auto schedule = schedule_of(ScheduleType::constant, 4);
  EXPECT_DOUBLE_EQ(learning_rate(schedule, 2, 0, 10, 100), 0.5);
  EXPECT_DOUBLE_EQ(learning_rate(schedule, 2, 3, 10, 100), 2);
  EXPECT_DOUBLE_EQ(learning_rate(schedule, 2, 4, 10, 100), 2);
}

}  // namespace
}  // namespace wordbridge
