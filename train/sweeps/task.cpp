#include "train/sweeps/task.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/log.h"
#include "core/text.h"
#include "core/threads.h"
#include "train/runs/run_files.h"
#include "train/sweeps/folder.h"
#include "train/sweeps/forked_jobs.h"
#include "train/sweeps/task_list.h"

namespace wordbridge {
namespace {

constexpr const char* kRunLockFile = "run.lock";
constexpr std::chrono::minutes kLongestWait{2};

std::string host_name() {
  char name[256] = "";
  ::gethostname(name, sizeof name - 1);
  return name;
}

/// Cores that Slurm has allocated to this task; 0 outside of Slurm.
int allocated_cores() {
  for (const char* const name : {"SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE"}) {
    const char* const value = std::getenv(name);
    const auto cores = value == nullptr ? std::nullopt : parse_integer(value);
    if (cores && *cores > 0)
      return static_cast<int>(std::min<long long>(*cores, available_cores()));
  }
  return 0;
}

void write_error(const fs::path& run, const std::string& message) {
  try {
    write_file(run / kSweepErrorFile, message + "\n");
  } catch (const Error& error) {
    warn("{}", in_one_line(error.what()));
  }
}

}  // namespace

SweepShare share_cores(int jobs, std::size_t runs) {
  const int cores = available_cores();
  if (jobs == 0) jobs = cores;
  jobs = static_cast<int>(std::min<std::size_t>(static_cast<std::size_t>(jobs), runs));
  return {std::max(1, jobs), std::max(1, cores / std::max(1, jobs))};
}

RunLock::RunLock(const fs::path& run) {
  const fs::path path = run / kRunLockFile;
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  const auto start = std::chrono::steady_clock::now();
  for (bool is_told = false; file_ >= 0; is_told = true) {
    if (::flock(file_, LOCK_EX | LOCK_NB) == 0 || (errno != EWOULDBLOCK && errno != EINTR)) return;
    if (!is_told) log("sweep", "waiting for another process that trains {}", run.string());
    if (interrupted()) throw Interrupted("stopped while another process trained the run");
    if (std::chrono::steady_clock::now() - start > kLongestWait) {
      ::close(file_);
      throw Error("another process is training the run")
          .at("{}", run.string())
          .hint("wait for it to finish, or end it, and run the same command again");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
}

RunLock::~RunLock() {
  if (file_ >= 0) ::close(file_);
}

int train_run(const fs::path& run, std::int64_t stop_epoch, int threads, const TaskTools& tools,
              const std::function<void()>& has_text) {
  const RunLock lock(run);
  if (stop_epoch > 0 && has_reached(run, stop_epoch)) return 0;
  RunConfig config = RunConfig::load(run / run_files::kConfig, {});
  tools.start_threads(config.threads > 0 ? static_cast<int>(config.threads) : threads);
  RunHooks hooks = tools.hooks;
  hooks.describe_machine = [&](nlohmann::ordered_json& machine) {
    has_text();  // the manifest is written once the corpus has been read
    if (tools.hooks.describe_machine) tools.hooks.describe_machine(machine);
  };
  StopAfter stop;
  if (stop_epoch > 0) stop.epoch = stop_epoch;
  const bool is_complete = run_experiment(config, run, RunDirectory::Mode::resume, stop, hooks);
  return is_complete || has_reached(run, stop_epoch) ? 0 : kInterruptedStatus;
}

int train_task(const fs::path& file, std::size_t number, std::optional<int> sharing,
               const TaskTools& tools) {
  const TaskList list = read_task_list(file);
  if (number < 1 || number > list.runs.size()) {
    throw Error("the list has no such task")
        .at("{}", file.string())
        .expected("a number from 1 to {}", list.runs.size())
        .got("{}", number);
  }
  if (list.has_ended) {
    log("sweep", "task {} is not needed any more: its list has ended", number);
    return 0;
  }
  const std::string& name = list.runs[number - 1];
  const fs::path run = list.sweep() / name;
  const int threads = sharing ? share_cores(*sharing, SIZE_MAX).threads : allocated_cores();
  try {
    if (RunConfig::load(run / run_files::kConfig, {}).needs_torch()) tools.need_torch();
    log("sweep", "task {} on {}: {}", number, host_name(), name);
    fs::remove(run / kSweepErrorFile);
    return train_run(run, list.stop_epoch, threads, tools, [] {});
  } catch (const Interrupted&) {
    throw;
  } catch (const std::bad_alloc&) {
    write_error(run, "out of memory");
    throw;
  } catch (const std::exception& error) {
    write_error(run, error.what());
    throw;
  }
}

}  // namespace wordbridge
