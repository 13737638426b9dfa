#include "models/word2vec/rounds.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace wordbridge {
namespace {

/// Relative frequencies of 1 / `chance` equally frequent words, so that two tokens are the same
/// word with probability `chance`.
std::vector<double> shares_with(double chance) {
  return std::vector<double>(static_cast<std::size_t>(std::lround(1 / chance)), chance);
}

constexpr std::int64_t kLongText = 100000000;

void expect_rounds(const Word2vecOptions& options, const std::vector<double>& shares,
                   const Subwords& parts, std::int64_t tokens, std::int64_t segments,
                   std::int64_t text = kLongText) {
  const Rounds rounds = choose_rounds(options, shares, parts, text);
  EXPECT_EQ(rounds.tokens, tokens) << *options.lr << ' ' << shares[0];
  EXPECT_EQ(rounds.segments, segments) << *options.lr << ' ' << shares[0];
}

/// Tokens of a round: 0.8 / (lr pairs chance), with 6 pairs for a dynamic window of 5, but at most
/// 8192. Segments have 1024 tokens, halved down to 128 until there are four of them.
TEST(RoundsTest, ShrinkWithLearningRateAndChance) {
  struct Case {
    double lr, chance;
    std::int64_t tokens, segments;
  };
  Word2vecOptions options;
  for (const Case& some : {Case{0.001, 0.0125, 1024, 8},  // 10667; at most 8192
                           Case{0.001, 0.02, 1024, 6},    // 6667
                           Case{0.001, 0.04, 512, 6},     // 3333; fewer than four of 1024
                           Case{0.01, 0.004, 512, 6},     // the same
                           Case{0.01, 0.02, 128, 5},      // 667
                           Case{0.05, 0.008, 128, 2},     // 333; segments not shorter
                           Case{0.05, 0.04, 128, 1},      // 67; at least one
                           Case{10, 0.5, 128, 1}}) {
    options.lr = some.lr;
    expect_rounds(options, shares_with(some.chance), {}, some.tokens, some.segments);
  }
}

TEST(RoundsTest, ShrinkWithThePairsOfAWord) {
  const auto shares = shares_with(0.002);
  Word2vecOptions options;
  options.lr = 0.02;  // 3333
  options.window = 15;
  expect_rounds(options, shares, {}, 256, 4);  // 16 pairs: 1250
  options.window = 5;
  options.window_type = Word2vecOptions::WindowType::fixed;
  expect_rounds(options, shares, {}, 256, 7);  // 10: 2000
  options.window_type = Word2vecOptions::WindowType::dynamic;
  options.negatives = 20;
  expect_rounds(options, shares, {}, 256, 6);  // pairs times sqrt(20/5) = 2: 1667
  options.negatives = 5;
  options.architecture = Word2vecOptions::Architecture::cbow;
  expect_rounds(options, shares, {}, 1024, 8);  // 1 pair: 20000
  options.cbow_update = Word2vecOptions::CbowUpdate::original;
  expect_rounds(options, shares, {}, 512, 6);  // as for skip-gram
}

TEST(RoundsTest, AShortTextHasAbout512) {
  Word2vecOptions options;
  options.lr = 0.025;
  expect_rounds(options, shares_with(0.0005), {}, 256, 7, 1000000);  // 1953
  expect_rounds(options, shares_with(0.0005), {}, 256, 4, 1000);     // 1024
}

/// With a tree, a round has at most 150 / (lr pairs) tokens, because every token updates the root.
TEST(RoundsTest, ATreeBoundsThemByTheLearningRateAlone) {
  Word2vecOptions options;
  options.lr = 0.02;
  expect_rounds(options, shares_with(0.0004), {}, 1024, 8);
  options.output = Word2vecOptions::Output::hierarchical;
  expect_rounds(options, shares_with(0.0004), {}, 256, 4);  // 1250
  expect_rounds(options, shares_with(0.0125), {}, 128, 4);  // 533, bounded by the chance
  options.lr = 0.001;
  expect_rounds(options, shares_with(0.0004), {}, 1024, 8);
}

/// Parts <a ab b>, <a ac c>, <x xy y>. The part <a occurs in 0.8 of the text. Expected shared
/// parts: ab (0.5 + 0.8 + 0.5 + 0.5) / 4, ac (0.3 + 0.8 + 0.3 + 0.3) / 4, xy 0.2; on average 0.455.
/// Without parts the chance is 0.38.
TEST(RoundsTest, PartsMeetThoseOfOtherWords) {
  Word2vecOptions options;
  options.lr = 0.0005;
  const std::vector<double> shares = {0.5, 0.3, 0.2};
  expect_rounds(options, shares, {}, 128, 5);  // 702
  // 2 / (lr 6 0.455) = 1465
  expect_rounds(options, shares, Subwords({"ab", "ac", "xy"}, {2, 2, 99991}, 3), 256, 5);
}

}  // namespace
}  // namespace wordbridge
