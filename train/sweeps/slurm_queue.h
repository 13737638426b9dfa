#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "train/sweeps/task_list.h"

namespace wordbridge {

/// State of a task of a job array, such as PENDING, RUNNING or FAILED.
struct SlurmState {
  std::string job;  // number of the array
  std::string state;
};
/// By name of the job and number of the task. Tasks that ended some minutes ago may be absent.
using SlurmStates = std::map<std::pair<std::string, std::size_t>, SlurmState>;

/// Whether a task in this state will run, or is running.
bool is_active(const std::string& state);

/// Parses the output of squeue for slurm_states(). Error if it is not as requested.
SlurmStates parse_squeue(const std::string& text);

/// States of the tasks of these lists according to squeue. Error if Slurm does not answer.
SlurmStates slurm_states(const std::vector<TaskList>& lists);

/// The last state of a task that is no longer in the queue, from sacct; empty if the cluster keeps
/// no accounts.
std::string account_state(const std::string& job, std::size_t task);

/// Error if one of these options for sbatch would conflict with those of the sweep.
void check_sbatch_options(const std::vector<std::string>& options);

/// Error if tasks of the sweep are still in the queue, or if that can't be found out.
void refuse_queued_tasks(const std::filesystem::path& sweep);

}  // namespace wordbridge
