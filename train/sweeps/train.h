#pragma once

#include <functional>
#include <string>
#include <vector>

#include "train/runs/run_experiment.h"
#include "train/sweeps/folder.h"

namespace wordbridge {

struct SweepOptions {
  int jobs = 0;                            // parallel runs; 0: one per core
  std::function<void(int)> start_threads;  // starts N threads in a job's process
  RunHooks hooks;
};

/// Number of parallel runs, and threads per run (unless the run's `threads` is set).
struct SweepShare {
  int jobs, threads;
};
SweepShare share_cores(int jobs, std::size_t runs);

struct SweepFailure {
  std::string title, message;
};

/// Trains all runs that are not complete, each in its own process. `freeze_sweep` must have been
/// called. A failed run is logged and leaves error.txt in its folder; the other runs continue.
/// Throws Interrupted after Ctrl-C, when all running jobs have saved and stopped. This process must
/// not have other threads.
std::vector<SweepFailure> train_sweep(const std::vector<SweepRun>& runs,
                                      const SweepOptions& options);

}  // namespace wordbridge
