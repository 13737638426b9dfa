#include "train/sweeps/train.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <list>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/io/file.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "core/threads.h"
#include "train/runs/run_files.h"
#include "train/sweeps/forked_jobs.h"

namespace wordbridge {
namespace {

/// Key of the corpus of a run. Of the runs with the same key, the first fills the cache and the
/// others wait for it. Empty if the run uses no cache.
std::string text_of(const RunConfig& config) {
  DataOptions data = config.seeded_data();
  return data.cache == "none" ? "" : dump_yaml(data.describe());
}

/// Trains a run. Called in the run's own process.
int train_run(const SweepRun& run, int threads, const SweepOptions& options,
              const std::function<void()>& has_text) {
  RunConfig config = RunConfig::load(run.folder / run_files::kConfig, {});
  options.start_threads(config.threads > 0 ? static_cast<int>(config.threads) : threads);
  RunHooks hooks = options.hooks;
  hooks.describe_machine = [&](nlohmann::ordered_json& machine) {
    has_text();  // the manifest is written once the corpus has been read
    if (options.hooks.describe_machine) options.hooks.describe_machine(machine);
  };
  const bool is_complete =
      run_experiment(config, run.folder, RunDirectory::Mode::resume, {}, hooks);
  return is_complete ? 0 : kInterruptedStatus;
}

/// Schedules the runs of a sweep and collects their outcomes.
class Conductor {
 public:
  Conductor(const std::vector<SweepRun>& runs, const SweepOptions& options)
      : runs_(runs), options_(options) {
    for (std::size_t i = 0; i < runs.size(); ++i) {
      texts_.emplace_back();
      if (runs[i].state == SweepRun::State::complete) continue;
      texts_.back() = text_of(RunConfig::parse(runs[i].config, "run"));
      waiting_.push_back(i);
    }
    done_ = runs.size() - waiting_.size();
    to_do_ = waiting_.size();
    share_ = share_cores(options.jobs, to_do_);
  }

  std::vector<SweepFailure> conduct() {
    announce();
    for (const auto& run : runs_)
      if (run.state == SweepRun::State::complete) finish(run);
    while (!waiting_.empty() || jobs_.running() > 0) {
      if (interrupted() && !is_stopping_) stop();
      while (start_next()) {
      }
      for (auto& news : jobs_.wait(std::chrono::seconds(1))) {
        if (news.has_ended) {
          end(news.id, news.end);
        } else {
          reading_.erase(texts_[news.id]);
          ready_.insert(texts_[news.id]);
        }
      }
    }
    std::vector<SweepFailure> failures;
    for (auto& [id, failure] : failures_) failures.push_back(std::move(failure));
    return failures;
  }

  bool was_stopped() const { return stopped_ > 0; }
  std::size_t done() const { return done_; }

 private:
  void announce() const {
    if (done_ > 0) log("sweep", "{} of {} runs are already complete", done_, runs_.size());
    if (to_do_ == 0) return;
    log("sweep", "{} run{} to train, {} at a time on {} thread{} each", to_do_,
        to_do_ == 1 ? "" : "s", share_.jobs, share_.threads, share_.threads == 1 ? "" : "s");
  }

  /// Starts the first waiting run whose corpus is cached, or not being read by another run.
  bool start_next() {
    if (jobs_.running() >= static_cast<std::size_t>(share_.jobs)) return false;
    const auto can_start = [&](std::size_t id) {
      const std::string& text = texts_[id];
      return text.empty() || ready_.count(text) > 0 || reading_.count(text) == 0;
    };
    const auto next = std::find_if(waiting_.begin(), waiting_.end(), can_start);
    if (next == waiting_.end()) return false;
    const std::size_t id = *next;
    waiting_.erase(next);
    if (ready_.count(texts_[id]) == 0) reading_.insert(texts_[id]);
    const SweepRun& run = runs_[id];
    fs::remove(run.folder / kSweepErrorFile);
    jobs_.start(id, [&](const auto& has_text) {
      return train_run(run, share_.threads, options_, has_text);
    });
    return true;
  }

  void stop() {
    is_stopping_ = true;
    stopped_ += waiting_.size();
    waiting_.clear();
    if (jobs_.running() > 0)
      log("sweep", "stopping: saving {} run{}", jobs_.running(), jobs_.running() == 1 ? "" : "s");
    jobs_.interrupt();
  }

  void end(std::size_t id, const JobEnd& end) {
    const SweepRun& run = runs_[id];
    if (ready_.count(texts_[id]) == 0) reading_.erase(texts_[id]);
    for (const auto& warning : end.warnings)
      if (warnings_.insert(warning).second) warn("{}", warning.substr(sizeof "warning: " - 1));
    std::string outcome = "complete in " + human_duration(end.seconds);
    if (end.status == kInterruptedStatus || (is_stopping_ && end.signal == SIGINT)) {
      ++stopped_;
      outcome = "stopped";
    } else if (end.status != 0) {
      ++failed_;
      fail(id, end.message);
      outcome = "FAILED: " + end.message.substr(0, end.message.find('\n'));
    } else {
      ++done_;
      finish(run);
    }
    ++ended_;
    log("sweep", "{} of {}: {} {}{}", done_ + failed_, runs_.size(), run.title, outcome,
        is_stopping_ ? "" : still());
  }

  void fail(std::size_t id, const std::string& message) {
    const SweepRun& run = runs_[id];
    failures_[id] = {run.title, message};
    try {
      write_file(run.folder / kSweepErrorFile, message + "\n");
    } catch (const Error& error) {
      warn("{}", in_one_line(error.what()));
    }
  }

  void finish(const SweepRun& run) {
    try {
      if (run.point != run.folder) summarize_point(run.point);
    } catch (const std::exception& error) {
      failures_[runs_.size()] = {run.point.filename().string(), error.what()};
    }
  }

  /// "; 2 running, 5 waiting, 1 failed, about 3 m 05 s left"
  std::string still() const {
    const std::size_t left = to_do_ - ended_;
    if (left == 0) return "";
    const double seconds = clock_.seconds() / static_cast<double>(ended_);
    std::string failed;
    if (failed_ > 0) failed = fmt::format("{} failed, ", failed_);
    return fmt::format("; {} running, {} waiting, {}about {} left", left - waiting_.size(),
                       waiting_.size(), failed,
                       human_duration(seconds * static_cast<double>(left)));
  }

  const std::vector<SweepRun>& runs_;
  const SweepOptions& options_;
  SweepShare share_{1, 1};
  std::vector<std::string> texts_;                // corpus key of each run
  std::list<std::size_t> waiting_;                // run numbers, in order
  std::set<std::string> ready_, reading_;         // corpora in the cache; being read
  std::set<std::string> warnings_;                // each is logged once
  std::map<std::size_t, SweepFailure> failures_;  // by run; failed summaries at the end
  std::size_t done_ = 0, to_do_ = 0, ended_ = 0, failed_ = 0, stopped_ = 0;
  bool is_stopping_ = false;
  const Progress clock_{"sweep", 0, "runs"};
  ForkedJobs jobs_;
};

}  // namespace

SweepShare share_cores(int jobs, std::size_t runs) {
  const int cores = available_cores();
  if (jobs == 0) jobs = cores;
  jobs = static_cast<int>(std::min<std::size_t>(static_cast<std::size_t>(jobs), runs));
  return {std::max(1, jobs), std::max(1, cores / std::max(1, jobs))};
}

std::vector<SweepFailure> train_sweep(const std::vector<SweepRun>& runs,
                                      const SweepOptions& options) {
  Conductor conductor(runs, options);
  auto failures = conductor.conduct();
  if (conductor.was_stopped()) {
    throw Interrupted("the sweep was stopped; its progress is saved")
        .got("{} of {} runs complete", conductor.done(), runs.size());
  }
  return failures;
}

}  // namespace wordbridge
