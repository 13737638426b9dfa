#include "kernels/tsne.h"

// Highway compiles this file once for each instruction set; the order of these lines matters.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/tsne.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace wordbridge {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Adds the forces of the points [first, last) on the point at (x_i, y_i), one vector of D at a
/// time.
template <class D>
void add_forces(D d, const float* x, const float* y, const float* p, std::int64_t first,
                std::int64_t last, float x_i, float y_i, TsneForces& forces) {
  const auto one = hn::Set(d, 1.0f), at_x = hn::Set(d, x_i), at_y = hn::Set(d, y_i);
  auto attraction_x = hn::Zero(d), attraction_y = attraction_x, repulsion_x = attraction_x;
  auto repulsion_y = attraction_x, weight = attraction_x;
  for (std::int64_t j = first; j < last; j += static_cast<std::int64_t>(hn::Lanes(d))) {
    const auto dx = hn::Sub(at_x, hn::LoadU(d, x + j)), dy = hn::Sub(at_y, hn::LoadU(d, y + j));
    const auto w = hn::Div(one, hn::MulAdd(dx, dx, hn::MulAdd(dy, dy, one)));
    const auto pull = hn::Mul(hn::LoadU(d, p + j), w), push = hn::Mul(w, w);
    attraction_x = hn::MulAdd(pull, dx, attraction_x);
    attraction_y = hn::MulAdd(pull, dy, attraction_y);
    repulsion_x = hn::MulAdd(push, dx, repulsion_x);
    repulsion_y = hn::MulAdd(push, dy, repulsion_y);
    weight = hn::Add(weight, w);
  }
  const auto sum = [&](auto lanes) { return hn::GetLane(hn::SumOfLanes(d, lanes)); };
  forces.attraction_x += sum(attraction_x), forces.attraction_y += sum(attraction_y);
  forces.repulsion_x += sum(repulsion_x), forces.repulsion_y += sum(repulsion_y);
  forces.weight += sum(weight);
}

void Forces(const float* x, const float* y, const float* p, std::int64_t count, std::int64_t begin,
            std::int64_t end, TsneForces* out) {
  const hn::ScalableTag<float> d;
  const std::int64_t whole = count - count % static_cast<std::int64_t>(hn::Lanes(d));
  for (std::int64_t i = begin; i < end; ++i, p += count, ++out) {
    *out = {};
    add_forces(d, x, y, p, 0, whole, x[i], y[i], *out);
    add_forces(hn::CappedTag<float, 1>(), x, y, p, whole, count, x[i], y[i], *out);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace wordbridge
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wordbridge {

HWY_EXPORT(Forces);

void tsne_forces(const float* x, const float* y, const float* p, std::int64_t count,
                 std::int64_t begin, std::int64_t end, TsneForces* out) {
  HWY_DYNAMIC_DISPATCH(Forces)(x, y, p, count, begin, end, out);
}

}  // namespace wordbridge
#endif
