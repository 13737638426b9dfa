#include "core/threads.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <vector>

#include "core/error.h"

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

/// Jobs of several threads at once, each of which checks that its own blocks ran. `between` runs
/// meanwhile.
bool jobs_of_threads(int count, const std::function<void()>& between) {
  std::atomic<int> right{0}, waiting{count};
  std::vector<std::thread> callers;
  for (int i = 0; i < count; ++i) {
    callers.emplace_back([&] {
      --waiting;
      while (waiting > 0) continue;
      for (int job = 0; job < 50; ++job) {
        std::atomic<int> runs{0};
        for_each_block(20, [&](std::int64_t) { ++runs; });
        right += static_cast<int>(runs == 20);
      }
    });
  }
  between();
  for (auto& caller : callers) caller.join();
  return right == 50 * count;
}

TEST_F(ThreadsTest, SeveralThreadsMayBeTheFirstToUseThem) {
  // In a process of its own, in which nobody has used them.
  const auto first_use = [] {
    forget_threads();
    std::exit(jobs_of_threads(8, [] {}) ? 0 : 1);
  };
  EXPECT_EXIT(first_use(), testing::ExitedWithCode(0), "");
}

TEST_F(ThreadsTest, TheNumberChangesWhileTheyAreUsed) {
  set_threads(2);
  EXPECT_TRUE(jobs_of_threads(3, [] {
    for (int i = 0; i < 50; ++i) set_threads(1 + i % 3);
  }));
  EXPECT_EQ(threads(), 2);
}

TEST_F(ThreadsTest, ForgottenOnesAreStartedAgainAsMany) {
  const auto start_twice = [] {
    std::atomic<int> started{0};
    forget_threads();  // those of the process from which this one was forked
    set_threads(5, [&] { ++started; });
    forget_threads();
    std::exit(threads() == 5 && started == 9 ? 0 : 1);
  };
  EXPECT_EXIT(start_twice(), testing::ExitedWithCode(0), "");
}

TEST_F(ThreadsTest, TooManyAreAnErrorAndTheEarlierOnesRemain) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers need all addresses";
#endif
  // Each thread needs an address range of its own for its stack.
  const auto start_too_many = [] {
    const rlimit limit = {std::size_t{4} << 30, std::size_t{4} << 30};
    ::setrlimit(RLIMIT_AS, &limit);
    forget_threads();
    set_threads(3);
    try {
      set_threads(5000);
    } catch (const Error&) {
      std::exit(threads() == 3 ? 0 : 2);
    }
    std::exit(1);
  };
  EXPECT_EXIT(start_too_many(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace wordbridge
