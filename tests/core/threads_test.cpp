#include "core/threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace wordbridge {
namespace {

class ThreadsTest : public ::testing::Test {
 protected:
  void TearDown() override { set_threads(0); }
};

TEST_F(ThreadsTest, EachBlockRunsOnce) {
  for (const int count : {1, 2, 7}) {
    set_threads(count);
    EXPECT_EQ(threads(), count);
    for (const std::int64_t blocks : {0, 1, 3, 1000}) {
      std::vector<std::atomic<int>> runs(static_cast<std::size_t>(blocks));
      for_each_block(blocks, [&](std::int64_t block) { ++runs[static_cast<std::size_t>(block)]; });
      for (const auto& run : runs) EXPECT_EQ(run, 1);
    }
  }
}

TEST_F(ThreadsTest, RangesCoverAllOnce) {
  set_threads(3);
  std::vector<int> covered(1001);
  for_each_range(1001, 64, [&](std::int64_t begin, std::int64_t end) {
    EXPECT_EQ(begin % 64, 0);
    for (auto i = begin; i < end; ++i) ++covered[static_cast<std::size_t>(i)];
  });
  EXPECT_EQ(std::accumulate(covered.begin(), covered.end(), 0), 1001);
}

TEST_F(ThreadsTest, ExceptionsReachTheCallerAndThePoolLivesOn) {
  set_threads(4);
  EXPECT_THROW(for_each_block(100,
                              [](std::int64_t block) {
                                if (block == 50) throw std::runtime_error("block 50");
                              }),
               std::runtime_error);
  std::atomic<int> runs{0};
  for_each_block(10, [&](std::int64_t) { ++runs; });
  EXPECT_EQ(runs, 10);
}

TEST_F(ThreadsTest, NestedCallsRunInPlace) {
  set_threads(4);
  std::atomic<int> runs{0};
  for_each_block(4, [&](std::int64_t) { for_each_block(5, [&](std::int64_t) { ++runs; }); });
  EXPECT_EQ(runs, 20);
}

TEST_F(ThreadsTest, StartFunctionRunsInEveryWorker) {
  std::atomic<int> started{0};
  set_threads(5, [&] { ++started; });
  for_each_block(100, [](std::int64_t) {});
  set_threads(1);  // joins the workers
  EXPECT_EQ(started, 5);
}

}  // namespace
}  // namespace wordbridge
