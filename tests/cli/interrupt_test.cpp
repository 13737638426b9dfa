#include <algorithm>
#include <thread>

#include "tests/cli/cli_test.h"

// Runs that are stopped by a signal and resumed produce the same bytes as an uninterrupted run.

namespace wordbridge {
namespace {

class InterruptTest : public CliTest {
 protected:
  /// A run of about half a second, with one line in metrics.jsonl per update.
  static Arguments long_run(const std::string& folder) {
    return {"train",
            "small.yaml",
            "train.epochs=15",
            "train.batch_size=16",
            "train.log_steps=1",
            "train.checkpoint_steps=97",
            "--out",
            folder};
  }

  /// Sends the signal as soon as metrics.jsonl has `lines` lines, and waits for the process to end.
  ProcessResult interrupt(const Arguments& arguments, const std::string& folder, long lines,
                          int signal) const {
    Process process(command(arguments), options());
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (process.running() && std::chrono::steady_clock::now() < deadline) {
      const std::string metrics = content(folder + "/metrics.jsonl");
      if (exists(folder + "/config.yaml") &&
          std::count(metrics.begin(), metrics.end(), '\n') >= lines)
        break;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    process.send(signal);
    return process.wait();
  }
};

TEST_F(InterruptTest, CtrlCSavesAndResumeFinishes) {
  succeed(long_run("whole"));
  for (const int signal : {SIGINT, SIGTERM}) {
    const std::string folder = "stopped-" + std::to_string(signal);
    const auto result = interrupt(long_run(folder), folder, 300, signal);
    EXPECT_EQ(result.status, 130) << result.err;
    EXPECT_THAT(result.err, testing::HasSubstr("wordbridge resume " + folder));
    EXPECT_TRUE(exists(folder + "/checkpoints/latest.wb"));
    EXPECT_FALSE(exists(folder + "/summary.json"));
    succeed({"resume", folder});
    expect_same_run("whole", folder);
  }
}

TEST_F(InterruptTest, ARunThatIsKilledAgainAndAgainIsFinished) {
  succeed(long_run("whole"));
  Arguments next = long_run("killed");
  // Twice before the first checkpoint (update 97), then in the second epoch (an epoch has 102
  // updates), then later.
  for (const long lines : {0L, 20L, 150L, 500L, 1000L}) {
    const auto result = interrupt(next, "killed", lines, SIGKILL);
    EXPECT_EQ(result.signal, SIGKILL) << lines << " lines: " << result.err;
    EXPECT_FALSE(exists("killed/summary.json"));
    next = {"resume", "killed"};
  }
  succeed(next);
  expect_same_run("whole", "killed");
}

TEST_F(InterruptTest, ARunThatIsKilledBeforeItsFirstCheckpointStartsAgain) {
  const auto never = [](Arguments arguments) {
    arguments.push_back("train.checkpoint_steps=0");
    return arguments;
  };
  succeed(never(long_run("whole")));
  const auto result = interrupt(never(long_run("killed")), "killed", 5, SIGKILL);
  EXPECT_EQ(result.signal, SIGKILL) << result.err;
  succeed({"resume", "killed"});
  expect_same_run("whole", "killed");
}

}  // namespace
}  // namespace wordbridge
