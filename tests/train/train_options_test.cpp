#include "train/train_options.h"

#include <gtest/gtest.h>

#include "core/config/config.h"

namespace wordbridge {
namespace {

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

TEST(TrainOptionsTest, TheOldNameOfOnlineSgdIsRefusedWithTheNewOne) {
  TrainOptions options;
  FieldGroup root{"", ""};
  root.add(options.describe());
  Problems problems;
  Config::parse("train: {optimizer: sgd_examples}", "x.yaml").read(root, problems);
  ASSERT_EQ(problems.found().size(), 1u);
  EXPECT_EQ(problems.found()[0].first, "train.optimizer");
  EXPECT_EQ(problems.found()[0].second, "'sgd_examples' is now online_sgd");
}

TEST(TrainOptionsTest, OnlineSgdTakesOneExampleAnUpdate) {
  TrainOptions options;
  options.optimizer = OptimizerType::online_sgd;
  options.batch_size = 2;
  Problems problems;
  options.validate(problems, "train");
  ASSERT_EQ(problems.found().size(), 1u);
  EXPECT_EQ(problems.found()[0].second, "online_sgd requires 1, got 2");
}

}  // namespace
}  // namespace wordbridge
