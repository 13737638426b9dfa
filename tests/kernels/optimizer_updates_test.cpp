#include "kernels/optimizer_updates.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/rng.h"
#include "core/threads.h"

namespace wordbridge {
namespace {

std::vector<float> random_values(std::size_t size, const char* name) {
  Rng rng(1, name);
  std::vector<float> values(size);
  for (auto& value : values) value = static_cast<float>(rng.normal());
  return values;
}

// The formulas in the header, in float32 and in the same order of operations.
void naive_adam(std::vector<float>& p, const std::vector<float>& g, std::vector<float>& m,
                std::vector<float>& v, const AdamStep& s) {
  const float rate = s.learning_rate / s.correction1;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const float decayed = p[i] * s.decay_factor;
    const float step = g[i] + s.weight_decay * decayed;
    m[i] = s.beta1 * m[i] + (1.0f - s.beta1) * step;
    v[i] = s.beta2 * v[i] + (1.0f - s.beta2) * (step * step);
    p[i] = decayed - rate * (m[i] / (std::sqrt(v[i]) / s.correction2 + s.epsilon));
  }
}

TEST(OptimizerUpdatesTest, AdamEqualsNaiveLoopBitForBit) {
  for (const std::size_t size : {1u, 7u, 16u, 1000u, 70'001u}) {
    auto p = random_values(size, "p"), q = p;
    std::vector<float> m(size), v(size), naive_m(size), naive_v(size);
    for (int t = 1; t <= 3; ++t) {
      const auto g = random_values(size, t == 1 ? "g1" : "g2");
      const AdamStep step{0.01f,
                          0.9f,
                          0.999f,
                          1e-8f,
                          0.1f,
                          0.999f,
                          1 - std::pow(0.9f, static_cast<float>(t)),
                          std::sqrt(1 - std::pow(0.999f, static_cast<float>(t)))};
      adam_update(p.data(), g.data(), m.data(), v.data(), static_cast<std::int64_t>(size), step);
      naive_adam(q, g, naive_m, naive_v, step);
    }
    EXPECT_EQ(p, q) << size;
    EXPECT_EQ(v, naive_v) << size;
  }
}

TEST(OptimizerUpdatesTest, AdamByHand) {
  float p = 1, g = 0.5f, m = 0, v = 0;
  // First update: m/c1 = g and sqrt(v)/c2 = |g|, so the step size is the learning rate.
  adam_update(&p, &g, &m, &v, 1, {0.1f, 0.9f, 0.99f, 0, 0, 1, 0.1f, 0.1f});
  EXPECT_NEAR(p, 0.9f, 1e-6);
  EXPECT_NEAR(m, 0.05f, 1e-7);
  EXPECT_NEAR(v, 0.0025f, 1e-7);
}

TEST(OptimizerUpdatesTest, SgdByHand) {
  float p = 1, g = 0.5f;
  sgd_update(&p, &g, nullptr, 1, {0.1f, 0, 0.2f});
  EXPECT_NEAR(p, 1 - 0.1 * (0.5 + 0.2), 1e-6);
  float q = 1, velocity = 2;
  sgd_update(&q, &g, &velocity, 1, {0.1f, 0.9f, 0});
  EXPECT_NEAR(velocity, 2.3f, 1e-6);
  EXPECT_NEAR(q, 1 - 0.23, 1e-6);
}

TEST(OptimizerUpdatesTest, AdagradByHand) {
  float p = 1, g = 3, sum = 16;
  adagrad_update(&p, &g, &sum, 1, {0.5f, 1.0f, 0});
  EXPECT_FLOAT_EQ(sum, 25);
  EXPECT_NEAR(p, 1 - 0.5 * 3 / (5 + 1), 1e-6);
}

/// The parameters and two moments after one update by each optimiser.
struct Updated {
  std::vector<float> p, m, v;
};
template <class Gradient, class... Size>
Updated update_all(Updated u, const Gradient& g, const Size&... size) {
  for (auto& value : u.v) value = std::abs(value);
  sgd_update(u.p.data(), g, u.m.data(), size..., SgdStep{0.1f, 0.9f, 0.01f});
  adagrad_update(u.p.data(), g, u.v.data(), size..., AdagradStep{0.1f, 1e-3f, 0.01f});
  adam_update(u.p.data(), g, u.m.data(), u.v.data(), size...,
              AdamStep{0.01f, 0.9f, 0.99f, 1e-3f, 0.02f, 0.999f, 0.1f, 0.2f});
  return u;
}

TEST(OptimizerUpdatesTest, RowsEqualTheWholeGradientBitForBit) {
  struct Case {
    std::int64_t total, width;
    std::vector<std::int64_t> rows;
  };
  std::vector<std::int64_t> some;
  for (std::int64_t r = 5; r < 9000; r += r % 7 + 1) some.push_back(r);
  for (const auto& [total, width, rows] :
       {Case{1, 1, {0}}, Case{6, 3, {}}, Case{6, 3, {0, 5}}, Case{6, 3, {2, 3}},
        Case{9001, 19, some}, Case{140'000, 1, some}, Case{2, 70'000, {1}}}) {
    const auto size = static_cast<std::size_t>(total * width);
    const auto values = random_values(rows.size() * static_cast<std::size_t>(width), "g");
    std::vector<float> dense(size);
    for (std::size_t k = 0; k < rows.size(); ++k)
      std::copy_n(values.begin() + static_cast<std::int64_t>(k) * width, width,
                  dense.begin() + rows[k] * width);
    const Updated start{random_values(size, "p"), random_values(size, "m"),
                        random_values(size, "v")};
    GradientRows g{rows.data(), values.data(), static_cast<std::int64_t>(rows.size()),
                   width,       total,         false};
    for (const int count : {1, 2, 7}) {
      set_threads(count);
      const Updated whole = update_all(start, dense.data(), total * width);
      const Updated by_rows = update_all(start, g);
      EXPECT_EQ(by_rows.p, whole.p) << total;
      EXPECT_EQ(by_rows.m, whole.m) << total;
      EXPECT_EQ(by_rows.v, whole.v) << total;
      // With only_these, the other rows do not change.
      GradientRows lazy = g;
      lazy.only_these = true;
      Updated expected = start;
      for (auto& value : expected.v) value = std::abs(value);
      for (const auto row : rows) {
        for (auto i = static_cast<std::size_t>(row * width);
             i < static_cast<std::size_t>((row + 1) * width); ++i)
          expected.p[i] = whole.p[i], expected.m[i] = whole.m[i], expected.v[i] = whole.v[i];
      }
      const Updated touched = update_all(start, lazy);
      EXPECT_EQ(touched.p, expected.p) << total;
      EXPECT_EQ(touched.m, expected.m) << total;
      EXPECT_EQ(touched.v, expected.v) << total;
    }
  }
  set_threads(0);
}

TEST(OptimizerUpdatesTest, SumOfSquaresDoesNotDependOnThreads) {
  const auto values = random_values(300'001, "v");
  double naive = 0;
  for (const float value : values) naive += static_cast<double>(value) * value;
  double first = 0;
  for (const int count : {1, 2, 7}) {
    set_threads(count);
    const double sum = sum_of_squares(values.data(), static_cast<std::int64_t>(values.size()));
    if (count == 1) first = sum;
    EXPECT_EQ(sum, first);
    EXPECT_NEAR(sum, naive, 1e-6);
  }
  set_threads(0);
}

}  // namespace
}  // namespace wordbridge
