#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <map>
#include <thread>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/io/file.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "train/sweeps/launcher.h"
#include "train/sweeps/programs.h"
#include "train/sweeps/task_list.h"

namespace wordbridge {
namespace {

/// Where parallel inserts the number of a task; {} could be part of a path.
constexpr const char* kPlace = "@TASK@";
/// A task that is to stop gets Ctrl-C, and a minute to save.
constexpr const char* kSignals = "INT,60000,TERM,5000,KILL,25";

/// The command of a task, for the shell of the machine it runs on. The folders of the corpus cache
/// and of the data are the same there.
std::string task_command(const ParallelOptions& options, const TaskList& list) {
  std::string command;
  for (const char* const name : {"WORDBRIDGE_CACHE", "WORDBRIDGE_DATA", "WORDBRIDGE_MIRROR"})
    if (const char* const value = std::getenv(name))
      command += fmt::format("{}={} ", name, shell_quoted(value));
  command += fmt::format("{} sweep-task {} {}", shell_quoted(options.program.string()),
                         shell_quoted(list.file.string()), kPlace);
  // With one task per core, each has one thread.
  return command + (options.jobs > 0 ? fmt::format(" --sharing {}", options.jobs) : " --sharing 0");
}

class ParallelLauncher : public Launcher {
 public:
  ParallelLauncher(const std::vector<SweepRun>& runs, const fs::path& sweep,
                   ParallelOptions options)
      : runs_(runs), sweep_(sweep), options_(std::move(options)) {
    need_program("parallel", "--launcher parallel");
  }
  ~ParallelLauncher() override {
    if (process_ < 0) return;
    interrupt();
    reap(0);
  }

  std::string describe(std::size_t) const override {
    const bool is_remote = !options_.ssh_logins.empty() || !options_.ssh_login_file.empty();
    return fmt::format("with GNU parallel, {} at a time on {}",
                       options_.jobs > 0 ? std::to_string(options_.jobs) : "one per core",
                       is_remote ? "each machine" : "this machine");
  }

  /// Starts parallel once for all waiting runs; runs to retry wait until it has ended.
  void start(std::list<std::size_t>& waiting) override {
    if (process_ >= 0 || waiting.empty()) return;
    const std::vector<std::size_t> chosen(waiting.begin(), waiting.end());
    waiting.clear();
    for (const auto run : chosen) fs::remove(runs_[run].folder / kSweepErrorFile);
    list_ = make_task_list(sweep_, "parallel", run_names(runs_, chosen, sweep_),
                           runs_[chosen.front()].stop_epoch);
    tasks_.clear();
    std::vector<std::string> command = {"parallel"};
    for (const auto& login : options_.ssh_logins)
      command.insert(command.end(), {"--sshlogin", login});
    if (!options_.ssh_login_file.empty())
      command.insert(command.end(), {"--sshloginfile", options_.ssh_login_file});
    const std::string jobs = options_.jobs > 0 ? std::to_string(options_.jobs) : "100%";
    command.insert(command.end(),
                   {"--jobs", jobs, "--joblog", log_of_ends().string(), "--workdir",
                    fs::current_path().string(), "--termseq", kSignals, "--tag", "--line-buffer",
                    "-I", kPlace, task_command(options_, list_), ":::"});
    for (std::size_t number = 1; number <= chosen.size(); ++number) {
      tasks_[number] = chosen[number - 1];
      command.push_back(std::to_string(number));
    }
    read_ = 0;
    process_ = start_program(command, list_.beside(".log"));
  }

  std::size_t started() const override { return tasks_.size(); }

  std::string progress(std::size_t waiting) const override {
    return fmt::format("{} to do", tasks_.size() + waiting);
  }

  std::vector<End> wait(std::chrono::milliseconds longest) override {
    const auto until = std::chrono::steady_clock::now() + longest;
    for (;;) {
      const bool has_ended = process_ < 0 || reap(WNOHANG);
      auto ends = read_ends();
      if (has_ended) end_all(ends);
      const bool is_over = std::chrono::steady_clock::now() >= until;
      if (!ends.empty() || has_ended || is_over || (interrupted() && !is_interrupted_)) return ends;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }

  void interrupt() override {
    is_interrupted_ = true;
    if (process_ >= 0) ::kill(process_, SIGINT);
  }

 private:
  fs::path log_of_ends() const { return list_.beside(".joblog"); }

  /// Whether parallel has ended.
  bool reap(int flags) {
    int state = 0;
    pid_t ended = 0;
    while ((ended = ::waitpid(process_, &state, flags)) < 0 && errno == EINTR) {
    }
    if (ended == 0) return false;
    status_ = WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
    process_ = -1;
    list_.has_ended = true;
    list_.save();
    return true;
  }

  /// The ends of tasks that parallel has written to its joblog: whole lines of
  /// Seq, Host, Starttime, JobRuntime, Send, Receive, Exitval, Signal, Command.
  std::vector<End> read_ends() {
    std::vector<End> ends;
    if (!fs::exists(log_of_ends())) return ends;
    const std::string text = read_file(log_of_ends());
    const std::size_t end = text.rfind('\n') + 1;  // npos + 1 is 0
    const std::string news = text.substr(std::min(read_, end), end - std::min(read_, end));
    read_ = end;
    for (const auto line : split(news, '\n')) {
      const auto parts = split(line, '\t');
      const auto number = parts.size() < 9 ? std::nullopt : parse_integer(parts[0]);
      const auto task = tasks_.find(static_cast<std::size_t>(number.value_or(0)));
      if (task == tasks_.end()) continue;
      const auto seconds = parse_double(trimmed(parts[3]));
      const auto status = parse_integer(parts[6]), signal = parse_integer(parts[7]);
      const std::string host(parts[1] == ":" ? "this machine" : parts[1]);
      const auto what = signal.value_or(0) != 0
                            ? fmt::format("the task on {} was ended by signal {}", host, *signal)
                            : fmt::format("the task on {} ended with status {}", host, parts[6]);
      ends.push_back({task->second, end_of(task->first, status.value_or(-1), what)});
      ends.back().end.seconds = seconds.value_or(0);
      tasks_.erase(task);
    }
    return ends;
  }

  /// Ends the tasks that parallel has not reported.
  void end_all(std::vector<End>& ends) {
    for (const auto& [number, run] : tasks_)
      ends.push_back(
          {run, end_of(number, is_interrupted_ ? kInterruptedStatus : -1,
                       fmt::format("parallel ended with status {} before the task", status_))});
    tasks_.clear();
  }

  JobEnd end_of(std::size_t number, long long status, const std::string& what) const {
    const SweepRun& run = runs_[tasks_.at(number)];
    JobEnd end;
    end.status = 0;
    if (run.is_done()) return end;
    end.status = kInterruptedStatus;
    if (status == kInterruptedStatus || is_interrupted_) return end;
    const fs::path log = list_.beside(".log");
    const std::string start = fmt::format("{}\t", number);
    return failed_task(run, what, log, last_lines(log, 1, start).empty() ? "" : start);
  }

  const std::vector<SweepRun>& runs_;
  const fs::path sweep_;
  const ParallelOptions options_;
  pid_t process_ = -1;
  int status_ = 0;
  TaskList list_;                             // of the current process
  std::map<std::size_t, std::size_t> tasks_;  // that have not ended: run by number
  std::size_t read_ = 0;                      // bytes of the joblog
  bool is_interrupted_ = false;
};

}  // namespace

std::unique_ptr<Launcher> parallel_launcher(const std::vector<SweepRun>& runs,
                                            const fs::path& sweep, ParallelOptions options) {
  return std::make_unique<ParallelLauncher>(runs, sweep, std::move(options));
}

}  // namespace wordbridge
