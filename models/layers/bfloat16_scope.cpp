#include "models/layers/bfloat16_scope.h"

#include <ATen/autocast_mode.h>
#include <torch/version.h>

namespace wordbridge {
namespace {

void switch_autocast(bool on) {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
  at::autocast::set_autocast_enabled(at::kCUDA, on);
  if (on) at::autocast::set_autocast_dtype(at::kCUDA, at::kBFloat16);
#else
  at::autocast::set_enabled(on);
  if (on) at::autocast::set_autocast_gpu_dtype(at::kBFloat16);
#endif
}

}  // namespace

Bfloat16Scope::Bfloat16Scope(bool on) : on_(on) {
  if (!on_) return;
  switch_autocast(true);
  at::autocast::increment_nesting();
}

Bfloat16Scope::~Bfloat16Scope() {
  if (!on_) return;
  // At the end of the outermost scope, the copies of the parameters in bfloat16 are forgotten.
  if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
  switch_autocast(false);
}

}  // namespace wordbridge
