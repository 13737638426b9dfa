#include "kernels/search/analogy_scan.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cmath>
#include <limits>
#include <vector>

#include "core/rng.h"

namespace wordbridge {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr std::int64_t kLines = 7, kWords = 6;
const std::vector<AnalogyMeasure> kMeasures = {AnalogyMeasure::add, AnalogyMeasure::mul,
                                               AnalogyMeasure::direction, AnalogyMeasure::line};

/// Tables of random "products" [kLines, stride], for rows with random scales.
struct Block {
  std::int64_t rows, stride;
  std::vector<float> products, scales, cosines, inverses, nearnesses;

  explicit Block(std::int64_t row_count, std::uint64_t seed = 3)
      : rows(row_count), stride(row_count + 5) {
    Rng rng(seed, "analogy scan");
    for (std::int64_t i = 0; i < kLines * stride; ++i)
      products.push_back(static_cast<float>(rng.uniform() * 2 - 1));
    for (std::int64_t i = 0; i < rows; ++i) scales.push_back(static_cast<float>(rng.uniform()));
    cosines.resize(kLines * kAnalogyRows);
    inverses.resize(kWords * kAnalogyRows);
    nearnesses.resize(inverses.size());
    fill();
  }
  void fill() {
    fill_analogy_tables(products.data(), stride, kLines, kWords, scales.data(), rows,
                        cosines.data(), inverses.data(), nearnesses.data());
  }
  AnalogyTables tables() const { return {cosines.data(), inverses.data(), nearnesses.data()}; }
  double cosine(std::int64_t line, std::int64_t x) const {
    return static_cast<double>(products[static_cast<std::size_t>(line * stride + x)] *
                               scales[static_cast<std::size_t>(x)]);
  }
  /// The formulas in the header, in double precision.
  double score(AnalogyMeasure measure, const AnalogyProbe& probe, std::int64_t x) const {
    const double a = cosine(probe.a, x), b = cosine(probe.b, x), c = cosine(probe.c, x);
    switch (measure) {
      case AnalogyMeasure::add:
        return b - a + c;
      case AnalogyMeasure::mul:
        return (1 + b) * (1 + c) / (1 + a + 0.002);
      case AnalogyMeasure::direction:
        return (b - a - static_cast<double>(probe.offset)) / std::sqrt(2 - 2 * c);
      case AnalogyMeasure::line:
        return c;
    }
    return 0;
  }
};

TEST(AnalogyScan, ScoresAsTheFormulasSay) {
  const Block block(50);
  for (const auto measure : kMeasures) {
    const AnalogyProbe probe{1, 2, 4, 0.3f};
    float scores[kAnalogyRows];
    analogy_scores(measure, block.tables(), probe, scores);
    for (std::int64_t x = 0; x < 50; ++x) {
      const double expected = block.score(measure, probe, x);
      EXPECT_NEAR(scores[x], expected, 1e-5 * (1 + std::abs(expected)));
    }
    for (std::int64_t x = 50; x < kAnalogyRows; ++x) EXPECT_TRUE(std::isnan(scores[x]));
  }
}

TEST(AnalogyScan, WhatHasNoDirectionIsNan) {
  Block block(kAnalogyRows);
  block.scales[3] = kNan;                                              // a zero row
  block.products[static_cast<std::size_t>(2 * block.stride + 5)] = 1;  // the word itself
  block.scales[5] = 1;
  block.fill();
  for (const auto measure : kMeasures) {
    float scores[kAnalogyRows];
    analogy_scores(measure, block.tables(), {0, 1, 2, 0}, scores);
    EXPECT_TRUE(std::isnan(scores[3]));
    EXPECT_EQ(std::isnan(scores[5]), measure == AnalogyMeasure::direction);
  }
}

TEST(AnalogyScan, CountsWhatIsBetter) {
  Block block(40);
  block.products[7] = kNan;
  block.fill();
  std::vector<AnalogyProbe> probes;
  std::vector<AnalogyTarget> targets;
  Rng rng(4, "analogy scan");
  for (int q = 0; q < 60; ++q) {
    const auto word = [&] { return static_cast<std::int32_t>(rng.below(kWords)); };
    // Sequences of questions with the same a and b, some with a repeated word.
    if (q % 5 == 0)
      probes.push_back({word(), word(), word(), 0.1f});
    else
      probes.push_back({probes.back().a, probes.back().b, word(), 0.1f});
  }
  constexpr std::int64_t kBegin = 128;
  for (const auto measure : kMeasures) {
    targets.clear();
    for (std::size_t q = 0; q < probes.size(); ++q) {
      // The target score is that of a row in the block; the target row is before, in or after it.
      float scores[kAnalogyRows];
      analogy_scores(measure, block.tables(), probes[q], scores);
      const auto at = static_cast<std::int32_t>(rng.below(40));
      const float score = std::isnan(scores[at]) ? 0 : scores[at];
      const std::int32_t row = q % 3 == 0 ? 127 : q % 3 == 1 ? 128 + at : 192;
      targets.push_back({score, std::nextafter(score, -HUGE_VALF), row});
    }
    std::vector<std::int32_t> counts(probes.size(), 1000);
    count_better_answers(measure, block.tables(), probes.data(), targets.data(),
                         static_cast<std::int64_t>(probes.size()), kBegin, counts.data());
    for (std::size_t q = 0; q < probes.size(); ++q) {
      float scores[kAnalogyRows];
      analogy_scores(measure, block.tables(), probes[q], scores);
      std::int32_t expected = 1000;
      for (const float score : scores)
        expected += score > targets[q].score || (q % 3 == 2 && score == targets[q].score);
      EXPECT_EQ(counts[q], expected) << "question " << q;
    }
  }
}

TEST(AnalogyScan, IsTheSameOnEachInstructionSet) {
  // Sums and products are rounded in the same way on every instruction set. A fused multiply-add is
  // not, so 3CosMul is not tested.
  const auto scores_of = [](AnalogyMeasure measure) {
    const Block block(kAnalogyRows);
    std::vector<float> scores(kAnalogyRows);
    analogy_scores(measure, block.tables(), {3, 2, 1, 0.2f}, scores.data());
    return scores;
  };
  for (const auto measure :
       {AnalogyMeasure::add, AnalogyMeasure::direction, AnalogyMeasure::line}) {
    const auto expected = scores_of(measure);
    for (const auto target : hwy::SupportedAndGeneratedTargets()) {
      hwy::SetSupportedTargetsForTest(target);
      hwy::GetChosenTarget().Update(hwy::SupportedTargets());
      EXPECT_EQ(scores_of(measure), expected) << hwy::TargetName(target);
    }
    hwy::SetSupportedTargetsForTest(0);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
}

}  // namespace
}  // namespace wordbridge
