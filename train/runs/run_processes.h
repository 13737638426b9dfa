#pragma once

#include <nlohmann/json_fwd.hpp>

#include "train/runs/choose_settings.h"

namespace wordbridge {

// One training on several processes: process 0 leads, it reads the configuration and writes the run
// folder; the others follow, with the configuration and the state that it sends them. All of these
// functions do nothing if there is only one process.

/// Sets `train.shards`, if it is `auto`: the number of processes, or 1 for a run that one process
/// has begun. Error if the model can't be trained by this number of processes.
void choose_shards(RunConfig& config, bool resumed, const Processes* processes);

/// Starts the training in the other processes. Error, in all of them, if one has another program,
/// text or processor. `identity`: run_identity().
void lead(RunConfig& config, const nlohmann::json& identity, Processes* processes);
/// Ends the other processes: there is nothing to train.
void lead_nothing(Processes* processes);
/// Gives the state of the learner that process 0 has restored to those of the others; null: none
/// was restored.
void share_state(const Learner* restored, Processes* processes);

/// Trains with process 0, in another one. Returns false if stopped early.
bool follow(const StopAfter& stop, const RunHooks& hooks);

}  // namespace wordbridge
