#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/io/file.h"
#include "core/progress.h"
#include "train/sweeps/launcher.h"

namespace wordbridge {
namespace {

/// Key of the corpus of a run. Of the runs with the same key, the first fills the cache and the
/// others wait for it. Empty if the run uses no cache.
std::string text_of(const RunConfig& config) {
  DataOptions data = config.seeded_data();
  return data.cache == "none" ? "" : dump_yaml(data.describe());
}

class LocalLauncher : public Launcher {
 public:
  LocalLauncher(const std::vector<SweepRun>& runs, int jobs, const TaskTools& tools)
      : runs_(runs), tools_(tools) {
    std::size_t to_do = 0;
    for (const auto& run : runs) {
      const bool is_complete = run.state == SweepRun::State::complete;
      texts_.push_back(is_complete ? "" : text_of(RunConfig::parse(run.config, "run")));
      to_do += !is_complete;
    }
    share_ = share_cores(jobs, to_do);
  }

  std::string describe(std::size_t) const override {
    return fmt::format("{} at a time on {} each", share_.jobs, counted(share_.threads, "thread"));
  }

  void start(std::list<std::size_t>& waiting) override {
    while (jobs_.running() < static_cast<std::size_t>(share_.jobs)) {
      const auto next = std::find_if(waiting.begin(), waiting.end(),
                                     [&](std::size_t run) { return can_start(texts_[run]); });
      if (next == waiting.end()) return;
      const std::size_t run = *next;
      waiting.erase(next);
      if (ready_.count(texts_[run]) == 0) reading_.insert(texts_[run]);
      fs::remove(runs_[run].folder / kSweepErrorFile);
      jobs_.start(run, [&](const auto& has_text) {
        return train_run(runs_[run].folder, runs_[run].stop_epoch, share_.threads, tools_,
                         has_text);
      });
    }
  }

  std::size_t started() const override { return jobs_.running(); }

  std::string progress(std::size_t waiting) const override {
    return fmt::format("{} running, {} waiting", jobs_.running(), waiting);
  }

  std::vector<End> wait(std::chrono::milliseconds longest) override {
    std::vector<End> ends;
    for (auto& news : jobs_.wait(longest)) {
      const std::string& text = texts_[news.id];
      if (!news.has_ended) ready_.insert(text);
      if (!news.has_ended || ready_.count(text) == 0) reading_.erase(text);
      if (news.has_ended) ends.push_back({news.id, std::move(news.end)});
    }
    return ends;
  }

  void interrupt() override { jobs_.interrupt(); }

 private:
  /// Whether the corpus is cached, or not being read by another run.
  bool can_start(const std::string& text) const {
    return text.empty() || ready_.count(text) > 0 || reading_.count(text) == 0;
  }

  const std::vector<SweepRun>& runs_;
  const TaskTools& tools_;
  SweepShare share_{1, 1};
  std::vector<std::string> texts_;         // corpus key of each run
  std::set<std::string> ready_, reading_;  // corpora in the cache; being read
  ForkedJobs jobs_;
};

}  // namespace

std::unique_ptr<Launcher> local_launcher(const std::vector<SweepRun>& runs, int jobs,
                                         const TaskTools& tools) {
  return std::make_unique<LocalLauncher>(runs, jobs, tools);
}

}  // namespace wordbridge
