#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/simd/target.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, which compiles this file once for each instruction set.
#include <hwy/highway.h>

#include "kernels/simd/target.h"

HWY_BEFORE_NAMESPACE();
namespace wordbridge::HWY_NAMESPACE {

const char* OwnTarget() { return hwy::TargetName(HWY_TARGET); }

}  // namespace wordbridge::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wordbridge {

HWY_EXPORT(OwnTarget);

std::string simd_target() { return HWY_DYNAMIC_DISPATCH(OwnTarget)(); }

}  // namespace wordbridge
#endif
