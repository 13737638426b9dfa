#include "core/huge_pages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "tests/support/memory.h"

namespace wordbridge {
namespace {

TEST(GrowingMemoryTest, KeepsItsContent) {
  GrowingMemory memory;
  EXPECT_EQ(memory.data(), nullptr);
  std::size_t written = 0;
  for (const std::size_t count : {1, 1000, 5000, 2'000'000, 2'000'001, 9'000'000}) {
    memory.grow(count * sizeof(int));
    auto* const numbers = static_cast<int*>(memory.data());
    for (std::size_t i = 0; i < written; ++i) ASSERT_EQ(numbers[i], static_cast<int>(i)) << count;
    for (; written < count; ++written) numbers[written] = static_cast<int>(written);
  }
  void* const data = memory.data();
  memory.grow(10);  // no less
  EXPECT_EQ(memory.data(), data);
  GrowingMemory other = std::move(memory);
  EXPECT_EQ(other.data(), data);
  EXPECT_EQ(static_cast<int*>(other.data())[8'999'999], 8'999'999);
}

TEST(GrowingMemoryTest, IsNeverHeldTwice) {
  constexpr std::size_t kFirst = std::size_t{64} << 20;
  if (!kMemoryIsMeasured) GTEST_SKIP() << "memory is not measured with the address sanitizer";
  GrowingMemory grown;
  grown.grow(kFirst);
  std::fill_n(static_cast<char*>(grown.data()), kFirst, 'x');
  forget_peak_memory();
  const double before = wordbridge::memory("VmRSS");
  for (std::size_t size = kFirst; size <= 4 * kFirst; size += kFirst) grown.grow(size);
  EXPECT_EQ(static_cast<char*>(grown.data())[kFirst - 1], 'x');
  EXPECT_LT(wordbridge::memory("VmHWM") - before, 0.2 * kFirst);
}

TEST(GrowingMemoryTest, TooMuchIsBadAlloc) {
  GrowingMemory memory;
  memory.grow(100);
  EXPECT_THROW(memory.grow(std::numeric_limits<std::size_t>::max() / 4), std::bad_alloc);
  static_cast<char*>(memory.data())[99] = 'x';
}

}  // namespace
}  // namespace wordbridge
