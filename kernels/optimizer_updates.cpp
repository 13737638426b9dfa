#include "kernels/optimizer_updates.h"

#include <algorithm>
#include <vector>

#include "core/index.h"
#include "core/threads.h"

// Highway compiles this file once for each instruction set; the order of these lines matters.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/optimizer_updates.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace wordbridge {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Calls `step(tag, offset)` for whole vectors, then for single lanes of the remainder.
template <class Step>
HWY_INLINE void for_each_vector(std::int64_t size, const Step& step) {
  const hn::ScalableTag<float> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t i = 0;
  for (; i + lanes <= size; i += lanes) step(d, i);
  const hn::CappedTag<float, 1> one;
  for (; i < size; ++i) step(one, i);
}

// A null gradient is a gradient of 0.
template <class D>
HWY_INLINE hn::Vec<D> LoadGradient(D d, const float* g, std::int64_t i) {
  return g == nullptr ? hn::Zero(d) : hn::LoadU(d, g + i);
}

void Sgd(float* p, const float* g, float* v, std::int64_t size, const SgdStep& s) {
  for_each_vector(size, [&](auto d, std::int64_t i) HWY_ATTR {
    const auto value = hn::LoadU(d, p + i);
    auto step = hn::Add(LoadGradient(d, g, i), hn::Mul(hn::Set(d, s.weight_decay), value));
    if (v != nullptr) {
      step = hn::Add(hn::Mul(hn::Set(d, s.momentum), hn::LoadU(d, v + i)), step);
      hn::StoreU(step, d, v + i);
    }
    hn::StoreU(hn::Sub(value, hn::Mul(hn::Set(d, s.learning_rate), step)), d, p + i);
  });
}

void Adagrad(float* p, const float* g, float* sum, std::int64_t size, const AdagradStep& s) {
  for_each_vector(size, [&](auto d, std::int64_t i) HWY_ATTR {
    const auto value = hn::LoadU(d, p + i);
    const auto step = hn::Add(LoadGradient(d, g, i), hn::Mul(hn::Set(d, s.weight_decay), value));
    const auto total = hn::Add(hn::LoadU(d, sum + i), hn::Mul(step, step));
    hn::StoreU(total, d, sum + i);
    const auto scaled = hn::Div(step, hn::Add(hn::Sqrt(total), hn::Set(d, s.epsilon)));
    hn::StoreU(hn::Sub(value, hn::Mul(hn::Set(d, s.learning_rate), scaled)), d, p + i);
  });
}

void Adam(float* p, const float* g, float* m, float* v, std::int64_t size, const AdamStep& s) {
  const float rate = s.learning_rate / s.correction1;
  for_each_vector(size, [&](auto d, std::int64_t i) HWY_ATTR {
    const auto value = hn::Mul(hn::LoadU(d, p + i), hn::Set(d, s.decay_factor));
    const auto step = hn::Add(LoadGradient(d, g, i), hn::Mul(hn::Set(d, s.weight_decay), value));
    const auto first = hn::Add(hn::Mul(hn::Set(d, s.beta1), hn::LoadU(d, m + i)),
                               hn::Mul(hn::Set(d, 1.0f - s.beta1), step));
    const auto second = hn::Add(hn::Mul(hn::Set(d, s.beta2), hn::LoadU(d, v + i)),
                                hn::Mul(hn::Set(d, 1.0f - s.beta2), hn::Mul(step, step)));
    hn::StoreU(first, d, m + i);
    hn::StoreU(second, d, v + i);
    const auto root = hn::Div(hn::Sqrt(second), hn::Set(d, s.correction2));
    const auto scaled = hn::Div(first, hn::Add(root, hn::Set(d, s.epsilon)));
    hn::StoreU(hn::Sub(value, hn::Mul(hn::Set(d, rate), scaled)), d, p + i);
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace wordbridge
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wordbridge {
namespace {

constexpr std::int64_t kBlock = 1 << 16;

/// Calls update(offset, gradient or null, size) in parallel for each row of the gradient and for
/// each gap between the rows.
template <class Update>
void for_each_stretch(const GradientRows& g, const Update& update) {
  const std::int64_t width = g.width, block = std::max<std::int64_t>(1, kBlock / width);
  if (g.only_these) {
    for_each_range(g.count, block, [&](std::int64_t begin, std::int64_t end) {
      for (auto k = begin; k < end; ++k) update(g.rows[k] * width, g.values + k * width, width);
    });
    return;
  }
  for_each_range(g.total, block, [&](std::int64_t begin, std::int64_t end) {
    auto k = std::lower_bound(g.rows, g.rows + g.count, begin) - g.rows;
    for (auto row = begin; row < end;) {
      const auto next = k < g.count ? std::min(g.rows[k], end) : end;
      if (row < next) update(row * width, nullptr, (next - row) * width);
      if (next < end) update(next * width, g.values + k++ * width, width);
      row = next + 1;
    }
  });
}

}  // namespace

HWY_EXPORT(Sgd);
HWY_EXPORT(Adagrad);
HWY_EXPORT(Adam);

void sgd_update(float* parameter, const float* gradient, float* velocity, std::int64_t size,
                const SgdStep& step) {
  for_each_range(size, kBlock, [&](std::int64_t begin, std::int64_t end) {
    HWY_DYNAMIC_DISPATCH(Sgd)
    (parameter + begin, gradient + begin, velocity == nullptr ? nullptr : velocity + begin,
     end - begin, step);
  });
}

void adagrad_update(float* parameter, const float* gradient, float* sum, std::int64_t size,
                    const AdagradStep& step) {
  for_each_range(size, kBlock, [&](std::int64_t begin, std::int64_t end) {
    HWY_DYNAMIC_DISPATCH(Adagrad)
    (parameter + begin, gradient + begin, sum + begin, end - begin, step);
  });
}

void adam_update(float* parameter, const float* gradient, float* first, float* second,
                 std::int64_t size, const AdamStep& step) {
  for_each_range(size, kBlock, [&](std::int64_t begin, std::int64_t end) {
    HWY_DYNAMIC_DISPATCH(Adam)
    (parameter + begin, gradient + begin, first + begin, second + begin, end - begin, step);
  });
}

void sgd_update(float* parameter, const GradientRows& gradient, float* velocity,
                const SgdStep& step) {
  for_each_stretch(gradient, [&](std::int64_t at, const float* g, std::int64_t size) {
    HWY_DYNAMIC_DISPATCH(Sgd)
    (parameter + at, g, velocity == nullptr ? nullptr : velocity + at, size, step);
  });
}

void adagrad_update(float* parameter, const GradientRows& gradient, float* sum,
                    const AdagradStep& step) {
  for_each_stretch(gradient, [&](std::int64_t at, const float* g, std::int64_t size) {
    HWY_DYNAMIC_DISPATCH(Adagrad)(parameter + at, g, sum + at, size, step);
  });
}

void adam_update(float* parameter, const GradientRows& gradient, float* first, float* second,
                 const AdamStep& step) {
  for_each_stretch(gradient, [&](std::int64_t at, const float* g, std::int64_t size) {
    HWY_DYNAMIC_DISPATCH(Adam)(parameter + at, g, first + at, second + at, size, step);
  });
}

double sum_of_squares(const float* values, std::int64_t size) {
  std::vector<double> partial(static_cast<std::size_t>((size + kBlock - 1) / kBlock));
  for_each_range(size, kBlock, [&](std::int64_t begin, std::int64_t end) {
    double sum = 0;
    for (std::int64_t i = begin; i < end; ++i) sum += static_cast<double>(values[i]) * values[i];
    partial[at(begin / kBlock)] = sum;
  });
  double total = 0;
  for (const double sum : partial) total += sum;
  return total;
}

}  // namespace wordbridge
#endif
