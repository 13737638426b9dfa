#include "core/rng.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace wordbridge {
namespace {

TEST(RngTest, SameSeedStreamAndIndexSameNumbers) {
  Rng a(7, "shuffle", 3), b(7, "shuffle", 3);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(a.next(), b.next());
}

TEST(RngTest, AnyDifferenceGivesAnotherStream) {
  std::set<std::uint64_t> first;
  for (const auto seed : {1, 2}) {
    for (const auto* stream : {"shuffle", "dropout"}) {
      for (const auto index : {0, 1})
        first.insert(
            Rng(static_cast<std::uint64_t>(seed), stream, static_cast<std::uint64_t>(index))
                .next());
    }
  }
  EXPECT_EQ(first.size(), 8u);
}

TEST(RngTest, StateContinuesTheStream) {
  Rng a(1, "x");
  a.next();
  Rng b(2, "y");
  b.set_state(a.state());
  EXPECT_EQ(a.next(), b.next());
}

TEST(RngTest, BelowIsUniform) {
  Rng rng(1, "below");
  int counts[7] = {};
  constexpr int kDraws = 70'000;
  for (int i = 0; i < kDraws; ++i) ++counts[rng.below(7)];
  double chi_squared = 0;
  for (const int count : counts) chi_squared += (count - 10'000.0) * (count - 10'000.0) / 10'000.0;
  EXPECT_LT(chi_squared, 22.5);  // 6 degrees of freedom: p = 0.001
}

TEST(RngTest, NormalHasMeanZeroAndVarianceOne) {
  Rng rng(1, "normal");
  double sum = 0, squares = 0;
  constexpr int kDraws = 100'000;
  for (int i = 0; i < kDraws; ++i) {
    const double x = rng.normal();
    ASSERT_TRUE(std::isfinite(x));
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / kDraws, 0, 0.02);
  EXPECT_NEAR(squares / kDraws, 1, 0.02);
}

TEST(RngTest, ShuffleIsAPermutation) {
  std::vector<int> values(1000);
  for (int i = 0; i < 1000; ++i) values[static_cast<std::size_t>(i)] = i;
  auto shuffled = values;
  Rng(1, "shuffle").shuffle(shuffled);
  EXPECT_NE(shuffled, values);
  std::sort(shuffled.begin(), shuffled.end());
  EXPECT_EQ(shuffled, values);
}

}  // namespace
}  // namespace wordbridge
