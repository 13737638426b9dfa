#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>
#include <thread>

#include "tests/cli/cli_test.h"

// One training on several processes of this machine, started with the environment variables of
// torchrun.

namespace wordbridge {
namespace {

class DistributedTest : public CliTest {
 protected:
  void SetUp() override {
#ifndef WB_HAS_GLOO
    GTEST_SKIP() << "LibTorch has no Gloo";
#endif
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "LibTorch's Gloo is not built with sanitizers";
#endif
    port_ = std::to_string(free_port());
  }

  static int free_port() {
    const int file = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const bool bound = ::bind(file, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                       ::getsockname(file, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    ::close(file);
    EXPECT_TRUE(bound);
    return ntohs(address.sin_port);
  }

  ProcessOptions place(int rank, int size) const {
    ProcessOptions own = options();
    own.environment["RANK"] = own.environment["LOCAL_RANK"] = std::to_string(rank);
    own.environment["WORLD_SIZE"] = own.environment["LOCAL_WORLD_SIZE"] = std::to_string(size);
    own.environment["MASTER_ADDR"] = "127.0.0.1";
    own.environment["MASTER_PORT"] = port_;
    return own;
  }
  std::unique_ptr<Process> start(const Arguments& arguments, int rank, int size) const {
    return std::make_unique<Process>(command(arguments), place(rank, size));
  }
  std::vector<std::unique_ptr<Process>> start_all(const Arguments& arguments, int size) const {
    std::vector<std::unique_ptr<Process>> processes;
    for (int rank = 0; rank < size; ++rank) processes.push_back(start(arguments, rank, size));
    return processes;
  }
  /// Runs the command in `size` processes, all of which must succeed.
  void succeed_on(int size, const Arguments& arguments) {
    port_ = std::to_string(free_port());
    for (const auto& process : start_all(arguments, size)) {
      const ProcessResult result = process->wait();
      EXPECT_EQ(result.status, 0) << told(arguments, result);
    }
  }
  /// Runs different commands in as many processes, all of which must fail with these messages.
  void fail_on(const std::vector<Arguments>& commands, const std::vector<std::string>& messages) {
    std::vector<std::unique_ptr<Process>> processes;
    const int size = static_cast<int>(commands.size());
    for (int rank = 0; rank < size; ++rank)
      processes.push_back(start(commands[static_cast<std::size_t>(rank)], rank, size));
    for (std::size_t i = 0; i < processes.size(); ++i) {
      const ProcessResult result = processes[i]->wait();
      EXPECT_EQ(result.status, 1) << told(commands[i], result);
      EXPECT_THAT(result.err, testing::HasSubstr(messages[i])) << told(commands[i], result);
    }
  }
  static Arguments train(const std::string& out, const Arguments& settings) {
    Arguments arguments = {"train", "small.yaml", "--out", out, "train.shards=4"};
    arguments.insert(arguments.end(), settings.begin(), settings.end());
    return arguments;
  }

  void expect_same_on_all(const Arguments& settings) {
    succeed(train("one", settings));
    succeed_on(2, train("two", settings));
    succeed_on(4, train("four", settings));
    expect_same_run("one", "two");
    expect_same_run("one", "four");
  }
  /// Waits until metrics.jsonl has `lines` lines.
  void wait_for_lines(const std::string& folder, long lines) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(120);
    while (std::chrono::steady_clock::now() < deadline) {
      if (exists(folder + "/metrics.jsonl")) {
        const std::string metrics = content(folder + "/metrics.jsonl");
        if (std::count(metrics.begin(), metrics.end(), '\n') >= lines) return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    FAIL() << folder << " did not come to " << lines << " lines";
  }
  /// Trains in two processes, the second of which works in the folder `there`. The path of the text
  /// is relative to it.
  std::pair<ProcessResult, ProcessResult> train_in_two_folders() const {
    std::filesystem::create_directories(folder_ / "there");
    ProcessOptions elsewhere = place(1, 2);
    elsewhere.folder = folder_ / "there";
    Arguments there = train("run", {});
    there[1] = "../small.yaml";
    const auto first = start(train("run", {}), 0, 2);
    Process second(command(there), elsewhere);
    const ProcessResult other = second.wait();
    return {first->wait(), other};
  }
  /// A text of some 40,000 words, long.txt.
  void write_long_text() const {
    std::string text;
    for (const auto& token : toy_tokens(6000)) text += token + (token == "." ? "\n" : " ");
    write("long.txt", text);
  }
  static Arguments word2vec(const Arguments& settings) {
    Arguments arguments = {"data.path=long.txt",
                           "model.type=word2vec",
                           "model.word2vec.dim=5",
                           "model.word2vec.sample=0",
                           "model.word2vec.keep_contexts=true",
                           "model.word2vec.log_steps=8",
                           "train.lr=0.05"};
    arguments.insert(arguments.end(), settings.begin(), settings.end());
    return arguments;
  }
  static Arguments long_training(const std::string& out) {
    return train(out, {"train.epochs=5", "train.batch_size=16", "train.log_steps=1",
                       "train.checkpoint_steps=97"});
  }

  std::string port_;
};

TEST_F(DistributedTest, FullSoftmaxHasTheSameBits) {
  expect_same_on_all({"model.nplm.dropout=0.2", "model.nplm.bags=[5]"});
}

TEST_F(DistributedTest, ADividedOutputLayerHasTheSameBits) {
  expect_same_on_all({"train.divide_output=true", "model.nplm.dropout=0.2",
                      "model.nplm.direct=true", "model.nplm.export=output",
                      "train.average_epochs=1", "model.nplm.output.full.filter=1e-4"});
  for (const char* const folder : {"one", "two", "four"})
    std::filesystem::remove_all(folder_ / folder);
  // Fewer words in a batch than shards, and the last batch is shorter.
  expect_same_on_all({"train.divide_output=true", "train.batch_size=13", "train.optimizer=sgd",
                      "train.momentum=0.9", "train.lr=0.5"});
}

TEST_F(DistributedTest, ADividedOutputLayerOfSequencesHasTheSameBits) {
  expect_same_on_all(
      {"train.divide_output=true", "model.type=transformer", "model.transformer.dim=8",
       "model.transformer.heads=2", "model.transformer.layers=1", "model.transformer.tied=false",
       "model.transformer.sequences.length=8", "model.transformer.sequences.overlap=2"});
}

TEST_F(DistributedTest, ADividedOutputLayerIsResumedOnAnotherNumberOfProcesses) {
  const Arguments divided = {"train.divide_output=true", "train.epochs=3",
                             "train.checkpoint_steps=2"};
  succeed(train("one", divided));
  Arguments part = divided;
  part.insert(part.end(), {"--stop-after-step", "15"});
  succeed_on(4, train("run", part));
  succeed_on(2, {"resume", "run", "--stop-after-step", "37"});
  succeed({"resume", "run"});
  expect_same_run("one", "run");
}

TEST_F(DistributedTest, OneProcessReproducesARunOfTwo) {
  succeed_on(2, train("run", {}));
  EXPECT_THAT(succeed({"reproduce", "run"}).out, testing::HasSubstr("bit-identical"));
  succeed_on(2, {"reproduce", "run"});
}

TEST_F(DistributedTest, SampledOutputLayersHaveTheSameBits) {
  expect_same_on_all({"model.nplm.output.type=nce", "model.nplm.output.nce.samples=5"});
  for (const char* const folder : {"one", "two", "four"})
    std::filesystem::remove_all(folder_ / folder);
  expect_same_on_all({"model.nplm.output.type=sampled", "model.nplm.output.sampled.samples=10",
                      "train.lazy_rows=true"});
}

TEST_F(DistributedTest, SequencesHaveTheSameBits) {
  expect_same_on_all({"model.type=transformer", "model.transformer.dim=8",
                      "model.transformer.heads=2", "model.transformer.layers=1",
                      "model.transformer.dropout=0.1", "model.transformer.sequences.length=8",
                      "model.transformer.sequences.overlap=2"});
}

TEST_F(DistributedTest, AStateThatIsCarriedOnHasTheSameBits) {
  // The last batch of an epoch is shorter, so that its sequences belong to other shards.
  const Arguments lstm = {"model.type=lstm",      "model.lstm.dim=8",
                          "model.lstm.layers=2",  "model.lstm.dropout=0.1",
                          "train.batch_size=88",  "model.lstm.sequences.length=8",
                          "train.optimizer=adam", "train.lr=0.01"};
  expect_same_on_all(lstm);
  Arguments part = lstm;
  part.insert(part.end(), {"--stop-after-step", "7"});
  succeed_on(4, train("run", part));
  succeed_on(2, {"resume", "run", "--stop-after-step", "9"});
  succeed({"resume", "run"});
  expect_same_run("one", "run");
  // A divided output layer carries it on, too.
  Arguments divided = lstm;
  divided.insert(divided.end(), {"train.divide_output=true", "model.lstm.tied=false"});
  succeed(train("divided-one", divided));
  succeed_on(4, train("divided-four", divided));
  expect_same_run("divided-one", "divided-four");
}

TEST_F(DistributedTest, Word2vecHasTheSameBits) {
  write_long_text();
  Arguments two_threads = word2vec({});
  two_threads.push_back("threads=2");
  succeed(train("one", word2vec({})));
  succeed_on(2, train("two", two_threads));
  succeed_on(4, train("four", word2vec({})));
  expect_same_run("one", "two");
  expect_same_run("one", "four");
  // Several updates, whose shards really are trained apart.
  succeed(train("plain", word2vec({"train.shards=1"})));
  EXPECT_NE(content("plain/contexts.txt"), content("one/contexts.txt"));
  EXPECT_NE(content("one/metrics.jsonl").find("\"step\":32,\"loss\""), std::string::npos);
}

TEST_F(DistributedTest, SubwordsAndDictionariesHaveTheSameBits) {
  write_long_text();
  write("pairs.tsv", "man\twoman\napple\torange\n");
  succeed(train("one", word2vec({"model.word2vec.ngrams.buckets=500"})));
  succeed_on(2, train("two", word2vec({"model.word2vec.ngrams.buckets=500"})));
  expect_same_run("one", "two");
  const Arguments pairs = {"data.path=long.txt", "model.type=dict2vec", "model.dict2vec.dim=5",
                           "model.dict2vec.pairs.file=pairs.tsv", "train.lr=0.05"};
  succeed(train("pairs-one", pairs));
  succeed_on(2, train("pairs-two", pairs));
  expect_same_run("pairs-one", "pairs-two");
}

TEST_F(DistributedTest, AKilledWord2vecResumesOnAnotherNumberOfProcesses) {
  write_long_text();
  succeed(train("whole", word2vec({"train.epochs=40"})));
  const auto processes = start_all(train("killed", word2vec({"train.epochs=40"})), 4);
  wait_for_lines("killed", 30);
  processes[2]->send(SIGKILL);
  for (const int other : {0, 1, 3}) {
    const ProcessResult result = processes[static_cast<std::size_t>(other)]->wait();
    EXPECT_EQ(result.status, 1) << result.err;
    EXPECT_THAT(result.err, testing::HasSubstr("process 2 of 4 has ended")) << result.err;
  }
  processes[2]->wait();
  EXPECT_FALSE(exists("killed/summary.json"));
  succeed_on(2, {"resume", "killed"});
  expect_same_run("whole", "killed");
}

TEST_F(DistributedTest, ProcessesThatReadDifferentPairsDoNotTrain) {
  write_long_text();
  std::filesystem::create_directories(folder_ / "there");
  write("there/long.txt", content("long.txt"));
  write("pairs.tsv", "man\twoman\n");
  write("there/pairs.tsv", "apple\torange\n");
  const Arguments arguments =
      train("run", {"data.path=long.txt", "model.type=dict2vec", "model.dict2vec.dim=5",
                    "model.dict2vec.pairs.file=pairs.tsv", "train.lr=0.05"});
  ProcessOptions elsewhere = place(1, 2);
  elsewhere.folder = folder_ / "there";
  Arguments there = arguments;
  there[1] = "../small.yaml";
  const auto first = start(arguments, 0, 2);
  Process second(command(there), elsewhere);
  for (const ProcessResult& result : {second.wait(), first->wait()}) {
    EXPECT_EQ(result.status, 1) << result.err;
    EXPECT_THAT(result.err, testing::HasSubstr("what process 1 reads besides the text"))
        << result.err;
  }
}

TEST_F(DistributedTest, TiedRowsAndThreadsDoNotMatter) {
  const Arguments tied = {"model.nplm.tied=true", "model.nplm.hidden=[4]", "train.clip_norm=0.1",
                          "train.average_epochs=1"};
  succeed(train("one", tied));
  auto two_threads = tied;
  two_threads.push_back("threads=2");
  succeed_on(2, train("two", two_threads));
  expect_same_run("one", "two");
}

TEST_F(DistributedTest, OneProcessPerShardIsTheDefault) {
  succeed_on(2, {"train", "small.yaml", "--out", "two"});
  EXPECT_THAT(content("two/config.yaml"), testing::HasSubstr("shards: 2"));
  succeed({"train", "small.yaml", "--out", "one", "train.shards=2"});
  expect_same_run("one", "two");
}

TEST_F(DistributedTest, AKilledProcessEndsAllAndTheRunResumesOnAnotherNumber) {
  succeed(long_training("whole"));
  for (const int rank : {1, 0}) {
    port_ = std::to_string(free_port());
    const std::string folder = "killed-" + std::to_string(rank);
    const auto processes = start_all(long_training(folder), 2);
    wait_for_lines(folder, 150);
    processes[static_cast<std::size_t>(rank)]->send(SIGKILL);
    const ProcessResult other = processes[static_cast<std::size_t>(1 - rank)]->wait();
    EXPECT_EQ(other.status, 1) << other.err;
    EXPECT_THAT(other.err,
                testing::HasSubstr("process " + std::to_string(rank) + " of 2 has ended"))
        << other.err;
    processes[static_cast<std::size_t>(rank)]->wait();
    succeed_on(4, {"resume", folder});
    expect_same_run("whole", folder);
  }
}

TEST_F(DistributedTest, CtrlCInOneProcessStopsAll) {
  succeed(long_training("whole"));
  const auto processes = start_all(long_training("stopped"), 2);
  wait_for_lines("stopped", 150);
  processes[1]->send(SIGINT);
  EXPECT_EQ(processes[1]->wait().status, 130);
  const ProcessResult first = processes[0]->wait();
  EXPECT_EQ(first.status, 0) << first.err;
  EXPECT_THAT(first.err, testing::HasSubstr("wordbridge resume stopped")) << first.err;
  succeed({"resume", "stopped"});
  expect_same_run("whole", "stopped");
}

TEST_F(DistributedTest, AFileCanBeTheStore) {
  const std::string store = "distributed.store=file:" + (folder_ / "store").string();
  succeed_on(2, train("two", {store}));
  succeed(train("one", {}));
  expect_same_run("one", "two");
}

TEST_F(DistributedTest, AMissingProcessIsAnError) {
  const Arguments command = train("run", {"distributed.timeout=2s"});
  const auto first = start(command, 0, 3), second = start(command, 1, 3);
  for (const auto* process : {&first, &second}) {
    const ProcessResult result = (*process)->wait();
    EXPECT_EQ(result.status, 1) << result.err;
    // The server of the store ends with process 0.
    EXPECT_THAT(result.err, testing::AnyOf(testing::HasSubstr("no process with rank 2"),
                                           testing::HasSubstr("can't reach the store")));
  }
  EXPECT_FALSE(exists("run"));
}

TEST_F(DistributedTest, AStoreThatIsNotThereIsAnError) {
  const ProcessResult result = start(train("run", {"distributed.timeout=1s"}), 1, 2)->wait();
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, testing::HasSubstr("can't reach the store")) << result.err;
}

TEST_F(DistributedTest, AnErrorInOneProcessIsToldByAll) {
  const auto [first, second] = train_in_two_folders();  // the second has no text
  EXPECT_EQ(second.status, 1) << second.err;
  EXPECT_THAT(second.err, testing::HasSubstr("text.txt"));
  EXPECT_EQ(first.status, 1) << first.err;
  EXPECT_THAT(first.err, testing::HasSubstr("process 1 of 2: no such file or folder"));
  EXPECT_FALSE(exists("run/summary.json"));
}

TEST_F(DistributedTest, ProcessesThatReadDifferentTextsDoNotTrain) {
  write("there/text.txt", content("text.txt") + "one more line\n");
  const auto [first, second] = train_in_two_folders();
  for (const ProcessResult& result : {first, second}) {
    EXPECT_EQ(result.status, 1) << result.err;
    EXPECT_THAT(result.err, testing::HasSubstr("the processes differ"));
    EXPECT_THAT(result.err, testing::HasSubstr("of process 1"));
  }
}

TEST_F(DistributedTest, WhatCanNotBeDividedIsAnErrorInAll) {
  const auto both = [&](const Arguments& settings, const std::string& message) {
    port_ = std::to_string(free_port());
    fail_on({train("run", settings), train("run", settings)}, {message, message});
    EXPECT_FALSE(exists("run"));
  };
  both({"model.type=pca"}, "can't be trained on several processes");
  both({"model.type=glove"}, "can't be trained in shards");
  both({"train.shards=1"}, "can't be divided");
  both({"train.divide_output=true", "model.nplm.tied=true", "model.nplm.hidden=[4]"},
       "tied: false");
  both({"train.divide_output=true", "model.nplm.output.type=nce"}, "output.type: full");
  both({"train.divide_output=true", "train.clip_norm=1"}, "not supported with train.clip_norm");
  both({"train.restarts=2"}, "train.restarts");
  both({"--seeds", "1,2"}, "several seeds");
  succeed({"train", "small.yaml", "--out", "one", "--stop-after-epoch", "1"});
  port_ = std::to_string(free_port());
  fail_on({{"resume", "one"}, {"resume", "one"}}, {"train.shards: 1", "train.shards: 1"});
  port_ = std::to_string(free_port());
  const Arguments three = train("run", {"train.shards=8"});
  fail_on({three, three, three}, {"3 processes", "3 processes", "3 processes"});
}

}  // namespace
}  // namespace wordbridge
