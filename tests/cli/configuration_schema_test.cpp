#include <sstream>

#include "tests/cli/cli_test.h"

// The JSON schema of configurations, and whether it agrees with the program.

namespace wordbridge {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using testing::HasSubstr;

class ConfigurationSchemaTest : public CliTest {
 protected:
  ConfigurationSchemaTest() { write("schema.json", succeed({"keys", "--schema"}).out); }

  Json properties(const std::vector<std::string>& groups) const {
    Json inner = json("schema.json").at("properties");
    for (const auto& group : groups) {
      EXPECT_EQ(inner.at(group).at("additionalProperties"), false) << group;
      inner = Json(inner.at(group).at("properties"));
    }
    return inner;
  }
};

TEST_F(ConfigurationSchemaTest, HasEachSetting) {
  const Json schema = json("schema.json");
  EXPECT_EQ(schema.at("$schema"), "http://json-schema.org/draft-07/schema#");
  EXPECT_EQ(schema.at("additionalProperties"), false);
  const Json top = properties({});
  for (const char* const key : {"extends", "name", "device", "data", "distributed", "eval"})
    EXPECT_TRUE(top.contains(key)) << key;
  EXPECT_EQ(top.at("seed"), Json::parse(R"({
    "description": "random seed", "type": "integer", "minimum": 0, "default": 1})"));

  const Json train = properties({"train"});
  EXPECT_EQ(train.at("lr").at("anyOf"),
            Json::parse(R"([{"type": "number", "exclusiveMinimum": 0}, {"const": "auto"}])"));
  EXPECT_EQ(train.at("epochs").at("anyOf").at(0),
            Json::parse(R"({"type": "number", "exclusiveMinimum": 0, "maximum": 1000000})"));
  EXPECT_EQ(train.at("epochs").at("default"), "auto");

  const Json models = properties({"model"});
  EXPECT_EQ(models.at("type").at("default"), "nplm");
  for (const std::string name : models.at("type").at("enum")) EXPECT_TRUE(models.contains(name));
  EXPECT_EQ(models.at("type").at("enum").size() + 1, models.size());
  const Json hidden = properties({"model", "nplm"}).at("hidden").at("anyOf");
  EXPECT_EQ(hidden.at(0).at("items"), hidden.at(1));
  EXPECT_EQ(hidden.at(1).at("type"), "integer");
  EXPECT_EQ(hidden.at(2).at("const"), "auto");
  EXPECT_FALSE(properties({"model", "nplm"}).contains("m"));  // renamed to dim
}

TEST_F(ConfigurationSchemaTest, EachSettingCanBeSwept) {
  const Json sweep = properties({"sweep"});
  EXPECT_EQ(sweep.at("search").at("properties").at("points"),
            Json::parse(R"({"description": "number of points", "type": "integer",
                            "minimum": 1, "maximum": 10000})"));
  EXPECT_EQ(sweep.at("train.lr").at("$ref"), "#/definitions/sweep.train.lr");
  EXPECT_EQ(json("schema.json").at("definitions").at("sweep.train.lr").at("anyOf").at(0),
            Json::parse(R"({"type": "array", "minItems": 1,
                            "items": {"$ref": "#/properties/train/properties/lr"}})"));
}

/// Needs Python's JSON schema validator.
class ValidatorTest : public ConfigurationSchemaTest {
 protected:
  void SetUp() override {
    if (run_python({"-c", "import jsonschema, yaml"}).status != 0)
      GTEST_SKIP() << "no python3-jsonschema and python3-yaml (scripts/setup --schema)";
  }

  /// What the validator says of each file: the lines FILE: valid and FILE: MESSAGE.
  std::vector<std::string> validated(const std::vector<std::string>& files) const {
    Arguments arguments = {std::string(WB_SOURCE) + "/tests/cli/validate_configurations.py",
                           "schema.json"};
    arguments.insert(arguments.end(), files.begin(), files.end());
    const ProcessResult result = run_python(arguments);
    EXPECT_EQ(result.status, 0) << result.err;
    std::vector<std::string> lines;
    std::istringstream out(result.out);
    for (std::string line; std::getline(out, line);) lines.push_back(line);
    return lines;
  }

  /// Expects that the program (with the command) and the validator accept all of the texts, or
  /// none.
  void expect_same(const Arguments& command, const std::vector<std::string>& texts,
                   bool accepted) const {
    std::vector<std::string> files;
    for (const auto& text : texts) {
      files.push_back(std::to_string(files.size()) + ".yaml");
      write(files.back(), text);
      Arguments arguments = {command.front(), files.back()};
      arguments.insert(arguments.end(), command.begin() + 1, command.end());
      const ProcessResult result = run(arguments);
      EXPECT_EQ(result.status, accepted ? 0 : 1) << text << told(arguments, result);
    }
    const auto lines = validated(files);
    ASSERT_EQ(lines.size(), texts.size());
    for (std::size_t i = 0; i < lines.size(); ++i)
      EXPECT_EQ(lines[i] == files[i] + ": valid", accepted) << texts[i] << lines[i];
  }

 private:
  ProcessResult run_python(const Arguments& arguments) const {
    Arguments command = {"/usr/bin/python3"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return Process(command, options()).wait();
  }
};

const Arguments kTrain = {"train", "data.path=text.txt", "--dump-config"};
const Arguments kSweep = {"sweep", "data.path=text.txt", "--dry-run"};

TEST_F(ValidatorTest, ConfigurationsOfTheRepositoryAreValid) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(WB_SOURCE "/experiments"))
    if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
  ASSERT_GT(files.size(), 50u);
  for (const char* const page :
       {"docs/contexts.md", "docs/language-models.md", "docs/output-layers.md", "docs/runs.md",
        "docs/sweeps.md", "models/glove/README.md"})
    files.push_back(std::string(WB_SOURCE "/") + page);
  const auto lines = validated(files);
  EXPECT_GE(lines.size(), files.size());
  for (const auto& line : lines) EXPECT_THAT(line, HasSubstr(": valid"));
}

TEST_F(ValidatorTest, DumpedConfigurationsAreValid) {
  std::vector<std::string> files;
  for (const char* const model : {"nplm", "pca", "ngram", "word2vec", "transformer"}) {
    files.push_back(std::string(model) + ".yaml");
    write(files.back(), succeed({"train", "data.path=text.txt", std::string("model.type=") + model,
                                 "--dump-config"})
                            .out);
  }
  for (const auto& line : validated(files)) EXPECT_THAT(line, HasSubstr(": valid"));
}

TEST_F(ValidatorTest, AcceptsWhatTrainAccepts) {
  expect_same(kTrain,
              {
                  "",
                  "train:\n",
                  "extends: [small.yaml]\n",
                  "extends: small.yaml\nname: ten\n",
                  "extends:\n",
                  "seed: 1e3\n",
                  "seed: 3.0\n",
                  "seed: +3\n",
                  "name: 2026\n",
                  "name: true\n",
                  "data: {tokenizer: {lowercase: TRUE}}\n",
                  "data: {valid_path: , test_path: []}\n",
                  "train: {lr: auto, epochs: 'auto'}\n",
                  "train: {lr: .5, epochs: 0.5}\n",
                  "train: {epochs: 1000000}\n",
                  "model: {nplm: {hidden: 64}}\n",
                  "model: {nplm: {hidden: [64]}}\n",
                  "model: {nplm: {hidden: auto, bags: }}\n",
                  "model: {type: ngram, ngram: {memory: 512MB}}\n",
                  "model: {type: ngram, ngram: {memory: 512000000}}\n",
              },
              true);
}

TEST_F(ValidatorTest, RefusesWhatTrainRefuses) {
  expect_same(kTrain,
              {
                  "[1, 2]\n",
                  "sede: 1\n",
                  "epochs: 3\n",
                  "train.lr: 0.1\n",
                  "train: {batchsize: 32}\n",
                  "model: {pca: {dmi: 3}}\n",
                  "model: {nplm: {output: {nce: {nosie: uniform}}}}\n",
                  "model: {nplm: {m: 5}}\n",  // a renamed key
                  "search: {points: 3}\n",
                  "extends: {file: small.yaml}\n",
                  "extends: ''\n",
                  "extends: [[small.yaml]]\n",
                  "train: 3\n",
                  "train: [1]\n",
                  "seed: 1.5\n",
                  "seed: '1'\n",
                  "seed: many\n",
                  "seed: auto\n",
                  "seed:\n",
                  "name: [a]\n",
                  "train: {epochs: many}\n",
                  "train: {lr: [0.1]}\n",
                  "data: {tokenizer: {lowercase: yes}}\n",
                  "data: {tokenizer: {lowercase: 1}}\n",
                  "model: {nplm: {hidden: {size: 8}}}\n",
                  "model: {nplm: {hidden: [8, eight]}}\n",
                  "model: {nplm: {hidden: [auto]}}\n",
                  "model: {nplm: {hidden: [[8]]}}\n",
                  "model: {nplm: {hidden: [0]}}\n",
                  "seed: -1\n",
                  "threads: 1025\n",
                  "train: {epochs: 1000000.5}\n",
                  "train: {lr: 0}\n",               // an open bound
                  "model: {nplm: {dropout: 1}}\n",  // an open bound
                  "model: {type: elmo}\n",
                  "model: {type: }\n",
                  "train: {optimizer: Adam}\n",
                  "vectors: doc\n",
              },
              false);
}

TEST_F(ValidatorTest, AcceptsWhatSweepAccepts) {
  expect_same(kSweep,
              {
                  "model: {type: pca}\nsweep:\n  seed: [1, 2]\n",
                  "model: {type: pca}\nsweep:\n  model.pca.dim: [2, 4]\n",
                  "model: {type: pca}\nsweep: {model: {pca: {dim: [2], counts.window: [1, 2]}}}\n",
                  "sweep:\n  model: [{type: pca}, {type: ngram, ngram: {order: 3}}]\n",
                  "model: {type: pca}\nsweep:\n  model.pca: [~, {dim: 4}]\n  seed: [1]\n"
                  "  model.pca.power: [0, auto]\n  search: {points: 2}\n",
                  "model: {type: ngram}\nsweep:\n  model.ngram.min_counts: [[], 1, [1, 2]]\n",
                  "model: {type: pca}\nsweep:\n  model.pca.dim: {integer: [2, 8]}\n"
                  "  search: {points: 3}\n",
                  "model: {type: nplm}\nsweep:\n  model.nplm.hidden: {log_integer: [2, 8]}\n"
                  "  train: {lr: {log_uniform: [1e-3, 0.1]}}\n  search: {points: 3}\n",
              },
              true);
}

TEST_F(ValidatorTest, RefusesWhatSweepRefuses) {
  expect_same(
      kSweep,
      {
          "sweep: [1, 2]\n",
          "sweep: {seed: 1}\n",
          "sweep: {seed: []}\n",
          "sweep: {seed: {integer: [1, 3]}, search: {points: 2}}\n",
          "sweep: {train: , seed: [1, 2]}\n",
          "sweep: {train.lr: [0.1, 0]}\n",
          "sweep: {train.lrr: [0.1, 0.2]}\n",
          "sweep: {train: {lrr: [0.1, 0.2]}}\n",
          "sweep: {model.type: [pca, elmo]}\n",
          "sweep: {model: [{type: pca}, {kind: pca}]}\n",
          "sweep: {model.nplm.direct: [true, maybe]}\n",
          "sweep: {train.lr: {log_uniform: [0, 0.1]}, search: {points: 2}}\n",
          "sweep: {train.lr: {normal: [0.1, 0.2]}, search: {points: 2}}\n",
          "sweep: {train.lr: {uniform: [0.1]}, search: {points: 2}}\n",
          "sweep: {train.lr: {uniform: [0.1, 0.2], integer: [1, 2]}, search: {points: 2}}\n",
          "sweep: {model.nplm.dim: {uniform: [8.5, 9.5]}, search: {points: 2}}\n",
          "sweep: {model.nplm.dim: {integer: [1.5, 8]}, search: {points: 2}}\n",
          "sweep: {seed: [1, 2], train.lr: [0.1, 0.2], search: {points: 0}}\n",
          "sweep: {seed: [1, 2], train.lr: [0.1, 0.2], search: {points: 2, kind: random}}\n",
      },
      false);
}

}  // namespace
}  // namespace wordbridge
