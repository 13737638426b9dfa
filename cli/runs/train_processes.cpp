#include "cli/runs/train_processes.h"

#include <algorithm>

#include "cli/torch/torch.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "core/threads.h"

namespace wordbridge {

ProcessPlace own_place(const RunConfig& config) {
  ProcessPlace place = process_place(config.distributed.store);
  if (place.rank > 0) set_log_level(LogLevel::quiet);
  return place;
}

int thread_count(const RunConfig& config, const ProcessPlace& place) {
  if (config.threads > 0 || place.size == 1) return static_cast<int>(config.threads);
  return std::max(1, available_cores() / place.local_size);
}

bool with_processes(const RunConfig& config, const ProcessPlace& place,
                    const std::function<bool(RunHooks&)>& work) {
  RunHooks hooks = run_hooks();
  if (place.size == 1) return work(hooks);
  const auto processes = hooks.connect(place, config.distributed.timeout_seconds());
  hooks.processes = processes.get();
  log("train", "{} processes of {}, {} of each", place.size, place.launcher,
      counted(threads(), "thread"));
  try {
    return work(hooks);
  } catch (const std::exception& error) {
    processes->fail(
        fmt::format("process {} of {}: {}", place.rank, place.size, in_one_line(error.what())));
    throw;
  }
}

}  // namespace wordbridge
