#include "train/runs/choose_settings.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "models/nplm/nplm_options.h"
#include "tests/support/temp_folder.h"
#include "tests/support/toy_corpus.h"

namespace wordbridge {
namespace {

using testing::HasSubstr;

/// A learner whose epochs take a given time.
class TimedLearner : public Learner {
 public:
  explicit TimedLearner(double seconds) : seconds_(seconds) {}
  void announce() override {}
  double seconds_per_epoch() override { return seconds_; }
  bool train(TrainingLog&, const StopAfter&) override { return true; }
  nlohmann::json state() const override { return {}; }
  void add_arrays(ContainerWriter&) const override {}
  void restore(const nlohmann::json&, const ContainerReader&) override {}
  void finish(TrainingLog&) override {}
  std::optional<EmbeddingTable> vectors() override { return std::nullopt; }
  std::optional<TokenScores> token_scores() override { return std::nullopt; }
  nlohmann::ordered_json results() const override { return {}; }

 private:
  double seconds_;
};

const NplmOptions& network(const RunConfig& config) {
  return dynamic_cast<const NplmOptions&>(config.chosen_model_options());
}

/// An epoch of a network with m features takes m seconds.
RunHooks timed_hooks() {
  RunHooks hooks;
  hooks.gradient_learner = [](const LearnerInputs& inputs, const Corpus&) {
    const auto& options = dynamic_cast<const NplmOptions&>(inputs.options);
    return std::make_unique<TimedLearner>(static_cast<double>(*options.dim));
  };
  return hooks;
}

RunConfig config_with(const std::string& train, const std::string& nplm = "{}") {
  return RunConfig::parse(
      "data: {reader: wordnet}\nmodel: {type: nplm, nplm: " + nplm + "}\ntrain: " + train + "\n",
      "toy");
}

RunConfig chosen(const std::string& train, const std::string& nplm = "{}") {
  RunConfig config = config_with(train, nplm);
  choose_settings(config, toy_corpus(100), timed_hooks());
  return config;
}

TEST(ChooseSettings, WithoutABudgetTheUsualOnes) {
  RunConfig usual = config_with("{}");
  const Corpus corpus = toy_corpus(100);
  usual.choose({corpus.train().size(), corpus.vocabulary().size()});
  EXPECT_EQ(chosen("{}").dump(), usual.dump());
}

TEST(ChooseSettings, ABudgetDecidesTheEpochs) {
  RunConfig usual = chosen("{}");
  const std::int64_t dim = *network(usual).dim;
  const double seconds = static_cast<double>(dim) * *usual.train.epochs;
  const auto budget = [](double time) {
    return "{budget: " + std::to_string(static_cast<int>(time)) + "s}";
  };
  // 15 % of the budget stays free.
  const RunConfig exact = chosen(budget(seconds / 0.84));
  EXPECT_EQ(*network(exact).dim, dim);
  EXPECT_EQ(exact.train.epochs, usual.train.epochs);
  const RunConfig fewer = chosen(budget(seconds));
  EXPECT_EQ(*network(fewer).dim, dim);
  EXPECT_NEAR(*fewer.train.epochs, 0.85 * *usual.train.epochs, 0.02);
  // More time does not help on a text this short.
  EXPECT_EQ(*network(chosen(budget(100 * seconds))).dim, dim);
}

TEST(ChooseSettings, TheWidthDependsOnTheEffort) {
  const auto dim = [](std::int64_t tokens, int effort) {
    NplmOptions options;
    ChosenSettings settings;
    options.choose({tokens, 14000}, effort, settings);
    return *options.dim;
  };
  EXPECT_EQ(dim(1000000, 1), dim(1000000, 0));
  EXPECT_EQ(dim(10000000, 1), 2 * dim(10000000, 0));
  EXPECT_EQ(dim(10000000, -1), dim(10000000, 0) / 2);
  EXPECT_EQ(dim(1000000, -2), 32);
}

TEST(ChooseSettings, ASmallBudgetReducesTheEpochs) {
  const RunConfig config = chosen("{budget: 1s}");
  EXPECT_LT(*config.train.epochs, 1);
  EXPECT_GT(*config.train.epochs, 0);
  EXPECT_LE(*config.train.epochs * static_cast<double>(*network(config).dim), 0.85);
  // What is given is not changed, even if it takes longer.
  const RunConfig given = chosen("{budget: 1s, epochs: 7}", "{dim: 50, hidden: [20]}");
  EXPECT_EQ(given.train.epochs, 7);
  EXPECT_EQ(network(given).dim, 50);
}

TEST(ChooseSettings, TheModelTrainsTheReducedEpochs) {
  const RunConfig config = chosen("{budget: 1s}");
  EXPECT_EQ(config.chosen_model_options().epochs, config.train.epochs);
  EXPECT_EQ(config.learner_inputs().options.epochs, config.learner_inputs().train.epochs);
}

TEST(ChooseSettings, TheFastestIsReducedIfNoneFits) {
  RunHooks hooks;  // the narrowest network is the slowest
  hooks.gradient_learner = [](const LearnerInputs& inputs, const Corpus&) {
    const auto& options = dynamic_cast<const NplmOptions&>(inputs.options);
    return std::make_unique<TimedLearner>(1e4 / static_cast<double>(*options.dim));
  };
  RunConfig config = config_with("{budget: 10s}");
  choose_settings(config, toy_corpus(100), hooks);
  EXPECT_EQ(network(config).dim, 32);
  EXPECT_LT(*config.train.epochs, 1);
}

TEST(ChooseSettings, ABudgetIsMeasuredOnce) {
  RunConfig config = chosen("{budget: 1h}");
  RunHooks no_hooks;  // measuring would throw
  EXPECT_TRUE(choose_settings(config, toy_corpus(100), no_hooks).reasons().empty());
  RunConfig resumed = RunConfig::parse(config.dump(), "toy");
  resumed.fits_budget = true;
  EXPECT_TRUE(choose_settings(resumed, toy_corpus(100), no_hooks).reasons().empty());
  EXPECT_EQ(resumed.dump(), config.dump());
}

TEST(ChooseSettings, WhatFollowsFromTheModelHasItsReason) {
  const auto reasons = [](const std::string& data, const std::string& model) {
    RunConfig config =
        RunConfig::parse("data: {" + data + "}\nmodel: {type: " + model + "}\n", "toy");
    const auto first = choose_settings(config, toy_corpus(100), timed_hooks()).reasons();
    EXPECT_TRUE(choose_settings(config, toy_corpus(100), timed_hooks()).reasons().empty());
    return first;
  };
  const std::string train = "data.split.train", unknown = "data.vocabulary.unknown";
  const auto nplm = reasons("reader: wordnet", "nplm");
  EXPECT_THAT(nplm.at(train), HasSubstr("nplm predicts tokens, so part of the text is for valid"));
  EXPECT_EQ(nplm.at("data.split.test"), nplm.at(train));
  EXPECT_EQ(nplm.at("data.split.valid"), nplm.at(train));
  EXPECT_THAT(nplm.at(unknown), HasSubstr("a symbol replaces rare words"));
  const auto word2vec = reasons("reader: wordnet", "word2vec");
  EXPECT_THAT(word2vec.at(train), HasSubstr("word2vec does not predict tokens, so all of"));
  EXPECT_EQ(word2vec.at("data.split.valid"), word2vec.at(train));
  EXPECT_THAT(word2vec.at(unknown), HasSubstr("rare words are dropped"));
  const auto given =
      reasons("reader: wordnet, split: {train: 0.5}, vocabulary: {unknown: x}", "word2vec");
  EXPECT_EQ(given.count(train) + given.count(unknown), 0);
  EXPECT_EQ(given.count("data.split.valid"), 1);
  EXPECT_EQ(reasons("reader: ptb, path: x, split: {by: files}", "pca").count(train), 0);
  EXPECT_EQ(reasons("reader: wordnet, vocabulary: {file: v}", "pca").count(unknown), 0);
}

TEST(ChooseSettings, TheWidthIsThatOfTheInitialVectors) {
  const TempFolder folder;
  const auto init = [&](const std::string& more) {
    return "{" + more + "init: {vectors: " + folder.write("v.txt", "a 1 2 3\nb 4 5 6\n") + "}}";
  };
  for (const char* const train : {"{}", "{budget: 1h}"}) {
    RunConfig config = config_with(train, init(""));
    const auto reasons = choose_settings(config, toy_corpus(100), timed_hooks()).reasons();
    EXPECT_EQ(network(config).dim, 3);
    EXPECT_EQ(reasons.at("model.nplm.dim"), "the columns of init.vectors");
  }
  EXPECT_EQ(network(chosen("{}", init("dim: 5, "))).dim, 5);
  EXPECT_EQ(network(chosen("{}", init("tied: true, "))).hidden, std::vector<std::int64_t>{3});
}

TEST(ChooseSettings, WhatIsWrittenHasNothingLeftToChoose) {
  RunConfig config = chosen("{budget: 1h}");
  RunConfig stored = RunConfig::parse(config.dump(), "toy");
  EXPECT_TRUE(choose_settings(stored, toy_corpus(100), timed_hooks()).reasons().empty());
  EXPECT_EQ(stored.dump(), config.dump());
}

}  // namespace
}  // namespace wordbridge
