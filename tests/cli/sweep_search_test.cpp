#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "tests/cli/cli_test.h"
#include "tests/support/fake_launchers.h"

// Random search and successive halving.

namespace wordbridge {
namespace {

using testing::HasSubstr;

class SweepSearchTest : public CliTest {
 protected:
  SweepSearchTest() {
    write("random.yaml",
          "extends: small.yaml\n"
          "model: {type: pca}\n"
          "sweep:\n"
          "  search: {points: 5}\n"
          "  model.pca.dim: {integer: [2, 9]}\n"
          "  model.pca.power: [0, 1]\n");
  }

  /// Folders of the points, in the order of the table.
  std::vector<std::string> points(const std::string& sweep) const {
    std::vector<std::string> folders;
    const auto table = json(sweep + "/table.json");
    for (const auto& point : table.at("points")) folders.push_back(point.at("folder"));
    return folders;
  }
};

TEST_F(SweepSearchTest, MorePointsOnlyTrainTheNewOnes) {
  succeed({"sweep", "random.yaml", "-o", "whole", "--jobs", "1"});
  succeed({"sweep", "random.yaml", "-o", "grown", "--jobs", "3", "sweep.search.points=3"});
  const auto first = points("grown");
  ASSERT_EQ(first.size(), 3u);
  const std::string log = content("grown/" + first[1] + "/log.txt");
  const auto result = succeed({"sweep", "random.yaml", "-o", "grown"});
  EXPECT_THAT(result.err, HasSubstr("3 of 5 runs are already complete"));
  EXPECT_EQ(content("grown/" + first[1] + "/log.txt"), log);
  for (const char* const name : {"table.md", "table.csv", "table.json", "sweep.json"})
    EXPECT_EQ(content("whole/" + std::string(name)), content("grown/" + std::string(name))) << name;
  // A point is what `train` makes of its values.
  const auto values = json("whole/table.json").at("points").at(4).at("values");
  succeed({"train", "small.yaml", "model.type=pca",
           "model.pca.dim=" + values.at("dim").get<std::string>(),
           "model.pca.power=" + values.at("power").get<std::string>(), "-o", "one"});
  expect_same_run("whole/" + points("whole")[4], "one");
}

TEST_F(SweepSearchTest, AnotherSearchInTheFolderIsRefused) {
  succeed({"sweep", "random.yaml", "-o", "out", "--no-report"});
  const auto refuse = [&](const Arguments& changed, const std::string& what) {
    Arguments arguments = {"sweep", "random.yaml", "-o", "out", "--no-report"};
    arguments.insert(arguments.end(), changed.begin(), changed.end());
    fail(arguments, {"contains a search with another " + what, "sweep.json", "--out"});
  };
  refuse({"sweep.search.seed=2"}, "seed");
  refuse({"model.pca.dim={integer: [2, 8]}"}, "space");
  refuse({"model.pca.power=1,0"}, "space");
  refuse({"model.pca.power=1"}, "space");
  refuse({"model.pca.dim={integer: [2, 8]}", "--overwrite"}, "space");
  // Combinations can be added to the table, and stay when the search is continued.
  succeed({"sweep", "small.yaml", "model.type=pca", "model.pca.dim=10,11", "-o", "out"});
  succeed({"sweep", "random.yaml", "-o", "out", "--no-report"});
  EXPECT_EQ(points("out").size(), 7u);
  refuse({"sweep.search.seed=2"}, "seed");
  auto damaged = json("out/sweep.json");
  damaged["search"].erase("rungs");
  write("out/sweep.json", damaged.dump());
  fail({"sweep", "random.yaml", "-o", "out"}, {"sweep.json", "damaged"});
}

TEST_F(SweepSearchTest, BadSearchesAreRefusedBeforeAnythingIsWritten) {
  fail({"sweep", "random.yaml", "sweep.search.type=halving"},
       {"model.type: pca has no validation perplexity", "use type: random"});
  fail({"sweep", "random.yaml", "model.pca.dim={integer: [3, 3]}"},
       {"command line: model.pca.dim={integer: [3, 3]}", "a low number, then a higher one"});
  fail({"sweep", "random.yaml", "sweep.search.points=-1"}, {"sweep.search.points: must be in"});
  fail({"sweep", "random.yaml", "model.pca.dim={integer: [0, 1]}", "model.pca.power=1"},
       {"too few different points", "2 or fewer"});
  EXPECT_FALSE(exists("runs"));
}

TEST_F(SweepSearchTest, HelpTeachesTheSearch) {
  const std::string help = succeed({"sweep", "--help"}).out;
  for (const char* const part : {"search: {type: halving, points: 27}", "log_uniform"})
    EXPECT_THAT(help, HasSubstr(part));
}

#ifdef WB_HAS_TORCH
class SweepHalvingTest : public SweepSearchTest {
 protected:
  SweepHalvingTest() {
    write("halving.yaml",
          "extends: small.yaml\n"
          "train: {epochs: 9, batch_size: 16}\n"
          "sweep:\n"
          "  search: {type: halving, points: 9}\n"
          "  train.lr: {log_uniform: [0.0001, 0.03]}\n"
          "  model.nplm.dim: {log_integer: [2, 8]}\n");
  }

  static Arguments sweep(const std::string& folder, const Arguments& more = {}) {
    Arguments arguments = {"sweep", "halving.yaml", "--no-report", "--out", folder};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  /// Epochs of a run that its metrics have, each of which must be there once.
  std::size_t epochs(const std::string& run) const {
    const std::string text = content(run + "/metrics.jsonl");
    std::size_t count = 0, at = 0;
    while ((at = text.find("{\"epoch\":", at)) != std::string::npos) {
      EXPECT_EQ(text.compare(at + 9, 2, std::to_string(++count) + ","), 0) << text;
      ++at;
    }
    return count;
  }
  std::vector<std::size_t> epochs_of_points(const std::string& folder) const {
    std::vector<std::size_t> all;
    for (const auto& point : points(folder)) all.push_back(epochs(folder + "/" + point));
    std::sort(all.begin(), all.end());
    return all;
  }

  void expect_same_sweep(const std::string& a, const std::string& b) const {
    for (const char* const name : {"table.md", "table.csv", "table.json", "sweep.json"})
      EXPECT_EQ(content(a + "/" + name), content(b + "/" + name)) << name;
    for (const auto& point : points(a))
      EXPECT_EQ(content(a + "/" + point + "/metrics.jsonl"),
                content(b + "/" + point + "/metrics.jsonl"))
          << point;
  }
};

TEST_F(SweepHalvingTest, TheWinnerHasTheBytesOfAPlainTraining) {
  const auto result = succeed(sweep("out", {"--jobs", "2"}));
  EXPECT_EQ(epochs_of_points("out"), (std::vector<std::size_t>{1, 1, 1, 1, 1, 1, 3, 3, 9}));
  for (const char* const part : {"rung 1 of 3: 9 runs to epoch 1", "rung 2 of 3: 3 runs to epoch 3",
                                 "rung 3 of 3: 1 run to the end", "trained for 3 epochs"})
    EXPECT_THAT(result.err, HasSubstr(part));
  // The promoted points have the lowest perplexities, and only the winner has a test perplexity.
  double worst_promoted = 0, best_stopped = 1e9;
  int complete = 0;
  const auto table = json("out/table.json");
  for (const auto& point : table.at("points")) {
    const auto& metrics = point.at("metrics");
    const std::string run = "out/" + point.at("folder").get<std::string>();
    EXPECT_EQ(metrics.at("epochs").at("mean"), static_cast<double>(epochs(run)));
    const std::string line = content(run + "/metrics.jsonl");
    const double first =
        nlohmann::json::parse(line.substr(0, line.find('\n'))).at("valid_perplexity");
    if (metrics.at("rung").at("mean") == 1.0) {
      EXPECT_EQ(point.at("status"), "stopped");
      EXPECT_EQ(metrics.at("valid_perplexity").at("mean"), first);
      best_stopped = std::min(best_stopped, first);
    } else {
      worst_promoted = std::max(worst_promoted, first);
    }
    EXPECT_EQ(metrics.contains("test_perplexity"), epochs(run) == 9);
    if (epochs(run) != 9) continue;
    ++complete;
    EXPECT_EQ(metrics.at("rung").at("mean"), 3.0);
    const auto& values = point.at("values");
    succeed({"train", "small.yaml", "name=halving", "train.epochs=9", "train.batch_size=16",
             "train.lr=" + values.at("lr").get<std::string>(),
             "model.nplm.dim=" + values.at("dim").get<std::string>(), "-o", "plain"});
    expect_same_run(run, "plain");
    EXPECT_EQ(content(run + "/config.yaml"), content("plain/config.yaml"));
  }
  EXPECT_EQ(complete, 1);
  EXPECT_LT(worst_promoted, best_stopped);
  EXPECT_THAT(result.out, HasSubstr("stopped"));
  // Nothing is trained again.
  const auto before = files();
  EXPECT_THAT(succeed(sweep("out")).err, HasSubstr("9 of 9 runs are already trained for 1 epoch"));
  EXPECT_EQ(files(), before);
  // A stopped point can be continued by hand, which the table shows.
  for (const auto& point : points("out")) {
    if (epochs("out/" + point) != 3) continue;
    succeed({"resume", "out/" + point});
    EXPECT_EQ(epochs("out/" + point), 9u);
    break;
  }
  EXPECT_THAT(succeed(sweep("out")).out, HasSubstr("*"));
  // It is judged by the epochs of its rung.
  for (const auto& point : points("out")) {
    const std::string metrics = "out/" + point + "/metrics.jsonl";
    if (epochs("out/" + point) != 1) continue;
    const std::string longer = content(metrics) + "{\"epoch\":2,\"valid_perplexity\":0.5}\n";
    write(metrics, longer);
    succeed(sweep("out"));
    EXPECT_EQ(content(metrics), longer);
    break;
  }
}

TEST_F(SweepHalvingTest, TheDryRunShowsTheRungs) {
  const auto plan = succeed(sweep("out", {"--dry-run", "seed=1,2"})).out;
  for (const char* const part :
       {"rung 1       9 points to epoch 1\n", "rung 2       3 points to epoch 3\n",
        "rung 3       1 point to epoch 9\n",
        "42 epochs of training at most; 162 without halving\n",  // 2 (9 + 3 x 2 + 6), 2 x 81
        "18 runs: 0 complete, 0 begun, 18 to train"})
    EXPECT_THAT(plan, HasSubstr(part));
  EXPECT_FALSE(exists("out"));
}

TEST_F(SweepHalvingTest, StoppedTwiceAndWithAnyNumberOfJobsItGivesTheSame) {
  const Arguments more = {"seed=1,2", "sweep.search.points=4", "sweep.search.reduction_factor=2",
                          "sweep.search.min_epochs=2", "train.batch_size=4"};
  const auto with_jobs = [&](const std::string& folder, const std::string& jobs) {
    Arguments all = more;
    all.insert(all.end(), {"--jobs", jobs});
    return sweep(folder, all);
  };
  succeed(with_jobs("whole", "2"));
  // 4 points to epoch 2, 2 to epoch 4, 1 to epochs 8 and 9, with two seeds each.
  std::vector<std::size_t> all;
  for (const auto& point : points("whole"))
    for (const char* const seed : {"/seed-1", "/seed-2"})
      all.push_back(epochs("whole/" + point + seed));
  std::sort(all.begin(), all.end());
  EXPECT_EQ(all, (std::vector<std::size_t>{2, 2, 2, 2, 4, 4, 9, 9}));
  // Interrupted in the first and in a later rung.
  const auto folders = points("whole");
  const auto runs_with = [&](std::size_t least) {
    std::size_t runs = 0;
    for (const auto& point : folders)
      for (const char* const seed : {"/seed-1", "/seed-2"}) {
        const std::string file = "stopped/" + point + seed + "/metrics.jsonl";
        const std::string text = exists(file) ? content(file) : "";
        runs += static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) >= least;
      }
    return runs;
  };
  for (const auto& [runs, epochs] : {std::pair<std::size_t, std::size_t>{3, 1}, {1, 3}}) {
    Process process(command(with_jobs("stopped", "1")), options());
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (process.running() && std::chrono::steady_clock::now() < deadline &&
           runs_with(epochs) < runs)
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    process.send(SIGINT);
    const auto result = process.wait();
    EXPECT_EQ(result.status, 130) << result.err;
    EXPECT_THAT(result.err, HasSubstr("resume with: wordbridge sweep halving.yaml"));
  }
  succeed(with_jobs("stopped", "4"));
  for (const char* const name : {"table.md", "table.csv", "table.json", "sweep.json"})
    EXPECT_EQ(content("whole/" + std::string(name)), content("stopped/" + std::string(name)));
  for (const auto& point : points("whole"))
    for (const char* const seed : {"/seed-1", "/seed-2"})
      EXPECT_EQ(content("whole/" + point + seed + "/metrics.jsonl"),
                content("stopped/" + point + seed + "/metrics.jsonl"));
}

TEST_F(SweepHalvingTest, FailedPointsAreNotPromoted) {
  const Arguments diverging = {"train.lr=0.01,1e30,0.02,1e29", "model.nplm.dim=3",
                               "train.weight_decay=0", "sweep.search.points=4"};
  const auto result = run(sweep("out", diverging));
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("2 of 4 runs failed"));
  EXPECT_THAT(result.err, HasSubstr("not finite"));
  EXPECT_THAT(content("out/table.md"), HasSubstr("| failed |"));
  EXPECT_TRUE(exists("out/lr=0.02/summary.json") || exists("out/lr=0.01/summary.json"));
  // All fail: the search ends.
  const auto none = run(sweep("none", {"train.lr=1e30,1e29", "model.nplm.dim=3",
                                       "train.weight_decay=0", "sweep.search.points=2"}));
  EXPECT_EQ(none.status, 1);
  EXPECT_THAT(none.err, HasSubstr("2 of 2 runs failed"));
  EXPECT_EQ(none.err.find("rung 2"), std::string::npos) << none.err;
  Arguments fast = diverging;
  fast.insert(fast.end(), {"--fail-fast", "--jobs", "1", "--retries", "1"});
  const auto stopped = run(sweep("fast", fast));
  EXPECT_EQ(stopped.status, 1);
  EXPECT_THAT(stopped.err, HasSubstr("retry 1 of 1"));
  EXPECT_EQ(stopped.err.find("rung 2"), std::string::npos) << stopped.err;
}

TEST_F(SweepHalvingTest, AnEmptyValidationSplitIsTold) {
  const auto result = run(
      sweep("out", {"data.split.valid=0.0001", "data.split.test=0.1", "data.split.train=0.8999"}));
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("no point can be promoted"));
  EXPECT_THAT(result.err, HasSubstr("data.split.valid"));
}

TEST_F(SweepHalvingTest, LaunchersTrainTheSame) {
  write_fake_launchers(folder_);
  ProcessOptions with_launchers = options();
  with_launchers.environment["PATH"] = (folder_ / "bin").string() + ":" + std::getenv("PATH");
  const auto with = [](const std::string& launcher, const std::string& min_epochs) {
    return sweep(launcher, {"--launcher", launcher, "sweep.search.points=2",
                            "sweep.search.min_epochs=" + min_epochs});
  };
  succeed(with("local", "3"));
  // Tasks in the queue of Slurm are not those of other rungs.
  write("fake/hold", "");
  Process process(command(with("slurm", "3")), with_launchers);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (content("fake/calls").find("squeue") == std::string::npos &&
         std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  process.send(SIGINT);
  EXPECT_THAT(process.wait().err, HasSubstr("2 tasks are left in the queue of Slurm"));
  const auto other = run(with("slurm", "1"), with_launchers);
  EXPECT_EQ(other.status, 1);
  for (const char* const part : {"a task of another search is still in the queue of Slurm",
                                 "training up to epoch 1", "training up to epoch 3", "scancel 101"})
    EXPECT_THAT(other.err, HasSubstr(part));
  std::filesystem::remove(folder_ / "fake/hold");
  for (const std::string launcher : {"slurm", "parallel"}) {
    succeed(with(launcher, "3"), with_launchers);
    expect_same_sweep("local", launcher);
    EXPECT_EQ(json(launcher + "/tasks/00001.json").at("stop_epoch"), 3);
    EXPECT_EQ(json(launcher + "/tasks/00002.json").at("stop_epoch"), 0);
    EXPECT_EQ(json(launcher + "/tasks/00001.json").at("runs").size(), 2u);
    EXPECT_EQ(json(launcher + "/tasks/00002.json").at("runs").size(), 1u);
  }
  // A task that Slurm starts again stops where it did.
  auto list = json("slurm/tasks/00001.json");
  list["has_ended"] = false;
  write("slurm/tasks/00001.json", list.dump());
  for (const char* const number : {"1", "2"})
    succeed({"sweep-task", "slurm/tasks/00001.json", number});
  expect_same_sweep("local", "slurm");
}
#endif

}  // namespace
}  // namespace wordbridge
