#include "train/sweeps/slurm_queue.h"

#include <algorithm>
#include <optional>

#include "core/error.h"
#include "core/io/file.h"
#include "core/text.h"
#include "train/sweeps/programs.h"

namespace wordbridge {
namespace {

/// States after which Slurm does not start a task again. Every other state is an active one.
constexpr const char* kEndStates[] = {"BOOT_FAIL", "CANCELLED", "COMPLETED",     "DEADLINE",
                                      "FAILED",    "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED",
                                      "REVOKED",   "TIMEOUT"};

}  // namespace

bool is_active(const std::string& state) {
  return std::find(std::begin(kEndStates), std::end(kEndStates), state) == std::end(kEndStates);
}

SlurmStates parse_squeue(const std::string& text) {
  SlurmStates states;
  for (const auto line : split(text, '\n')) {
    if (trimmed(line).empty()) continue;
    const auto parts = split(trimmed(line), '|');
    const auto task = parts.size() == 4 ? parse_integer(parts[2]) : std::nullopt;
    if (!task || *task < 1) {
      throw Error("squeue answered in an unknown form")
          .expected("NAME|JOB|TASK|STATE")
          .got("{}", printable(line));
    }
    states[{std::string(parts[0]), static_cast<std::size_t>(*task)}] = {std::string(parts[1]),
                                                                        std::string(parts[3])};
  }
  return states;
}

SlurmStates slurm_states(const std::vector<TaskList>& lists) {
  std::vector<std::string> names;
  for (const auto& list : lists) names.push_back(list.job_name);
  if (names.empty()) return {};
  // --all: also tasks in hidden partitions. The user's SQUEUE_... variables could hide tasks.
  const ProgramEnd end = run_program({"squeue", "--noheader", "--all", "--array", "--states=all",
                                      "--name=" + join(names, ","), "--format=%j|%F|%K|%T"},
                                     "SQUEUE_");
  if (end.status != 0) throw Error("Slurm does not answer").at("squeue").got("{}", end.complaint());
  return parse_squeue(end.out);
}

std::string account_state(const std::string& job, std::size_t task) {
  if (job.empty() || !has_program("sacct")) return {};
  const ProgramEnd end = run_program({"sacct", "--noheader", "--parsable2", "--allocations",
                                      fmt::format("--jobs={}_{}", job, task), "--format=State"});
  if (end.status != 0) return {};
  // "CANCELLED by 1000"
  const auto words = split(trimmed(end.out), ' ');
  return std::string(trimmed(words.front()));
}

void check_sbatch_options(const std::vector<std::string>& options) {
  constexpr std::pair<const char*, const char*> kOwn[] = {
      {"--array", "-a"},    {"--chdir", "-D"},  {"--error", "-e"},  {"--input", "-i"},
      {"--job-name", "-J"}, {"--output", "-o"}, {"--parsable", ""}, {"--test-only", ""},
      {"--wait", "-W"},     {"--wrap", ""},     {"--quiet", "-Q"}};
  for (const auto& option : options) {
    const std::string name = option.substr(0, option.find('='));
    for (const auto& [own, letter] : kOwn) {
      const bool is_letter =
          *letter != '\0' && option[0] == '-' && option.compare(0, 2, letter) == 0;
      if (name != own && !is_letter) continue;
      throw UsageError("the sweep itself sets this option of sbatch")
          .at("--sbatch")
          .expected("options such as --partition=NAME --time=1:00:00 --mem=4G")
          .got("{}", printable(option))
          .hint(std::string(own) == "--array" ? "--jobs N limits the tasks at a time"
                                              : "leave it out");
    }
  }
}

void refuse_queued_tasks(const fs::path& sweep) {
  std::vector<TaskList> lists;
  for (auto& list : open_task_lists(sweep))
    if (list.launcher == "slurm") lists.push_back(std::move(list));
  if (lists.empty()) return;
  need_program("squeue", "a sweep with tasks in the queue of Slurm");
  std::size_t active = 0;
  std::vector<std::string> jobs;
  for (const auto& [key, state] : slurm_states(lists)) {
    if (!is_active(state.state)) continue;
    ++active;
    if (std::find(jobs.begin(), jobs.end(), state.job) == jobs.end()) jobs.push_back(state.job);
  }
  if (active == 0) return;
  throw Error("tasks of an earlier start are still in the queue of Slurm; nothing was started")
      .at("{}", sweep.string())
      .got("{} tasks of job {}", active, join(jobs, ", "))
      .hint("follow them with --launcher slurm, or cancel them: scancel {}", join(jobs, " "));
}

}  // namespace wordbridge
