#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "train/sweeps/plan.h"

namespace wordbridge {

/// A sweep is a directory:
///
///     sweep.json       axes, points and their folders; of a search: its space and rungs
///     POINT/           a run, or the runs of several seeds if the sweep has a seed axis, laid out
///                      as `wordbridge train` does. config.yaml is written before training starts,
///                      error.txt after a failure.
///     table.md|csv|json, report.html
///     tasks/           lists of tasks for Slurm or GNU parallel, and their logs
///
/// Points of earlier sweeps in the same directory are kept and become part of the sweep.

/// File in a run folder with the error message of the last failure.
constexpr const char* kSweepErrorFile = "error.txt";

/// One run of a sweep: a point with one seed.
struct SweepRun {
  enum class State { missing, begun, complete };
  std::string title;             // "lr=0.001,hidden=[50] seed 2"
  std::filesystem::path folder;  // run folder
  std::filesystem::path point;   // folder of the point, shared by all its seeds
  std::string model;
  std::string config;
  State state = State::missing;
  std::int64_t stop_epoch = 0;  // epoch after which it stops; 0: it is trained to the end

  /// Whether its folder says that it is complete, or has been trained up to `stop_epoch`.
  bool is_done() const { return has_reached(folder, stop_epoch); }
};

/// Returns the runs of a sweep in order, each with its state. Error if a point's folder contains a
/// different run, unless `overwrite` is set; then every run has the state `missing`. Also an Error
/// if the folder contains a search of another space or seed.
std::vector<SweepRun> sweep_runs(const Sweep& sweep, const std::filesystem::path& out,
                                 bool overwrite);

/// Writes sweep.json and the configurations of all runs, so that later edits of the configuration
/// file have no effect.
void freeze_sweep(const Sweep& sweep, const std::vector<SweepRun>& runs,
                  const std::filesystem::path& out, bool overwrite);

/// Exclusive lock of a sweep folder. Error if another process holds it.
class SweepLock {
 public:
  explicit SweepLock(const std::filesystem::path& out);
  ~SweepLock();
  SweepLock(const SweepLock&) = delete;
  SweepLock& operator=(const SweepLock&) = delete;

 private:
  int file_ = -1;
};

/// Contents of sweep.json: "name", "axes" (each with "key", "name", "values") and "points" (each
/// with "folder", "values" by axis key, and "seeds" if the sweep has a seed axis); of a search also
/// "search" (with "type", "seed", "space" and "rungs"). Error if the file is damaged.
nlohmann::ordered_json read_sweep(const std::filesystem::path& out);

/// Writes the summary.json of a point with several seeds, if all of them are complete and the file
/// does not exist.
void summarize_point(const std::filesystem::path& point);

}  // namespace wordbridge
