#include "kernels/word2vec_step.h"

#include <gtest/gtest.h>
#include <hwy/aligned_allocator.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <vector>

#include "core/rng.h"

namespace wordbridge {
namespace {

constexpr int kRows = 40;  // rows of each matrix

/// Two matrices and the rows of one window.
struct Case {
  Case(int n, int m, int dim, int answers = 1, double scale = 0.4)
      : yes(answers), width(static_cast<int>(padded_width(dim))) {
    Rng rng(5, "window", static_cast<std::uint64_t>(n * 10000 + m * 1000 + dim));
    for (auto* matrix : {&in, &out}) {
      *matrix = hwy::AllocateAligned<float>(static_cast<std::size_t>(kRows * width));
      for (int i = 0; i < kRows * width; ++i)
        (*matrix)[static_cast<std::size_t>(i)] =
            i % width < dim ? static_cast<float>(scale * rng.normal()) : 0.0f;
    }
    for (int i = 0; i < n; ++i) in_ids.push_back(static_cast<int>(rng.below(kRows)));
    for (int j = 0; j < m; ++j) out_ids.push_back(static_cast<int>(rng.below(kRows)));
    if (n > 2) in_ids[2] = in_ids[0];  // a word that occurs twice in the window
    if (m > 3) out_ids[3] = out_ids[1];
  }

  std::vector<double> values(const hwy::AlignedFreeUniquePtr<float[]>& matrix) const {
    return {matrix.get(), matrix.get() + kRows * width};
  }

  template <class Step>
  double step(const Step& step) {
    std::vector<float*> in_rows, out_rows;
    for (const int id : in_ids) in_rows.push_back(in.get() + id * width);
    for (const int id : out_ids) out_rows.push_back(out.get() + id * width);
    return step(WindowRows{in_rows.data(), static_cast<std::int64_t>(in_ids.size()),
                           out_rows.data(), static_cast<std::int64_t>(out_ids.size()), yes, width});
  }

  int yes, width;
  hwy::AlignedFreeUniquePtr<float[]> in, out;
  std::vector<int> in_ids, out_ids;
};

double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

using Values = std::vector<double>;

double dot(const Values& a, int row_a, const Values& b, int row_b, int width) {
  double sum = 0;
  for (int k = 0; k < width; ++k)
    sum += a[static_cast<std::size_t>(row_a * width + k)] *
           b[static_cast<std::size_t>(row_b * width + k)];
  return sum;
}

/// The loss, computed from its definition.
double skip_gram_loss(const Case& c, const Values& in, const Values& out) {
  double loss = 0;
  for (const int i : c.in_ids)
    for (std::size_t j = 0; j < c.out_ids.size(); ++j) {
      const double product = dot(in, i, out, c.out_ids[j], c.width);
      loss += softplus(j < static_cast<std::size_t>(c.yes) ? -product : product);
    }
  return loss;
}

Values mean_of_inputs(const Case& c, const Values& in) {
  Values mean(static_cast<std::size_t>(c.width));
  for (const int i : c.in_ids)
    for (int k = 0; k < c.width; ++k)
      mean[static_cast<std::size_t>(k)] +=
          in[static_cast<std::size_t>(i * c.width + k)] / static_cast<double>(c.in_ids.size());
  return mean;
}

double cbow_loss(const Case& c, const Values& in, const Values& out) {
  const Values mean = mean_of_inputs(c, in);
  double loss = 0;
  for (std::size_t j = 0; j < c.out_ids.size(); ++j) {
    const double product = dot(mean, 0, out, c.out_ids[j], c.width);
    loss += softplus(j < static_cast<std::size_t>(c.yes) ? -product : product);
  }
  return loss;
}

/// Central differences of the loss with respect to every parameter.
template <class Loss>
Values differences(const Case& c, const Loss& loss, Values in, Values out, bool of_in) {
  Values gradient;
  Values& moved = of_in ? in : out;
  constexpr double kStep = 1e-5;
  for (double& value : moved) {
    const double before = value;
    value = before + kStep;
    const double above = loss(c, in, out);
    value = before - kStep;
    gradient.push_back((above - loss(c, in, out)) / (2 * kStep));
    value = before;
  }
  return gradient;
}

void expect_step(const Values& before, const hwy::AlignedFreeUniquePtr<float[]>& after,
                 const Values& gradient, double rate) {
  for (std::size_t i = 0; i < before.size(); ++i)
    ASSERT_NEAR(static_cast<double>(after[i]), before[i] - rate * gradient[i],
                2e-6 * (1 + std::abs(before[i])))
        << i;
}

using Shape = std::tuple<int, int, int, int>;  // inputs, outputs, dim, positive outputs
class WindowStep : public testing::TestWithParam<Shape> {};

TEST_P(WindowStep, SkipGramGoesDownTheGradient) {
  const auto [n, m, dim, yes] = GetParam();
  Case c(n, m, dim, yes);
  const Values in = c.values(c.in), out = c.values(c.out);
  const double loss = c.step([](const WindowRows& rows) { return skip_gram_step(rows, 0.1f); });
  const double expected = skip_gram_loss(c, in, out);
  EXPECT_NEAR(loss, expected, 1e-5 * expected);
  expect_step(in, c.in, differences(c, skip_gram_loss, in, out, true), 0.1);
  expect_step(out, c.out, differences(c, skip_gram_loss, in, out, false), 0.1);
}

TEST_P(WindowStep, CbowGoesDownTheGradient) {
  const auto [n, m, dim, yes] = GetParam();
  Case c(n, m, dim, yes);
  const Values in = c.values(c.in), out = c.values(c.out);
  const float share = 1.0f / static_cast<float>(n);
  const double loss = c.step([&](const WindowRows& rows) { return cbow_step(rows, 0.1f, share); });
  const double expected = cbow_loss(c, in, out);
  EXPECT_NEAR(loss, expected, 1e-5 * expected);
  expect_step(in, c.in, differences(c, cbow_loss, in, out, true), 0.1);
  expect_step(out, c.out, differences(c, cbow_loss, in, out, false), 0.1);
}

TEST_P(WindowStep, TheOriginalCbowStepsByTheWholeMeanInEachRow) {
  const auto [n, m, dim, yes] = GetParam();
  Case c(n, m, dim, yes);
  const Values in = c.values(c.in), out = c.values(c.out);
  c.step([](const WindowRows& rows) { return cbow_step(rows, 0.1f, 1.0f); });
  expect_step(in, c.in, differences(c, cbow_loss, in, out, true), 0.1 * n);
  expect_step(out, c.out, differences(c, cbow_loss, in, out, false), 0.1);
}

INSTANTIATE_TEST_SUITE_P(Shapes, WindowStep,
                         testing::Values(Shape{1, 1, 1, 1}, Shape{1, 6, 20, 1}, Shape{2, 2, 16, 1},
                                         Shape{3, 4, 5, 1}, Shape{6, 6, 10, 1}, Shape{10, 6, 17, 1},
                                         Shape{7, 13, 3, 1}, Shape{20, 26, 4, 1},
                                         Shape{5, 7, 33, 1},
                                         // Paths in a tree: none, some or all outputs positive.
                                         Shape{1, 1, 4, 0}, Shape{3, 9, 5, 0}, Shape{1, 17, 3, 8},
                                         Shape{4, 11, 18, 5}, Shape{10, 25, 2, 13},
                                         Shape{5, 16, 6, 16}, Shape{3, 40, 2, 21}));

/// A tree that consists of one word has no outputs.
/// A pair that is left out neither adds to the loss nor moves a row.
TEST(WindowStepTest, SkippedPairsHaveNoPart) {
  Case all(5, 6, 30), some(5, 6, 30);
  const Values in = all.values(all.in), out = all.values(all.out);
  // Input 1 without output 2, input 4 without outputs 4 and 5.
  const std::vector<std::int32_t> skipped = {2 * 5 + 1, 4 * 5 + 4, 5 * 5 + 4};
  double expected_loss = 0;
  Values in_steps(in.size()), out_steps(out.size());
  for (std::size_t i = 0; i < 5; ++i)
    for (std::size_t j = 0; j < 6; ++j) {
      const auto pair = static_cast<std::int32_t>(j * 5 + i);
      if (std::count(skipped.begin(), skipped.end(), pair) > 0) continue;
      const double product = dot(in, some.in_ids[i], out, some.out_ids[j], some.width);
      const double sign = j < 1 ? -1 : 1;
      expected_loss += softplus(sign * product);
      const double gradient = 0.05 * -sign / (1 + std::exp(-sign * product));
      for (int k = 0; k < some.width; ++k) {
        const auto x = static_cast<std::size_t>(some.in_ids[i] * some.width + k),
                   y = static_cast<std::size_t>(some.out_ids[j] * some.width + k);
        in_steps[x] += gradient * out[y];
        out_steps[y] += gradient * in[x];
      }
    }
  const double loss = some.step([&](WindowRows rows) {
    rows.skipped = skipped.data();
    rows.skipped_count = 3;
    return skip_gram_step(rows, 0.05f);
  });
  EXPECT_NEAR(loss, expected_loss, 1e-5);
  const Values in_after = some.values(some.in), out_after = some.values(some.out);
  for (std::size_t i = 0; i < in.size(); ++i) {
    ASSERT_NEAR(in_after[i], in[i] + in_steps[i], 1e-6) << i;
    ASSERT_NEAR(out_after[i], out[i] + out_steps[i], 1e-6) << i;
  }
}

TEST(WindowStepTest, WithoutOutputsNothingMoves) {
  for (const int n : {1, 2, 7}) {
    Case c(n, 0, 20, 0);
    const Values in = c.values(c.in), out = c.values(c.out);
    EXPECT_EQ(c.step([](const WindowRows& rows) { return skip_gram_step(rows, 0.1f); }), 0);
    EXPECT_EQ(c.step([](const WindowRows& rows) { return cbow_step(rows, 0.1f, 1.0f); }), 0);
    EXPECT_EQ(c.values(c.in), in);
    EXPECT_EQ(c.values(c.out), out);
  }
}

TEST(WindowStepTest, LargeProductsAreExactAndFinite) {
  for (const double scale : {5.0, 40.0}) {
    Case c(10, 6, 30, 2, scale);
    const Values in = c.values(c.in), out = c.values(c.out);
    const double expected = skip_gram_loss(c, in, out);
    const double loss = c.step([](const WindowRows& rows) { return skip_gram_step(rows, 0.0f); });
    EXPECT_NEAR(loss, expected, 1e-5 * expected);
  }
}

/// A NaN or infinity must propagate to the loss.
TEST(WindowStepTest, TheLossOfWhatIsNoNumberIsNone) {
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    for (int row = 0; row < 6; ++row) {
      Case c(4, 6, 20);
      c.out[static_cast<std::size_t>(c.out_ids[static_cast<std::size_t>(row)] * c.width + 7)] = bad;
      const double loss = c.step([](const WindowRows& rows) { return skip_gram_step(rows, 0.1f); });
      EXPECT_FALSE(std::isfinite(loss)) << bad << ' ' << row;
    }
  }
}

TEST(WindowStepTest, EveryInstructionSetGivesTheSameToRounding) {
  std::vector<double> first;
  for (const auto target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    Case c(9, 6, 100, 2);
    std::vector<double> values = {
        c.step([](const WindowRows& rows) { return skip_gram_step(rows, 0.1f); })};
    for (const auto* matrix : {&c.in, &c.out})
      for (const double value : c.values(*matrix)) values.push_back(value);
    if (first.empty()) first = values;
    for (std::size_t i = 0; i < values.size(); ++i)
      ASSERT_NEAR(values[i], first[i], 2e-5 * (1 + std::abs(first[i]))) << target << ' ' << i;
  }
  hwy::SetSupportedTargetsForTest(0);
}

}  // namespace
}  // namespace wordbridge
