#pragma once

#include <functional>
#include <string>
#include <vector>

#include "train/runs/run_experiment.h"
#include "train/sweeps/folder.h"

namespace wordbridge {

struct SweepOptions {
  int jobs = 0;                            // at once; 0: one a core
  std::function<void(int)> start_threads;  // in a job's process, so many
  RunHooks hooks;
};

/// How many at once, and on how many threads each (but where `threads` is set).
struct SweepShare {
  int jobs, threads;
};
SweepShare share_cores(int jobs, std::size_t runs);

struct SweepFailure {
  std::string title, message;
};

/// Trains what is not complete yet, each in a process of its own, which `freeze_sweep` has prepared
/// for. What fails is told, and leaves error.txt in its folder; the others go on. Interrupted: all
/// that runs has saved and stopped. This process must have no threads.
std::vector<SweepFailure> train_sweep(const std::vector<SweepRun>& runs,
                                      const SweepOptions& options);

}  // namespace wordbridge
