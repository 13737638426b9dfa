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
///     sweep.json       axes, points and their folders
///     POINT/           a run, or, where the sweep has seeds, the runs of several seeds: what
///                      `wordbridge train` makes of the point; config.yaml is there from the start,
///                      error.txt after a failure
///     table.md|csv|json, report.html
///
/// Points that an earlier sweep left there stay, and belong to it.

/// In a run's folder: why it failed the last time.
constexpr const char* kSweepErrorFile = "error.txt";

/// One training: a point under one seed.
struct SweepRun {
  enum class State { missing, begun, complete };
  std::string title;             // "lr=0.001,hidden=[50] seed 2"
  std::filesystem::path folder;  // its own
  std::filesystem::path point;   // that of all its seeds
  std::string model;
  std::string config;
  State state = State::missing;
};

/// The runs of a sweep in their order, and how far each has come. Error if a point's folder holds
/// another run, unless it is to be overwritten: then none has begun.
std::vector<SweepRun> sweep_runs(const Sweep& sweep, const std::filesystem::path& out,
                                 bool overwrite);

/// Puts sweep.json and all configurations there, so that nothing depends on the file any more.
void freeze_sweep(const Sweep& sweep, const std::vector<SweepRun>& runs,
                  const std::filesystem::path& out, bool overwrite);

/// The sweep's folder for one process; Error if another one has it.
class SweepLock {
 public:
  explicit SweepLock(const std::filesystem::path& out);
  ~SweepLock();
  SweepLock(const SweepLock&) = delete;
  SweepLock& operator=(const SweepLock&) = delete;

 private:
  int file_ = -1;
};

/// What sweep.json says: "name", "axes" (each with "key", "name", "values") and "points" (each with
/// "folder", "values" by the axis' key, and "seeds" if it has). Error if it is damaged.
nlohmann::ordered_json read_sweep(const std::filesystem::path& out);

/// The summary.json of a point's seeds, if all are complete and it is not there.
void summarize_point(const std::filesystem::path& point);

}  // namespace wordbridge
