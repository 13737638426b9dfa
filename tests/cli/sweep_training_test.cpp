#include <algorithm>
#include <fstream>
#include <thread>

#include "tests/cli/cli_test.h"

// Sweeps of models trained by gradients, long enough to be stopped and killed.

namespace wordbridge {
namespace {

using testing::HasSubstr;

class SweepTrainingTest : public CliTest {
 protected:
  /// Two points with two seeds each; a run takes about half a second.
  static Arguments sweep(const std::string& folder, const Arguments& more = {},
                         const std::string& epochs = "15") {
    Arguments arguments = {"sweep",
                           "small.yaml",
                           "train.epochs=" + epochs,
                           "train.batch_size=16",
                           "train.log_steps=1",
                           "model.nplm.hidden=[8],[6,6]",
                           "seed=1,2",
                           "--no-report",
                           "--out",
                           folder};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  std::size_t lines(const std::string& run) const {
    const std::string metrics = content(run + "/metrics.jsonl");
    return static_cast<std::size_t>(std::count(metrics.begin(), metrics.end(), '\n'));
  }

  void wait_for(Process& process, const std::string& run, std::size_t count) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (process.running() && std::chrono::steady_clock::now() < deadline && lines(run) < count)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  void expect_same_sweep(const std::string& a, const std::string& b) const {
    for (const char* const point : {"/hidden=[8]", "/hidden=[6,6]"}) {
      for (const char* const seed : {"/seed-1", "/seed-2"})
        expect_same_run(a + point + seed, b + point + seed);
      EXPECT_EQ(content(a + point + "/summary.json"), content(b + point + "/summary.json"));
    }
    EXPECT_EQ(content(a + "/table.json"), content(b + "/table.json"));
  }
};

TEST_F(SweepTrainingTest, CtrlCSavesAndTheSameCommandGoesOn) {
  succeed(sweep("whole", {"--jobs", "2"}));
  for (const char* const jobs : {"1", "2"}) {
    const std::string folder = std::string("stopped-") + jobs;
    Process process(command(sweep(folder, {"--jobs", jobs})), options());
    wait_for(process, folder + "/hidden=[8]/seed-1", 300);
    process.send(SIGINT);
    const auto result = process.wait();
    EXPECT_EQ(result.status, 130) << result.err;
    EXPECT_THAT(result.err, HasSubstr("wordbridge sweep small.yaml"));
    EXPECT_THAT(result.err, HasSubstr("'model.nplm.hidden=[8],[6,6]'"));
    EXPECT_THAT(result.out, HasSubstr("not "));
    EXPECT_TRUE(exists(folder + "/hidden=[8]/seed-1/checkpoints/latest.wb"));
    EXPECT_FALSE(exists(folder + "/hidden=[8]/seed-1/error.txt"));
    EXPECT_THAT(run(sweep(folder, {"--dry-run"})).out, HasSubstr("to resume    hidden=[8] seed 1"));
    succeed(sweep(folder, {"--jobs", jobs}));
    expect_same_sweep("whole", folder);
  }
}

/// Any child of the process, or -1.
pid_t child_of(pid_t parent) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream stat(entry.path() / "stat");
    pid_t process = 0, its_parent = 0;
    std::string name, state;
    if (stat >> process >> name >> state >> its_parent && its_parent == parent) return process;
  }
  return -1;
}

TEST_F(SweepTrainingTest, ARunThatIsKilledCostsNoOther) {
  succeed(sweep("whole"));
  Process process(command(sweep("killed", {"--jobs", "1"})), options());
  wait_for(process, "killed/hidden=[8]/seed-2", 50);
  const pid_t child = child_of(process.id());
  ASSERT_GT(child, 0);
  ::kill(child, SIGKILL);
  const auto result = process.wait();
  EXPECT_EQ(result.status, 1) << result.err;
  EXPECT_THAT(result.err, HasSubstr("1 of 4 runs failed"));
  EXPECT_THAT(result.err, HasSubstr("hidden=[8] seed 2: terminated by signal 9"));
  EXPECT_THAT(content("killed/hidden=[8]/seed-2/error.txt"), HasSubstr("signal 9"));
  EXPECT_TRUE(exists("killed/hidden=[6,6]/summary.json"));
  succeed(sweep("killed"));
  EXPECT_FALSE(exists("killed/hidden=[8]/seed-2/error.txt"));
  expect_same_sweep("whole", "killed");
}

TEST_F(SweepTrainingTest, WhenTheSweepIsKilledItsRunsStop) {
  Process process(command(sweep("killed", {"--jobs", "1"}, "100000")), options());
  wait_for(process, "killed/hidden=[8]/seed-1", 50);
  const pid_t child = child_of(process.id());
  ASSERT_GT(child, 0);
  process.send(SIGKILL);
  EXPECT_EQ(process.wait().signal, SIGKILL);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (::kill(child, 0) == 0 && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_TRUE(exists("killed/hidden=[8]/seed-1/checkpoints/latest.wb"));
}

TEST_F(SweepTrainingTest, ModelsOfBothKindsInOneSweep) {
  write("pairs.tsv", "dog\tcat\t9\nman\twoman\t8\nman\tapple\t1\neats\tsees\t7\n");
  const auto result = succeed({"sweep", "small.yaml", "model.type=pca,nplm", "seed=1,2",
                               "eval.similarity=pairs.tsv", "--out", "out"});
  succeed({"train", "small.yaml", "model.type=nplm", "seed=2", "eval.similarity=pairs.tsv", "--out",
           "one"});
  expect_same_run("out/type=nplm/seed-2", "one");
  for (const char* const column :
       {"valid_perplexity", "test_perplexity", "similarity pairs spearman"})
    EXPECT_THAT(result.out, HasSubstr(column));
  EXPECT_TRUE(exists("out/report.html"));
}

}  // namespace
}  // namespace wordbridge
