#pragma once

#include "train/runs/run_experiment.h"

namespace wordbridge {

/// LibTorch takes half a second to load, so the program `wordbridge` is built without it, and hands
/// commands that need tensors to its companion `wordbridge-tensor` beside it: the same program with
/// LibTorch. cli/torch/with_torch.cpp and cli/torch/without_torch.cpp are the two sides.

/// In `wordbridge`: becomes `wordbridge-tensor` with the same command line (does not return).
/// In `wordbridge-tensor`: returns.
void need_torch();

/// Starts our threads, in `wordbridge-tensor` with LibTorch's and BLAS's. 0: one a core.
void start_threads(int count);

/// What runs need from LibTorch; without it, empty.
RunHooks run_hooks();

}  // namespace wordbridge
