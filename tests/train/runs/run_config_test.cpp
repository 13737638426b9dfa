#include "train/runs/run_config.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "models/nplm/nplm_options.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::HasSubstr;

TEST(RunConfigTest, DumpGivesTheSameExperimentAgain) {
  RunConfig config = RunConfig::parse(
      "seed: 7\ndata: {reader: wordnet}\nmodel: {type: nplm, nplm: {n: 3, hidden: [5, 6]}}\ntrain: "
      "{lr: 0.1}\n",
      "a");
  const std::string text = config.dump();
  EXPECT_EQ(RunConfig::parse(text, "b").dump(), text);
  const auto& options = dynamic_cast<const NplmOptions&>(config.chosen_model_options());
  EXPECT_EQ(options.hidden, (std::vector<std::int64_t>{5, 6}));
  EXPECT_EQ(text.find("pca:"), std::string::npos) << "unused sections are omitted";
}

TEST(RunConfigTest, AnotherModelIsOneChangedLine) {
  const std::string text =
      "data: {reader: wordnet}\nmodel:\n  type: nplm\n  nplm: {dim: 8}\n  pca: {dim: 8}\n";
  for (const auto& model : registered_models()) {
    if (model.name == "mixture" || model.name == "join") continue;  // need existing runs
    std::string changed = text;
    changed.replace(changed.find("type: nplm"), 10, "type: " + model.name);
    EXPECT_EQ(RunConfig::parse(changed, "a").model, model.name);
  }
}

TEST(RunConfigTest, AllMistakesAreReportedTogetherWithTheirLines) {
  const TempFolder folder;
  const auto file = folder.write("bad.yaml",
                                 "seed: -1\n"
                                 "device: gpu\n"
                                 "model:\n"
                                 "  type: nplm\n"
                                 "  nplm:\n"
                                 "    hiden: [5]\n"
                                 "    hidden: []\n"
                                 "train:\n"
                                 "  optimizer: adam\n"
                                 "  momentum: 0.9\n");
  const auto message = message_of<Error>([&] { RunConfig::load(file, {"train.lr=fast"}); });
  EXPECT_NE(message.find("bad.yaml:1: seed"), std::string::npos) << message;
  EXPECT_NE(message.find("bad.yaml:2: device"), std::string::npos) << message;
  EXPECT_NE(message.find("bad.yaml:6: model.nplm.hiden"), std::string::npos) << message;
  EXPECT_NE(message.find("hidden"), std::string::npos) << message;
  EXPECT_NE(message.find("bad.yaml:7: model.nplm.hidden"), std::string::npos) << message;
  EXPECT_NE(message.find("bad.yaml:10: train.momentum"), std::string::npos) << message;
  EXPECT_NE(message.find("train.lr"), std::string::npos) << message;
}

RunConfig config_with(const std::string& model, const std::string& train = "{}") {
  return RunConfig::parse("data: {reader: wordnet}\nmodel: " + model + "\ntrain: " + train + "\n",
                          "a");
}

TEST(RunConfigTest, ModelsThatDoNotPredictTokensUseTheWholeText) {
  for (const std::string model : {"word2vec", "pca"}) {
    const RunConfig config = config_with("{type: " + model + "}");
    EXPECT_EQ(config.data.split.train, -1) << model;
    EXPECT_EQ(config.data.split.valid, 0) << model;
    EXPECT_EQ(config.data.split.test, 0) << model;
    EXPECT_EQ(config.data.vocabulary.unknown, "") << model;
  }
  for (const std::string model : {"nplm", "lbl", "ngram", "cache"}) {
    const RunConfig config = config_with("{type: " + model + "}");
    EXPECT_EQ(config.data.split.train, 0.9) << model;
    EXPECT_EQ(config.data.split.valid, 0.05) << model;
    EXPECT_EQ(config.data.vocabulary.unknown, "<unk>") << model;
  }
}

TEST(RunConfigTest, OpenSettingsAreChosenForTheText) {
  RunConfig config = config_with("{type: nplm, nplm: {dim: 7}}", "{lr: 0.5}");
  EXPECT_FALSE(config.train.epochs);
  EXPECT_THAT(config.dump(), HasSubstr("\n  epochs: auto\n"));
  const ChosenSettings chosen = config.choose({1000000, 14000});
  EXPECT_TRUE(config.train.epochs);
  EXPECT_EQ(config.chosen_model_options().epochs, config.train.epochs);
  EXPECT_EQ(config.train.lr, 0.5);
  const auto& options = dynamic_cast<const NplmOptions&>(config.chosen_model_options());
  EXPECT_EQ(options.dim, 7);
  EXPECT_TRUE(options.hidden && options.dropout && options.bags && options.output.type);
  EXPECT_EQ(chosen.reasons().count("train.epochs"), 1);
  EXPECT_EQ(chosen.reasons().count("train.lr"), 0);
  EXPECT_EQ(chosen.reasons().count("model.nplm.dim"), 0);
  EXPECT_EQ(config.dump().find("auto"), config.dump().find("auto", config.dump().find("device")));
  EXPECT_THAT(config.dump(true, chosen), HasSubstr("# chosen: for 1,000,000 tokens"));
  // The written configuration has nothing left to choose.
  RunConfig again = RunConfig::parse(config.dump(), "a");
  EXPECT_TRUE(again.choose({5, 5}).reasons().empty());
  EXPECT_EQ(again.dump(), config.dump());
}

TEST(RunConfigTest, GivenSettingsDecideWhatIsChosen) {
  const auto chosen = [](const std::string& model, const TextSize& text) {
    RunConfig config = config_with(model);
    config.choose(text);
    return dynamic_cast<const NplmOptions&>(config.chosen_model_options());
  };
  const TextSize text{1000000, 14000};
  const auto tied = chosen("{type: nplm, nplm: {tied: true, hidden: [40]}}", text);
  EXPECT_EQ(tied.dim, 40);
  EXPECT_EQ(*chosen("{type: nplm, nplm: {tied: true, dim: 40}}", text).hidden,
            std::vector<std::int64_t>{40});
  EXPECT_TRUE(chosen("{type: nplm, nplm: {n: 3}}", text).bag_sizes().empty());
  EXPECT_FALSE(chosen("{type: nplm}", text).bag_sizes().empty());
  // 6 x 1 million tokens x 4 epochs x width 128 x 14,000 words are 43 TFLOP.
  EXPECT_EQ(chosen("{type: nplm}", text).output.type, OutputType::sampled);
  EXPECT_EQ(chosen("{type: nplm}", {1000, 100}).output.type, OutputType::full);
  // The network of the paper, which can be trained on single examples.
  const auto paper = chosen("{type: nplm}", {1000000, 14000, true});
  EXPECT_EQ(paper.output.type, OutputType::full);
  EXPECT_EQ(paper.dropout, 0);
  EXPECT_TRUE(paper.bag_sizes().empty());
}

TEST(RunConfigTest, WhatIsChosenIsCheckedToo) {
  RunConfig config = config_with("{type: word2vec, word2vec: {lr_min: 0.9}}");
  EXPECT_THAT(message_of<Error>([&] {
                config.choose({1000, 100});
              }),
              HasSubstr("model.word2vec.lr_min=0.9: is above train.lr"));
  EXPECT_THAT(message_of<Error>([] { config_with("{type: pca}", "{budget: 10m}"); }),
              HasSubstr("train.budget: not supported by pca"));
  EXPECT_THAT(message_of<Error>([] { config_with("{type: nplm}", "{budget: 10 minutes}"); }),
              HasSubstr("train.budget: expected a time such as 90s, 10m or 2h, got '10 minutes'"));
}

TEST(RunConfigTest, TheKeysOfWord2vecThatAreNowThoseOfTrainingAreRefused) {
  const TempFolder folder;
  const auto file = folder.write("old.yaml",
                                 "model:\n"
                                 "  type: word2vec\n"
                                 "  word2vec:\n"
                                 "    epochs: 3\n"
                                 "    lr: 0.05\n");
  const auto message = message_of<Error>([&] { RunConfig::load(file, {}); });
  EXPECT_NE(message.find("old.yaml:4: model.word2vec.epochs: is now train.epochs"),
            std::string::npos)
      << message;
  EXPECT_NE(message.find("old.yaml:5: model.word2vec.lr: is now train.lr"), std::string::npos)
      << message;
}

TEST(RunConfigTest, RestartsThatMakeNoSenseAreRefused) {
  const TempFolder folder;
  const auto vectors = folder.write("v.txt", "a 1\n");
  const auto message = [](const std::string& model, const std::string& train) {
    return message_of<Error>([&] {
      RunConfig::parse("data: {reader: wordnet}\nmodel: " + model + "\ntrain: {" + train + "}\n",
                       "a");
    });
  };
  const auto expect = [&](const std::string& model, const std::string& train,
                          const std::string& part) {
    const auto got = message(model, train);
    EXPECT_NE(got.find(part), std::string::npos) << train << ": " << got;
  };
  const std::string nplm = "{type: nplm}";
  expect(nplm, "restarts: 0", "train.restarts");
  expect(nplm, "restarts: -2", "train.restarts");
  expect(nplm, "restarts: 2.5", "train.restarts");
  expect(nplm, "restarts: 4, restart_epochs: -1", "train.restart_epochs");
  expect(nplm, "restarts: 4, epochs: 6, restart_epochs: 6", "starts of 6 of 6 epochs");
  expect(nplm, "restarts: 4, epochs: 1", "starts of 1 of 1 epochs");
  expect(nplm, "restart_epochs: 3", "only has an effect with restarts");
  expect("{type: nplm, nplm: {dim: 1, init: {vectors: " + vectors + "}}}", "restarts: 4",
         "model.nplm.init.vectors");
  expect("{type: nplm, nplm: {dim: 1, init: {vectors: " + vectors + ", frozen_epochs: 3}}}",
         "epochs: 3", "must be less than train.epochs = 3, got 3");
  expect(
      "{type: nplm, nplm: {dim: 1, init: {vectors: " + vectors + ", features: 0, norms: scaled}}}",
      "epochs: 3", "would scale the vectors of the file to zeros");
  for (const std::string model : {"word2vec", "pca", "ngram", "cache"})
    expect("{type: " + model + "}", "restarts: 4", "not supported by " + model);
  for (const std::string model : {"nplm", "lbl"}) {
    const auto config = RunConfig::parse(
        "data: {reader: wordnet}\nmodel: {type: " + model + "}\ntrain: {restarts: 4, epochs: 9}\n",
        "a");
    EXPECT_EQ(config.train.start_epochs(), 3) << "a quarter, rounded up";
  }
  EXPECT_EQ(RunConfig::parse("data: {reader: wordnet}", "a").train.start_epochs(), 0);
}

TEST(RunConfigTest, OnlyRecurrentModelsCarryAState) {
  const auto message = [](const std::string& model) {
    return message_of<Error>(
        [&] { RunConfig::parse("data: {reader: wordnet}\nmodel: " + model + "\n", "a"); });
  };
  for (const std::string model : {"transformer", "deep_nplm"}) {
    const auto got = message("{type: " + model + ", " + model + ": {sequences: {state: carry}}}");
    EXPECT_NE(got.find("carry needs a recurrent model (lstm)"), std::string::npos) << got;
  }
  RunConfig::parse("data: {reader: wordnet}\nmodel: {type: lstm}\n", "a");
  RunConfig::parse(
      "data: {reader: wordnet}\n"
      "model: {type: lstm, lstm: {sequences: {state: reset, overlap: 4}}}\n",
      "a");
  const auto got = message("{type: lstm, lstm: {sequences: {overlap: 4}}}");
  EXPECT_NE(got.find("has no use with state: carry"), std::string::npos) << got;
}

TEST(RunConfigTest, UnknownModelNamesTheNearest) {
  const auto message = message_of<Error>([] { RunConfig::parse("model: {type: nplmm}\n", "a"); });
  EXPECT_NE(message.find("nplm"), std::string::npos) << message;
}

TEST(RegistryTest, EveryModelDescribesItselfUnderItsName) {
  for (const auto& model : registered_models()) {
    const FieldGroup group = model.make_options()->describe();
    EXPECT_EQ(group.name, model.name);
    EXPECT_FALSE(group.help.empty());
    EXPECT_FALSE(group.fields.empty());
    EXPECT_EQ(find_model(model.name).kind, model.kind);
  }
  EXPECT_THROW(find_model("none"), Error);
}

}  // namespace
}  // namespace wordbridge
