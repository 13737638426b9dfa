#include "kernels/glove_steps.h"

#include <gtest/gtest.h>
#include <hwy/aligned_allocator.h>
#include <hwy/highway.h>
#include <hwy/targets.h>

#include <cmath>
#include <limits>
#include <vector>

#include "core/rng.h"
#include "tests/support/glove_reference.h"

namespace wordbridge {
namespace {

using Matrix = hwy::AlignedFreeUniquePtr<float[]>;

/// Runs `test` with each instruction set of this processor.
template <class Test>
void with_each_target(const Test& test) {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    test();
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

/// Matrices of a few rows with the same values as a reference in float64.
struct Case {
  Case(std::int64_t dim, std::int64_t row_count, float rate = 0.05f, float x_max = 10,
       float alpha = 0.75f)
      : settings{{dim}, rate, x_max, alpha}, rows(row_count) {
    for (auto* matrix : {&words, &contexts}) {
      const std::int64_t size = settings.row.size();
      *matrix = hwy::AllocateAligned<float>(static_cast<std::size_t>(rows * size));
      for (std::int64_t i = 0; i < rows * size; ++i)
        (*matrix)[static_cast<std::size_t>(i)] = i % size < settings.row.sums() ? 0.0f : 1.0f;
    }
  }

  float* word(std::int64_t row) const { return words.get() + row * settings.row.size(); }
  float* context(std::int64_t row) const { return contexts.get() + row * settings.row.size(); }

  void set_random(double scale) {
    Rng rng(3, "glove", static_cast<std::uint64_t>(settings.row.dim));
    for (std::int64_t r = 0; r < rows; ++r)
      for (float* const row : {word(r), context(r)})
        for (std::int64_t k = 0; k <= settings.row.dim; ++k)
          row[k] = static_cast<float>(scale * rng.normal());
  }

  GloveReference reference() const {
    GloveReference reference{
        settings.row.dim, settings.learning_rate, settings.x_max, settings.alpha, {}, {}, {}, {}};
    for (std::int64_t r = 0; r < rows; ++r) {
      reference.words.push_back(glove_values(word(r), settings.row, false));
      reference.contexts.push_back(glove_values(context(r), settings.row, false));
      reference.word_sums.push_back(glove_values(word(r), settings.row, true));
      reference.context_sums.push_back(glove_values(context(r), settings.row, true));
    }
    return reference;
  }

  double run(const std::vector<GloveCount>& counts) const {
    return glove_steps(counts.data(), static_cast<std::int64_t>(counts.size()), words.get(),
                       contexts.get(), settings);
  }

  GloveSettings settings;
  std::int64_t rows;
  Matrix words, contexts;
};

void expect_near(const GloveReference& actual, const GloveReference& expected, double tolerance) {
  const auto compare = [&](const auto& a, const auto& b, const char* what) {
    for (std::size_t r = 0; r < b.size(); ++r)
      for (std::size_t k = 0; k < b[r].size(); ++k)
        ASSERT_NEAR(a[r][k], b[r][k], tolerance * (1 + std::abs(b[r][k])))
            << what << ' ' << r << ' ' << k;
  };
  compare(actual.words, expected.words, "words");
  compare(actual.contexts, expected.contexts, "contexts");
  compare(actual.word_sums, expected.word_sums, "accumulators of words");
  compare(actual.context_sums, expected.context_sums, "accumulators of contexts");
}

std::vector<GloveCount> random_counts(std::size_t size, std::int64_t rows) {
  Rng rng(4, "counts");
  std::vector<GloveCount> counts;
  for (std::size_t i = 0; i < size; ++i)
    counts.push_back({static_cast<std::uint16_t>(rng.below(static_cast<std::uint64_t>(rows))),
                      static_cast<std::uint16_t>(rng.below(static_cast<std::uint64_t>(rows))),
                      static_cast<float>(rng.uniform(-2, 6))});
  return counts;
}

TEST(GloveStepsTest, StepsAndLossesAreThoseOfTheDefinition) {
  with_each_target([] {
    // The bias is the first, the last and a middle lane of a vector, after odd and even numbers of
    // vectors.
    for (const std::int64_t dim : {1, 3, 7, 15, 16, 17, 31, 32, 48, 63, 100}) {
      Case c(dim, 5);
      c.set_random(0.3);
      GloveReference reference = c.reference();
      const auto counts = random_counts(150, c.rows);  // more than two batches
      double loss = 0;
      for (const auto& count : counts)
        loss += reference.step(count.word, count.context, count.log_count);
      EXPECT_NEAR(c.run(counts), loss, 2e-5 * loss) << dim;
      expect_near(c.reference(), reference, 1e-4);
      // The padding is unchanged.
      for (std::int64_t k = dim + 1; k < c.settings.row.width(); ++k) {
        EXPECT_EQ(c.word(0)[k], 0) << k;
        EXPECT_EQ(c.word(0)[c.settings.row.sums() + k], 1) << k;
      }
    }
  });
}

/// With accumulators of 1, the first step of a vector is the gradient times the learning rate, that
/// of a bias is the gradient.
TEST(GloveStepsTest, FirstStepIsTheGradient) {
  constexpr double kStep = 1e-4;
  for (const float log_count : {-1.5f, 1.0f, 4.0f}) {
    Case c(5, 2);
    c.set_random(0.5);
    const GloveReference before = c.reference();
    c.run({{1, 0, log_count}});
    const GloveReference after = c.reference();
    for (std::size_t k = 0; k <= 5; ++k) {
      const double rate = k == 5 ? 1.0 : 0.05;
      const auto derivative = [&](auto matrix, std::size_t row) {
        GloveReference up = before, down = before;
        (up.*matrix)[row][k] += kStep;
        (down.*matrix)[row][k] -= kStep;
        return (up.loss(1, 0, log_count) - down.loss(1, 0, log_count)) / (2 * kStep);
      };
      EXPECT_NEAR(before.words[1][k] - after.words[1][k],
                  rate * derivative(&GloveReference::words, 1), 1e-6);
      EXPECT_NEAR(before.contexts[0][k] - after.contexts[0][k],
                  rate * derivative(&GloveReference::contexts, 0), 1e-6);
    }
    EXPECT_EQ(after.words[0], before.words[0]);
    EXPECT_EQ(after.contexts[1], before.contexts[1]);
  }
}

/// Recorded from the authors' program (stanfordnlp/GloVe at commit 52f7dbc, float64) with -threads
/// 1 -iter 3 -vector-size 3 -eta 0.05 -x-max 10 -alpha 0.75, these counts in this order and these
/// initial parameters (-load-init-param 1).
TEST(GloveStepsTest, ThreeEpochsAgreeWithTheAuthorsProgram) {
  const struct {
    std::uint16_t word, context;
    double count;
  } kCounts[] = {{0, 1, 3.5},  {1, 0, 3.5},  {2, 3, 120}, {0, 0, 12}, {3, 2, 120},
                 {1, 3, 0.25}, {3, 1, 0.25}, {2, 2, 10},  {0, 3, 40}, {3, 0, 40}};
  constexpr double kCosts[] = {6.137727, 1.861940, 0.738567};  // means
  constexpr double kParameters[8][4] = {{-0.255751843, -0.120556661, 0.128764271, 0.930590059},
                                        {0.099891094, -0.257643769, -0.0318380597, 0.179998684},
                                        {-0.281099583, 0.0894163511, -0.142593405, 2.34844197},
                                        {0.244577541, 0.0342805646, -0.301466557, 3.2325518},
                                        {-0.0516203684, -0.18783396, 0.26455477, 0.799596136},
                                        {-0.177540792, 0.242927185, 0.11839162, 0.0296272844},
                                        {0.306837678, 0.0114258043, 0.101393381, 2.09546088},
                                        {0.0625696956, 0.00127003048, -0.119758569, 3.05540127}};
  constexpr double kAccumulators[8][4] = {{1.00005752, 1.00050595, 1.00119447, 15.9515205},
                                          {1.00000301, 1.00002579, 1.00006521, 1.81386451},
                                          {1.01251203, 1.00155808, 1.0016959, 107.145685},
                                          {1.00431517, 1.0012021, 1.00085972, 41.128476},
                                          {1.00271009, 1.00022476, 1.00137886, 15.3793193},
                                          {1.00013989, 1.0000123, 1.00007616, 1.82817791},
                                          {1.00911416, 1.00306164, 1.01030272, 106.560649},
                                          {1.00287128, 1.00183568, 1.00193635, 42.2714005}};
  with_each_target([&] {
    const Case c(3, 4);
    for (int r = 0; r < 8; ++r)
      for (int k = 0; k < 4; ++k)
        (r < 4 ? c.word(r) : c.context(r - 4))[k] =
            static_cast<float>((7 * r + 3 * k + r * k) % 11 - 5) / 20;
    std::vector<GloveCount> counts;
    for (const auto& count : kCounts)
      counts.push_back({count.word, count.context, static_cast<float>(std::log(count.count))});
    for (const double cost : kCosts) EXPECT_NEAR(c.run(counts) / 10, cost, 2e-6);
    for (int r = 0; r < 8; ++r)
      for (int k = 0; k < 4; ++k) {
        const float* const row = r < 4 ? c.word(r) : c.context(r - 4);
        EXPECT_NEAR(row[k], kParameters[r][k], 2e-6) << r << ' ' << k;
        EXPECT_NEAR(row[c.settings.row.sums() + k], kAccumulators[r][k], 1e-6 * kAccumulators[r][k])
            << r << ' ' << k;
      }
  });
}

TEST(GloveStepsTest, LargeGradientsOfVectorsAreClipped) {
  with_each_target([] {
    Case c(2, 1);
    const float values[] = {30, -0.5f, 2};  // the second gradient is below the limit
    for (int k = 0; k < 3; ++k) c.word(0)[k] = c.context(0)[k] = values[k];
    GloveReference reference = c.reference();
    reference.step(0, 0, 3);
    c.run({{0, 0, 3}});
    expect_near(c.reference(), reference, 1e-6);
    EXPECT_FLOAT_EQ(c.word(0)[0], 30 - 100 * 0.05f);
  });
}

TEST(GloveStepsTest, LossIsNotFiniteIfAProductIsNot) {
  with_each_target([] {
    Case c(2, 1);
    c.word(0)[0] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_TRUE(std::isnan(c.run({{0, 0, 1}})));
  });
}

TEST(GloveStepsTest, LossAtZeroIsTheSumOfWeightedSquaredLogarithms) {
  with_each_target([] {
    const Case c(2, 1);
    // x = 40 (weight 1), x = 2.5 (weight 0.25^0.75)
    const std::vector<GloveCount> counts = {{0, 0, std::log(40.0f)}, {0, 0, std::log(2.5f)}};
    const double expected =
        0.5 * (std::pow(std::log(40.0), 2) + std::pow(0.25, 0.75) * std::pow(std::log(2.5), 2));
    EXPECT_NEAR(glove_loss_at_zero(counts.data(), 2, c.settings), expected, 1e-5);
  });
}

}  // namespace
}  // namespace wordbridge
