#pragma once

#include "train/runs/run_experiment.h"

namespace wordbridge {

/// LibTorch takes half a second to load. The program `wordbridge` is therefore built without it and
/// hands commands that need tensors to `wordbridge-tensor` in the same folder, the same program
/// with LibTorch. cli/torch/without_torch.cpp and cli/torch/with_torch.cpp implement the two
/// variants.

/// In `wordbridge`: executes `wordbridge-tensor` with the same command line and does not return.
/// In `wordbridge-tensor`: returns immediately.
void need_torch();

/// Starts the thread pool, and in `wordbridge-tensor` configures the threads of LibTorch and BLAS
/// and makes the autoencoders of joins available.
/// 0: one thread per core.
void start_threads(int count);

/// Functions that runs need from LibTorch; empty in the program without it.
RunHooks run_hooks();

}  // namespace wordbridge
