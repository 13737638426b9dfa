#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "tests/cli/cli_test.h"
#include "tests/support/fake_launchers.h"

// Sweeps whose runs are started by Slurm and GNU parallel; scripts/check-distributed does the same
// with the real programs.

namespace wordbridge {
namespace {

using testing::HasSubstr;
using testing::Not;

class SweepLauncherTest : public CliTest {
 protected:
  SweepLauncherTest() {
    write("pca.yaml", "extends: small.yaml\nmodel: {type: pca}\n");
    write_fake_launchers(folder_);
    options_.environment["PATH"] = (folder_ / "bin").string() + ":" + std::getenv("PATH");
    options_.environment["SQUEUE_PARTITION"] = "other";
    options_.time_limit = std::chrono::seconds(100);
  }
  ~SweepLauncherTest() override {
    release("hold");
    wait_until([&] { return !has_active_tasks(); });
  }

  /// Four runs.
  static Arguments sweep(const Arguments& more = {}) {
    Arguments arguments = {"sweep", "pca.yaml", "model.pca.dim=2,3", "seed=1,2",
                           "-o",    "out",      "--no-report"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  static Arguments slurm(const Arguments& more = {}) {
    Arguments all = {"--launcher", "slurm"};
    all.insert(all.end(), more.begin(), more.end());
    return sweep(all);
  }
  static Arguments parallel(const Arguments& more = {}) {
    Arguments all = {"--launcher", "parallel"};
    all.insert(all.end(), more.begin(), more.end());
    return sweep(all);
  }

  /// Expects a failure with a message that contains all of `parts`.
  void refuse(const Arguments& arguments, const std::vector<std::string>& parts) const {
    const auto result = run(arguments);
    EXPECT_EQ(result.status, 1) << told(arguments, result);
    for (const auto& part : parts) EXPECT_THAT(result.err, HasSubstr(part));
  }

  void set(const std::string& control) const { write("fake/" + control, ""); }
  void release(const std::string& control) const {
    std::filesystem::remove(folder_ / ("fake/" + control));
  }
  /// Lines of the file that contain `part`.
  std::size_t lines(const std::string& file, const std::string& part) const {
    std::size_t count = 0;
    std::string line;
    for (const char c : content(file)) {
      if (c != '\n') {
        line += c;
      } else {
        count += line.find(part) != std::string::npos;
        line.clear();
      }
    }
    return count;
  }
  std::size_t calls(const std::string& program) const { return lines("fake/calls", program + " "); }

  bool has_active_tasks() const {
    for (const auto& [name, text] : files())
      if (name.find("/task-") != std::string::npos && (text == "PENDING\n" || text == "RUNNING\n"))
        return true;
    return false;
  }
  template <class Condition>
  static void wait_until(const Condition& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!condition() && std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }

  /// Each of the four runs was trained once.
  void expect_trained_once() const {
    for (const char* const run : {"dim=2/seed-1", "dim=2/seed-2", "dim=3/seed-1", "dim=3/seed-2"}) {
      EXPECT_TRUE(exists("out/" + std::string(run) + "/summary.json")) << run;
      EXPECT_EQ(lines("out/" + std::string(run) + "/log.txt", "complete: "), 1u) << run;
    }
  }
  void expect_as_local() const {
    succeed({"sweep", "pca.yaml", "model.pca.dim=2,3", "seed=1,2", "-o", "local", "--no-report"});
    for (const char* const name : {"table.md", "table.csv", "table.json", "sweep.json"})
      EXPECT_EQ(content("out/" + std::string(name)), content("local/" + std::string(name))) << name;
    for (const char* const run : {"/dim=2/seed-1", "/dim=3/seed-2"})
      expect_same_run("out" + std::string(run), "local" + std::string(run));
  }
};

TEST_F(SweepLauncherTest, SlurmTrainsAllRunsWithTheOptionsOfTheUser) {
  const auto result = succeed(slurm({"--sbatch", "--partition=short --time=1:00:00", "--sbatch",
                                     "--comment='two words'", "--jobs", "3"}));
  expect_trained_once();
  expect_as_local();
  EXPECT_EQ(calls("sbatch"), 1u);
  const std::string all = content("fake/calls");
  EXPECT_THAT(all, HasSubstr("sbatch --partition=short --time=1:00:00 --comment=two words "));
  EXPECT_THAT(all, HasSubstr("--array=1-4%3 "));
  EXPECT_THAT(result.err, HasSubstr("4 runs to train, as tasks of Slurm, at most 3 at a time"));
  EXPECT_THAT(result.err, HasSubstr("job 101 of Slurm: 4 tasks"));
  EXPECT_THAT(content("out/tasks/00001-2.log"), HasSubstr("dim=2/seed-2"));
  EXPECT_EQ(json("out/tasks/00001.json").at("job"), "101");
  EXPECT_EQ(json("out/tasks/00001.json").at("has_ended"), true);
  // Nothing is left to do, and Slurm is not asked for anything.
  const auto again = succeed(slurm());
  EXPECT_THAT(again.err, HasSubstr("4 of 4 runs are already complete"));
  EXPECT_EQ(content("fake/calls"), all);
}

TEST_F(SweepLauncherTest, WhatSlurmRefusesIsTold) {
  set("refuse");
  refuse(slurm(), {"Slurm refused the tasks", "invalid partition specified: x", "exit status 1"});
  EXPECT_EQ(json("out/tasks/00001.json").at("has_ended"), true);
  // Whether the job was accepted is not known, so nothing may be submitted until it is.
  set("silent");
  refuse(slurm(), {"Slurm does not answer", "Unable to contact slurm controller"});
  EXPECT_EQ(json("out/tasks/00002.json").at("has_ended"), false);
  release("refuse");
  refuse(slurm(), {"Slurm does not answer", "Unable to contact slurm controller"});
  EXPECT_EQ(calls("sbatch"), 2u);
  release("silent");
  succeed(slurm());
  EXPECT_EQ(calls("sbatch"), 3u);
  expect_trained_once();
}

TEST_F(SweepLauncherTest, BadOptionsAreToldBeforeAnythingStarts) {
  fail({"sweep", "pca.yaml", "model.pca.dim=2,3", "-o", "other", "--launcher", "slurm", "--sbatch",
        "--array=1-2"},
       {"sets this option of sbatch", "--array=1-2"}, 2);
  fail(slurm({"--sbatch", "-J name"}), {"sets this option of sbatch", "-J"}, 2);
  fail(slurm({"--sbatch", "--comment='a"}), {"a quote is not closed"}, 2);
  fail(sweep({"--sbatch", "--mem=1G"}), {"--sbatch needs --launcher slurm"}, 2);
  fail(slurm({"--sshlogin", "host"}), {"--sshlogin needs --launcher parallel"}, 2);
  fail(sweep({"--launcher", "pbs"}), {"--launcher", "slurm"}, 2);
  ProcessOptions bare = options();
  bare.environment["PATH"] = "/nowhere";
  fail({"sweep", "pca.yaml", "model.pca.dim=2,3", "-o", "new", "--launcher", "slurm"},
       {"--launcher slurm needs the program sbatch"}, 1, bare);
  fail({"sweep", "pca.yaml", "model.pca.dim=2,3", "-o", "new", "--launcher", "parallel"},
       {"--launcher parallel needs the program parallel"}, 1, bare);
  EXPECT_FALSE(exists("new"));
}

TEST_F(SweepLauncherTest, AFailedTaskIsNamedAndTheOthersGoOn) {
  Arguments arguments = slurm();
  arguments[2] = "model.pca.dim=2,100";
  set("forget");
  const auto result = run(arguments);
  EXPECT_EQ(result.status, 1) << result.err;
  EXPECT_THAT(result.err, HasSubstr("2 of 4 runs failed"));
  EXPECT_THAT(result.err, HasSubstr("dim=100 seed 2: more components than"));
  EXPECT_THAT(content("out/dim=100/seed-1/error.txt"), HasSubstr("more components than"));
  EXPECT_THAT(content("out/table.md"), HasSubstr("| failed |"));
  EXPECT_TRUE(exists("out/dim=2/summary.json"));
  EXPECT_EQ(calls("sbatch"), 1u);
}

TEST_F(SweepLauncherTest, ATaskLostWithItsNodeIsRetriedOrNamed) {
  set("lose-3");
  const auto lost = run(slurm());
  EXPECT_EQ(lost.status, 1) << lost.err;
  EXPECT_THAT(lost.err, HasSubstr("dim=3 seed 1: task 101_3 of Slurm ended: NODE_FAIL"));
  EXPECT_THAT(lost.err, HasSubstr("00001-3.log"));
  EXPECT_THAT(content("out/dim=3/seed-1/error.txt"), HasSubstr("NODE_FAIL"));
  set("lose-1");
  const auto result = succeed(slurm({"--retries", "1"}));
  EXPECT_THAT(result.err, HasSubstr("NODE_FAIL; retry 1 of 1"));
  EXPECT_EQ(calls("sbatch"), 3u);
  EXPECT_FALSE(exists("out/dim=3/seed-1/error.txt"));
  expect_trained_once();
}

TEST_F(SweepLauncherTest, AStateThatSqueueHasForgottenIsThatOfTheAccounts) {
  set("forget");
  set("lose-3");
  write("fake/account", "CANCELLED by 1000\n");
  const auto result = run(slurm({"--retries", "1"}));
  EXPECT_EQ(result.status, 1) << result.err;
  EXPECT_THAT(result.err, HasSubstr("dim=3 seed 1: task 101_3 of Slurm ended: CANCELLED"));
  EXPECT_THAT(content("fake/calls"), HasSubstr("--jobs=101_3 "));
  EXPECT_EQ(calls("sbatch"), 1u);
}

#ifdef WB_HAS_TORCH
TEST_F(SweepLauncherTest, ModelsWithLibTorchAreTrained) {
  succeed({"sweep", "small.yaml", "model.nplm.dim=3,4", "-o", "out", "--no-report", "--launcher",
           "slurm"});
  succeed({"sweep", "small.yaml", "model.nplm.dim=3,4", "-o", "local", "--no-report"});
  EXPECT_EQ(content("out/table.json"), content("local/table.json"));
  expect_same_run("out/dim=4", "local/dim=4");
  EXPECT_EQ(lines("out/tasks/00001-2.log", "task 2 on "), 1u);
}
#endif

TEST_F(SweepLauncherTest, CtrlCLeavesTheTasksAndTheSameCommandFollowsThem) {
  set("hold");
  for (const int signal : {SIGINT, SIGKILL, SIGTERM}) {
    Process process(command(slurm()), options());
    const std::size_t asked = calls("squeue");
    wait_until([&] { return calls("sbatch") == 1 && calls("squeue") > asked + 1; });
    process.send(signal);
    const auto result = process.wait();
    if (signal == SIGKILL) continue;
    EXPECT_EQ(result.status, 130) << result.err;
    EXPECT_THAT(result.err, HasSubstr("4 tasks are left in the queue of Slurm"));
    EXPECT_THAT(result.err, HasSubstr("scancel 101"));
    EXPECT_THAT(result.err, HasSubstr("follow and continue with: wordbridge sweep pca.yaml"));
  }
  // No other start may train the runs at the same time.
  refuse(sweep(), {"still in the queue of Slurm", "4 tasks of job 101", "scancel 101"});
  refuse(slurm({"--overwrite"}), {"still in the queue of Slurm"});
  Process process(command(slurm()), options());
  const std::size_t asked = calls("squeue");
  wait_until([&] { return calls("squeue") > asked + 1; });
  release("hold");  // once they are followed, so that none has ended before
  const auto result = process.wait();
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("4 runs of an earlier start are followed"));
  EXPECT_EQ(calls("sbatch"), 1u);
  EXPECT_EQ(lines("fake/started", ""), 4u);
  expect_trained_once();
  succeed(sweep({"--overwrite"}));
}

TEST_F(SweepLauncherTest, TasksThatEndWhileNobodyFollowsAreNotTrainedAgain) {
  set("hold");
  Process process(command(slurm()), options());
  wait_until([&] { return calls("squeue") > 0; });
  process.send(SIGKILL);
  process.wait();
  release("hold");
  wait_until([&] { return !has_active_tasks(); });
  set("forget");
  EXPECT_THAT(succeed(slurm()).err, HasSubstr("4 of 4 runs are already complete"));
  EXPECT_EQ(calls("sbatch"), 1u);
  expect_trained_once();
  EXPECT_THAT(content("out/table.md"), Not(HasSubstr("status")));
}

TEST_F(SweepLauncherTest, AJobWhoseNumberWasLostIsFound) {
  set("lose-answer");
  set("hold");
  Process lost(command(slurm()), options());
  wait_until([&] { return calls("squeue") > 1; });
  lost.send(SIGINT);
  EXPECT_THAT(lost.wait().err, HasSubstr("scancel 101"));
  EXPECT_EQ(json("out/tasks/00001.json").at("job"), "101");
  release("lose-answer");
  // Killed before sbatch has answered.
  set("slow");
  const Arguments more = {"sweep", "pca.yaml",    "model.pca.dim=2,3,4", "seed=1,2", "-o",
                          "out",   "--no-report", "--launcher",          "slurm"};
  Process killed(command(more), options());
  wait_until([&] { return calls("sbatch") == 2 && exists("fake/job-102/task-2"); });
  killed.send(SIGKILL);
  killed.wait();
  EXPECT_EQ(json("out/tasks/00002.json").at("job"), "");
  release("slow");
  release("hold");
  succeed(more);
  EXPECT_EQ(calls("sbatch"), 2u);
  EXPECT_EQ(lines("fake/started", ""), 6u);
  expect_trained_once();
}

TEST_F(SweepLauncherTest, AControllerThatDoesNotAnswerEndsNothing) {
  set("hold");
  Process process(command(slurm()), options());
  wait_until([&] { return calls("squeue") > 0; });
  set("silent");
  write("fake/account", "FAILED\n");  // must not be asked
  const std::size_t asked = calls("squeue");
  wait_until([&] { return calls("squeue") > asked + 5; });
  release("hold");
  release("silent");
  const auto result = process.wait();
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("Unable to contact slurm controller"));
  EXPECT_EQ(calls("sbatch"), 1u);
  expect_trained_once();
}

TEST_F(SweepLauncherTest, FailFastCancelsTheOtherTasks) {
  Arguments arguments = slurm({"--fail-fast"});
  arguments[2] = "model.pca.dim=100,2,3,4,5,6,7,8";
  set("lose-2");
  const auto result = run(arguments);
  EXPECT_EQ(result.status, 1) << result.err;
  EXPECT_THAT(result.err, HasSubstr("of 16 runs failed"));
  EXPECT_THAT(result.err, HasSubstr("(--fail-fast)"));
  EXPECT_EQ(calls("scancel"), 1u);
  EXPECT_FALSE(has_active_tasks());
}

TEST_F(SweepLauncherTest, ATaskThatTheUserCancelsIsNotRetried) {
  set("hold");
  Process process(command(slurm({"--retries", "3"})), options());
  wait_until([&] { return calls("squeue") > 0; });
  ProcessOptions here = options();
  Process({(folder_ / "bin/scancel").string(), "101"}, here).wait();
  const auto result = process.wait();
  EXPECT_EQ(result.status, 1) << result.err;
  EXPECT_THAT(result.err, HasSubstr("4 of 4 runs failed"));
  EXPECT_THAT(result.err, HasSubstr("task 101_4 of Slurm ended: CANCELLED"));
  EXPECT_EQ(calls("sbatch"), 1u);
}

TEST_F(SweepLauncherTest, ATaskOfAListThatHasEndedDoesNothing) {
  succeed(slurm());
  std::filesystem::remove(folder_ / "out/dim=2/seed-1/summary.json");
  const std::string list = "out/tasks/00001.json";
  EXPECT_THAT(succeed({"sweep-task", list, "1"}).err, HasSubstr("not needed any more"));
  EXPECT_FALSE(exists("out/dim=2/seed-1/summary.json"));
  auto content = json(list);
  content["has_ended"] = false;
  write(list, content.dump());
  succeed({"sweep-task", list, "1"});
  EXPECT_TRUE(exists("out/dim=2/seed-1/summary.json"));
  fail({"sweep-task", list, "5"}, {"no such task", "from 1 to 4"});
  write(list, "{}");
  fail({"sweep-task", list, "1"}, {"the list of tasks is damaged"});
}

TEST_F(SweepLauncherTest, ParallelTrainsAllRuns) {
  const auto result =
      succeed(parallel({"--sshlogin", "4/far,:", "--sshloginfile", "hosts", "--jobs", "2"}));
  expect_trained_once();
  expect_as_local();
  EXPECT_THAT(content("fake/calls"),
              HasSubstr("parallel --sshlogin 4/far,: --sshloginfile hosts --jobs 2 --joblog "));
  EXPECT_THAT(content("fake/calls"), HasSubstr("--sharing 2 ::: 1 2 3 4\n"));
  EXPECT_THAT(result.err, HasSubstr("with GNU parallel, 2 at a time on each machine"));
  EXPECT_EQ(json("out/tasks/00001.json").at("has_ended"), true);
}

TEST_F(SweepLauncherTest, WhatFailsWithParallelIsNamedAndRetried) {
  set("no-host");
  const auto result = run(parallel({"--retries", "1"}));
  EXPECT_EQ(result.status, 1) << result.err;
  EXPECT_THAT(result.err, HasSubstr("4 of 4 runs failed"));
  EXPECT_THAT(result.err, HasSubstr("dim=3 seed 2: the task on far ended with status 255"));
  EXPECT_THAT(result.err, HasSubstr("ssh: connect to host far port 22: Connection refused"));
  EXPECT_EQ(calls("parallel"), 2u);
  release("no-host");
  Arguments arguments = parallel({"--fail-fast"});
  arguments[2] = "model.pca.dim=100,2,3";
  const auto stopped = run(arguments);
  EXPECT_EQ(stopped.status, 1) << stopped.err;
  EXPECT_THAT(stopped.err, HasSubstr("dim=100 seed 1: more components than"));
  EXPECT_THAT(stopped.err, HasSubstr("(--fail-fast)"));
  succeed(parallel());
  expect_trained_once();
}

TEST_F(SweepLauncherTest, ParallelStopsAndTheSameCommandGoesOn) {
  // Runs of a few tenths of a second each.
  Arguments arguments = {"sweep",       "pca.yaml",   "model.pca.dim=2,3,4,5,6,7,8,9",
                         "seed=1,2,3",  "-o",         "out",
                         "--no-report", "--launcher", "parallel"};
  Process process(command(arguments), options());
  wait_until([&] { return exists("out/dim=2/seed-2/summary.json"); });
  process.send(SIGINT);
  const auto result = process.wait();
  EXPECT_EQ(result.status, 130) << result.err;
  EXPECT_THAT(result.err, HasSubstr("resume with: wordbridge sweep pca.yaml"));
  EXPECT_FALSE(exists("out/dim=9/seed-3/summary.json"));
  succeed(arguments);
  expect_trained_once();
  EXPECT_EQ(calls("parallel"), 2u);
}

TEST_F(SweepLauncherTest, LocalRunsAreRetriedAndStoppedAtTheFirstFailure) {
  const auto result = run(sweep({"model.pca.counts.window=1", "--fail-fast", "--jobs", "1"}));
  EXPECT_EQ(result.status, 0) << result.err;
  Arguments arguments = sweep({"--retries", "2", "--fail-fast", "--jobs", "1"});
  arguments[2] = "model.pca.dim=2,100,4";
  arguments[5] = "second";
  const auto failed = run(arguments);
  EXPECT_EQ(failed.status, 1) << failed.err;
  EXPECT_THAT(failed.err, HasSubstr("retry 1 of 2"));
  EXPECT_THAT(failed.err, HasSubstr("retry 2 of 2"));
  EXPECT_THAT(failed.err, HasSubstr("1 of 6 runs failed"));
  EXPECT_TRUE(exists("second/dim=4/summary.json"));  // retries come last
  arguments = sweep({"--fail-fast", "--jobs", "1"});
  arguments[2] = "model.pca.dim=2,100,4";
  arguments[5] = "third";
  const auto stopped = run(arguments);
  EXPECT_EQ(stopped.status, 1) << stopped.err;
  EXPECT_THAT(stopped.err, HasSubstr("1 of 6 runs failed, 3 stopped or not started (--fail-fast)"));
  EXPECT_TRUE(exists("third/dim=2/summary.json"));
  EXPECT_FALSE(exists("third/dim=4/summary.json"));
  EXPECT_THAT(stopped.out, HasSubstr("not begun"));
}

}  // namespace
}  // namespace wordbridge
