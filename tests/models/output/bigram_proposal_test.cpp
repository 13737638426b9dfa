#include "models/output/bigram_proposal.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "core/threads.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kA = 0, kB = 1, kC = 2, kD = 3;
// a is followed by b, c, b; b by a, a; c by a. d does not occur.
const std::vector<std::int32_t> kText = {0, 1, 0, 2, 0, 1, 0};

DiscreteDistribution unigram() { return DiscreteDistribution({4, 3, 2, 1}); }

BigramProposal proposal(double rate) {
  return BigramProposal(kText.data(), static_cast<std::int64_t>(kText.size()), unigram(), rate);
}

/// One list per example, the target first.
RowLists lists_of(const std::vector<std::vector<std::int32_t>>& lists) {
  RowLists rows;
  rows.begin.push_back(0);
  for (const auto& list : lists) {
    rows.row.insert(rows.row.end(), list.begin(), list.end());
    rows.begin.push_back(static_cast<std::int64_t>(rows.row.size()));
  }
  return rows;
}

std::vector<float> shares(BigramProposal& of) {
  const torch::Tensor tensor = of.tensors().at(0).second;
  return {tensor.data_ptr<float>(), tensor.data_ptr<float>() + tensor.numel()};
}

TEST(BigramProposalTest, StartsAsWittenAndBellsInterpolation) {
  const BigramProposal start = proposal(0);
  // a has 3 bigrams with 2 distinct followers, so the unigram distribution has weight 2/5.
  EXPECT_NEAR(start.probability(kB, kA), 2.0 / 5 + 2.0 / 5 * 0.3, 1e-7);
  EXPECT_NEAR(start.probability(kC, kA), 1.0 / 5 + 2.0 / 5 * 0.2, 1e-7);
  EXPECT_NEAR(start.probability(kD, kA), 2.0 / 5 * 0.1, 1e-7);
  EXPECT_NEAR(start.probability(kA, kC), 1.0 / 2 + 1.0 / 2 * 0.4, 1e-7);
  EXPECT_NEAR(start.probability(kA, kD), 0.4, 1e-7);
  for (std::int64_t h = 0; h < 4; ++h) {
    double sum = 0;
    for (std::int64_t w = 0; w < 4; ++w) sum += start.probability(w, h);
    EXPECT_NEAR(sum, 1, 1e-12);
  }
}

TEST(BigramProposalTest, DrawsFollowTheProbabilities) {
  const BigramProposal start = proposal(0);
  Rng rng(1, "draws");
  constexpr int kDraws = 100'000;
  for (std::int64_t h = 0; h < 4; ++h) {
    std::vector<int> drawn(4);
    for (int i = 0; i < kDraws; ++i) ++drawn[static_cast<std::size_t>(start.draw(h, rng))];
    for (std::int64_t w = 0; w < 4; ++w) {
      const double p = start.probability(w, h);
      EXPECT_NEAR(drawn[static_cast<std::size_t>(w)], kDraws * p,
                  5 * std::sqrt(kDraws * p * (1 - p)))
          << h << ' ' << w;
    }
  }
}

/// Two examples after a, one after b. The targets (first) are ignored.
TEST(BigramProposalTest, AStepByHand) {
  BigramProposal adapting = proposal(0.1);
  const double b = adapting.probability(kB, kA), c = adapting.probability(kC, kA);
  const auto before = shares(adapting);
  ASSERT_EQ(before.size(), 4U);  // a b, a c, b a, c a
  adapting.observe({kA, kB, kA}, lists_of({{3, 1, 3, 1}, {0, 3, 2}, {0, 2, 2}}),
                   {9, 1, 2, 1, 0, 1, 1, 9, 0.5, 0.5});
  EXPECT_EQ(shares(adapting), before);  // unchanged before the update
  adapting.updated();
  // First example: b twice with importance 1/4 each, d with 1/2; third: c with 1; two steps.
  const double keep = 0.9 * 0.9;
  EXPECT_NEAR(shares(adapting)[0], keep * 0.4 + (1 - keep) * (0.5 * 0.4 / b) / 2, 1e-6);
  EXPECT_NEAR(shares(adapting)[1], keep * 0.2 + (1 - keep) * (1.0 * 0.2 / c) / 2, 1e-6);
  EXPECT_NEAR(shares(adapting)[2], 0.9 * 2 / 3, 1e-6);  // d and c do not follow b
  EXPECT_NEAR(shares(adapting)[3], 0.5, 1e-6);          // c was not a preceding word
  double sum = 0;
  for (std::int64_t w = 0; w < 4; ++w) sum += adapting.probability(w, kA);
  EXPECT_NEAR(sum, 1, 1e-12);

  const auto moved = shares(adapting);
  adapting.updated();  // the observations have been consumed
  EXPECT_EQ(shares(adapting), moved);
}

TEST(BigramProposalTest, WithoutAnyImportanceNothingMoves) {
  BigramProposal adapting = proposal(0.1);
  const auto before = shares(adapting);
  adapting.observe({kA}, lists_of({{1, 2}}), {1, 0});
  adapting.updated();
  EXPECT_EQ(shares(adapting), before);
}

/// P after a: c is far more probable than in the corpus. The best mixture of the unigram
/// distribution and the followers has Q(c) = P(c) and Q(b) = P(b), because c and b can have any
/// share.
TEST(BigramProposalTest, ApproachesWhatTheSamplesAreWeightedFor) {
  BigramProposal adapting = proposal(0.02);
  const std::vector<double> p = {0.1, 0.2, 0.65, 0.05};
  const auto divergence = [&] {
    double sum = 0;
    for (std::int64_t w = 0; w < 4; ++w) {
      const double share = p[static_cast<std::size_t>(w)];
      sum += share * std::log(share / adapting.probability(w, kA));
    }
    return sum;
  };
  const double first = divergence();
  Rng rng(3, "samples");
  for (int step = 0; step < 2000; ++step) {
    std::vector<std::int32_t> list = {0};
    std::vector<float> importance = {0};
    for (int k = 0; k < 30; ++k) {
      const auto w = adapting.draw(kA, rng);
      list.push_back(static_cast<std::int32_t>(w));
      importance.push_back(
          static_cast<float>(p[static_cast<std::size_t>(w)] / adapting.probability(w, kA)));
    }
    adapting.observe({kA}, lists_of({list}), importance);
    adapting.updated();
  }
  EXPECT_GT(first, 0.2);
  EXPECT_LT(divergence(), 0.01);
}

TEST(BigramProposalTest, TheTensorIsAllOfIt) {
  BigramProposal from = proposal(0.1), to = proposal(0.1);
  from.observe({kA, kB}, lists_of({{0, 1, 1}, {0, 0, 3}}), {0, 1, 1, 0, 1, 1});
  from.updated();
  ASSERT_NE(from.probability(kB, kA), to.probability(kB, kA));
  to.tensors()[0].second.copy_(from.tensors()[0].second);
  to.restored();
  for (std::int64_t h = 0; h < 4; ++h)
    for (std::int64_t w = 0; w < 4; ++w) EXPECT_EQ(from.probability(w, h), to.probability(w, h));
}

TEST(BigramProposalTest, BitsDoNotDependOnThreads) {
  constexpr std::int64_t V = 50;
  std::vector<std::int32_t> text;
  Rng rng(2, "text");
  for (int i = 0; i < 3000; ++i) text.push_back(static_cast<std::int32_t>(rng.below(V)));
  std::vector<float> first;
  for (const int threads : {1, 2, 7}) {
    set_threads(threads, [] { at::set_num_threads(1); });
    BigramProposal adapting(text.data(), 3000, DiscreteDistribution(std::vector<double>(V, 1)),
                            0.05);
    for (std::uint64_t step = 0; step < 5; ++step) {
      Rng draws(step, "draws");
      std::vector<std::int64_t> before;
      std::vector<std::vector<std::int32_t>> lists;
      std::vector<float> importance;
      for (int b = 0; b < 200; ++b) {
        before.push_back(static_cast<std::int64_t>(draws.below(V)));
        lists.emplace_back();
        for (int k = 0; k < 10; ++k) {
          lists.back().push_back(static_cast<std::int32_t>(adapting.draw(before.back(), draws)));
          importance.push_back(static_cast<float>(draws.uniform()));
        }
      }
      adapting.observe(before, lists_of(lists), importance);
      adapting.updated();
    }
    if (first.empty()) first = shares(adapting);
    EXPECT_EQ(shares(adapting), first) << threads;
  }
  set_threads(0);
}

}  // namespace
}  // namespace wordbridge
