#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "train/sweeps/folder.h"
#include "train/sweeps/forked_jobs.h"
#include "train/sweeps/task.h"

namespace wordbridge {

/// Starts the runs of a sweep as processes and reports how they end: on this machine, through
/// Slurm, or with GNU parallel. Runs are numbered by their position in the list of the sweep.
class Launcher {
 public:
  struct End {
    std::size_t run;
    JobEnd end;
  };

  virtual ~Launcher() = default;
  /// What will be started: "2 at a time on 1 thread each".
  virtual std::string describe(std::size_t runs) const = 0;
  /// Runs that an earlier start of the command has left behind, which count as started.
  virtual std::vector<std::size_t> adopted() const { return {}; }
  /// Takes runs from `waiting` and starts them, as many as can be started now. Error if they can't
  /// be started.
  virtual void start(std::list<std::size_t>& waiting) = 0;
  /// Runs that were started and have not ended.
  virtual std::size_t started() const = 0;
  /// "2 running, 5 waiting", where `waiting` runs have not been started.
  virtual std::string progress(std::size_t waiting) const = 0;
  /// Ends of runs since the last call. Waits for one at most about `longest`; Ctrl-C ends the wait
  /// early.
  virtual std::vector<End> wait(std::chrono::milliseconds longest) = 0;
  /// Makes all started runs save and stop.
  virtual void interrupt() = 0;
  /// After Ctrl-C: how to go on if started runs continue without this process; empty if they are to
  /// be interrupted.
  virtual std::string farewell() const { return {}; }
};

/// Processes forked from this one, which must not have other threads. Runs on a corpus that is not
/// in the cache wait until the first of them has read it. `jobs`: runs at a time, 0: one per core.
std::unique_ptr<Launcher> local_launcher(const std::vector<SweepRun>& runs, int jobs,
                                         const TaskTools& tools);

struct SlurmOptions {
  std::vector<std::string> sbatch;  // options for sbatch
  int jobs = 0;                     // runs at a time; 0: no limit
  std::filesystem::path program;    // wordbridge
};

/// Job arrays of Slurm, whose tasks outlive this process and are found again by the next one. Error
/// if sbatch, squeue or scancel is missing, or if Slurm does not answer.
std::unique_ptr<Launcher> slurm_launcher(const std::vector<SweepRun>& runs,
                                         const std::filesystem::path& sweep, SlurmOptions options);

struct ParallelOptions {
  std::vector<std::string> ssh_logins;  // --sshlogin
  std::string ssh_login_file;           // --sshloginfile
  int jobs = 0;                         // runs at a time on each machine; 0: one per core
  std::filesystem::path program;
};

/// GNU parallel, on this or on other machines. Error if it is missing.
std::unique_ptr<Launcher> parallel_launcher(const std::vector<SweepRun>& runs,
                                            const std::filesystem::path& sweep,
                                            ParallelOptions options);

/// The end of a task that has left no result: the message of its error.txt if there is one, or
/// `what` happened and the end of its log.
JobEnd failed_task(const SweepRun& run, const std::string& what, const std::filesystem::path& log,
                   const std::string& log_start = "");
/// Folders of the runs relative to the sweep folder.
std::vector<std::string> run_names(const std::vector<SweepRun>& runs,
                                   const std::vector<std::size_t>& chosen,
                                   const std::filesystem::path& sweep);

}  // namespace wordbridge
