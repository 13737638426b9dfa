#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace wordbridge {

/// The tasks that a launcher was given together: SWEEP/tasks/NNNN.json. Task i (from 1) trains
/// runs[i - 1]. The file is written before the tasks are handed over, so that tasks which outlive
/// the command are found again.
struct TaskList {
  std::filesystem::path file;
  std::string launcher;           // "slurm", "parallel"
  std::string job_name;           // unique name of the Slurm job
  std::string job;                // number of the Slurm job; empty if not known
  std::vector<std::string> runs;  // folders relative to the sweep folder
  std::int64_t stop_epoch = 0;    // epoch after which the runs stop; 0: they are trained to the end
  bool has_ended = false;         // all tasks have ended; a task that starts later does nothing

  std::filesystem::path sweep() const { return file.parent_path().parent_path(); }
  /// The file with another ending: "-7.log".
  std::filesystem::path beside(const std::string& ending) const;
  void save() const;
};

/// Writes a new list. The job's name is unique.
TaskList make_task_list(const std::filesystem::path& sweep, const std::string& launcher,
                        std::vector<std::string> runs, std::int64_t stop_epoch);
/// Error if the file is damaged.
TaskList read_task_list(const std::filesystem::path& file);
/// The lists of the sweep that have not ended, in order.
std::vector<TaskList> open_task_lists(const std::filesystem::path& sweep);

/// The last lines of a file, and only of those that begin with `start`, without it. Empty if the
/// file does not exist.
std::string last_lines(const std::filesystem::path& file, std::size_t count,
                       const std::string& start = "");

}  // namespace wordbridge
