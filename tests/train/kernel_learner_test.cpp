#include "train/kernel_learner.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "tests/support/temp_folder.h"
#include "tests/support/toy_corpus.h"
#include "train/run_directory.h"

namespace wordbridge {
namespace {

using Mode = RunDirectory::Mode;
using testing::HasSubstr;

const char* const kToy =
    "data: {reader: wordnet}\n"  // not read: the corpus is made here
    "model: {type: word2vec, word2vec: {dim: 5, window: 2, sample: 0, epochs: 6, log_steps: 2";

RunConfig toy_config(const std::string& more = "") {
  return RunConfig::parse(kToy + more + "}}\n", "toy");
}

/// Trains on in `folder`; what there is then: vectors and metrics, or nothing if it stopped early.
struct Outcome {
  bool complete = false;
  std::vector<float> vectors;
  std::string metrics;
};

Outcome train_part(const RunConfig& config, const Corpus& corpus, const fs::path& folder, Mode mode,
                   const StopAfter& stop) {
  RunDirectory run(folder, mode);
  write_file(run.file("config.yaml"), "");
  const auto learner = make_kernel_learner(config, corpus);
  if (run.has_checkpoint("latest")) run.restore_checkpoint("latest", *learner);
  Outcome outcome;
  outcome.complete = learner->train(run, stop);
  learner->finish(run);
  const EmbeddingTable table = *learner->vectors();
  outcome.vectors.assign(table.data(), table.data() + table.size() * table.dim());
  outcome.metrics = slurp(run.file("metrics.jsonl"));
  return outcome;
}

TEST(KernelLearnerTest, APartThenTheRestGivesTheSameBytes) {
  const TempFolder folder;
  // An epoch of two steps.
  const Corpus corpus = toy_corpus(60000);
  const RunConfig config = toy_config();
  const Outcome whole = train_part(config, corpus, folder / "whole", Mode::create, {});
  EXPECT_TRUE(whole.complete);
  EXPECT_THAT(whole.metrics, HasSubstr("\"epoch\":6"));
  EXPECT_THAT(whole.metrics, HasSubstr("\"loss\""));
  StopAfter epoch, step;
  epoch.epoch = 2;
  step.step = 3;  // within the second epoch
  for (const StopAfter& stop : {epoch, step}) {
    const fs::path part = folder / ("part" + std::to_string(stop.step));
    EXPECT_FALSE(train_part(config, corpus, part, Mode::create, stop).complete);
    const Outcome rest = train_part(config, corpus, part, Mode::resume, {});
    EXPECT_TRUE(rest.complete);
    EXPECT_EQ(rest.vectors, whole.vectors);
    EXPECT_EQ(rest.metrics, whole.metrics);
  }
}

TEST(KernelLearnerTest, FastTrainingGoesOnWithoutAJump) {
  const TempFolder folder;
  const Corpus corpus = toy_corpus(5000);
  const RunConfig config = toy_config(", parallel: fast");
  StopAfter stop;
  stop.epoch = 3;
  EXPECT_FALSE(train_part(config, corpus, folder / "run", Mode::create, stop).complete);
  const Outcome rest = train_part(config, corpus, folder / "run", Mode::resume, {});
  std::vector<double> losses;
  std::istringstream lines(rest.metrics);
  for (std::string line; std::getline(lines, line);) {
    const auto metrics = nlohmann::json::parse(line);
    if (metrics.contains("train_loss")) losses.push_back(metrics["train_loss"]);
  }
  ASSERT_EQ(losses.size(), 6U);
  for (std::size_t i = 1; i < 6; ++i) EXPECT_LT(losses[i], losses[i - 1] + 0.02) << i;
}

TEST(KernelLearnerTest, DivergenceIsAnErrorThatSaysWhatToChange) {
  const TempFolder folder;
  const Corpus corpus = toy_corpus(2000);
  try {
    train_part(toy_config(", lr: 1e30"), corpus, folder / "run", Mode::create, {});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("no longer finite"));
    EXPECT_THAT(error.what(), HasSubstr("epoch 1, step 1"));
    EXPECT_THAT(error.what(), HasSubstr("a lower model.word2vec.lr"));
  }
}

TEST(KernelLearnerTest, ResultsHaveTheLossAndNoPerplexity) {
  const TempFolder folder;
  const Corpus corpus = toy_corpus(200);
  RunDirectory run(folder / "run", Mode::create);
  const RunConfig config = toy_config();
  const auto learner = make_kernel_learner(config, corpus);
  EXPECT_TRUE(learner->train(run, {}));
  EXPECT_GT(learner->results().at("train_loss").get<double>(), 0);
  EXPECT_EQ(learner->results().at("epochs"), 6);
  EXPECT_FALSE(learner->token_scores());
}

}  // namespace
}  // namespace wordbridge
