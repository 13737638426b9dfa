#include <cmath>

#include "tests/cli/cli_test.h"

// Experiments with models that are trained by gradients.

namespace wordbridge {
namespace {

using testing::HasSubstr;
using testing::Not;

class TrainingTest : public CliTest {
 protected:
  void train(const std::string& folder, const Arguments& more) const {
    Arguments arguments = {"train", "small.yaml", "--out", folder};
    arguments.insert(arguments.end(), more.begin(), more.end());
    succeed(arguments);
  }
};

TEST_F(TrainingTest, OneSeedGivesTheSameBytesWithAnyThreads) {
  train("a", {});
  train("b", {"--overwrite"});
  train("c", {"threads=2"});
  train("d", {"seed=2"});
  expect_same_run("a", "b");
  expect_same_run("a", "c");
  EXPECT_NE(content("a/vectors.txt"), content("d/vectors.txt"));
}

TEST_F(TrainingTest, PiecesGiveTheSameBytes) {
  const std::string dropout = "model.nplm.dropout=0.2", log = "train.log_steps=3";
  train("whole", {"train.epochs=6", dropout, log});
  train("epochs", {"train.epochs=6", dropout, log, "--stop-after-epoch", "2"});
  EXPECT_FALSE(exists("epochs/summary.json"));
  const std::string metrics = content("epochs/metrics.jsonl");
  for (const char* const epoch : {"1", "2"}) {  // already complete: nothing is trained
    succeed({"resume", "epochs", "--stop-after-epoch", epoch});
    EXPECT_EQ(content("epochs/metrics.jsonl"), metrics);
  }
  succeed({"resume", "epochs"});
  expect_same_run("whole", "epochs");
  // Stops in the middle of an epoch (of 26 updates), twice.
  train("steps", {"train.epochs=6", dropout, log, "--stop-after-step", "31"});
  succeed({"resume", "steps", "--stop-after-step", "40"});
  const std::string log_of_steps = content("steps/metrics.jsonl");
  succeed({"resume", "steps", "--stop-after-step", "40"});
  EXPECT_EQ(content("steps/metrics.jsonl"), log_of_steps);
  EXPECT_FALSE(exists("steps/summary.json"));
  succeed({"resume", "steps"});
  expect_same_run("whole", "steps");
}

TEST_F(TrainingTest, AnotherModelOrDepthIsOneOverride) {
  write("pairs.tsv", "dog\tcat\t9\nman\twoman\t8\nman\tapple\t1\neats\tsees\t7\n");
  train("nplm", {});
  train("deep", {"model.nplm.hidden=[8,8]"});
  train("pca", {"model.type=pca"});
  const auto result = succeed(
      {"eval", "nplm", "deep", "pca", "--similarity", "pairs.tsv", "--json", "scores.json"});
  for (const char* const run : {"nplm", "deep", "pca"}) {
    EXPECT_THAT(result.out, HasSubstr(run));
    const auto scores = json("scores.json").at(run);
    EXPECT_EQ(scores.at("dim"), 4) << run;
    EXPECT_EQ(scores.at("scores").at(0).at("used"), 4) << run;
  }
  EXPECT_NE(content("nplm/vectors.txt"), content("deep/vectors.txt"));
}

TEST_F(TrainingTest, SeedsGiveMeanAndStandardDeviation) {
  train("seeds", {"--seeds", "1,2,3", "train.epochs=2"});
  train("two", {"seed=2", "train.epochs=2"});
  expect_same_run("two", "seeds/seed-2");
  const auto summary = json("seeds/summary.json");
  const auto value = [&](int seed) {
    return json("seeds/seed-" + std::to_string(seed) + "/summary.json")
        .at("results")
        .at("test_perplexity")
        .get<double>();
  };
  const double a = value(1), b = value(2), c = value(3), mean = (a + b + c) / 3;
  const double sd =
      std::sqrt(((a - mean) * (a - mean) + (b - mean) * (b - mean) + (c - mean) * (c - mean)) / 2);
  ASSERT_GT(sd, 0);
  const auto& result = summary.at("results").at("test_perplexity");
  EXPECT_NEAR(result.at("mean").get<double>(), mean, 1e-12 * mean);
  EXPECT_NEAR(result.at("sd").get<double>(), sd, 1e-9 * sd);
  EXPECT_EQ(result.at("runs"), 3);
}

TEST_F(TrainingTest, SeedsThatWereStoppedGoOn) {
  train("whole", {"--seeds", "1,2", "train.epochs=2"});
  train("cut", {"--seeds", "1,2", "train.epochs=2", "--stop-after-step", "7"});
  EXPECT_FALSE(exists("cut/summary.json"));
  EXPECT_FALSE(exists("cut/seed-2/summary.json"));
  fail({"train", "small.yaml", "--out", "cut", "--seeds", "1,2"}, {"cut", "resume cut"}, 1);
  succeed({"resume", "cut"});
  expect_same_run("whole/seed-1", "cut/seed-1");
  expect_same_run("whole/seed-2", "cut/seed-2");
  EXPECT_EQ(content("whole/summary.json"), content("cut/summary.json"));
}

TEST_F(TrainingTest, ARefusedTextCostsNoRunThatWasToBeOverwritten) {
  train("run", {});
  const std::string before = content("run/summary.json");
  fail({"train", "small.yaml", "data.path=none.txt", "--out", "run", "--overwrite"}, {"none.txt"},
       1);
  EXPECT_EQ(content("run/summary.json"), before);
}

TEST_F(TrainingTest, ADumpedConfigurationGivesTheSameRun) {
  train("a", {"train.optimizer=adagrad", "train.lr=0.05"});
  const auto dump =
      succeed({"train", "small.yaml", "train.optimizer=adagrad", "train.lr=0.05", "--dump-config"});
  write("dump.yaml", dump.out);
  succeed({"train", "dump.yaml", "--out", "b"});
  expect_same_run("a", "b");
}

TEST_F(TrainingTest, ADryRunWritesNoRun) {
  const auto result = succeed({"train", "small.yaml", "--dry-run"});
  EXPECT_THAT(result.err, HasSubstr("parameters"));
  EXPECT_FALSE(exists("runs"));
}

TEST_F(TrainingTest, StandardInputIsReadByTheCompanion) {
  train("file", {});
  ProcessOptions piped = options();
  piped.input = content("text.txt");
  succeed({"train", "small.yaml", "data.path=-", "--out", "piped"}, piped);
  expect_same_run("file", "piped");
}

TEST_F(TrainingTest, APipeGetsPlainLines) {
  const auto result = succeed({"train", "small.yaml"});
  EXPECT_THAT(result.err, HasSubstr("epoch 3: train"));
  EXPECT_THAT(result.err + content("runs/small/log.txt"), Not(HasSubstr("\r")));
  EXPECT_THAT(result.err + content("runs/small/log.txt"), Not(HasSubstr("\033")));
}

TEST_F(TrainingTest, TrainingLowersThePerplexity) {
  train("run", {"train.epochs=10"});
  const auto results = json("run/summary.json").at("results");
  // The vocabulary has 13 words; the grammar of the text limits the perplexity to 3.5.
  EXPECT_LT(results.at("valid_perplexity").get<double>(), 5);
  EXPECT_GT(results.at("valid_perplexity").get<double>(), 3);
}

TEST_F(TrainingTest, ChosenSettingsAreWrittenAsPlainValues) {
  for (const std::string model : {"nplm", "lbl", "word2vec", "glove"}) {
    Arguments train = {"train", "data.path=text.txt", "model.type=" + model, "threads=1"};
    train.insert(train.end(), {"--out", model});
    const auto first = succeed(train);
    EXPECT_THAT(first.err, HasSubstr("train.epochs="));
    const std::string config = content(model + "/config.yaml");
    EXPECT_THAT(config, Not(HasSubstr("epochs: auto")));
    EXPECT_THAT(config, Not(HasSubstr("lr: auto")));
    EXPECT_THAT(config, Not(HasSubstr("dim: auto")));
    EXPECT_THAT(config, Not(HasSubstr("type: auto")));
    succeed({"train", model + "/config.yaml", "--out", model + "-again"});
    expect_same_run(model, model + "-again");
    EXPECT_EQ(content(model + "-again/config.yaml"), config);
  }
  EXPECT_THAT(content("word2vec/manifest.json"), HasSubstr("\"unknown\": \"\""));
}

TEST_F(TrainingTest, ABudgetIsKeptByTheSeeds) {
  succeed({"train", "data.path=text.txt", "--budget", "30s", "threads=1", "--seeds", "1,2", "--out",
           "seeds"});
  const std::string one = content("seeds/seed-1/config.yaml");
  EXPECT_THAT(one, HasSubstr("budget: \"30s\""));
  std::string other = content("seeds/seed-2/config.yaml");
  other.replace(other.find("seed: 2"), 7, "seed: 1");
  EXPECT_EQ(one, other);
  EXPECT_THAT(content("seeds/seed-2/log.txt"), Not(HasSubstr("budget")));  // not measured again
  const auto result = run({"train", "data.path=text.txt", "model.type=pca", "--budget", "30s"});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("train.budget: not supported by pca"));
}

TEST_F(TrainingTest, ABudgetThatIsExceededIsAWarning) {
  for (const char* const model : {"model.type=nplm", "model.type=word2vec"}) {
    const auto result =
        succeed({"train", "small.yaml", model, "--budget", "0.001s", "--out", model});
    EXPECT_THAT(result.err, HasSubstr("warning: training took "));
    EXPECT_THAT(result.err, HasSubstr(", longer than train.budget: 0.001s"));
    EXPECT_THAT(succeed({"train", "small.yaml", model, "--budget", "1h", "--overwrite"}).err,
                Not(HasSubstr("training took")));
  }
  fail({"train", "small.yaml", "--budget", " "}, {"--budget", "expected a time such as 90s"}, 2);
  fail({"train", "small.yaml", "--budget", "30m1h"}, {"--budget", "'30m1h'"}, 2);
}

TEST_F(TrainingTest, AResumedRunDoesNotMeasureAgain) {
  const auto stopped =
      succeed({"train", "small.yaml", "--budget", "1h", "--stop-after-epoch", "1", "--out", "run"});
  EXPECT_THAT(stopped.err, HasSubstr("[budget]"));
  const auto resumed = succeed({"resume", "run"});
  EXPECT_THAT(resumed.err, Not(HasSubstr("budget")));
}

}  // namespace
}  // namespace wordbridge
