#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "train/sweeps/folder.h"
#include "train/sweeps/launcher.h"

namespace wordbridge {

struct SweepRules {
  int retries = 0;         // further tries of a run that failed
  bool fail_fast = false;  // stop at the first run that failed in all its tries
  std::string command;     // that continues the sweep, for messages
};

struct SweepFailure {
  std::string title, message;
};

struct SweepEnd {
  std::vector<SweepFailure> failures;
  std::size_t stopped = 0;  // runs that were stopped or not started because of fail_fast
};

/// Makes the launcher of some runs, which outlive it.
using LauncherMaker = std::function<std::unique_ptr<Launcher>(const std::vector<SweepRun>&)>;

/// Trains all runs that are not complete: rung by rung, where each next rung continues the best
/// points of the last one. The folders of all runs must have been written when `make_launcher` has
/// returned. A failed run is logged, leaves error.txt in its folder and is not promoted; the other
/// runs continue. Throws Interrupted after Ctrl-C, when all runs have saved and stopped, or with
/// the launcher's farewell.
SweepEnd train_sweep(std::vector<SweepRun> runs, const std::vector<SweepRung>& rungs,
                     const SweepRules& rules, const LauncherMaker& make_launcher);

/// Runs of the `points` best points: those with the lowest mean, over their seeds, of the lowest
/// validation perplexity of the first `stop_epoch` epochs; of equal points the first. A point of
/// which a run has not been trained that far is excluded. `runs`: the seeds of a point follow each
/// other.
std::vector<SweepRun> promoted(const std::vector<SweepRun>& runs, std::int64_t stop_epoch,
                               std::int64_t points);

}  // namespace wordbridge
