#include "train/streaming_learner.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "core/error.h"
#include "core/io/file.h"
#include "core/rng.h"
#include "data/vectors/vector_files.h"
#include "tests/support/temp_folder.h"
#include "tests/support/toy_corpus.h"
#include "train/runs/run_config.h"
#include "train/runs/run_directory.h"

namespace wordbridge {
namespace {

using Mode = RunDirectory::Mode;
using testing::HasSubstr;

const char* const kToy =
    "data: {reader: wordnet}\n"  // not read: the test creates the corpus
    "model: {type: word2vec, word2vec: {dim: 5, window: 2, log_steps: 2";

RunConfig toy_config(std::string more = "", std::string train = "epochs: 6") {
  if (train.find("lr:") == std::string::npos) train += ", lr: 0.025";
  if (more.find("sample:") == std::string::npos) more += ", sample: 0";
  return RunConfig::parse(kToy + more + "}}\ntrain: {" + train + "}\n", "toy");
}

/// Vectors and metrics after a training; `complete` is false if it stopped early.
struct Outcome {
  bool complete = false;
  std::vector<float> vectors;
  std::string metrics;
};

Outcome train_part(const RunConfig& config, const Corpus& corpus, const fs::path& folder, Mode mode,
                   const StopAfter& stop) {
  RunDirectory run(folder, mode);
  write_file(run.file("config.yaml"), "");
  const auto learner = make_streaming_learner(config.learner_inputs(), corpus);
  if (run.has_checkpoint(Checkpoint::latest)) run.restore_checkpoint(Checkpoint::latest, *learner);
  Outcome outcome;
  outcome.complete = learner->train(run, stop);
  learner->finish(run);
  const EmbeddingTable table = *learner->vectors();
  outcome.vectors.assign(table.data(), table.data() + table.size() * table.dim());
  outcome.metrics = slurp(run.file("metrics.jsonl"));
  return outcome;
}

TEST(StreamingLearnerTest, APartThenTheRestGivesTheSameBytes) {
  const TempFolder folder;
  // An epoch has two steps.
  const Corpus corpus = toy_corpus(60000);
  StopAfter epoch, step;
  epoch.epoch = 2;
  step.step = 3;  // in the second epoch
  for (const auto& [epochs, last] :
       {std::pair("6", "\"epoch\":6,\"step\":12,"), {"2.5", "\"epoch\":3,\"step\":5,"}}) {
    const RunConfig config = toy_config(", sample: 0.001", std::string("epochs: ") + epochs);
    const Outcome whole = train_part(config, corpus, folder / epochs, Mode::create, {});
    EXPECT_TRUE(whole.complete);
    EXPECT_THAT(whole.metrics, HasSubstr(last));
    EXPECT_THAT(whole.metrics, HasSubstr("\"loss\""));
    for (const StopAfter& stop : {epoch, step}) {
      const fs::path part = folder / (epochs + ("part" + std::to_string(stop.step)));
      const Outcome begun = train_part(config, corpus, part, Mode::create, stop);
      EXPECT_FALSE(begun.complete);
      // A training that has come to the point, or past it, does not go on.
      for (const StopAfter& again : {stop, StopAfter{1, -1}, StopAfter{-1, 1}})
        EXPECT_FALSE(train_part(config, corpus, part, Mode::resume, again).complete);
      EXPECT_EQ(slurp(part / "metrics.jsonl"), begun.metrics);
      const Outcome rest = train_part(config, corpus, part, Mode::resume, {});
      EXPECT_TRUE(rest.complete);
      EXPECT_EQ(rest.vectors, whole.vectors);
      EXPECT_EQ(rest.metrics, whole.metrics);
    }
  }
}

/// GloVe computes its counts again when it is resumed, and continues within an epoch.
TEST(StreamingLearnerTest, GloveIsResumedWithItsAccumulators) {
  const TempFolder folder;
  std::vector<std::string> tokens;
  Rng rng(1, "words");
  for (int i = 0; i < 5000; ++i)
    tokens.push_back(std::to_string(rng.below(5) * rng.below(10) + rng.below(5)));
  SplitOptions split;
  split.train = 1, split.valid = 0, split.test = 0;
  VocabularyOptions vocabulary;
  vocabulary.min_count = 1;
  const Corpus corpus = corpus_from_tokens(tokens, vocabulary, split);
  const RunConfig config = RunConfig::parse(
      "data: {reader: wordnet}\nmodel: {type: glove, glove: {dim: 5}}\n"
      "train: {epochs: 6, lr: 0.05}\n",
      "glove");
  const Outcome whole = train_part(config, corpus, folder / "whole", Mode::create, {});
  EXPECT_THAT(slurp(folder / "whole/timing.jsonl"), HasSubstr("\"counts_per_second\""));
  StopAfter epoch, step;
  epoch.epoch = 2;
  step.step = 3;
  for (const StopAfter& stop : {epoch, step}) {
    const fs::path part = folder / ("part" + std::to_string(stop.step));
    EXPECT_FALSE(train_part(config, corpus, part, Mode::create, stop).complete);
    const Outcome rest = train_part(config, corpus, part, Mode::resume, {});
    EXPECT_TRUE(rest.complete);
    EXPECT_EQ(rest.vectors, whole.vectors);
    EXPECT_EQ(rest.metrics, whole.metrics);
  }
}

class StreamingLearnerVariant : public testing::TestWithParam<const char*> {};

TEST_P(StreamingLearnerVariant, TwoEpochsThenFourAreSix) {
  const TempFolder folder;
  const Corpus corpus = toy_corpus(300);
  const RunConfig config = toy_config(GetParam());
  const Outcome whole = train_part(config, corpus, folder / "whole", Mode::create, {});
  StopAfter stop;
  stop.epoch = 2;
  EXPECT_FALSE(train_part(config, corpus, folder / "part", Mode::create, stop).complete);
  const Outcome rest = train_part(config, corpus, folder / "part", Mode::resume, {});
  EXPECT_TRUE(rest.complete);
  EXPECT_EQ(rest.vectors, whole.vectors);
  EXPECT_EQ(rest.metrics, whole.metrics);
}

constexpr const char* kVariants[] = {
    "",
    ", window_type: fixed, subsampling: clean, sample: 0.01",
    ", output: hierarchical",
    ", ngrams: {buckets: 500}",
    ", output: hierarchical, ngrams: {buckets: 500}",
    ", architecture: cbow",
    ", architecture: cbow, cbow_update: original",
    ", architecture: cbow, output: hierarchical",
    ", architecture: cbow, ngrams: {buckets: 500}",
    ", architecture: cbow, output: hierarchical, ngrams: {buckets: 500}"};
INSTANTIATE_TEST_SUITE_P(All, StreamingLearnerVariant, testing::ValuesIn(kVariants));

TEST(StreamingLearnerTest, AnEpochCanBePartial) {
  const TempFolder folder;
  const Corpus corpus = toy_corpus(60000);  // an epoch has two steps
  RunDirectory run(folder / "run", Mode::create);
  const RunConfig config = toy_config("", "epochs: 0.5");
  const auto learner = make_streaming_learner(config.learner_inputs(), corpus);
  testing::internal::CaptureStderr();
  EXPECT_TRUE(learner->train(run, {}));
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("[word2vec] epoch 0.5: loss"));
  EXPECT_THAT(slurp(run.file("metrics.jsonl")), HasSubstr("\"epoch\":1,\"step\":1,"));
  EXPECT_EQ(learner->results().at("epochs"), 0.5);
}

TEST(StreamingLearnerTest, TheTimeOfTheTrainingIsEstimatedFromItsFirstSteps) {
  const TempFolder folder;
  const RunConfig config = toy_config();
  testing::internal::CaptureStderr();
  train_part(config, toy_corpus(50), folder / "run", Mode::create, {});  // six steps
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr("[word2vec] 2 steps remaining: about "));
}

TEST(StreamingLearnerTest, FastTrainingGoesOnWithoutAJump) {
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

TEST(StreamingLearnerTest, DivergenceIsAnErrorThatSaysWhatToChange) {
  const TempFolder folder;
  const Corpus corpus = toy_corpus(2000);
  for (const char* const rate : {"1e30", "40"}) {
    try {
      train_part(toy_config("", std::string("epochs: 6, lr: ") + rate), corpus, folder / rate,
                 Mode::create, {});
      FAIL() << "no error";
    } catch (const Error& error) {
      EXPECT_THAT(error.what(),
                  HasSubstr("training has diverged: the loss is far above that of zero vectors"));
      EXPECT_THAT(error.what(), HasSubstr("epoch 1, step 1, learning rate "));
      // 6 ln 2: ln 2 for the word and for each of its five negative samples.
      EXPECT_THAT(error.what(), HasSubstr("a mean loss of at most 1.5 times that of zero vectors, "
                                          "4.159"));
      EXPECT_THAT(error.what(), HasSubstr("a lower train.lr; the last checkpoint"));
    }
  }
}

/// The table in the text format.
std::string text_of(const EmbeddingTable& table, const TempFolder& folder) {
  write_vectors(table, folder / "expected.txt", VectorFormat::text);
  return slurp(folder / "expected.txt");
}

TEST(StreamingLearnerTest, VectorsOfSomeEpochsAreKept) {
  const TempFolder folder;
  const Corpus corpus = toy_corpus(50);
  const RunConfig config = toy_config();
  for (const bool resumed : {false, true}) {
    const fs::path path = folder / (resumed ? "resumed" : "whole");
    StopAfter stop;
    if (resumed) stop.epoch = 3;
    for (const Mode mode : {Mode::create, Mode::resume}) {
      RunDirectory run(path, mode);
      write_file(run.file("config.yaml"), "");
      run.set_vectors(VectorFormat::text, 2);
      const auto learner = make_streaming_learner(config.learner_inputs(), corpus);
      if (run.has_checkpoint(Checkpoint::latest))
        run.restore_checkpoint(Checkpoint::latest, *learner);
      if (mode == Mode::create) {
        learner->train(run, stop);
      } else {
        EXPECT_TRUE(learner->train(run, {}));
        EXPECT_EQ(slurp(path / "epochs" / "vectors-0006.txt"),
                  text_of(*learner->vectors(), folder));
      }
    }
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(path / "epochs"))
      names.insert(entry.path().filename().string());
    EXPECT_EQ(names,
              (std::set<std::string>{"vectors-0002.txt", "vectors-0004.txt", "vectors-0006.txt"}));
  }
  for (const char* const name : {"vectors-0002.txt", "vectors-0004.txt", "vectors-0006.txt"})
    EXPECT_EQ(slurp(folder / "whole" / "epochs" / name),
              slurp(folder / "resumed" / "epochs" / name));
  EXPECT_NE(slurp(folder / "whole" / "epochs" / "vectors-0002.txt"),
            slurp(folder / "whole" / "epochs" / "vectors-0006.txt"));
}

TEST(StreamingLearnerTest, ContextsAreKeptBesideTheVectorsIfAskedFor) {
  const TempFolder folder;
  const Corpus corpus = toy_corpus(50);
  const auto train = [&](const std::string& options, const char* name) {
    RunDirectory run(folder / name, Mode::create);
    const auto learner = make_streaming_learner(toy_config(options).learner_inputs(), corpus);
    EXPECT_TRUE(learner->train(run, {}));
    learner->finish(run);
    return text_of(*learner->vectors(), folder);
  };
  train("", "without");
  EXPECT_FALSE(fs::exists(folder / "without" / "contexts.txt"));
  train(", keep_contexts: true", "with");
  EXPECT_EQ(slurp(folder / "with" / "contexts.txt"), train(", export: contexts", "contexts"));
  EXPECT_FALSE(fs::exists(folder / "with" / "epochs"));
}

TEST(StreamingLearnerTest, ResultsHaveTheLossAndNoPerplexity) {
  const TempFolder folder;
  const Corpus corpus = toy_corpus(200);
  RunDirectory run(folder / "run", Mode::create);
  const RunConfig config = toy_config();
  const auto learner = make_streaming_learner(config.learner_inputs(), corpus);
  EXPECT_TRUE(learner->train(run, {}));
  EXPECT_GT(learner->results().at("train_loss").get<double>(), 0);
  EXPECT_EQ(learner->results().at("epochs"), 6);
  EXPECT_FALSE(learner->token_scores());
}

TEST(StreamingLearnerTest, ATextWithoutWindowsIsAnError) {
  const TempFolder folder;
  const Corpus corpus = toy_corpus(300);
  for (const char* const more : {"", ", architecture: cbow", ", output: hierarchical",
                                 ", architecture: cbow, output: hierarchical, parallel: fast"}) {
    const RunConfig config = toy_config(std::string(", sample: 1e-12") + more);
    RunDirectory run(folder / "run", Mode::overwrite);
    const auto learner = make_streaming_learner(config.learner_inputs(), corpus);
    const auto message = message_of<Error>([&] { learner->train(run, {}); });
    EXPECT_THAT(message, HasSubstr("nothing to train on")) << more;
    EXPECT_THAT(message, HasSubstr("model.word2vec.sample=0"));
    EXPECT_THAT(message, testing::Not(HasSubstr("nan")));
    EXPECT_FALSE(run.has_checkpoint(Checkpoint::latest));
  }
}

TEST(StreamingLearnerTest, AnEpochWithoutWindowsKeepsTheLossOfTheLast) {
  // 58 tokens, of which an epoch keeps about two.
  const Corpus corpus = toy_corpus(12);
  const TempFolder folder;
  int trained = 0;
  for (int seed = 1; seed <= 20; ++seed) {
    RunConfig config = toy_config(", sample: 0.0001", "epochs: 8");
    config.seed = seed;
    RunDirectory run(folder / "run", Mode::overwrite);
    const auto learner = make_streaming_learner(config.learner_inputs(), corpus);
    try {
      learner->train(run, {});
    } catch (const Error&) {
      continue;
    }
    const std::string metrics = slurp(run.file("metrics.jsonl"));
    EXPECT_EQ(metrics.find("nan"), std::string::npos) << metrics;
    if (metrics.find("\"train_loss\":null") == std::string::npos) continue;
    ++trained;
    EXPECT_GT(learner->results().at("train_loss").get<double>(), 0);
  }
  EXPECT_GT(trained, 0);
}

}  // namespace
}  // namespace wordbridge
