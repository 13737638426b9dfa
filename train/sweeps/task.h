#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

#include "train/runs/run_experiment.h"

namespace wordbridge {

/// What the training of a run needs from the program.
struct TaskTools {
  std::function<void(int)> start_threads;  // starts N threads in this process
  RunHooks hooks;
  std::function<void()> need_torch;  // as in cli/torch/torch.h
};

/// Number of parallel runs, and threads per run (unless the run's `threads` is set).
struct SweepShare {
  int jobs, threads;
};
/// `jobs` 0: one per core.
SweepShare share_cores(int jobs, std::size_t runs);

/// Exclusive lock of a run, also between machines if they share the file system and its locks. On
/// file systems without locks, nothing is locked.
class RunLock {
 public:
  /// Waits for another process that trains the run. Error after two minutes, Interrupted after
  /// Ctrl-C.
  explicit RunLock(const std::filesystem::path& run);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

 private:
  int file_ = -1;
};

/// Trains the run in the folder, or resumes it, in this process, up to `stop_epoch` (0: to the
/// end). Nothing is done if it is complete, or has been trained that far.
/// `threads`: if its configuration does not set them; 0: one per core. Calls `has_text` once its
/// corpus is in the cache. Returns the exit status, 0 or kInterruptedStatus.
int train_run(const std::filesystem::path& run, std::int64_t stop_epoch, int threads,
              const TaskTools& tools, const std::function<void()>& has_text);

/// Trains a task of a list (numbers start at 1): the command of the processes that a launcher
/// starts. A failure is written to the run's error.txt before it is thrown. Nothing is done if the
/// list has ended. `sharing`: number of tasks that share the cores of this machine, 0: one per
/// core. Nothing: the task has all cores, or those that Slurm has allocated to it.
int train_task(const std::filesystem::path& list, std::size_t number, std::optional<int> sharing,
               const TaskTools& tools);

}  // namespace wordbridge
