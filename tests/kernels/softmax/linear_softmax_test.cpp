#include "kernels/softmax/linear_softmax.h"

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <cmath>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "core/rng.h"
#include "core/threads.h"
#include "tests/support/thread_processes.h"

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

/// The part of a thread that stands for process `rank` of `count`.
class PartOfThread : public SoftmaxPart {
 public:
  PartOfThread(int rank, int count, Meeting& meeting)
      : SoftmaxPart(kSoftmaxShares * rank / count, kSoftmaxShares * (rank + 1) / count),
        rank_(rank),
        meeting_(meeting) {}

  void exchange(float* sums, std::int64_t size, double* target_logits,
                std::int64_t count) const override {
    const auto own = static_cast<std::size_t>((last_share - first_share) * size) * sizeof(float);
    const auto logits = static_cast<std::size_t>(count) * sizeof(double);
    std::string text(reinterpret_cast<const char*>(sums + first_share * size), own);
    text.append(reinterpret_cast<const char*>(target_logits), logits);
    std::vector<double> others(static_cast<std::size_t>(count));
    for (const auto& all : meeting_.exchange(rank_, text)) {
      std::memcpy(sums, all.data(), own);
      sums += (last_share - first_share) * size;
      std::memcpy(others.data(), all.data() + own, logits);
      for (std::size_t i = 0; i < others.size(); ++i)
        if (!std::isnan(others[i])) target_logits[i] = others[i];
    }
  }

 private:
  const int rank_;
  Meeting& meeting_;
};

/// Loss and gradients of `count` parts: of x the sums in pairs, of each word those of its part.
struct InParts {
  InParts(const Case& c, int count, const SoftmaxOptions& options) {
    Meeting meeting(count);
    std::vector<Problem> problems(static_cast<std::size_t>(count), Problem(c));
    std::vector<double> losses(problems.size());
    std::vector<std::thread> threads;
    for (int rank = 0; rank < count; ++rank) {
      threads.emplace_back([&, rank] {
        const auto i = static_cast<std::size_t>(rank);
        const PartOfThread part(rank, count, meeting);
        losses[i] = linear_softmax_gradients(problems[i].view(), part, options);
      });
    }
    for (auto& thread : threads) thread.join();
    loss = losses[0];
    for (const double other : losses) EXPECT_EQ(other, loss);
    for (std::size_t step = 1; step < problems.size(); step *= 2)
      for (std::size_t i = 0; i + step < problems.size(); i += 2 * step)
        for (std::size_t term = 0; term < c.widths.size(); ++term)
          for (std::size_t k = 0; k < problems[i].x_gradient[term].size(); ++k)
            problems[i].x_gradient[term][k] += problems[i + step].x_gradient[term][k];
    Problem& whole = problems[0];
    std::int64_t written = 0;
    for (std::size_t i = 0; i < problems.size(); ++i) {
      const PartOfThread part(static_cast<int>(i), count, meeting);
      const WordRange words = words_of(part, c.V);
      EXPECT_EQ(words.begin, written);
      written = words.end;
      for (auto v = static_cast<std::size_t>(words.begin); v < static_cast<std::size_t>(words.end);
           ++v) {
        whole.b_gradient[v] = problems[i].b_gradient[v];
        for (std::size_t term = 0; term < c.widths.size(); ++term) {
          const auto E = static_cast<std::size_t>(c.widths[term]);
          std::copy_n(
              problems[i].weight_gradient[term].begin() + static_cast<std::ptrdiff_t>(v * E), E,
              whole.weight_gradient[term].begin() + static_cast<std::ptrdiff_t>(v * E));
        }
      }
    }
    EXPECT_EQ(written, c.V);
    gradients = whole.gradients();
  }

  double loss = 0;
  std::vector<float> gradients;
};

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

TEST_P(LinearSoftmaxTest, PartsOfTheVocabularyEqualPlainLoopsWithTheSameBits) {
  const Naive naive{Problem(GetParam())};
  const InParts one(GetParam(), 1, {});
  EXPECT_NEAR(one.loss, naive.loss, 1e-6 * (1 + naive.loss));
  EXPECT_LT(relative_difference(one.gradients, naive.gradients), 2e-6);
  for (const int count : {2, 4, 16}) {
    const InParts parts(GetParam(), count, {});
    EXPECT_EQ(parts.loss, one.loss) << count;
    EXPECT_EQ(parts.gradients, one.gradients) << count;
  }
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
INSTANTIATE_TEST_SUITE_P(Sizes, LinearSoftmaxTest,
                         ::testing::Values(Case{2, 1, {1}}, Case{2, 3, {2, 1}}, Case{3, 32, {16}},
                                           Case{14, 33, {15}}, Case{126, 64, {14}},
                                           Case{127, 31, {17, 3}}, Case{300, 129, {100}},
                                           Case{509, 300, {5, 24}}, Case{2111, 7, {50, 240}},
                                           Case{1013, 257, {33}}, Case{300, 1100, {3}}),
                         [](const auto& c) {
                           std::string name =
                               "V" + std::to_string(c.param.V) + "_B" + std::to_string(c.param.B);
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
