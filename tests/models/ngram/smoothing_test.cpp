#include "models/ngram/smoothing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/rng.h"
#include "core/threads.h"
#include "tests/support/memory.h"
#include "tests/support/skewed_ids.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using Ids = std::vector<std::int32_t>;

SmoothingOptions options(Smoothing method, bool interpolate) {
  SmoothingOptions options;
  options.method = method;
  options.interpolate = interpolate;
  return options;
}

BackoffTable model(const Ids& ids, std::int64_t types, std::int64_t order,
                   const SmoothingOptions& options, std::int32_t boundary = -1) {
  const NgramStream stream{ids.data(), static_cast<std::int64_t>(ids.size()), types, boundary};
  return smooth(count_ngrams(stream, order), options);
}

double probability(const BackoffTable& table, const Ids& history, std::int32_t word) {
  return std::pow(
      10, table.log10_prob(
              word, table.history(history.data(), static_cast<std::int64_t>(history.size()))));
}

double sum_after(const BackoffTable& table, const Ids& history) {
  std::vector<double> log10(static_cast<std::size_t>(table.types()));
  table.log10_probs(table.history(history.data(), static_cast<std::int64_t>(history.size())),
                    log10.data());
  double sum = 0;
  for (std::int32_t w = 0; w < table.types(); ++w) {
    const double p = std::pow(10, log10[static_cast<std::size_t>(w)]);
    EXPECT_NEAR(p, probability(table, history, w), 1e-9);
    sum += p;
  }
  return sum;
}

TEST(DiscountsTest, ModifiedKneserNeyByHand) {
  bool fallback = true;
  // Y = 10 / (10 + 2 * 5) = 0.5
  const auto three = kneser_ney_discounts({0, 10, 5, 3, 2}, true, fallback);
  EXPECT_FALSE(fallback);
  EXPECT_THAT(three, ElementsAre(0, DoubleNear(1 - 2 * 0.5 * 5.0 / 10, 1e-12),
                                 DoubleNear(2 - 3 * 0.5 * 3.0 / 5, 1e-12),
                                 DoubleNear(3 - 4 * 0.5 * 2.0 / 3, 1e-12)));
  EXPECT_THAT(kneser_ney_discounts({0, 10, 5, 3, 2}, false, fallback),
              ElementsAre(0, DoubleNear(0.5, 1e-12)));
  kneser_ney_discounts({0, 10, 0, 3, 2}, true, fallback);
  EXPECT_TRUE(fallback);
  kneser_ney_discounts({0, 0, 0, 0, 0}, false, fallback);
  EXPECT_TRUE(fallback);
}

TEST(DiscountsTest, GoodTuringByHand) {
  // largest 2: A = 3 t_3 / t_1 = 0.3; 1* = 2 t_2 / t_1 = 0.8, 2* = 3 t_3 / t_2 = 1.5 / 2.
  const auto discounts = good_turing_discounts({0, 20, 8, 2}, 2);
  const double a = 0.3, first = 1 - (0.8 - a) / (1 - a),
               second = 2 * (1 - (0.75 / 2 - a) / (1 - a));
  EXPECT_THAT(discounts, ElementsAre(0, DoubleNear(first, 1e-12), DoubleNear(second, 1e-12), 0));
  EXPECT_THAT(good_turing_discounts({0, 0, 0, 0}, 2), ElementsAre(0, 0, 0, 0));
}

// The stream a b a c a b, ids 0 1 0 2 0 1, and a type d = 3 that never occurs.
// Bigrams: ab 2, ba 1, ac 1, ca 1. Distinct preceding words: a 2 (b, c), b 1 (a), c 1 (a).
const Ids kStream = {0, 1, 0, 2, 0, 1};

TEST(SmoothingTest, InterpolatedKneserNeyByHand) {
  SmoothingOptions single = options(Smoothing::kneser_ney, true);
  single.discounts = SmoothingOptions::DiscountCount::single;
  const auto table = model(kStream, 4, 2, single);
  // Unigrams: counts 2, 1, 1; t_1 = 2, t_2 = 1, so D = 2 / 4. The remaining mass, 3 D of 4, is
  // shared by four types.
  const double left = 1.5 / 4, share = left / 4;
  EXPECT_NEAR(probability(table, {}, 0), 1.5 / 4 + share, 1e-7);
  EXPECT_NEAR(probability(table, {}, 1), 0.5 / 4 + share, 1e-7);
  EXPECT_NEAR(probability(table, {}, 3), share, 1e-7);
  // Bigrams: t_1 = 3, t_2 = 1, so D = 0.6. After a: two words with a total of 3; the remaining mass
  // is 2 D of 3.
  EXPECT_NEAR(probability(table, {0}, 1), 1.4 / 3 + 1.2 / 3 * (0.5 / 4 + share), 1e-7);
  EXPECT_NEAR(probability(table, {0}, 2), 0.4 / 3 + 1.2 / 3 * (0.5 / 4 + share), 1e-7);
  EXPECT_NEAR(probability(table, {0}, 3), 1.2 / 3 * share, 1e-7);
  EXPECT_NEAR(std::pow(10, table.levels()[0].log10_backoff[0]), 1.2 / 3, 1e-7);
  // d never occurs as a history, so nothing is discounted.
  EXPECT_NEAR(probability(table, {3}, 1), 0.5 / 4 + share, 1e-7);
  EXPECT_EQ(table.levels()[0].log10_backoff[3], 0);
}

TEST(SmoothingTest, BackOffKneserNeyByHand) {
  SmoothingOptions single = options(Smoothing::kneser_ney, false);
  single.discounts = SmoothingOptions::DiscountCount::single;
  const auto table = model(kStream, 4, 2, single);
  // Only d receives the remaining mass of the unigrams.
  const double a = 1.5 / 4, b = 0.5 / 4, d = 1.5 / 4;
  EXPECT_NEAR(probability(table, {}, 0), a, 1e-7);
  EXPECT_NEAR(probability(table, {}, 3), d, 1e-7);
  EXPECT_NEAR(probability(table, {0}, 1), 1.4 / 3, 1e-7);
  EXPECT_NEAR(probability(table, {0}, 2), 0.4 / 3, 1e-7);
  // b and c follow a; the back-off weight excludes their unigram probabilities.
  const double weight = 1.2 / 3 / (1 - 2 * b);
  EXPECT_NEAR(std::pow(10, table.levels()[0].log10_backoff[0]), weight, 1e-6);
  EXPECT_NEAR(probability(table, {0}, 0), weight * a, 1e-6);
}

TEST(SmoothingTest, WittenBellByHand) {
  const auto table = model(kStream, 4, 2, options(Smoothing::witten_bell, true));
  // Unigrams: counts 3, 2, 1, three types: denominator 6 + 3.
  const double a = 3.0 / 9 + 3.0 / 9 / 4, b = 2.0 / 9 + 3.0 / 9 / 4;
  EXPECT_NEAR(probability(table, {}, 0), a, 1e-7);
  // After a: b 2, c 1, two types: denominator 3 + 2.
  EXPECT_NEAR(probability(table, {0}, 1), 2.0 / 5 + 2.0 / 5 * b, 1e-7);
  EXPECT_NEAR(probability(table, {0}, 0), 2.0 / 5 * a, 1e-7);
}

TEST(SmoothingTest, GoodTuringByHand) {
  const auto table = model(kStream, 4, 2, options(Smoothing::good_turing, false));
  // Unigrams: 3, 2, 1. With t_1 = t_2 = 1 there is no discount, so one is added to the total for d.
  EXPECT_NEAR(probability(table, {}, 0), 3.0 / 7, 1e-7);
  EXPECT_NEAR(probability(table, {}, 3), 1.0 / 7, 1e-7);
  // Bigrams: t_1 = 3, t_2 = 1, all others 0: 1* = 2/3, so D(1) = 1/3, and D(2) = 0.
  EXPECT_NEAR(probability(table, {0}, 1), 2.0 / 3, 1e-7);
  EXPECT_NEAR(probability(table, {0}, 2), 2.0 / 3 / 3, 1e-7);
  EXPECT_NEAR(probability(table, {0}, 0), 1.0 / 9 / (1 - 3.0 / 7) * 3.0 / 7, 1e-7);
}

TEST(SmoothingTest, NgramsBelowTheLeastCountAreLeftOutAndTheirShareGoesToTheLowerOrder) {
  SmoothingOptions cut = options(Smoothing::kneser_ney, true);
  cut.discounts = SmoothingOptions::DiscountCount::single;
  cut.min_counts = {1, 2};
  const auto table = model(kStream, 4, 2, cut);
  ASSERT_EQ(table.levels()[1].size(), 1);  // a b
  const double share = 1.5 / 16;
  // Remaining mass after a: D of the first bigram, all of the second.
  EXPECT_NEAR(probability(table, {0}, 1), 1.4 / 3 + 1.6 / 3 * (0.5 / 4 + share), 1e-7);
  EXPECT_NEAR(probability(table, {0}, 2), 1.6 / 3 * (0.5 / 4 + share), 1e-7);
}

TEST(SmoothingTest, ABoundaryEndsHistories) {
  // "x y . x y ." as 1 2 0 1 2 0; a boundary precedes the stream.
  const auto table = model({1, 2, 0, 1, 2, 0}, 3, 3, options(Smoothing::witten_bell, true), 0);
  const Ids after_sentence = {1, 2, 0}, at_start = {};
  EXPECT_EQ(probability(table, after_sentence, 1), probability(table, at_start, 1));
  EXPECT_EQ(probability(table, {2, 1, 0, 1}, 2), probability(table, {1}, 2));
  for (const auto& word : table.levels()[2].word) EXPECT_TRUE(word == 0 || word == 1);
  EXPECT_NEAR(sum_after(table, {1, 2, 0, 1}), 1, 1e-6);
}

TEST(SmoothingTest, SumsToOneAfterAnything) {
  const Ids stream = skewed_ids(3000, 40, 7);
  Rng rng(1, "histories");
  for (const auto method :
       {Smoothing::kneser_ney, Smoothing::witten_bell, Smoothing::good_turing}) {
    for (const bool interpolate : {true, false}) {
      for (const std::vector<std::int64_t>& min_counts :
           {std::vector<std::int64_t>{}, {1, 1, 2}, {1, 2, 3}}) {
        for (const std::int32_t boundary : {-1, 0}) {
          SmoothingOptions chosen = options(method, interpolate);
          chosen.min_counts = min_counts;
          const auto table = model(stream, 42, 4, chosen, boundary);  // two types never occur
          for (int i = 0; i < 40; ++i) {
            const auto end = rng.below(stream.size());
            Ids history(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(end));
            if (i % 4 == 0) history.push_back(static_cast<std::int32_t>(rng.below(42)));
            EXPECT_NEAR(sum_after(table, history), 1, 1e-6)
                << static_cast<int>(method) << interpolate << min_counts.size() << boundary;
          }
        }
      }
    }
  }
}

TEST(SmoothingTest, AHistoryThatHasSeenEveryWordLeavesNothing) {
  // Two types; each follows each.
  const Ids stream = {0, 0, 1, 1, 0, 0, 1, 1, 0};
  for (const bool interpolate : {true, false}) {
    const auto table = model(stream, 2, 3, options(Smoothing::kneser_ney, interpolate));
    for (const Ids& history : {Ids{}, {0}, {1}, {0, 0}, {1, 0}, {0, 1}, {1, 1}})
      EXPECT_NEAR(sum_after(table, history), 1, 1e-6) << interpolate;
  }
}

bool same_table(const BackoffTable& a, const BackoffTable& b) {
  const auto same = [](const auto& x, const auto& y) {
    return x.size() == y.size() && std::equal(x.begin(), x.end(), y.begin());
  };
  bool all = a.order() == b.order();
  for (std::size_t k = 0; k < a.levels().size() && all; ++k) {
    const auto &one = a.levels()[k], &other = b.levels()[k];
    all = same(one.word, other.word) && same(one.begin, other.begin) &&
          same(one.log10_prob, other.log10_prob) && same(one.log10_backoff, other.log10_backoff);
  }
  return all;
}

TEST(SmoothingTest, IsTheSameWithLittleMemory) {
  const TempFolder folder;
  const Ids ids = skewed_ids(30000, 500, 7);
  NgramResources little;
  little.memory = 2e5;
  little.folder = folder.path();
  for (const auto method :
       {Smoothing::kneser_ney, Smoothing::witten_bell, Smoothing::good_turing}) {
    for (const bool interpolate : {true, false}) {
      for (const std::vector<std::int64_t>& min_counts : {std::vector<std::int64_t>{}, {1, 1, 2}}) {
        SmoothingOptions chosen = options(method, interpolate);
        chosen.min_counts = min_counts;
        const NgramStream stream = {ids.data(), 30000, 502, 0};
        const auto in_memory = smooth(count_ngrams(stream, 5), chosen);
        const auto in_files = smooth(count_ngrams(stream, 5, little), chosen, little);
        EXPECT_NE(in_files.levels()[1].word.file(), nullptr);
        EXPECT_TRUE(same_table(in_memory, in_files))
            << static_cast<int>(method) << interpolate << min_counts.size();
      }
    }
  }
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(SmoothingTest, MemoryStaysWithinItsLimit) {
  const TempFolder folder;
  const Ids ids = skewed_ids(1000000, 20000, 7);
  const NgramStream stream = {ids.data(), 1000000, 20000, -1};
  std::vector<double> peaks;
  std::vector<BackoffTable> tables;
  for (const double memory : {16e6, 1e12}) {
    NgramResources resources;
    resources.memory = memory;
    resources.folder = folder.path();
    forget_peak_memory();
    const double before = wordbridge::memory("VmRSS");
    tables.push_back(smooth(count_ngrams(stream, 4, resources), SmoothingOptions(), resources));
    peaks.push_back(wordbridge::memory("VmHWM") - before);
  }
  EXPECT_TRUE(same_table(tables[0], tables[1]));
  if (!kMemoryIsMeasured) GTEST_SKIP() << "the address sanitizer keeps freed memory";
  EXPECT_LT(peaks[0], 16e6);
  EXPECT_GT(peaks[1], 64e6);
}

TEST(SmoothingTest, IsTheSameOnAnyNumberOfThreads) {
  const Ids stream = skewed_ids(40000, 500, 7);
  for (const bool interpolate : {true, false}) {
    set_threads(1);
    const auto one = model(stream, 500, 5, options(Smoothing::kneser_ney, interpolate));
    set_threads(3);
    const auto three = model(stream, 500, 5, options(Smoothing::kneser_ney, interpolate));
    set_threads(0);
    EXPECT_TRUE(same_table(one, three));
  }
}

}  // namespace
}  // namespace wordbridge
