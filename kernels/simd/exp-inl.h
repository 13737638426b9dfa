// Vectorised exponential, for files that Highway compiles once for each instruction set. Include it
// before HWY_BEFORE_NAMESPACE().

#include "kernels/simd/exp.h"

// Toggled include guard, as Highway requires: each instruction set needs its own copy.
#if defined(WORDBRIDGE_EXP_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef WORDBRIDGE_EXP_INL
#undef WORDBRIDGE_EXP_INL
#else
#define WORDBRIDGE_EXP_INL
#endif

#include <hwy/highway.h>

#include "kernels/simd/tall_tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace wordbridge {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// exp(x) for -87 <= x <= 0 with an error of at most 2e-7. Smaller x are clamped to -87.
HWY_INLINE Vector exp_of_negative(Vector x) {
  const Tag d;
  x = hn::Max(x, hn::Set(d, -87.0f));
  const auto n = hn::NearestInt(hn::Mul(x, hn::Set(d, kLog2E)));
  const auto f = hn::NegMulAdd(hn::ConvertTo(d, n), hn::Set(d, kLn2), x);
  auto p = hn::MulAdd(hn::Set(d, kExpCoefficients[3]), f, hn::Set(d, kExpCoefficients[2]));
  p = hn::MulAdd(p, f, hn::Set(d, kExpCoefficients[1]));
  p = hn::MulAdd(p, f, hn::Set(d, kExpCoefficients[0]));
  p = hn::MulAdd(p, f, hn::Set(d, 1.0f));
  p = hn::MulAdd(p, f, hn::Set(d, 1.0f));
  const hn::RebindToSigned<Tag> di;
  return hn::BitCast(d, hn::Add(hn::BitCast(di, p), hn::ShiftLeft<23>(n)));
}

}  // namespace HWY_NAMESPACE
}  // namespace wordbridge
HWY_AFTER_NAMESPACE();

#endif
