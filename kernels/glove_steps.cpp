#include "kernels/glove_steps.h"

#include <algorithm>
#include <cmath>

// Arrays of vectors need a size known at compile time.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)

// Highway compiles this file once for each instruction set; the order of these lines matters.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/glove_steps.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "kernels/simd/exp-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace wordbridge {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr std::int64_t kBatch = 64;  // counts whose weights are computed together
constexpr std::int64_t kAhead = 8;   // counts whose rows are prefetched ahead of their use

// f(x) of up to kBatch counts.
HWY_INLINE void weights_of(const GloveCount* counts, std::int64_t size, const GloveSettings& s,
                           float* HWY_RESTRICT weights) {
  const Tag d;
  const float log_max = std::log(s.x_max);
  for (std::int64_t i = 0; i < kBatch; ++i)
    weights[i] = i < size ? std::min(0.0f, s.alpha * (counts[i].log_count - log_max)) : 0.0f;
  for (std::int64_t i = 0; i < kBatch; i += kLanes)
    hn::Store(exp_of_negative(hn::Load(d, weights + i)), d, weights + i);
}

// Constants of the steps of a tile.
struct Steps {
  std::int64_t bias_vector;  // position of the vector that has the bias
  std::int64_t sums;
  float rate, clip;
  hn::Mask<Tag> bias;  // lane of the bias
};

HWY_INLINE Vector clipped(Vector step, float most) {
  const Tag d;
  return hn::Min(hn::Max(step, hn::Set(d, -most)), hn::Set(d, most));
}

// Changes a vector of parameters, which are `values` before the step t.
HWY_INLINE void update(float* HWY_RESTRICT row, std::int64_t sums, Vector values, Vector t) {
  const Tag d;
  const auto sum = hn::Load(d, row + sums);
  hn::Store(hn::Sub(values, hn::Div(t, hn::Sqrt(sum))), d, row);
  hn::Store(hn::MulAdd(t, t, sum), d, row + sums);
}

// One step. Returns twice the loss.
HWY_INLINE double step(const Steps& s, float weight, float log_count, float* HWY_RESTRICT w,
                       float* HWY_RESTRICT c) {
  const Tag d;
  const std::int64_t last = s.bias_vector;
  Vector even = hn::Zero(d), odd = hn::Zero(d);
  std::int64_t k = 0;
  for (; k + kPair <= last; k += kPair) {
    even = hn::MulAdd(hn::Load(d, w + k), hn::Load(d, c + k), even);
    odd = hn::MulAdd(hn::Load(d, w + k + kLanes), hn::Load(d, c + k + kLanes), odd);
  }
  if (k < last) even = hn::MulAdd(hn::Load(d, w + k), hn::Load(d, c + k), even);
  const auto w_last = hn::Load(d, w + last), c_last = hn::Load(d, c + last);
  odd = hn::Add(odd, hn::IfThenElse(s.bias, hn::Add(w_last, c_last), hn::Mul(w_last, c_last)));
  const float difference = hn::GetLane(hn::SumOfLanes(d, hn::Add(even, odd))) - log_count;
  const float g = weight * difference;
  const auto rated = hn::Set(d, s.rate * g);
  for (k = 0; k < last; k += kLanes) {
    const auto x = hn::Load(d, w + k), y = hn::Load(d, c + k);
    update(w + k, s.sums, x, clipped(hn::Mul(rated, y), s.clip));
    update(c + k, s.sums, y, clipped(hn::Mul(rated, x), s.clip));
  }
  const auto of_bias = hn::Set(d, g);
  update(w + last, s.sums, w_last,
         hn::IfThenElse(s.bias, of_bias, clipped(hn::Mul(rated, c_last), s.clip)));
  update(c + last, s.sums, c_last,
         hn::IfThenElse(s.bias, of_bias, clipped(hn::Mul(rated, w_last), s.clip)));
  return static_cast<double>(g) * static_cast<double>(difference);
}

HWY_INLINE void prefetch(const float* row, std::int64_t size) {
  constexpr std::int64_t kLine = 16;
  for (std::int64_t k = 0; k < size; k += kLine) hwy::Prefetch(row + k);
}

double GloveSteps(const GloveCount* counts, std::int64_t size, float* words, float* contexts,
                  const GloveSettings& settings) {
  const Tag d;
  const GloveRow& row = settings.row;
  const std::int64_t bias = row.bias() % kLanes;
  const Steps steps{row.bias() - bias, row.sums(), settings.learning_rate,
                    settings.learning_rate * kGloveClip,
                    hn::Eq(hn::Iota(d, 0), hn::Set(d, static_cast<float>(bias)))};
  alignas(64) float weights[kBatch];
  double loss = 0;
  for (std::int64_t first = 0; first < size; first += kBatch) {
    const std::int64_t batch = std::min(kBatch, size - first);
    weights_of(counts + first, batch, settings, weights);
    for (std::int64_t i = 0; i < batch; ++i) {
      const GloveCount& count = counts[first + i];
      if (first + i + kAhead < size) {
        const GloveCount& next = counts[first + i + kAhead];
        prefetch(words + next.word * row.size(), row.size());
        prefetch(contexts + next.context * row.size(), row.size());
      }
      loss += step(steps, weights[i], count.log_count, words + count.word * row.size(),
                   contexts + count.context * row.size());
    }
  }
  return loss / 2;
}

double GloveLossAtZero(const GloveCount* counts, std::int64_t size, const GloveSettings& settings) {
  alignas(64) float weights[kBatch];
  double loss = 0;
  for (std::int64_t first = 0; first < size; first += kBatch) {
    const std::int64_t batch = std::min(kBatch, size - first);
    weights_of(counts + first, batch, settings, weights);
    for (std::int64_t i = 0; i < batch; ++i) {
      const auto log_count = static_cast<double>(counts[first + i].log_count);
      loss += static_cast<double>(weights[i]) * log_count * log_count;
    }
  }
  return loss / 2;
}

}  // namespace HWY_NAMESPACE
}  // namespace wordbridge
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wordbridge {

HWY_EXPORT(GloveSteps);
HWY_EXPORT(GloveLossAtZero);

double glove_steps(const GloveCount* counts, std::int64_t size, float* words, float* contexts,
                   const GloveSettings& settings) {
  return HWY_DYNAMIC_DISPATCH(GloveSteps)(counts, size, words, contexts, settings);
}

double glove_loss_at_zero(const GloveCount* counts, std::int64_t size,
                          const GloveSettings& settings) {
  return HWY_DYNAMIC_DISPATCH(GloveLossAtZero)(counts, size, settings);
}

}  // namespace wordbridge
#endif
