#include "eval/translation/change_test.h"

#include <gmock/gmock.h>

#include <cmath>

#include "core/error.h"
#include "core/rng.h"

namespace wordbridge {
namespace {

using testing::HasSubstr;

TEST(FalseDiscoveryRates, ByHand) {
  // Sorted: 0.01, 0.02, 0.03, 0.04, times 4 / rank: 0.04, 0.04, 0.04, 0.04; with 0.5 instead of
  // 0.04: 0.04, 0.04, 0.04, 0.5.
  const auto rates = false_discovery_rates({0.5, 0.01, 0.03, 0.02});
  EXPECT_NEAR(rates[0], 0.5, 1e-12);
  EXPECT_NEAR(rates[1], 0.04, 1e-12);
  EXPECT_NEAR(rates[2], 0.04, 1e-12);
  EXPECT_NEAR(rates[3], 0.04, 1e-12);
  EXPECT_NEAR(false_discovery_rates({0.01, 0.04})[0], 0.02, 1e-12);
}

/// Eight runs of words at angles, in degrees.
std::vector<EmbeddingTable> runs_of(const std::vector<std::vector<double>>& angles) {
  std::vector<EmbeddingTable> runs;
  for (std::size_t run = 0; run < angles[0].size(); ++run) {
    std::vector<std::string> words;
    std::vector<float> values;
    for (std::size_t word = 0; word < angles.size(); ++word) {
      words.push_back("w" + std::to_string(word));
      const double angle = angles[word][run] * M_PI / 180;
      values.push_back(static_cast<float>(std::cos(angle)));
      values.push_back(static_cast<float>(std::sin(angle)));
    }
    runs.emplace_back(words, values, 2, "run");
  }
  return runs;
}

TEST(ChangeTest, ByHand) {
  // w0 does not move; w1 is turned by 60 degrees in the second corpus; w2 has the same spread in
  // both.
  const auto changes = test_changes(
      runs_of({{0, 0, 0, 0, 0, 0, 0, 0}, {0, 1, 2, 3, 60, 61, 62, 63}, {0, 9, 3, 6, 1, 8, 4, 7}}),
      4);
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes[0].word, "w1");
  EXPECT_NEAR(changes[0].between, 0.5, 0.01);
  EXPECT_NEAR(changes[0].p, 2.0 / 70, 1e-12);  // this division and its mirror image, of 8 over 4
  EXPECT_NEAR(changes[0].false_rate, 6.0 / 70, 1e-12);
  for (const auto& change : changes) EXPECT_TRUE(change.word != "w0" || change.p == 1) << change.p;
  EXPECT_GT(changes[1].p, 0.3);
}

/// If the corpora are the same, p is below 0.1 for a tenth of the words at most.
TEST(ChangeTest, IsValidWithoutAChange) {
  Rng rng(1, "change test");
  std::vector<std::vector<double>> angles(2000, std::vector<double>(7));
  for (auto& word : angles)
    for (auto& angle : word) angle = 20 * rng.normal();
  const auto changes = test_changes(runs_of(angles), 3);
  double below = 0;
  for (const auto& change : changes) below += change.p <= 0.1;
  EXPECT_NEAR(below / 2000, 3.0 / 35, 0.02);  // 3 / 35 is the largest p below 0.1
  EXPECT_GT(changes[0].false_rate, 0.2);
}

TEST(ChangeTest, TooFewRunsAreAnError) {
  const auto error = [](std::size_t runs, std::size_t first) -> std::string {
    try {
      test_changes(runs_of({std::vector<double>(runs, 1)}), first);
    } catch (const Error& thrown) {
      return thrown.what();
    }
    return "no error";
  };
  EXPECT_THAT(error(6, 3), HasSubstr("0.1, with 3 and 3 runs"));
  EXPECT_THAT(error(5, 1), HasSubstr("several runs on each corpus"));
  EXPECT_THAT(error(24, 12), HasSubstr("too many runs"));
  EXPECT_EQ(error(7, 3), "no error");
}

}  // namespace
}  // namespace wordbridge
