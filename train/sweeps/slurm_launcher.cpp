#include <algorithm>
#include <optional>
#include <thread>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/io/file.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "train/sweeps/launcher.h"
#include "train/sweeps/programs.h"
#include "train/sweeps/slurm_queue.h"

namespace wordbridge {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostTasks = 1000;  // of an array: Slurm's default MaxArraySize is 1001
constexpr std::chrono::milliseconds kFirstPause{500}, kLongestPause{30000};
/// How long a result may take to become visible on a network file system.
constexpr std::chrono::seconds kResultDelay{30}, kErrorDelay{2};

std::string counted_tasks(std::size_t count) {
  return counted(static_cast<std::int64_t>(count), "task");
}

/// For sbatch, in which % begins a pattern.
std::string output_pattern(const TaskList& list) {
  std::string pattern;
  for (const char c : list.beside("").string()) pattern += c == '%' ? "%%" : std::string(1, c);
  return pattern + "-%a.log";
}

fs::path log_of(const TaskList& list, std::size_t number) {
  return list.beside(fmt::format("-{}.log", number));
}

/// What happened to a task that ended in this state.
std::string fate(const std::string& job, std::size_t number, const std::string& state) {
  const std::string task = fmt::format("task {}_{} of Slurm", job, number);
  if (state.empty()) return task + " ended without a result";
  if (state == "COMPLETED") return task + " completed, but its result is missing";
  if (state == "TIMEOUT")
    return task + " reached its time limit (TIMEOUT); a retry continues from its checkpoint";
  if (state == "OUT_OF_MEMORY")
    return task + " ran out of memory (OUT_OF_MEMORY); --sbatch --mem=... requests more";
  return fmt::format("{} ended: {}", task, state);
}

class SlurmLauncher : public Launcher {
 public:
  SlurmLauncher(const std::vector<SweepRun>& runs, const fs::path& sweep, SlurmOptions options)
      : runs_(runs), sweep_(sweep), options_(std::move(options)) {
    for (const char* const name : {"sbatch", "squeue", "scancel"})
      need_program(name, "--launcher slurm");
    adopt();
  }

  std::string describe(std::size_t) const override {
    return options_.jobs > 0 ? fmt::format("as tasks of Slurm, at most {} at a time", options_.jobs)
                             : "as tasks of Slurm";
  }

  std::vector<std::size_t> adopted() const override {
    std::vector<std::size_t> runs;
    for (const auto& task : tasks_) runs.push_back(task.run);
    return runs;
  }

  void start(std::list<std::size_t>& waiting) override {
    // A task of an earlier start may have trained a run since its state was read.
    for (auto run = waiting.begin(); run != waiting.end();) {
      const bool is_complete = runs_[*run].is_done();
      if (is_complete) complete_.push_back(*run);
      run = is_complete ? waiting.erase(run) : std::next(run);
    }
    while (!waiting.empty()) {
      std::size_t room = kMostTasks;
      const auto limit = static_cast<std::size_t>(options_.jobs);
      if (limit > 0 && !tasks_.empty()) {
        if (tasks_.size() >= limit) return;
        room = std::min(room, limit - tasks_.size());
      }
      const auto end =
          std::next(waiting.begin(), static_cast<std::ptrdiff_t>(std::min(room, waiting.size())));
      submit({waiting.begin(), end});
      waiting.erase(waiting.begin(), end);
    }
  }

  std::size_t started() const override { return tasks_.size() + complete_.size(); }

  std::string progress(std::size_t waiting) const override {
    const auto running = static_cast<std::size_t>(
        std::count_if(tasks_.begin(), tasks_.end(), [](const auto& task) { return task.begin; }));
    return fmt::format("{} running, {} in the queue", running, tasks_.size() - running + waiting);
  }

  std::vector<End> wait(std::chrono::milliseconds longest) override {
    std::vector<End> ends;
    for (const auto run : complete_) ends.push_back({run, finished()});
    complete_.clear();
    if (!ends.empty()) return ends;
    const auto until = Clock::now() + longest;
    while (Clock::now() < std::min(until, next_)) {
      if (interrupted() && !is_told_) {
        is_told_ = true;
        return {};
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    if (Clock::now() < next_) return {};
    ends = ask();
    pause_ = ends.empty() ? std::min(kLongestPause, pause_ * 3 / 2) : kFirstPause;
    next_ = Clock::now() + pause_;
    return ends;
  }

  void interrupt() override {
    is_canceling_ = true;
    std::vector<std::string> command = {"scancel"};
    for (const auto& job : jobs()) command.push_back(job);
    const ProgramEnd end = command.size() == 1 ? ProgramEnd{0, "", ""} : run_program(command);
    if (end.status != 0) warn("scancel did not cancel all tasks: {}", end.complaint());
    pause_ = kFirstPause;
    next_ = Clock::now();
  }

  std::string farewell() const override {
    if (tasks_.empty() || is_canceling_) return {};
    return fmt::format(
        "{} left in the queue of Slurm; to cancel them (running ones save): scancel {}",
        tasks_.size() == 1 ? "1 task is" : fmt::format("{} tasks are", tasks_.size()),
        join(jobs(), " "));
  }

 private:
  struct Task {
    std::size_t run, list, number;  // numbers of the run, its list and, from 1, its task
    std::optional<Clock::time_point> begin = {}, end = {};
    std::string end_state = {};
  };

  static JobEnd finished() {
    JobEnd end;
    end.status = 0;
    return end;
  }

  /// Finds the tasks that earlier starts of the command have left in the queue.
  void adopt() {
    for (auto& list : open_task_lists(sweep_))
      if (list.launcher == "slurm") lists_.push_back(std::move(list));
    const SlurmStates states = slurm_states(lists_);
    std::vector<std::size_t> active(lists_.size(), 0);
    for (const auto& [key, state] : states) {
      if (!is_active(state.state)) continue;
      const auto& [name, number] = key;
      const auto list = std::find_if(lists_.begin(), lists_.end(),
                                     [&, &n = name](const auto& one) { return one.job_name == n; });
      if (list == lists_.end() || number > list->runs.size()) continue;
      const auto at = static_cast<std::size_t>(list - lists_.begin());
      ++active[at];
      note_job(*list, state.job);
      const auto run = run_of(list->runs[number - 1]);
      if (!run) continue;
      if (list->stop_epoch != runs_[*run].stop_epoch) refuse_other_rung(*list, runs_[*run]);
      tasks_.push_back({*run, at, number});
    }
    for (std::size_t i = 0; i < lists_.size(); ++i)
      if (active[i] == 0) end_list(lists_[i]);
  }

  [[noreturn]] static void refuse_other_rung(const TaskList& list, const SweepRun& run) {
    const auto epochs = [](std::int64_t stop) {
      return stop > 0 ? fmt::format("up to epoch {}", stop) : std::string("to the end");
    };
    throw Error("a task of another search is still in the queue of Slurm")
        .at("job {}, {}", list.job, run.title)
        .expected("training {}", epochs(run.stop_epoch))
        .got("training {}", epochs(list.stop_epoch))
        .hint("wait for it, or cancel it: scancel {}", list.job);
  }

  /// The run of this sweep that is not complete and has this folder.
  std::optional<std::size_t> run_of(const std::string& name) const {
    for (std::size_t i = 0; i < runs_.size(); ++i)
      if (runs_[i].state != SweepRun::State::complete &&
          runs_[i].folder.lexically_relative(sweep_) == name)
        return i;
    return {};
  }

  static void note_job(TaskList& list, const std::string& job) {
    if (list.job == job) return;
    list.job = job;
    list.save();
  }

  static void end_list(TaskList& list) {
    if (list.has_ended) return;
    list.has_ended = true;
    list.save();
  }

  void submit(const std::vector<std::size_t>& runs) {
    for (const auto run : runs) fs::remove(runs_[run].folder / kSweepErrorFile);
    lists_.push_back(make_task_list(sweep_, "slurm", run_names(runs_, runs, sweep_),
                                    runs_[runs.front()].stop_epoch));
    TaskList& list = lists_.back();
    std::vector<std::string> command = {"sbatch"};
    command.insert(command.end(), options_.sbatch.begin(), options_.sbatch.end());
    const std::string limit = options_.jobs > 0 ? fmt::format("%{}", options_.jobs) : "";
    command.insert(
        command.end(),
        {"--parsable", "--job-name=" + list.job_name,
         fmt::format("--array=1-{}{}", runs.size(), limit), "--output=" + output_pattern(list),
         "--open-mode=append", "--chdir=" + fs::current_path().string(),
         fmt::format("--wrap=exec {} sweep-task {} $SLURM_ARRAY_TASK_ID",
                     shell_quoted(options_.program.string()), shell_quoted(list.file.string()))});
    const ProgramEnd end = run_program(command);
    // "12" or "12;cluster"
    const std::string answer(trimmed(end.out.substr(0, end.out.find(';'))));
    if (end.status == 0 && parse_integer(answer)) {
      note_job(list, answer);
    } else {
      find_submitted(list, end);
    }
    for (std::size_t i = 0; i < runs.size(); ++i)
      tasks_.push_back({runs[i], lists_.size() - 1, i + 1});
    log("sweep", "job {} of Slurm: {}", list.job, counted_tasks(runs.size()));
    pause_ = kFirstPause;
    next_ = Clock::now() + pause_;
  }

  /// sbatch can fail after Slurm has accepted the job, when the answer is lost.
  void find_submitted(TaskList& list, const ProgramEnd& end) {
    const SlurmStates states = slurm_states({list});
    if (!states.empty()) return note_job(list, states.begin()->second.job);
    end_list(list);
    throw Error("Slurm refused the tasks").at("sbatch").got("{}", end.complaint());
  }

  std::vector<std::string> jobs() const {
    std::vector<std::string> found;
    for (const auto& task : tasks_) {
      const std::string& job = lists_[task.list].job;
      if (std::find(found.begin(), found.end(), job) == found.end()) found.push_back(job);
    }
    return found;
  }

  /// Asks Slurm for the states of all tasks. If it does not answer, nothing is concluded.
  std::vector<End> ask() {
    std::vector<TaskList> open;
    for (const auto& list : lists_)
      if (!list.has_ended) open.push_back(list);
    SlurmStates states;
    try {
      states = slurm_states(open);
      is_silent_ = false;
    } catch (const Error& error) {
      if (!is_silent_) warn("{}; asking again", in_one_line(error.what()));
      is_silent_ = true;
      return {};
    }
    std::vector<End> ends;
    const auto still_runs = [&](Task& task) {
      const auto found = states.find({lists_[task.list].job_name, task.number});
      auto end = end_of(task, found == states.end() ? "" : found->second.state);
      if (end) ends.push_back({task.run, *std::move(end)});
      return !ends.empty() && ends.back().run == task.run;
    };
    tasks_.erase(std::remove_if(tasks_.begin(), tasks_.end(), still_runs), tasks_.end());
    for (std::size_t i = 0; i < lists_.size(); ++i) {
      const auto is_active_task = [&](const auto& state) {
        return state.first.first == lists_[i].job_name && is_active(state.second.state);
      };
      const auto is_own = [&](const Task& task) { return task.list == i; };
      if (std::none_of(tasks_.begin(), tasks_.end(), is_own) &&
          std::none_of(states.begin(), states.end(), is_active_task))
        end_list(lists_[i]);
    }
    return ends;
  }

  /// How the task has ended, or nothing if it has not, or if its result may still appear.
  std::optional<JobEnd> end_of(Task& task, const std::string& state) {
    const auto now = Clock::now();
    if (!state.empty() && is_active(state)) {
      if (!task.begin && state != "PENDING" && state != "CONFIGURING") task.begin = now;
      task.end.reset();
      return {};
    }
    const SweepRun& run = runs_[task.run];
    const TaskList& list = lists_[task.list];
    const bool is_news = !task.end;
    if (is_news) task.end = now;
    JobEnd end = finished();
    if (task.begin) end.seconds = std::chrono::duration<double>(*task.end - *task.begin).count();
    if (run.is_done()) return end;
    if (is_news) task.end_state = state.empty() ? account_state(list.job, task.number) : state;
    const bool has_error = fs::exists(run.folder / kSweepErrorFile);
    if (is_canceling_ && task.end_state == "CANCELLED") {
      end.status = kInterruptedStatus;
      return end;
    }
    const bool may_be_late = task.end_state.empty() || task.end_state == "COMPLETED";
    if (!has_error && now - *task.end < (may_be_late ? kResultDelay : kErrorDelay)) return {};
    end = failed_task(run, fate(list.job, task.number, task.end_state), log_of(list, task.number));
    end.can_be_retried = task.end_state != "CANCELLED";
    return end;
  }

  const std::vector<SweepRun>& runs_;
  const fs::path sweep_;
  const SlurmOptions options_;
  std::vector<TaskList> lists_;
  std::vector<Task> tasks_;            // that have not ended
  std::vector<std::size_t> complete_;  // runs that were complete before a task was started
  Clock::time_point next_ = Clock::now();
  std::chrono::milliseconds pause_ = kFirstPause;
  bool is_silent_ = false, is_canceling_ = false, is_told_ = false;
};

}  // namespace

std::unique_ptr<Launcher> slurm_launcher(const std::vector<SweepRun>& runs, const fs::path& sweep,
                                         SlurmOptions options) {
  return std::make_unique<SlurmLauncher>(runs, sweep, std::move(options));
}

}  // namespace wordbridge
