#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/softmax/online_softmax.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, which compiles this file once for each instruction set.
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>

#include "core/index.h"
#include "core/threads.h"
#include "kernels/softmax/online_softmax.h"

HWY_BEFORE_NAMESPACE();
namespace wordbridge::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

double Dot(const double* HWY_RESTRICT a, const double* HWY_RESTRICT b, std::int64_t size) {
  const hn::ScalableTag<double> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  auto even = hn::Zero(d), odd = even;
  std::int64_t i = 0;
  for (; i + 2 * lanes <= size; i += 2 * lanes) {
    even = hn::MulAdd(hn::LoadU(d, a + i), hn::LoadU(d, b + i), even);
    odd = hn::MulAdd(hn::LoadU(d, a + i + lanes), hn::LoadU(d, b + i + lanes), odd);
  }
  double sum = hn::GetLane(hn::SumOfLanes(d, hn::Add(even, odd)));
  for (; i < size; ++i) sum += a[i] * b[i];
  return sum;
}

/// x_gradient += g w, then w = keep w - step x.
void Update(double* HWY_RESTRICT w, const double* HWY_RESTRICT x, std::int64_t size, double g,
            double keep, double step, double* HWY_RESTRICT x_gradient) {
  const hn::ScalableTag<double> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const auto g_d = hn::Set(d, g), keep_d = hn::Set(d, keep), step_d = hn::Set(d, step);
  std::int64_t i = 0;
  for (; i + lanes <= size; i += lanes) {
    const auto old = hn::LoadU(d, w + i);
    hn::StoreU(hn::MulAdd(g_d, old, hn::LoadU(d, x_gradient + i)), d, x_gradient + i);
    hn::StoreU(hn::NegMulAdd(step_d, hn::LoadU(d, x + i), hn::Mul(keep_d, old)), d, w + i);
  }
  for (; i < size; ++i) {
    x_gradient[i] += g * w[i];
    w[i] = keep * w[i] - step * x[i];
  }
}

}  // namespace wordbridge::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wordbridge {

HWY_EXPORT(Dot);
HWY_EXPORT(Update);

OnlineSoftmax::OnlineSoftmax(double* weight, double* bias, std::int64_t vocabulary,
                             std::int64_t width)
    : weight_(weight),
      bias_(bias),
      width_(width),
      exponentials_(static_cast<std::size_t>(vocabulary)) {
  constexpr std::int64_t kShares = 16;
  for (std::int64_t i = 0; i < kShares; ++i) {
    const auto begin = vocabulary * i / kShares, end = vocabulary * (i + 1) / kShares;
    if (begin < end)
      shares_.push_back({begin, end, 0, 0, std::vector<double>(static_cast<std::size_t>(width))});
  }
}

double OnlineSoftmax::update(const double* x, std::int64_t target, double rate, double decay,
                             double* x_gradient) {
  const auto shares = static_cast<std::int64_t>(shares_.size());
  const auto dot = HWY_DYNAMIC_DISPATCH(Dot);
  const auto update_row = HWY_DYNAMIC_DISPATCH(Update);
  double* e = exponentials_.data();
  double target_logit = 0;

  for_each_block(shares, [&](std::int64_t i) {
    Share& share = shares_[at(i)];
    for (auto v = share.begin; v < share.end; ++v)
      e[v] = bias_[v] + dot(weight_ + v * width_, x, width_);
    share.maximum = *std::max_element(e + share.begin, e + share.end);
    if (target >= share.begin && target < share.end) target_logit = e[target];
    share.sum = 0;
    for (auto v = share.begin; v < share.end; ++v)
      share.sum += e[v] = std::exp(e[v] - share.maximum);
  });
  double maximum = shares_[0].maximum, sum = 0;
  for (const Share& share : shares_) maximum = std::max(maximum, share.maximum);
  for (const Share& share : shares_) sum += share.sum * std::exp(share.maximum - maximum);
  const double loss = maximum + std::log(sum) - target_logit;
  if (!std::isfinite(loss)) return loss;

  for_each_block(shares, [&](std::int64_t i) {
    Share& share = shares_[at(i)];
    std::fill(share.x_gradient.begin(), share.x_gradient.end(), 0.0);
    const double factor = std::exp(share.maximum - maximum) / sum;
    for (auto v = share.begin; v < share.end; ++v) {
      const double g = e[v] * factor - (v == target ? 1.0 : 0.0);
      update_row(weight_ + v * width_, x, width_, g, 1 - rate * decay, rate * g,
                 share.x_gradient.data());
      bias_[v] -= rate * g;
    }
  });
  std::fill_n(x_gradient, width_, 0.0);
  for (const Share& share : shares_)
    for (std::int64_t k = 0; k < width_; ++k) x_gradient[k] += share.x_gradient[at(k)];
  return loss;
}

}  // namespace wordbridge
#endif
