#pragma once

#include <functional>

#include "train/processes/process_place.h"
#include "train/runs/run_config.h"
#include "train/runs/run_experiment.h"

namespace wordbridge {

/// The place of this process among those that train together. Only process 0 writes a log.
ProcessPlace own_place(const RunConfig& config);

/// Threads of this process: if none are given, those of the processes on a machine fill its cores.
int thread_count(const RunConfig& config, const ProcessPlace& place);

/// Calls `work` together with the other processes of the launcher, if there are any. Returns what
/// it returns.
bool with_processes(const RunConfig& config, const ProcessPlace& place,
                    const std::function<bool(RunHooks&)>& work);

}  // namespace wordbridge
