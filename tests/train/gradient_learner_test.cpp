#include "train/gradient_learner.h"

#include <torch/torch.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/text.h"
#include "models/language_model/score_tokens.h"
#include "tests/train/toy_training.h"

namespace wordbridge {
namespace {

double training_perplexity(Learner& learner, const Corpus& corpus) {
  TokenScores::Split split;
  split.seen.assign(static_cast<std::size_t>(corpus.train().size()), 1);
  score_split(dynamic_cast<GradientLearner&>(learner).language_model(), corpus, corpus.train(),
              split);
  return likelihood(split).perplexity();
}

class GradientLearnerTest : public ToyTrainingTest {};

TEST_F(GradientLearnerTest, SameSeedSameBytesOnAnyNumberOfThreads) {
  const Corpus corpus = toy_corpus(200);
  const Outcome first = train_whole(toy_config(), corpus);
  EXPECT_EQ(train_whole(toy_config(), corpus).vectors, first.vectors);
  for (const int count : {1, 3}) {
    start(count);
    const Outcome other = train_whole(toy_config(), corpus);
    EXPECT_EQ(other.vectors, first.vectors) << count;
    EXPECT_EQ(other.metrics, first.metrics) << count;
  }
  EXPECT_NE(train_whole(toy_config("seed: 2\n"), corpus).vectors, first.vectors);
}

TEST_F(GradientLearnerTest, StoppedAndResumedEqualsNeverStopped) {
  const Corpus corpus = toy_corpus(200);
  const auto steps = (corpus.train().size() + 31) / 32;
  for (const auto& [optimizer, type] : optimizer_names()) {
    if (type == OptimizerType::online_sgd) continue;
    RunConfig config = toy_config("seed: 3\n");
    config.train.optimizer = type;
    if (config.train.optimizer == OptimizerType::sgd) config.train.momentum = 0.9;
    if (config.train.optimizer == OptimizerType::adam) config.train.average_epochs = 1.5;
    if (config.train.optimizer == OptimizerType::adagrad) config.train.epochs = 5.5;
    const Outcome whole = train_whole(config, corpus);
    const TempFolder folder;
    StopAfter after_epoch, in_epoch;
    after_epoch.epoch = 2;
    in_epoch.step = 4 * steps + steps / 2;
    EXPECT_FALSE(train_part(config, corpus, folder / "run", Mode::create, after_epoch));
    EXPECT_FALSE(train_part(config, corpus, folder / "run", Mode::resume, in_epoch));
    Outcome resumed;
    EXPECT_TRUE(train_part(config, corpus, folder / "run", Mode::resume, {}, &resumed));
    EXPECT_EQ(resumed.vectors, whole.vectors) << optimizer;
    EXPECT_EQ(resumed.metrics, whole.metrics) << optimizer;
  }
}

TEST_F(GradientLearnerTest, LearnsTheToyGrammar) {
  const Corpus corpus = toy_corpus(1000);
  RunConfig config = toy_config();
  const TempFolder folder;
  RunDirectory run(folder / "run", Mode::create);
  const auto learner = make_gradient_learner(config.learner_inputs(), corpus);
  EXPECT_TRUE(learner->train(run, {}));
  learner->finish(run);
  // There are 2 x 6 x 3 x 2 x 6 equally probable sentences of 6 words. Two context words do not
  // determine whether a noun ends the sentence, which costs one bit at each of the two nouns:
  // (432 x 2 x 2)^(1/6) = 3.46.
  const double perplexity = likelihood(learner->token_scores()->test).perplexity();
  EXPECT_LT(perplexity, 3.6);
  EXPECT_GT(perplexity, 3.35);
}

TEST_F(GradientLearnerTest, ALargeModelFitsASmallText) {
  const Corpus corpus = corpus_from_tokens(
      {"a", "b", "c", "d", "a", "c", "b", "d", "d", "a", "b", "b", "c", "a"},
      [] {
        VocabularyOptions v;
        v.min_count = 1;
        return v;
      }(),
      [] {
        SplitOptions s;
        s.train = 1, s.valid = 0, s.test = 0;
        return s;
      }());
  RunConfig config = RunConfig::parse(
      "data: {reader: wordnet}\n"
      "model: {type: nplm, nplm: {n: 4, dim: 8, hidden: [32]}}\n"
      "train: {epochs: 300, batch_size: 14, lr: 0.02, weight_decay: 0, schedule: {type: constant, "
      "warmup_steps: 0}}\n",
      "tiny");
  const TempFolder folder;
  RunDirectory run(folder / "run", Mode::create);
  const auto learner = make_gradient_learner(config.learner_inputs(), corpus);
  EXPECT_TRUE(learner->train(run, {}));
  EXPECT_LT(training_perplexity(*learner, corpus), 1.05);
}

TEST_F(GradientLearnerTest, SingleExamplesLearnAndResume) {
  const Corpus corpus = toy_corpus(200);
  const RunConfig config = RunConfig::parse(
      "data: {reader: wordnet}\nmodel: {type: nplm, nplm: {n: 3, dim: 4, hidden: [8]}}\n"
      "train: {epochs: 6, batch_size: 1, optimizer: online_sgd, lr: 0.1, weight_decay: 1e-4, "
      "schedule: {type: inverse, decay: 1e-4}}\n",
      "toy");
  const TempFolder folder;
  expect_exact_resume(config, corpus, folder / "run", 2500, "single examples");
  const auto learner = make_gradient_learner(config.learner_inputs(), corpus);
  RunDirectory run(folder / "run", Mode::resume);
  run.restore_checkpoint(Checkpoint::best, *learner);
  EXPECT_LT(likelihood(learner->token_scores()->test).perplexity(), 4);  // see LearnsTheToyGrammar
}

TEST_F(GradientLearnerTest, SingleExamplesNeedTheFullSoftmax) {
  const RunConfig config = RunConfig::parse(
      "data: {reader: wordnet}\n"
      "model: {type: nplm, nplm: {dim: 4, hidden: [8], output: {type: classes}}}\n"
      "train: {epochs: 1, lr: 0.1, batch_size: 1, optimizer: online_sgd}\n",
      "toy");
  const Corpus corpus = toy_corpus(50);
  const auto message =
      message_of<Error>([&] { make_gradient_learner(config.learner_inputs(), corpus); });
  EXPECT_NE(message.find("single examples"), std::string::npos) << message;
}

TEST_F(GradientLearnerTest, TheMeanOfTheWeightsIsValidatedAndKept) {
  const Corpus corpus = toy_corpus(200);
  RunConfig config = toy_config();
  config.train.schedule.type = ScheduleType::constant;
  const Outcome plain = train_whole(config, corpus);
  config.train.average_epochs = 2;
  const Outcome mean = train_whole(config, corpus);
  EXPECT_NE(mean.vectors, plain.vectors);
  // Averaging does not affect training: the training losses are equal, the validation differs.
  const auto losses = [](const Outcome& outcome) {
    std::vector<double> values;
    for (const auto line : split(outcome.metrics, '\n'))
      if (!line.empty()) values.push_back(nlohmann::json::parse(line).value("train_loss", 0.0));
    return values;
  };
  EXPECT_EQ(losses(mean), losses(plain));
  EXPECT_NE(mean.metrics, plain.metrics);
}

TEST_F(GradientLearnerTest, NonFiniteLossStopsBeforeTheUpdate) {
  const Corpus corpus = toy_corpus(50);
  // The logits overflow.
  const RunConfig config = RunConfig::parse(
      "data: {reader: wordnet}\nmodel: {type: nplm, nplm: {n: 3, dim: 4, hidden: [8], init: "
      "{features: 1e20, output: 1e38}}}\ntrain: {epochs: 1, lr: 0.002}\n",
      "toy");
  const TempFolder folder;
  RunDirectory run(folder / "run", Mode::create);
  const auto learner = make_gradient_learner(config.learner_inputs(), corpus);
  const auto message = message_of<Error>([&] { learner->train(run, {}); });
  EXPECT_NE(message.find("finite"), std::string::npos) << message;
  EXPECT_NE(message.find("epoch 1, update 1,"), std::string::npos) << message;
}

TEST_F(GradientLearnerTest, APartOfAnEpochIsTrainedAndValidated) {
  const Corpus corpus = toy_corpus(200);
  RunConfig config = toy_config();
  config.train.epochs = 2.5;
  const Outcome outcome = train_whole(config, corpus);
  const std::int64_t epoch = (corpus.train().size() + 31) / 32;  // batches of 32
  const auto steps = std::llround(2.5 * static_cast<double>(epoch));
  EXPECT_NE(outcome.metrics.find("\"epoch\":3,\"step\":" + std::to_string(steps) + ","),
            std::string::npos);
  EXPECT_EQ(outcome.results.at("epochs"), 2.5);
}

TEST_F(GradientLearnerTest, MeasuringDoesNotDisturbTraining) {
  const Corpus corpus = toy_corpus(100);
  const RunConfig config = toy_config();
  const TempFolder folder;
  RunDirectory run(folder / "run", Mode::create);
  const auto learner = make_gradient_learner(config.learner_inputs(), corpus);
  EXPECT_GT(learner->seconds_per_epoch(), 0);
  EXPECT_TRUE(learner->train(run, {}));
  learner->finish(run);
  const EmbeddingTable table = *learner->vectors();
  EXPECT_EQ(std::vector<float>(table.data(), table.data() + table.size() * table.dim()),
            train_whole(config, corpus).vectors);
}

TEST_F(GradientLearnerTest, PatienceEndsTrainingEarly) {
  const Corpus corpus = toy_corpus(60);
  RunConfig config = toy_config();
  config.train.epochs = 200;
  config.train.patience = 2;
  config.train.schedule.type = ScheduleType::constant;
  const TempFolder folder;
  RunDirectory run(folder / "run", Mode::create);
  const auto learner = make_gradient_learner(config.learner_inputs(), corpus);
  EXPECT_TRUE(learner->train(run, {}));
  learner->finish(run);
  const auto results = learner->results();
  EXPECT_LT(results.at("epochs").get<int>(), 200);
  EXPECT_EQ(results.at("epochs").get<int>(), results.at("best_epoch").get<int>() + 2);
}

TEST_F(GradientLearnerTest, EvaluationDoesNotDisturbTraining) {
  const Corpus corpus = toy_corpus(100);
  const RunConfig config = toy_config();
  const Outcome whole = train_whole(config, corpus);
  const TempFolder folder;
  RunDirectory run(folder / "run", Mode::create);
  StopAfter stop;
  stop.epoch = 3;
  const auto learner = make_gradient_learner(config.learner_inputs(), corpus);
  EXPECT_FALSE(learner->train(run, stop));
  training_perplexity(*learner, corpus);
  EXPECT_TRUE(learner->train(run, {}));
  learner->finish(run);
  const EmbeddingTable table = *learner->vectors();
  EXPECT_EQ(std::vector<float>(table.data(), table.data() + table.size() * table.dim()),
            whole.vectors);
}

TEST_F(GradientLearnerTest, CheckpointOfAnotherShapeIsRefused) {
  const Corpus corpus = toy_corpus(50);
  const RunConfig
      small = toy_config(),
      large = RunConfig::parse(
          "data: {reader: wordnet}\nmodel: {type: nplm, nplm: {n: 3, dim: 5, hidden: [8]}}\n",
          "toy");
  const TempFolder folder;
  RunDirectory run(folder / "run", Mode::create);
  run.save_checkpoint(Checkpoint::latest, *make_gradient_learner(small.learner_inputs(), corpus));
  const auto learner = make_gradient_learner(large.learner_inputs(), corpus);
  const auto message =
      message_of<Error>([&] { run.restore_checkpoint(Checkpoint::latest, *learner); });
  EXPECT_NE(message.find("does not fit"), std::string::npos) << message;
}

TEST_F(GradientLearnerTest, StructureOfTheOutputComesFromTheCheckpoint) {
  const Corpus corpus = toy_corpus(50);
  const TempFolder folder;
  std::string classes;
  for (const auto& word : corpus.vocabulary().words())
    classes += word + (word.size() > 3 ? "\tlong\n" : "\tshort\n");
  const auto file = folder.write("classes.tsv", classes);
  const std::vector<std::string> outputs = {"{type: adaptive}",
                                            "{type: classes, classes: {by: learned}}",
                                            "{type: classes, classes: {file: " + file + "}}",
                                            "{type: hierarchical, hierarchical: {tree: classes}}"};
  for (const auto& output : outputs) {
    const RunConfig config = RunConfig::parse(
        "data: {reader: wordnet}\nmodel: {type: nplm, nplm: {n: 3, dim: 4, hidden: [8], output: " +
            output + "}}\n",
        "toy");
    if (&output == &outputs[2]) folder.write("classes.tsv", classes);
    const TempFolder runs;
    RunDirectory run(runs / "run", Mode::create);
    const auto learner = make_gradient_learner(config.learner_inputs(), corpus);
    run.save_checkpoint(Checkpoint::best, *learner);
    if (&output == &outputs[2]) fs::remove(file);
    const auto loaded = load_gradient_language_model(config.learner_inputs(), corpus.vocabulary(),
                                                     corpus.start_id(), run.file(run_files::kBest));
    const auto log_probs = [&](const LanguageModel& model) {
      std::vector<double> values(static_cast<std::size_t>(corpus.valid().size()));
      model.log_probs(corpus.ids(), corpus.valid(), values.data());
      return values;
    };
    EXPECT_EQ(log_probs(*loaded),
              log_probs(dynamic_cast<GradientLearner&>(*learner).language_model()))
        << output;
  }
}

TEST_F(GradientLearnerTest, EveryOutputLayerLearnsAndResumes) {
  const Corpus corpus = toy_corpus(1000);
  for (const std::string output :
       {"{type: adaptive}", "{type: classes}", "{type: hierarchical}",
        "{type: hierarchical, hierarchical: {tree: classes, classes: 3}}"}) {
    const RunConfig config = RunConfig::parse(
        "data: {reader: wordnet}\nmodel: {type: nplm, nplm: {n: 3, dim: 4, hidden: [8], output: " +
            output + "}}\ntrain: {epochs: 6, batch_size: 32, lr: 0.02}\n",
        "toy");
    const TempFolder folder;
    expect_exact_resume(config, corpus, folder / "run", 200, output);
    const auto learner = make_gradient_learner(config.learner_inputs(), corpus);
    RunDirectory run(folder / "run", Mode::resume);
    run.restore_checkpoint(Checkpoint::best, *learner);
    // See LearnsTheToyGrammar.
    const double perplexity = likelihood(learner->token_scores()->test).perplexity();
    EXPECT_LT(perplexity, 3.65) << output;
    EXPECT_GT(perplexity, 3.35) << output;
  }
}

TEST_F(GradientLearnerTest, AnAdaptingProposalResumesAndTheEstimateDoesNotMoveIt) {
  const Corpus corpus = toy_corpus(1000);
  const std::string text =
      "data: {reader: wordnet}\nmodel: {type: nplm, nplm: {n: 3, dim: 4, hidden: [8], output: "
      "{type: "
      "sampled, sampled: {proposal: bigram, samples: 4, adaptation: RATE}}}}\n"
      "train: {epochs: 6, batch_size: 32, lr: 0.02}\n";
  const auto config = [&](const std::string& rate) {
    std::string with_rate = text;
    return RunConfig::parse(with_rate.replace(text.find("RATE"), 4, rate), "toy");
  };
  const TempFolder folder;
  const RunConfig adapting = config("0.05");
  expect_exact_resume(adapting, corpus, folder / "run", 200, "adapting");

  const Outcome whole = train_whole(adapting, corpus);
  EXPECT_NE(train_whole(config("0.01"), corpus).vectors, whole.vectors);
  RunDirectory run(folder / "estimated", Mode::create);
  const auto learner = make_gradient_learner(adapting.learner_inputs(), corpus);
  learner->announce();
  EXPECT_TRUE(learner->train(run, {}));
  learner->finish(run);
  const EmbeddingTable table = *learner->vectors();
  EXPECT_EQ(std::vector<float>(table.data(), table.data() + table.size() * table.dim()),
            whole.vectors);
}

/// Models that start from a file of vectors, with and without own output rows.
std::vector<std::string> models_with(const std::string& init) {
  const std::string rest = "dim: 4, dropout: 0.1, init: " + init;
  std::vector<std::string> models;
  for (const std::string tied : {"true", "false"}) {
    const std::string more = ", tied: " + tied + "}";
    models.push_back("type: nplm, nplm: {n: 3, hidden: [4], " + rest + more);
    models.push_back("type: transformer, transformer: {layers: 1, heads: 2, " + rest +
                     ", sequences: {length: 12}" + more);
    models.push_back("type: deep_nplm, deep_nplm: {layers: 2, words: 3, distant: 2, mid: 8, " +
                     rest + ", sequences: {length: 12}" + more);
  }
  return models;
}

RunConfig config_of(const std::string& model) {
  return RunConfig::parse("data: {reader: wordnet}\nmodel: {" + model +
                              "}\ntrain: {epochs: 4, batch_size: 64, lr: 0.02, patience: 0, "
                              "optimizer: adamw, weight_decay: 0.1, clip_norm: 1}\n",
                          "toy");
}

/// The vectors after some epochs.
std::vector<float> vectors_after(const RunConfig& config, const Corpus& corpus,
                                 std::int64_t epoch) {
  const TempFolder folder;
  RunDirectory run(folder / "run", Mode::create);
  const auto learner = make_gradient_learner(config.learner_inputs(), corpus);
  StopAfter stop;
  stop.epoch = epoch;
  if (epoch > 0) learner->train(run, stop);
  const EmbeddingTable table = *learner->vectors();
  return {table.data(), table.data() + table.size() * table.dim()};
}

TEST_F(GradientLearnerTest, FrozenFeaturesStayAndAreTrainedAfterTheirEpochs) {
  const Corpus corpus = toy_corpus(100);
  const TempFolder folder;
  const auto file = folder.write("v.txt", "the 1 2 3 4\nman 4 -3 2 1\ndog 3 -1 2 2\n");
  for (const auto& model : models_with("{vectors: " + file + ", frozen: true}")) {
    SCOPED_TRACE(model);
    EXPECT_EQ(vectors_after(config_of(model), corpus, 4),
              vectors_after(config_of(model), corpus, 0));
  }
  for (const auto& model : models_with("{vectors: " + file + ", frozen_epochs: 2}")) {
    SCOPED_TRACE(model);
    const auto start = vectors_after(config_of(model), corpus, 0);
    EXPECT_EQ(vectors_after(config_of(model), corpus, 2), start);
    const auto later = vectors_after(config_of(model), corpus, 3);
    std::size_t changed = 0;
    for (std::size_t i = 0; i < start.size(); ++i) changed += later[i] != start[i];
    EXPECT_GT(changed, start.size() / 2);
  }
}

TEST_F(GradientLearnerTest, FrozenFeaturesResume) {
  const Corpus corpus = toy_corpus(100);
  const TempFolder folder;
  const auto file = folder.write("v.txt", "the 1 2 3 4\nman 4 -3 2 1\ndog 3 -1 2 2\n");
  const std::string init = "{vectors: " + file + ", frozen_epochs: 2}";
  for (const auto& model : models_with(init)) {
    const RunConfig config = config_of(model);
    const auto learner = make_gradient_learner(config.learner_inputs(), corpus);
    const std::int64_t steps = dynamic_cast<GradientLearner&>(*learner).epoch_steps();
    // Before, at and after the end of the second epoch.
    for (const auto step : {steps + 1, 2 * steps, 2 * steps + 1}) {
      const TempFolder runs;
      expect_exact_resume(config, corpus, runs / "run", step, model + std::to_string(step));
    }
  }
}

RunConfig lstm_config(const std::string& sequences, const std::string& epochs) {
  return RunConfig::parse(
      "data: {reader: wordnet}\n"
      "model: {type: lstm, lstm: {dim: 16, layers: 1, dropout: 0.1, sequences: " +
          sequences + "}}\ntrain: {epochs: " + epochs +
          ", batch_size: 64, lr: 0.01, patience: 0}\n",
      "toy");
}

TEST_F(GradientLearnerTest, ACarriedStateLearnsAndResumes) {
  const Corpus corpus = toy_corpus(300);
  const RunConfig config = lstm_config("{length: 4}", "6");
  const auto learner = make_gradient_learner(config.learner_inputs(), corpus);
  const std::int64_t steps = dynamic_cast<GradientLearner&>(*learner).epoch_steps();
  for (const auto step : {steps, 2 * steps + 5}) {
    const TempFolder folder;
    expect_exact_resume(config, corpus, folder / "run", step, std::to_string(step));
  }
  const TempFolder folder;
  expect_exact_resume(lstm_config("{length: 8, overlap: 3, state: reset}", "3"), corpus,
                      folder / "run", 30, "reset");
  const Outcome two = train_whole(config, corpus);
  for (const int count : {1, 7}) {
    start(count);
    EXPECT_EQ(train_whole(config, corpus).vectors, two.vectors) << count;
  }
}

/// Nothing within three words tells where the one b of ten words will be.
TEST_F(GradientLearnerTest, ACarriedStateRemembersMoreThanASequence) {
  std::vector<std::string> tokens;
  for (int i = 0; i < 3000; ++i) tokens.push_back(i % 10 == 9 ? "b" : "a");
  VocabularyOptions vocabulary;
  vocabulary.min_count = 1;
  const Corpus corpus = corpus_from_tokens(tokens, vocabulary, SplitOptions());
  const auto perplexity = [&](const std::string& sequences) {
    const TempFolder folder;
    const RunConfig config = lstm_config(sequences, "20");
    RunDirectory run(folder / "run", Mode::create);
    const auto learner = make_gradient_learner(config.learner_inputs(), corpus);
    EXPECT_TRUE(learner->train(run, {}));
    learner->finish(run);
    return likelihood(learner->token_scores()->test).perplexity();
  };
  EXPECT_LT(perplexity("{length: 3, state: carry}"), 1.15);
  // b after three times a is one of eight; the other words are certain at best.
  EXPECT_GT(perplexity("{length: 3, state: reset, evaluation_overlap: 2}"), 1.25);
}

TEST_F(GradientLearnerTest, SequencesLearnAndResume) {
  const Corpus corpus = toy_corpus(300);
  for (const std::string model :
       {"type: transformer, transformer: {dim: 16, layers: 1, heads: 2, dropout: 0.1, ",
        "type: deep_nplm, deep_nplm: {dim: 16, layers: 2, words: 5, distant: 7, mid: 32, dropout: "
        "0.1, "}) {
    SCOPED_TRACE(model);
    const RunConfig config = RunConfig::parse(
        "data: {reader: wordnet}\n"
        "model: {" +
            model +
            "sequences: {length: 12, overlap: 4}}}\n"
            "train: {epochs: 20, batch_size: 64, lr: 0.01, patience: 0}\n",
        "toy");
    const TempFolder folder;
    expect_exact_resume(config, corpus, folder / "run", 40, "sequences");
    const Outcome two = train_whole(config, corpus);
    start(1);
    const Outcome one = train_whole(config, corpus);
    EXPECT_EQ(one.vectors, two.vectors);
    EXPECT_EQ(one.metrics, two.metrics);
    RunDirectory run(folder / "run", Mode::resume);
    const auto learner = make_gradient_learner(config.learner_inputs(), corpus);
    run.restore_checkpoint(Checkpoint::best, *learner);
    // A model that sees the whole sentence reaches 432^(1/6) = 2.75 (see LearnsTheToyGrammar).
    EXPECT_LT(likelihood(learner->token_scores()->test).perplexity(), 3.2);
    start(2);
  }
}

}  // namespace
}  // namespace wordbridge
