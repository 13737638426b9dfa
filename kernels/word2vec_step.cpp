#include "kernels/word2vec_step.h"

#include <algorithm>
#include <cmath>

#include "kernels/simd/scratch.h"

// Arrays of vectors need a size known at compile time.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)

// Highway compiles this file once for each instruction set; the order of these lines matters.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/word2vec_step.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "kernels/simd/exp-inl.h"
#include "kernels/simd/tall_tile-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace wordbridge {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Register tiles of the products, and the number of outputs that are updated together.
constexpr int kTileIn = 2, kTileOut = kManyRegisters ? 6 : 4;
constexpr int kUpdateOut = 6;

// Working memory of a step: the values before it, and arrays over pairs. The pair of input i and
// output j has the index j * n + i.
struct Work {
  float* in;                      // [n, width]
  float* out;                     // [m, width]
  float* sums;                    // [pairs, kLanes], pairs rounded up to whole vectors
  float* gradient;                // [pairs]: rate times the step of each output towards each input
  std::int64_t n, m, yes, width;  // inputs, outputs, positive outputs
};

// Per-lane partial sums of the products of kIn inputs with kOut outputs.
template <int kIn, int kOut>
HWY_NOINLINE void product_sums(const Work& work, std::int64_t first_in, std::int64_t first_out) {
  const Tag d;
  Vector s[kIn][kOut];
#pragma GCC unroll 2
  for (int i = 0; i < kIn; ++i)
#pragma GCC unroll 6
    for (int j = 0; j < kOut; ++j) s[i][j] = hn::Zero(d);
  const std::int64_t width = work.width;
  const float* HWY_RESTRICT in = work.in + first_in * width;
  const float* HWY_RESTRICT out = work.out + first_out * width;
  for (std::int64_t k = 0; k < width; k += kLanes) {
    Vector y[kOut];
#pragma GCC unroll 6
    for (int j = 0; j < kOut; ++j) y[j] = hn::Load(d, out + j * width + k);
#pragma GCC unroll 2
    for (int i = 0; i < kIn; ++i) {
      const auto x = hn::Load(d, in + i * width + k);
#pragma GCC unroll 6
      for (int j = 0; j < kOut; ++j) s[i][j] = hn::MulAdd(x, y[j], s[i][j]);
    }
  }
  float* sums = work.sums + (first_out * work.n + first_in) * kLanes;
#pragma GCC unroll 2
  for (int i = 0; i < kIn; ++i)
#pragma GCC unroll 6
    for (int j = 0; j < kOut; ++j) hn::Store(s[i][j], d, sums + (j * work.n + i) * kLanes);
}

// The sums of kLanes vectors, as one vector: neighbouring lanes are added and halves of vectors are
// joined until each sum is in one lane.
HWY_INLINE Vector sum_each(const float* vectors) {
  const Tag d;
#if HWY_TARGET == HWY_SCALAR
  return hn::Load(d, vectors);
#else
  Vector v[kLanes];
#pragma GCC unroll 16
  for (int i = 0; i < kLanes; ++i) v[i] = hn::Load(d, vectors + i * kLanes);
#pragma GCC unroll 4
  for (int count = static_cast<int>(kLanes) / 2; count > 0; count /= 2)
#pragma GCC unroll 8
    for (int i = 0; i < count; ++i)
      v[i] = hn::Add(hn::ConcatEven(d, v[2 * i + 1], v[2 * i]),
                     hn::ConcatOdd(d, v[2 * i + 1], v[2 * i]));
  return v[0];
#endif
}

// Sum of the logarithms of the lanes. Each lane is a product of `factors` numbers in [1, 2].
constexpr int kFactors = 120;
HWY_INLINE double sum_of_logs(Vector product, int factors) {
  alignas(64) float lanes[kLanes];
  hn::Store(product, Tag(), lanes);
  // Multiplies as many lanes as possible without overflow.
  int together = static_cast<int>(kLanes);
  while (together > 1 && together * factors > kFactors) together /= 2;
  double sum = 0;
  for (int i = 0; i < kLanes; i += together) {
    float some = lanes[i];
    for (int k = 1; k < together; ++k) some *= lanes[i + k];
    sum += std::log(static_cast<double>(some));
  }
  return sum;
}

// Computes the products and the gradients, and returns the loss.
HWY_INLINE double gradients(const Work& work, float rate) {
  for_tiles<kTileOut>(work.m, [&](auto out_size, std::int64_t first_out) {
    for_tiles<kTileIn>(work.n, [&](auto in_size, std::int64_t first_in) {
      product_sums<in_size(), out_size()>(work, first_in, first_out);
    });
  });
  const Tag d;
  const auto zero = hn::Zero(d), one = hn::Set(d, 1.0f), half = hn::Set(d, 0.5f);
  const std::int64_t pairs = work.n * work.m, yes_pairs = work.n * work.yes;
  // softplus(x) = max(x, 0) + ln(1 + exp(-|x|)). The logarithm is computed once for a product of
  // many factors 1 + exp, each at most 2.
  auto loss = zero, product = one;
  double logs = 0;
  int factors = 0;
  for (std::int64_t p = 0; p < pairs; p += kLanes) {
    const auto score = sum_each(work.sums + p * kLanes);
    const auto yes = hn::FirstN(
        d, static_cast<std::size_t>(std::max<std::int64_t>(0, std::min(kLanes, yes_pairs - p))));
    const auto there =
        hn::FirstN(d, static_cast<std::size_t>(std::min<std::int64_t>(kLanes, pairs - p)));
    const auto x = hn::IfThenElse(yes, hn::Neg(score), score);
    const auto size = hn::Abs(x);
    const auto e = exp_of_negative(hn::Neg(size));
    const auto above = hn::Add(one, e);
    // Not with Max(), which may drop a NaN.
    loss = hn::Add(loss, hn::IfThenElseZero(there, hn::Mul(half, hn::Add(x, size))));
    product = hn::Mul(product, hn::IfThenElse(there, above, one));
    const auto sigmoid = hn::Div(hn::IfThenElse(hn::Ge(x, zero), one, e), above);
    const auto step = hn::Mul(hn::Set(d, rate), sigmoid);
    hn::Store(hn::IfThenElse(yes, step, hn::Neg(step)), d, work.gradient + p);
    if (++factors == kFactors) {
      logs += sum_of_logs(product, factors);
      product = one;
      factors = 0;
    }
  }
  return logs + sum_of_logs(product, factors) +
         static_cast<double>(hn::GetLane(hn::SumOfLanes(d, loss)));
}

// Adds the steps of all inputs and of kOut outputs to their rows, in one pass over the columns.
template <int kOut>
HWY_NOINLINE void add_steps(const Work& work, float* const* in_rows, float* const* out_rows,
                            std::int64_t first_out) {
  const Tag d;
  const std::int64_t n = work.n, width = work.width;
  const float* HWY_RESTRICT in = work.in;
  const float* HWY_RESTRICT out = work.out + first_out * width;
  const float* HWY_RESTRICT gradient = work.gradient + first_out * n;
  for (std::int64_t k = 0; k < width; k += kLanes) {
    Vector y[kOut], y_step[kOut];
#pragma GCC unroll 6
    for (int j = 0; j < kOut; ++j) {
      y[j] = hn::Load(d, out + j * width + k);
      y_step[j] = hn::Zero(d);
    }
    for (std::int64_t i = 0; i < n; ++i) {
      const auto x = hn::Load(d, in + i * width + k);
      auto x_step = hn::Zero(d);
#pragma GCC unroll 6
      for (int j = 0; j < kOut; ++j) {
        const auto g = hn::Set(d, gradient[j * n + i]);
        x_step = hn::MulAdd(g, y[j], x_step);
        y_step[j] = hn::MulAdd(g, x, y_step[j]);
      }
      float* const row = in_rows[i] + k;
      hn::Store(hn::Add(hn::Load(d, row), x_step), d, row);
    }
#pragma GCC unroll 6
    for (int j = 0; j < kOut; ++j) {
      float* const row = out_rows[first_out + j] + k;
      hn::Store(hn::Add(hn::Load(d, row), y_step[j]), d, row);
    }
  }
}

// Removes the gradient of a pair with a negative label, and returns its loss.
HWY_INLINE double skip_pair(const Work& work, std::int64_t pair) {
  work.gradient[pair] = 0;
  double score = 0;
  for (std::int64_t k = 0; k < kLanes; ++k)
    score += static_cast<double>(work.sums[pair * kLanes + k]);
  return std::max(score, 0.0) + std::log1p(std::exp(-std::abs(score)));
}

HWY_INLINE void add_all_steps(const Work& work, float* const* in_rows, float* const* out_rows) {
  for_tiles<kUpdateOut>(work.m, [&](auto size, std::int64_t first) {
    add_steps<size()>(work, in_rows, out_rows, first);
  });
}

HWY_INLINE void copy_rows(float* const* rows, std::int64_t count, std::int64_t width, float* to) {
  const Tag d;
  for (std::int64_t i = 0; i < count; ++i, to += width)
    for (std::int64_t k = 0; k < width; k += kLanes) hn::Store(hn::Load(d, rows[i] + k), d, to + k);
}

// Splits `scratch` into the working memory of a step with n inputs and the outputs of `rows`.
HWY_INLINE Work make_work(float* scratch, std::int64_t n, const WindowRows& rows) {
  const std::int64_t m = rows.out_count, width = rows.width;
  const std::int64_t pairs = (n * m + kLanes - 1) / kLanes * kLanes;
  Work work{scratch, scratch + n * width, nullptr, nullptr, n, m, rows.yes_count, width};
  work.sums = work.out + m * width;
  work.gradient = work.sums + pairs * kLanes;
  std::fill(work.sums + n * m * kLanes, work.gradient, 0.0f);
  return work;
}

double SkipGramStep(const WindowRows& rows, float rate, float* scratch) {
  const Work work = make_work(scratch, rows.in_count, rows);
  copy_rows(rows.in, rows.in_count, rows.width, work.in);
  copy_rows(rows.out, rows.out_count, rows.width, work.out);
  double loss = gradients(work, rate);
  for (std::int64_t s = 0; s < rows.skipped_count; ++s) loss -= skip_pair(work, rows.skipped[s]);
  add_all_steps(work, rows.in, rows.out);
  return loss;
}

double CbowStep(const WindowRows& rows, float rate, float share, float* scratch) {
  const Tag d;
  float* step = scratch;
  const Work work = make_work(scratch + rows.width, 1, rows);
  const auto inverse = hn::Set(d, 1.0f / static_cast<float>(rows.in_count));
  for (std::int64_t k = 0; k < rows.width; k += kLanes) {
    auto sum = hn::Zero(d);
    for (std::int64_t i = 0; i < rows.in_count; ++i)
      sum = hn::Add(sum, hn::Load(d, rows.in[i] + k));
    hn::Store(hn::Mul(sum, inverse), d, work.in + k);
    hn::Store(hn::Zero(d), d, step + k);
  }
  copy_rows(rows.out, rows.out_count, rows.width, work.out);
  const double loss = gradients(work, rate);
  add_all_steps(work, &step, rows.out);
  for (std::int64_t i = 0; i < rows.in_count; ++i)
    for (std::int64_t k = 0; k < rows.width; k += kLanes)
      hn::Store(hn::MulAdd(hn::Set(d, share), hn::Load(d, step + k), hn::Load(d, rows.in[i] + k)),
                d, rows.in[i] + k);
  return loss;
}

// Products of the input with the outputs first .. first + kOut - 1, as sums per lane.
template <int kOut>
HWY_INLINE void partner_sums(const PartnerRows& rows, std::int64_t first, float* sums) {
  const Tag d;
  Vector s[kOut];
#pragma GCC unroll 6
  for (int j = 0; j < kOut; ++j) s[j] = hn::Zero(d);
  for (std::int64_t k = 0; k < rows.width; k += kLanes) {
    const auto x = hn::Load(d, rows.in + k);
#pragma GCC unroll 6
    for (int j = 0; j < kOut; ++j) s[j] = hn::MulAdd(x, hn::Load(d, rows.out[first + j] + k), s[j]);
  }
#pragma GCC unroll 6
  for (int j = 0; j < kOut; ++j) hn::Store(s[j], d, sums + (first + j) * kLanes);
}

// The rows are in the cache after the products, so they are not copied.
double PartnerStep(const PartnerRows& rows, float rate, float* scratch) {
  const Tag d;
  const std::int64_t m = rows.counts[0] + rows.counts[1];
  const std::int64_t padded = (m + kLanes - 1) / kLanes * kLanes;
  float* const sums = scratch;
  float* const gradient = scratch + padded * kLanes;
  for_tiles<kUpdateOut>(
      m, [&](auto size, std::int64_t first) { partner_sums<size()>(rows, first, sums); });
  std::fill(sums + m * kLanes, sums + padded * kLanes, 0.0f);
  const auto zero = hn::Zero(d), one = hn::Set(d, 1.0f);
  double loss = 0;
  for (std::int64_t p = 0; p < padded; p += kLanes) {
    const auto x = hn::Neg(sum_each(sums + p * kLanes));
    const auto e = exp_of_negative(hn::Neg(hn::Abs(x)));
    const auto above = hn::Add(one, e);
    const auto sigmoid = hn::Div(hn::IfThenElse(hn::Ge(x, zero), one, e), above);
    const auto lanes_below = [&](std::int64_t count) {
      return hn::FirstN(
          d, static_cast<std::size_t>(std::max<std::int64_t>(0, std::min(kLanes, count - p))));
    };
    const auto first = lanes_below(rows.counts[0]), both = lanes_below(m);
    const auto second = hn::AndNot(first, both);
    const auto weight =
        hn::IfThenElse(first, hn::Set(d, rows.weights[0]), hn::Set(d, rows.weights[1]));
    hn::Store(hn::Mul(hn::Mul(hn::Set(d, rate), weight), sigmoid), d, gradient + p);
    // softplus(x), as in gradients().
    const auto linear = hn::Mul(hn::Set(d, 0.5f), hn::Add(x, hn::Abs(x)));
    const auto kind_loss = [&](auto lanes, float kind_weight) {
      return static_cast<double>(kind_weight) * (sum_of_logs(hn::IfThenElse(lanes, above, one), 1) +
                                                 static_cast<double>(hn::GetLane(hn::SumOfLanes(
                                                     d, hn::IfThenElseZero(lanes, linear)))));
    };
    if (p < rows.counts[0]) loss += kind_loss(first, rows.weights[0]);
    if (p + kLanes > rows.counts[0]) loss += kind_loss(second, rows.weights[1]);
  }
  for (std::int64_t k = 0; k < rows.width; k += kLanes) {
    const auto x = hn::Load(d, rows.in + k);
    auto step = zero;
    for (std::int64_t j = 0; j < m; ++j)
      step = hn::MulAdd(hn::Set(d, gradient[j]), hn::Load(d, rows.out[j] + k), step);
    for (std::int64_t j = 0; j < m; ++j) {
      float* const row = rows.out[j] + k;
      hn::Store(hn::MulAdd(hn::Set(d, gradient[j]), x, hn::Load(d, row)), d, row);
    }
    hn::Store(hn::Add(x, step), d, rows.in + k);
  }
  return loss;
}

}  // namespace HWY_NAMESPACE
}  // namespace wordbridge
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wordbridge {

HWY_EXPORT(SkipGramStep);
HWY_EXPORT(CbowStep);
HWY_EXPORT(PartnerStep);

namespace {

/// Large enough for every instruction set: vectors have at most 16 floats.
float* step_memory(std::int64_t n, std::int64_t m, std::int64_t width) {
  static thread_local Scratch scratch;
  const std::int64_t pairs = (n * m + 15) / 16 * 16;
  return scratch.get((n + m + 1) * width + pairs * 17);
}

}  // namespace

double skip_gram_step(const WindowRows& rows, float rate) {
  return HWY_DYNAMIC_DISPATCH(SkipGramStep)(rows, rate,
                                            step_memory(rows.in_count, rows.out_count, rows.width));
}

double cbow_step(const WindowRows& rows, float rate, float share) {
  return HWY_DYNAMIC_DISPATCH(CbowStep)(rows, rate, share,
                                        step_memory(1, rows.out_count, rows.width));
}

double partner_step(const PartnerRows& rows, float rate) {
  return HWY_DYNAMIC_DISPATCH(PartnerStep)(
      rows, rate, step_memory(1, rows.counts[0] + rows.counts[1], rows.width));
}

}  // namespace wordbridge
#endif
