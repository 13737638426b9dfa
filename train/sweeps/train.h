#pragma once

#include <string>
#include <vector>

#include "train/sweeps/folder.h"
#include "train/sweeps/launcher.h"

namespace wordbridge {

struct SweepRules {
  int retries = 0;         // further tries of a run that failed
  bool fail_fast = false;  // stop at the first run that failed in all its tries
};

struct SweepFailure {
  std::string title, message;
};

struct SweepEnd {
  std::vector<SweepFailure> failures;
  std::size_t stopped = 0;  // runs that were stopped or not started because of fail_fast
};

/// Trains all runs that are not complete. `freeze_sweep` must have been called. A failed run is
/// logged and leaves error.txt in its folder; the other runs continue. Throws Interrupted after
/// Ctrl-C, when all runs have saved and stopped, or with the launcher's farewell.
SweepEnd train_sweep(const std::vector<SweepRun>& runs, const SweepRules& rules,
                     Launcher& launcher);

}  // namespace wordbridge
