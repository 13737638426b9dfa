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

constexpr std::int64_t kLongText = 100000000;

void expect_rounds(const Word2vecOptions& options, const std::vector<double>& shares,
                   const WordParts& parts, std::int64_t tokens, std::int64_t segments,
                   std::int64_t text = kLongText) {
  const Rounds rounds = choose_rounds(options, shares, parts, text);
  EXPECT_EQ(rounds.tokens, tokens) << options.lr << ' ' << shares[0];
  EXPECT_EQ(rounds.segments, segments) << options.lr << ' ' << shares[0];
}

/// Tokens of a round: 6 / (lr pairs share), with 6 pairs for a dynamic window of 5; at most 8192;
/// in segments of 1024 that are halved down to 128 until there are four of them.
TEST(RoundsTest, ShrinkWithLearningRateAndShare) {
  struct Case {
    double lr, share;
    std::int64_t tokens, segments;
  };
  Word2vecOptions options;
  for (const Case& some : {Case{0.001, 0.085, 1024, 8},  // 11764: at most 8192
                           Case{0.001, 0.125, 1024, 7},  // 8000
                           Case{0.001, 0.245, 512, 7},   // 4081: less than four of 1024
                           Case{0.025, 0.0125, 512, 6},  // 3200
                           Case{0.01, 0.125, 128, 6},    // 800
                           Case{0.025, 0.085, 128, 3},   // 470: not shorter
                           Case{0.1, 0.125, 128, 1},     // 80: one at least
                           Case{10, 0.99, 128, 1}}) {
    options.lr = some.lr;
    expect_rounds(options, shares_with(some.share), {}, some.tokens, some.segments);
  }
}

TEST(RoundsTest, ShrinkWithThePairsOfAWord) {
  const auto shares = shares_with(0.0125);
  Word2vecOptions options;  // 3200
  options.window = 15;
  expect_rounds(options, shares, {}, 256, 4);  // 16 pairs: 1200
  options.window = 5;
  options.window_type = "fixed";
  expect_rounds(options, shares, {}, 256, 7);  // 10: 1920
  options.window_type = "dynamic";
  options.negatives = 20;
  expect_rounds(options, shares, {}, 256, 6);  // twice as many: 1600
  options.negatives = 5;
  options.architecture = "cbow";
  expect_rounds(options, shares, {}, 1024, 8);  // one: 19200
  options.cbow_update = "original";
  expect_rounds(options, shares, {}, 512, 6);  // as skip-gram
}

TEST(RoundsTest, AShortTextHas512AtLeast) {
  const Word2vecOptions options;
  expect_rounds(options, shares_with(0.006), {}, 256, 7, 1000000);  // 1953
  expect_rounds(options, shares_with(0.006), {}, 128, 1, 1000);
}

/// With a tree at most 150 / (lr pairs) tokens: all of them change the root.
TEST(RoundsTest, ATreeBoundsThemByTheLearningRateAlone) {
  Word2vecOptions options;
  options.lr = 0.02;
  expect_rounds(options, shares_with(0.0061), {}, 1024, 8);
  options.output = "hierarchical";
  expect_rounds(options, shares_with(0.0061), {}, 256, 4);  // 1250
  expect_rounds(options, shares_with(0.1), {}, 128, 3);     // 500, for the share
  options.lr = 0.001;
  expect_rounds(options, shares_with(0.0061), {}, 1024, 8);
}

/// <a ab b>, <a ac c>, <x xy y>: <a has .8 of the text, so ab's parts have (.5 + .8 + .5 + .5) / 4.
TEST(RoundsTest, PartsHaveTheShareOfAllTheirWords) {
  Word2vecOptions options;
  options.lr = 0.002;
  const std::vector<double> shares = {0.5, 0.3, 0.2};
  expect_rounds(options, shares, {}, 128, 7);  // 1000
  // 15 / (lr 6 .575) = 2173
  expect_rounds(options, shares, WordParts({"ab", "ac", "xy"}, {2, 2, 99991}, 3), 512, 4);
}

}  // namespace
}  // namespace wordbridge
