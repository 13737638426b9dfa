#include "train/runs/run_config.h"

#include "core/error.h"
#include "models/nplm/nplm_options.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

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
    if (model.name == "mixture") continue;  // needs existing runs as components
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

TEST(RunConfigTest, DefaultsOfTrainingDependOnTheModel) {
  const auto read = [](const std::string& model, const std::string& train = "{}") {
    return RunConfig::parse(
        "data: {reader: wordnet}\nmodel: {type: " + model + "}\ntrain: " + train + "\n", "a");
  };
  const RunConfig nplm = read("nplm"), word2vec = read("word2vec");
  EXPECT_EQ(nplm.train.epochs, 10);
  EXPECT_EQ(nplm.train.lr, 2e-3);
  EXPECT_EQ(word2vec.train.epochs, 5);
  EXPECT_EQ(word2vec.train.lr, 0.025);
  EXPECT_EQ(word2vec.chosen_model_options().epochs, 5);
  const RunConfig given = read("word2vec", "{epochs: 3, lr: 0.5}");
  EXPECT_EQ(given.train.epochs, 3);
  EXPECT_EQ(given.chosen_model_options().epochs, 3);
  EXPECT_EQ(given.chosen_model_options().lr, 0.5);
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
