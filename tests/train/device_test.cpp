#include "train/device.h"

#include <gtest/gtest.h>

namespace wordbridge {
namespace {

TEST(DeviceTest, EveryFormIsRead) {
  using Kind = DeviceChoice::Kind;
  EXPECT_EQ(parse_device("auto")->kind, Kind::automatic);
  EXPECT_EQ(parse_device("cpu")->kind, Kind::cpu);
  EXPECT_EQ(parse_device("cuda")->kind, Kind::cuda);
  EXPECT_EQ(parse_device("cuda")->index, 0);
  EXPECT_EQ(parse_device("cuda:12")->kind, Kind::cuda);
  EXPECT_EQ(parse_device("cuda:12")->index, 12);
  for (const char* wrong : {"", "gpu", "CPU", "cuda:", "cuda:-1", "cuda:1000", "cuda:1 ", "cpu:0"})
    EXPECT_FALSE(parse_device(wrong)) << wrong;
}

TEST(DeviceTest, NamesAreReadAgain) {
  for (const char* name : {"auto", "cpu", "cuda:0", "cuda:7"})
    EXPECT_EQ(device_name(*parse_device(name)), name);
}

}  // namespace
}  // namespace wordbridge
