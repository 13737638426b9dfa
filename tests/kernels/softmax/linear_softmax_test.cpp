#include "kernels/softmax/linear_softmax.h"

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <cmath>
#include <string>
#include <vector>

#include "core/rng.h"
#include "core/threads.h"

namespace wordbridge {
namespace {

struct Case {
  std::int64_t V, B;
  std::vector<std::int64_t> widths;
};

/// A random softmax problem that owns its arrays.
struct Problem {
  explicit Problem(const Case& c) : size(c) {
    Rng rng(1, "linear softmax");
    const auto normal = [&rng](std::int64_t count, double scale) {
      std::vector<float> values(static_cast<std::size_t>(count));
      for (auto& value : values) value = static_cast<float>(scale * rng.normal());
      return values;
    };
    b = normal(c.V, 1);
    for (const auto E : c.widths) {
      x.push_back(normal(c.B * E, 1));
      weight.push_back(normal(c.V * E, 0.5));
      x_gradient.emplace_back(x.back().size(), 99.0f);
      weight_gradient.emplace_back(weight.back().size(), 99.0f);
    }
    b_gradient.assign(b.size(), 99.0f);
    for (std::int64_t r = 0; r < c.B; ++r)
      targets.push_back(static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(c.V))));
  }

  LinearSoftmax view() {
    LinearSoftmax softmax;
    for (std::size_t i = 0; i < x.size(); ++i) {
      softmax.terms.push_back({x[i].data(), weight[i].data(), size.widths[i], x_gradient[i].data(),
                               weight_gradient[i].data()});
    }
    softmax.bias = b.data();
    softmax.targets = targets.data();
    softmax.examples = size.B;
    softmax.vocabulary = size.V;
    softmax.bias_gradient = b_gradient.data();
    return softmax;
  }

  /// All gradients in one vector: x and weight of each term, then b.
  std::vector<float> gradients() const {
    std::vector<float> all;
    for (std::size_t i = 0; i < x.size(); ++i) {
      all.insert(all.end(), x_gradient[i].begin(), x_gradient[i].end());
      all.insert(all.end(), weight_gradient[i].begin(), weight_gradient[i].end());
    }
    all.insert(all.end(), b_gradient.begin(), b_gradient.end());
    return all;
  }

  Case size;
  std::vector<std::vector<float>> x, weight, x_gradient, weight_gradient;
  std::vector<float> b, b_gradient;
  std::vector<std::int64_t> targets;
};

/// Reference with plain loops in float64: ln P(target) of each example and the gradients of the
/// mean loss, in the order of Problem::gradients().
struct Naive {
  explicit Naive(const Problem& p) {
    const auto V = static_cast<std::size_t>(p.size.V), B = static_cast<std::size_t>(p.size.B);
    std::vector<std::vector<double>> dx, dw;
    for (std::size_t i = 0; i < p.x.size(); ++i) {
      dx.emplace_back(p.x[i].size());
      dw.emplace_back(p.weight[i].size());
    }
    std::vector<double> db(V);
    for (std::size_t r = 0; r < B; ++r) {
      std::vector<double> y(V);
      double sum = 0;
      for (std::size_t v = 0; v < V; ++v) {
        y[v] = p.b[v];
        for (std::size_t i = 0; i < p.x.size(); ++i) {
          const auto E = static_cast<std::size_t>(p.size.widths[i]);
          for (std::size_t e = 0; e < E; ++e)
            y[v] += static_cast<double>(p.x[i][r * E + e]) * p.weight[i][v * E + e];
        }
        sum += std::exp(y[v]);
      }
      const auto target = static_cast<std::size_t>(p.targets[r]);
      log_prob.push_back(y[target] - std::log(sum));
      loss -= log_prob.back() / static_cast<double>(B);
      for (std::size_t v = 0; v < V; ++v) {
        const double g = (std::exp(y[v]) / sum - (v == target ? 1 : 0)) / static_cast<double>(B);
        db[v] += g;
        for (std::size_t i = 0; i < p.x.size(); ++i) {
          const auto E = static_cast<std::size_t>(p.size.widths[i]);
          for (std::size_t e = 0; e < E; ++e) {
            dx[i][r * E + e] += g * p.weight[i][v * E + e];
            dw[i][v * E + e] += g * p.x[i][r * E + e];
          }
        }
      }
    }
    for (std::size_t i = 0; i < p.x.size(); ++i) {
      gradients.insert(gradients.end(), dx[i].begin(), dx[i].end());
      gradients.insert(gradients.end(), dw[i].begin(), dw[i].end());
    }
    gradients.insert(gradients.end(), db.begin(), db.end());
  }
  std::vector<double> log_prob, gradients;
  double loss = 0;
};

double relative_difference(const std::vector<float>& values, const std::vector<double>& expected) {
  double difference = 0, norm = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    difference += (values[i] - expected[i]) * (values[i] - expected[i]);
    norm += expected[i] * expected[i];
  }
  return std::sqrt(difference / norm);
}

void expect_same_bits_on_any_threads(const Case& c, const SoftmaxOptions& options) {
  std::vector<float> first;
  double first_loss = 0;
  for (const int count : {1, 2, 7}) {
    set_threads(count);
    Problem problem(c);
    const double loss = linear_softmax_gradients(problem.view(), options);
    if (first.empty()) first = problem.gradients(), first_loss = loss;
    EXPECT_EQ(problem.gradients(), first) << count;
    EXPECT_EQ(loss, first_loss) << count;
  }
  set_threads(0);
}

class LinearSoftmaxTest : public ::testing::TestWithParam<Case> {};

TEST_P(LinearSoftmaxTest, EqualsPlainLoops) {
  Problem problem(GetParam());
  const Naive naive(problem);
  EXPECT_NEAR(linear_softmax_gradients(problem.view()), naive.loss, 1e-6 * (1 + naive.loss));
  EXPECT_LT(relative_difference(problem.gradients(), naive.gradients), 2e-6);
  std::vector<double> log_prob(static_cast<std::size_t>(GetParam().B));
  linear_softmax_log_prob(problem.view(), log_prob.data());
  for (std::size_t r = 0; r < log_prob.size(); ++r)
    EXPECT_NEAR(log_prob[r], naive.log_prob[r], 1e-5 + 1e-6 * std::abs(naive.log_prob[r])) << r;
}

/// Each factor of a product has a relative error of at most 2^-9 in bfloat16.
TEST_P(LinearSoftmaxTest, BFloat16EqualsPlainLoopsWithinItsRounding) {
  if (!has_bfloat16_softmax()) GTEST_SKIP() << "this CPU does not support AVX512_BF16";
  Problem problem(GetParam());
  const Naive naive(problem);
  EXPECT_NEAR(linear_softmax_gradients(problem.view(), {0, true}), naive.loss,
              0.005 * (1 + naive.loss));
  EXPECT_LT(relative_difference(problem.gradients(), naive.gradients), 0.01);
}

TEST_P(LinearSoftmaxTest, BitsDoNotDependOnThreads) {
  for (const bool bfloat16 : {false, true}) {
    if (bfloat16 && !has_bfloat16_softmax())
      GTEST_SKIP() << "this CPU does not support AVX512_BF16";
    expect_same_bits_on_any_threads(GetParam(), {0, bfloat16});
  }
}

/// Both compute all sums per lane in the same order, with the same multiply-adds.
TEST_P(LinearSoftmaxTest, Avx2AndAvx512HaveTheSameBits) {
  if ((hwy::SupportedTargets() & HWY_AVX3) == 0)
    GTEST_SKIP() << "this CPU does not support AVX-512";
  const auto gradients = [&](std::int64_t targets) {
    hwy::SetSupportedTargetsForTest(targets);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    Problem problem(GetParam());
    linear_softmax_gradients(problem.view());
    return problem.gradients();
  };
  const auto wide = gradients(HWY_AVX3), narrow = gradients(HWY_AVX2);
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  EXPECT_EQ(wide, narrow);
}

// Widths, vocabulary sizes and numbers of examples around the boundaries of vectors, register
// tiles, panels and blocks.
INSTANTIATE_TEST_SUITE_P(
    Sizes, LinearSoftmaxTest,
    ::testing::Values(Case{2, 1, {1}}, Case{2, 3, {2, 1}}, Case{3, 32, {16}}, Case{14, 33, {15}},
                      Case{126, 64, {14}}, Case{127, 31, {17, 3}}, Case{300, 129, {100}},
                      Case{509, 300, {5, 24}}, Case{2111, 7, {50, 240}}, Case{1013, 257, {33}}),
    [](const auto& c) {
      std::string name = "V" + std::to_string(c.param.V) + "_B" + std::to_string(c.param.B);
      for (const auto E : c.param.widths) name += "_E" + std::to_string(E);
      return name;
    });

TEST(LinearSoftmaxExtremesTest, LargeLogitsStayFinite) {
  Problem problem(Case{200, 5, {3}});
  for (auto& value : problem.weight[0]) value *= 300;
  const Naive naive(problem);
  const double loss = linear_softmax_gradients(problem.view());
  EXPECT_NEAR(loss, naive.loss, 1e-5 * naive.loss);
  EXPECT_LT(relative_difference(problem.gradients(), naive.gradients), 1e-4);
}

TEST(LinearSoftmaxFilterTest, TheErrorStaysBelowWhatIsPromised) {
  Problem problem(Case{1500, 64, {20}});
  // The first words are likely, the others are not. Both occur as targets.
  for (std::size_t v = 0; v < problem.b.size(); ++v) problem.b[v] = v < 40 ? 12.0f : 0.0f;
  for (std::size_t r = 1; r < problem.targets.size(); ++r) problem.targets[r] %= 40;
  problem.targets[0] = 1400;
  const double loss = linear_softmax_gradients(problem.view());
  const auto exact = problem.gradients();
  const float filter = 1e-3f;
  EXPECT_EQ(linear_softmax_gradients(problem.view(), {filter, false}), loss);
  const auto filtered = problem.gradients();
  EXPECT_NE(filtered, exact);
  for (std::size_t v = 0; v < problem.b.size(); ++v) {
    const auto at = exact.size() - problem.b.size() + v;
    EXPECT_LE(std::abs(filtered[at] - exact[at]), filter) << v;
  }
  std::vector<double> expected(exact.begin(), exact.end());
  EXPECT_LT(relative_difference(filtered, expected), 0.05);
}

}  // namespace
}  // namespace wordbridge
