#include "kernels/softmax.h"

#include <algorithm>
#include <limits>

// Highway compiles this file once for each instruction set; the order of these lines matters.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/softmax.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include <hwy/contrib/math/math-inl.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace wordbridge {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// One row: bias and maximum first, then exponentials and their sum; what is left over after whole
// vectors is done lane by lane.
void forward_row(float* row, std::int64_t cols, const float* bias, float* maximum, float* sum) {
  const hn::ScalableTag<float> d;
  const hn::CappedTag<float, 1> one;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const std::int64_t whole = cols - cols % lanes;

  auto vector_max = hn::Set(d, std::numeric_limits<float>::lowest());
  for (std::int64_t c = 0; c < whole; c += lanes) {
    const auto logit = hn::Add(hn::LoadU(d, row + c), hn::LoadU(d, bias + c));
    hn::StoreU(logit, d, row + c);
    vector_max = hn::Max(vector_max, logit);
  }
  float max = hn::GetLane(hn::MaxOfLanes(d, vector_max));
  for (std::int64_t c = whole; c < cols; ++c) {
    row[c] += bias[c];
    max = std::max(max, row[c]);
  }

  auto vector_sum = hn::Zero(d);
  for (std::int64_t c = 0; c < whole; c += lanes) {
    const auto value = hn::Exp(d, hn::Sub(hn::LoadU(d, row + c), hn::Set(d, max)));
    hn::StoreU(value, d, row + c);
    vector_sum = hn::Add(vector_sum, value);
  }
  float total = hn::GetLane(hn::SumOfLanes(d, vector_sum));
  for (std::int64_t c = whole; c < cols; ++c) {
    const auto value = hn::Exp(one, hn::Set(one, row[c] - max));
    hn::StoreU(value, one, row + c);
    total += row[c];
  }
  *maximum = max;
  *sum = total;
}

void Forward(float* logits, std::int64_t rows, std::int64_t cols, const float* bias, float* row_max,
             float* row_sum) {
  for (std::int64_t r = 0; r < rows; ++r) {
    forward_row(logits + r * cols, cols, bias, row_max + r, row_sum + r);
  }
}

void Backward(float* exponentials, std::int64_t rows, std::int64_t cols, const float* row_factor,
              const std::int64_t* targets, float scale, float* bias_gradient) {
  const hn::ScalableTag<float> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const std::int64_t whole = cols - cols % lanes;
  std::fill(bias_gradient, bias_gradient + cols, 0.0f);
  for (std::int64_t r = 0; r < rows; ++r) {
    float* row = exponentials + r * cols;
    const auto factor = hn::Set(d, row_factor[r]);
    for (std::int64_t c = 0; c < whole; c += lanes) {
      const auto gradient = hn::Mul(hn::LoadU(d, row + c), factor);
      hn::StoreU(gradient, d, row + c);
      hn::StoreU(hn::Add(hn::LoadU(d, bias_gradient + c), gradient), d, bias_gradient + c);
    }
    for (std::int64_t c = whole; c < cols; ++c) {
      row[c] *= row_factor[r];
      bias_gradient[c] += row[c];
    }
    if (targets[r] >= 0 && targets[r] < cols) {
      row[targets[r]] -= scale;
      bias_gradient[targets[r]] -= scale;
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace wordbridge
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wordbridge {

HWY_EXPORT(Forward);
HWY_EXPORT(Backward);

void softmax_block_forward(float* logits, std::int64_t rows, std::int64_t cols, const float* bias,
                           float* row_max, float* row_sum) {
  HWY_DYNAMIC_DISPATCH(Forward)(logits, rows, cols, bias, row_max, row_sum);
}

void softmax_block_backward(float* exponentials, std::int64_t rows, std::int64_t cols,
                            const float* row_factor, const std::int64_t* targets, float scale,
                            float* bias_gradient) {
  HWY_DYNAMIC_DISPATCH(Backward)
  (exponentials, rows, cols, row_factor, targets, scale, bias_gradient);
}

}  // namespace wordbridge
#endif
