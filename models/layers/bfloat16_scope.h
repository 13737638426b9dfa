#pragma once

#include <torch/types.h>

namespace wordbridge {

/// While it exists, matrix products on GPUs are computed in bfloat16 on this thread and in its
/// backward passes; norms, softmax and losses stay in float32, and so do parameters and their
/// gradients (LibTorch's automatic mixed precision).
class Bfloat16Scope {
 public:
  /// Does nothing unless `on`.
  explicit Bfloat16Scope(bool on);
  ~Bfloat16Scope();
  Bfloat16Scope(const Bfloat16Scope&) = delete;
  Bfloat16Scope& operator=(const Bfloat16Scope&) = delete;

 private:
  bool on_;
};

}  // namespace wordbridge
