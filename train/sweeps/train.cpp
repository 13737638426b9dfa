#include "train/sweeps/train.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <iterator>
#include <limits>
#include <list>
#include <map>
#include <set>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/io/file.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"

namespace wordbridge {
namespace {

std::string counted_runs(std::size_t count) {
  return counted(static_cast<std::int64_t>(count), "run");
}

/// Gives the runs of a sweep to a launcher and collects their outcomes.
class Conductor {
 public:
  Conductor(const std::vector<SweepRun>& runs, const SweepRules& rules, Launcher& launcher)
      : runs_(runs), rules_(rules), launcher_(launcher), tries_(runs.size(), 0) {
    const auto adopted = launcher.adopted();
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (runs[i].state == SweepRun::State::complete) continue;
      ++to_do_;
      if (std::find(adopted.begin(), adopted.end(), i) == adopted.end()) waiting_.push_back(i);
    }
    done_ = runs.size() - to_do_;
  }

  SweepEnd conduct() {
    announce();
    for (const auto& run : runs_)
      if (run.state == SweepRun::State::complete) finish(run);
    while (!waiting_.empty() || launcher_.started() > 0) {
      if (interrupted() && !is_interrupted_) {
        is_interrupted_ = true;
        if (!launcher_.farewell().empty()) break;
        if (!is_stopping_) stop();
      }
      if (!is_stopping_) launcher_.start(waiting_);
      for (auto& [run, end] : launcher_.wait(std::chrono::seconds(1))) take(run, end);
    }
    const std::size_t left = stopped_ + waiting_.size() + launcher_.started();
    if (is_interrupted_ && left > 0) say_interrupted();
    SweepEnd all{{}, stopped_};
    for (auto& [run, failure] : failures_) all.failures.push_back(std::move(failure));
    return all;
  }

 private:
  void announce() const {
    if (done_ > 0)
      log("sweep", "{} of {} runs are already {}", done_, runs_.size(), outcome(runs_.front()));
    const std::size_t started = launcher_.started();
    if (started > 0)
      log("sweep", "{} of an earlier start {} followed", counted_runs(started),
          started == 1 ? "is" : "are");
    if (!waiting_.empty())
      log("sweep", "{} to train, {}", counted_runs(waiting_.size()),
          launcher_.describe(waiting_.size()));
  }

  static std::string outcome(const SweepRun& run) {
    return run.stop_epoch > 0 ? "trained for " + counted(run.stop_epoch, "epoch") : "complete";
  }

  [[noreturn]] void say_interrupted() const {
    const std::string farewell = launcher_.farewell();
    Interrupted error(farewell.empty() ? "the sweep was stopped; its progress is saved" : farewell);
    throw error.got("{} of {} runs {}", done_, runs_.size(), outcome(runs_.front()))
        .hint("{} with: {}", farewell.empty() ? "resume" : "follow and continue", rules_.command);
  }

  void stop() {
    is_stopping_ = true;
    stopped_ += waiting_.size();
    waiting_.clear();
    const std::size_t started = launcher_.started();
    if (started > 0) log("sweep", "stopping: saving {}", counted_runs(started));
    launcher_.interrupt();
  }

  void take(std::size_t id, const JobEnd& end) {
    const SweepRun& run = runs_[id];
    for (const auto& warning : end.warnings)
      if (warnings_.insert(warning).second) warn("{}", warning.substr(sizeof "warning: " - 1));
    std::string outcome = this->outcome(run);
    if (end.seconds > 0) outcome += " in " + human_duration(end.seconds);
    if (end.status == kInterruptedStatus || (is_stopping_ && end.signal == SIGINT)) {
      ++stopped_;
      outcome = "stopped";
    } else if (end.status != 0) {
      fail(id, end.message);
      outcome = "FAILED: " + end.message.substr(0, end.message.find('\n'));
      if (end.can_be_retried && !is_stopping_ && tries_[id]++ < rules_.retries) {
        failures_.erase(id);
        waiting_.push_back(id);
        log("sweep", "{} {}; retry {} of {}", run.title, outcome, tries_[id], rules_.retries);
        return;
      }
      ++failed_;
    } else {
      ++done_;
      finish(run);
    }
    ++ended_;
    log("sweep", "{} of {}: {} {}{}", done_ + failed_, runs_.size(), run.title, outcome,
        is_stopping_ ? "" : still());
    if (end.status != 0 && failed_ > 0 && rules_.fail_fast && !is_stopping_) stop();
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
    return fmt::format("; {}, {}about {} left", launcher_.progress(waiting_.size()), failed,
                       human_duration(seconds * static_cast<double>(left)));
  }

  const std::vector<SweepRun>& runs_;
  const SweepRules& rules_;
  Launcher& launcher_;
  std::vector<int> tries_;                        // retries of each run
  std::list<std::size_t> waiting_;                // run numbers, in order
  std::set<std::string> warnings_;                // each is logged once
  std::map<std::size_t, SweepFailure> failures_;  // by run; failed summaries at the end
  std::size_t done_ = 0, to_do_ = 0, ended_ = 0, failed_ = 0, stopped_ = 0;
  bool is_stopping_ = false, is_interrupted_ = false;
  const Progress clock_{"sweep", 0, "runs"};
};

/// Sets the goal of the runs of a rung. A run that is trained again from its beginning is
/// `missing`.
void begin_rung(std::vector<SweepRun>& runs, std::int64_t stop_epoch) {
  for (auto& run : runs) {
    run.stop_epoch = stop_epoch;
    if (run.state == SweepRun::State::missing) continue;
    run.state = run.is_done() ? SweepRun::State::complete : SweepRun::State::begun;
  }
}

void add_end(SweepEnd& all, SweepEnd end) {
  all.stopped += end.stopped;
  std::move(end.failures.begin(), end.failures.end(), std::back_inserter(all.failures));
}

}  // namespace

std::vector<SweepRun> promoted(const std::vector<SweepRun>& runs, std::int64_t stop_epoch,
                               std::int64_t points) {
  std::vector<std::vector<SweepRun>> by_point;
  for (const auto& run : runs) {
    if (by_point.empty() || by_point.back().front().point != run.point) by_point.emplace_back();
    by_point.back().push_back(run);
  }
  std::vector<double> scores;
  for (const auto& point : by_point) {
    double sum = 0;
    for (const auto& run : point)
      sum += has_reached(run.folder, stop_epoch) ? read_epochs(run.folder, stop_epoch).perplexity
                                                 : std::numeric_limits<double>::quiet_NaN();
    scores.push_back(sum / static_cast<double>(point.size()));
  }
  std::vector<SweepRun> best;
  for (const auto point : lowest(scores, points))
    for (auto& run : by_point[point]) best.push_back(std::move(run));
  return best;
}

SweepEnd train_sweep(std::vector<SweepRun> runs, const std::vector<SweepRung>& rungs,
                     const SweepRules& rules, const LauncherMaker& make_launcher) {
  SweepEnd all;
  for (std::size_t i = 0; i < rungs.size(); ++i) {
    const std::int64_t stop = rungs[i].stop_epoch;
    begin_rung(runs, stop);
    if (rungs.size() > 1)
      log("sweep", "rung {} of {}: {} to {}", i + 1, rungs.size(), counted_runs(runs.size()),
          stop > 0 ? fmt::format("epoch {}", stop) : "the end");
    add_end(all, Conductor(runs, rules, *make_launcher(runs)).conduct());
    if (i + 1 == rungs.size() || all.stopped > 0) break;
    for (auto& run : runs) run.state = SweepRun::State::begun;
    runs = promoted(runs, stop, rungs[i + 1].points);
    if (!runs.empty()) continue;
    if (!all.failures.empty()) break;
    throw Error("no point can be promoted: none has a validation perplexity")
        .at("rung {}", i + 1)
        .hint("is the validation split empty? (data.split.valid)");
  }
  return all;
}

}  // namespace wordbridge
