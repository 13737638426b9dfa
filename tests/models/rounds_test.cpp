#include "models/word2vec/rounds.h"

#include <gtest/gtest.h>

#include <vector>

namespace wordbridge {
namespace {

/// Shares of which `largest` is the largest.
std::vector<double> shares_with(double largest) {
  std::vector<double> shares = {largest};
  while (shares.size() < 200) shares.push_back((1 - largest) / 199);
  return shares;
}

void expect_rounds(const Word2vecOptions& options, const std::vector<double>& shares,
                   const WordParts& parts, std::int64_t tokens, std::int64_t segments) {
  const Rounds rounds = choose_rounds(options, shares, parts);
  EXPECT_EQ(rounds.tokens, tokens) << options.lr << ' ' << shares[0];
  EXPECT_EQ(rounds.segments, segments) << options.lr << ' ' << shares[0];
}

/// Tokens of a round: 0.7 / (lr share), at most 8192, in segments of 1024 that are halved down to
/// 128 until there are four of them.
TEST(RoundsTest, ShrinkWithLearningRateAndShare) {
  struct Case {
    double lr, share;
    std::int64_t tokens, segments;
  };
  Word2vecOptions options;
  for (const Case& some : {Case{0.001, 0.05, 1024, 8},  // 14000: at most 8192
                           Case{0.001, 0.1, 1024, 6},   // 7000
                           Case{0.001, 0.2, 512, 6},    // 3500: less than four of 1024
                           Case{0.025, 0.01, 512, 5},   // 2800
                           Case{0.01, 0.1, 128, 5},     // 700
                           Case{0.025, 0.1, 128, 2},    // 280: not shorter
                           Case{0.1, 0.06, 128, 1},     // 117: one at least
                           Case{10, 0.99, 128, 1}}) {
    options.lr = some.lr;
    expect_rounds(options, shares_with(some.share), {}, some.tokens, some.segments);
  }
}

/// With a tree at most 40 / lr tokens: all of them change the root.
TEST(RoundsTest, ATreeBoundsThemByTheLearningRateAlone) {
  Word2vecOptions options;
  options.lr = 0.025;
  expect_rounds(options, shares_with(0.005), {}, 1024, 5);  // 5600
  options.output = "hierarchical";
  expect_rounds(options, shares_with(0.005), {}, 256, 6);  // 1600
  expect_rounds(options, shares_with(0.1), {}, 128, 2);    // 280, for the share
  options.lr = 0.001;
  expect_rounds(options, shares_with(0.01), {}, 1024, 8);
}

/// <a ab b>, <a ac c>, <x xy y>: <a has .8 of the text, so ab's parts have (.5 + .8 + .5 + .5) / 4.
TEST(RoundsTest, PartsHaveTheShareOfAllTheirWords) {
  Word2vecOptions options;
  options.lr = 0.001;
  const std::vector<double> shares = {0.5, 0.3, 0.2};
  expect_rounds(options, shares, {}, 256, 5);                                               // 1400
  expect_rounds(options, shares, WordParts({"ab", "ac", "xy"}, {2, 2, 99991}, 3), 256, 4);  // 1217
}

}  // namespace
}  // namespace wordbridge
