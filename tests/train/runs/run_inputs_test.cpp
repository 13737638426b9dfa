#include "train/runs/run_inputs.h"

#include <gmock/gmock.h>

#include <set>

#include "core/io/hash.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

TEST(RunInputsTest, EachSettingIsOneOfAModel) {
  RunConfig config;
  std::set<std::string> known;
  for (const auto& model : registered_models()) {
    config.model = model.name;
    FieldGroup root = config.describe(true);
    for (const auto& setting : input_settings())
      if (root.find("model." + model.name + "." + setting) != nullptr) known.insert(setting);
  }
  for (const auto& setting : input_settings()) EXPECT_EQ(known.count(setting), 1u) << setting;
}

TEST(RunInputsTest, FilesRunsAndFolders) {
  const TempFolder folder;
  const std::string vectors = folder.write("vectors.txt", "a 1\n");
  folder.write("pairs/one.tsv", "a\tb\t1\n");
  RunConfig config =
      RunConfig::parse("data: {path: text.txt}\nmodel: {type: word2vec, word2vec: {start: '" +
                           vectors + "'}}\neval: {similarity: ['" + vectors + "'], outliers: ['" +
                           (folder / "pairs").string() + "']}\nname: pairs\n",
                       "test");
  const auto inputs = run_inputs(config);
  ASSERT_EQ(inputs.size(), 3u);
  EXPECT_EQ(inputs[0].key, "model.word2vec.start");
  EXPECT_EQ(inputs[0].sha256, sha256("a 1\n"));
  std::string sums;
  for (const auto& input : inputs)
    if (input.path == (folder / "pairs").string()) sums = input.sha256;
  EXPECT_EQ(sums, sha256("one.tsv " + sha256("a\tb\t1\n") + "\n"));
}

TEST(RunInputsTest, OfARunOnlyItsResults) {
  const TempFolder folder;
  folder.write("run/config.yaml", "name: a\n");
  folder.write("run/vectors.txt", "a 1\n");
  folder.write("run/log.txt", "one");
  RunConfig config =
      RunConfig::parse("data: {path: text.txt}\nmodel: {type: word2vec, word2vec: {start: '" +
                           (folder / "run").string() + "'}}",
                       "test");
  const auto before = run_inputs(config).at(0).sha256;
  folder.write("run/log.txt", "two");
  EXPECT_EQ(run_inputs(config).at(0).sha256, before);
  folder.write("run/vectors.txt", "a 2\n");
  EXPECT_NE(run_inputs(config).at(0).sha256, before);
}

}  // namespace
}  // namespace wordbridge
