#include "tests/cli/cli_test.h"

// Tests of `wordbridge reproduce` with models that need no tensors.

namespace wordbridge {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr int kDiffers = 3;

class ReproduceTest : public CliTest {
 protected:
  void train(const std::string& out, const Arguments& more) const {
    Arguments arguments = {"-q", "train", "small.yaml", "--out", out};
    arguments.insert(arguments.end(), more.begin(), more.end());
    succeed(arguments);
  }
  void train_word2vec(const std::string& out, const Arguments& more = {}) const {
    Arguments arguments = {"model.type=word2vec", "model.word2vec.dim=8"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    train(out, arguments);
  }
  /// Runs the command and checks that the files of the run stay as they are.
  ProcessResult reproduce(const std::string& run, int status, const Arguments& more = {}) const {
    Arguments arguments = {"reproduce", run};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto before = files_of(run);
    const ProcessResult result = CliTest::run(arguments);
    EXPECT_EQ(result.status, status) << told(arguments, result);
    EXPECT_EQ(files_of(run), before) << "the run was changed";
    return result;
  }
  std::map<std::string, std::string> files_of(const std::string& run) const {
    std::map<std::string, std::string> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / run))
      if (entry.is_regular_file()) found[entry.path().string()] = slurp(entry.path());
    return found;
  }
  void replace(const std::string& file, const std::string& old, const std::string& text) const {
    std::string now = content(file);
    const auto place = now.find(old);
    ASSERT_NE(place, std::string::npos) << old << " in " << file << ":\n" << now;
    write(file, now.replace(place, old.size(), text));
  }
};

TEST_F(ReproduceTest, AStoppedAndResumedRunIsReproducedAndTheCopyRemoved) {
  train_word2vec("runs/a", {"train.epochs=2", "--stop-after-step", "1"});
  ASSERT_FALSE(exists("runs/a/summary.json"));
  succeed({"-q", "resume", "runs/a"});
  const auto result = reproduce("runs/a", 0);
  EXPECT_THAT(result.out, HasSubstr("runs/a is reproduced: bit-identical\n"));
  EXPECT_THAT(result.out, HasSubstr("same data, configuration, program and machine"));
  for (const char* const file : {"config.yaml", "metrics.jsonl", "vectors.txt", "summary.json",
                                 "vocabulary.tsv", "checkpoints/latest.wb", "eval.json"})
    EXPECT_THAT(result.out, HasSubstr(file)) << result.out;
  EXPECT_THAT(result.out, Not(HasSubstr("manifest.json")));
  EXPECT_FALSE(exists("runs/a-reproduced"));
}

TEST_F(ReproduceTest, TheCopyIsKeptIfAskedForOrPlaced) {
  train("runs/a", {"model.type=ngram", "eval.similarity=[]"});
  reproduce("runs/a/", 0, {"--keep"});
  EXPECT_EQ(content("runs/a/model.wb"), content("runs/a-reproduced/model.wb"));
  reproduce("runs/a", 0, {"--out", "other", "--threads", "2"});
  EXPECT_EQ(json("other/manifest.json").at("machine").at("threads"), 2);
  fail({"reproduce", "runs/a"}, {"already exists", "--overwrite"});
  reproduce("runs/a", 0, {"--overwrite"});
  EXPECT_FALSE(exists("runs/a-reproduced"));
}

TEST_F(ReproduceTest, OnAsManyThreadsAsTheManifestSays) {
  train("runs/a", {"model.type=ngram", "threads=3"});
  replace("runs/a/config.yaml", "threads: 3", "threads: 1");
  reproduce("runs/a", 0, {"--keep"});
  EXPECT_EQ(json("runs/a-reproduced/manifest.json").at("machine").at("threads"), 3);
}

TEST_F(ReproduceTest, ChangedTextIsNamedAndNothingIsTrained) {
  train_word2vec("runs/a");
  const std::string expected = json("runs/a/manifest.json")
                                   .at("data")
                                   .at("source")
                                   .at("files")
                                   .at(0)
                                   .at("sha256")
                                   .get<std::string>()
                                   .substr(0, 12);
  write("text.txt", content("text.txt") + "a new line\n");
  const auto result = reproduce("runs/a", kDiffers);
  EXPECT_THAT(result.out, HasSubstr("is not reproduced; nothing was trained"));
  EXPECT_THAT(result.out, HasSubstr("text.txt"));
  EXPECT_THAT(result.out, HasSubstr("expected: SHA-256 " + expected));
  EXPECT_FALSE(exists("runs/a-reproduced"));
  std::filesystem::remove(folder_ / "text.txt");
  fail({"reproduce", "runs/a"}, {"text.txt"});
}

TEST_F(ReproduceTest, WhereAndByHowMuchTheResultsDiffer) {
  train_word2vec("runs/a", {"train.epochs=2", "train.lr=0.05"});
  replace("runs/a/config.yaml", "lr: 0.05", "lr: 0.06");
  const auto result = reproduce("runs/a", kDiffers);
  EXPECT_THAT(result.out, HasSubstr("runs/a is not reproduced"));
  EXPECT_THAT(result.out, HasSubstr("config.yaml"));
  EXPECT_THAT(result.out, HasSubstr("metrics.jsonl: they part at epoch 1, update "));
  EXPECT_THAT(result.out, testing::ContainsRegex("train_loss: [0-9.]+, now [0-9.]+"));
  EXPECT_THAT(result.out, HasSubstr("checkpoints/latest.wb: 2 of 2 arrays differ"));
  EXPECT_THAT(result.out, HasSubstr("vectors.txt: the vectors differ"));
  EXPECT_THAT(result.out, HasSubstr("identical: config.yaml, vocabulary.tsv"));
  EXPECT_LT(result.out.find("metrics.jsonl:"), result.out.find("checkpoints/latest.wb:"));
  EXPECT_THAT(result.out, HasSubstr("the second training: runs/a-reproduced"));
  EXPECT_TRUE(exists("runs/a-reproduced/summary.json")) << "kept, to look at";
}

TEST_F(ReproduceTest, AnotherProgramOrMachineIsTold) {
  train("runs/a", {"model.type=ngram"});
  auto manifest = json("runs/a/manifest.json");
  manifest["wordbridge"]["commit"] = "0123456789ab";
  manifest["machine"]["simd"] = "NEON";
  manifest["machine"]["threads"] = 1;
  write("runs/a/manifest.json", manifest.dump(2));
  const auto result = reproduce("runs/a", 0, {"--threads", "2"});
  EXPECT_THAT(result.out, HasSubstr("bit-identical"));
  EXPECT_THAT(result.out, testing::ContainsRegex("commit +0123456789ab"));
  EXPECT_THAT(result.out, testing::ContainsRegex("simd +NEON"));
  EXPECT_THAT(result.out, testing::ContainsRegex("threads +1 +2"));
}

TEST_F(ReproduceTest, InitialVectorsMustBeThoseOfTheManifest) {
  train_word2vec("runs/start");
  std::filesystem::copy(folder_ / "runs/start/vectors.txt", folder_ / "start.txt");
  train_word2vec("runs/a", {"model.word2vec.start=start.txt"});
  const auto inputs = json("runs/a/manifest.json").at("inputs");
  ASSERT_EQ(inputs.size(), 1u) << inputs;
  EXPECT_EQ(inputs[0]["key"], "model.word2vec.start");
  EXPECT_EQ(inputs[0]["path"], "start.txt");
  reproduce("runs/a", 0);
  replace("start.txt", "0", "1");
  const auto changed = reproduce("runs/a", kDiffers);
  EXPECT_THAT(changed.out, HasSubstr("model.word2vec.start: start.txt"));
  EXPECT_THAT(changed.out, HasSubstr("nothing was trained"));
  std::filesystem::remove(folder_ / "start.txt");
  fail({"reproduce", "runs/a"}, {"start.txt"});
  EXPECT_FALSE(exists("runs/a-reproduced"));
}

TEST_F(ReproduceTest, AMixtureIsReproducedFromItsComponents) {
  train("runs/ngram", {"model.type=ngram"});
  train("runs/cache", {"model.type=cache"});
  train("runs/a", {"model.type=mixture", "model.mixture.components=[runs/ngram, runs/cache]"});
  EXPECT_THAT(reproduce("runs/a", 0).out, HasSubstr("model.wb"));
  // The same component again: its checksum is that of its results.
  train("runs/cache", {"model.type=cache", "--overwrite"});
  reproduce("runs/a", 0);
  train("runs/cache", {"model.type=cache", "model.cache.window=3", "--overwrite"});
  EXPECT_THAT(reproduce("runs/a", kDiffers).out, HasSubstr("model.mixture.components: runs/cache"));
}

TEST_F(ReproduceTest, FastTrainingPromisesNoBytes) {
  train_word2vec("runs/a", {"model.word2vec.parallel=fast"});
  std::string vectors = content("runs/a/vectors.txt");
  vectors.replace(vectors.rfind(' '), std::string::npos, " 77\n");
  write("runs/a/vectors.txt", vectors);
  const auto result = reproduce("runs/a", kDiffers);
  EXPECT_THAT(result.out, HasSubstr("identical bytes are not promised: "
                                    "model.word2vec.parallel: fast"));
  EXPECT_THAT(result.out, testing::ContainsRegex("vectors +7[67]"));
}

TEST_F(ReproduceTest, AStoppedReproductionContinues) {
  train_word2vec("runs/a", {"train.epochs=2"});
  succeed({"-q", "train", "runs/a/config.yaml", "--out", "again", "--stop-after-epoch", "1"});
  fail({"reproduce", "runs/a", "--out", "again"}, {"already exists"});
  EXPECT_THAT(reproduce("runs/a", 0, {"--out", "again", "--resume"}).out,
              HasSubstr("bit-identical"));
  // Complete: only compared.
  EXPECT_THAT(reproduce("runs/a", 0, {"--out", "again", "--resume"}).out,
              HasSubstr("bit-identical"));
  train_word2vec("runs/b", {"train.epochs=1"});
  fail({"reproduce", "runs/b", "--out", "again", "--resume"}, {"another configuration"});
  fail({"reproduce", "runs/b", "--resume"}, {"run not found", "runs/b-reproduced"});
}

TEST_F(ReproduceTest, WhatCantBeReproduced) {
  fail({"reproduce", "none"}, {"run not found", "none"});
  train_word2vec("runs/a", {"--stop-after-step", "1", "train.epochs=2"});
  fail({"reproduce", "runs/a"}, {"not complete", "wordbridge resume runs/a"});
  succeed({"-q", "resume", "runs/a"});
  fail({"reproduce", "runs/a", "--out", "runs/a"}, {"would write into the run"}, 2);
  fail({"reproduce", "runs/a", "--out", "runs/a/again"}, {"would write into the run"}, 2);
  auto manifest = json("runs/a/manifest.json");
  manifest["wordbridge"]["version"] = "99.1.0";
  write("runs/a/manifest.json", manifest.dump());
  fail({"reproduce", "runs/a"}, {"newer version", "99.1.0"});
  write("runs/a/manifest.json", "{}");
  fail({"reproduce", "runs/a"}, {"manifest of the run is damaged"});
  train("runs/seeds", {"model.type=ngram", "--seeds", "1,2"});
  fail({"reproduce", "runs/seeds"}, {"several seeds", "runs/seeds/seed-..."});
  reproduce("runs/seeds/seed-2", 0);
  succeed({"-q", "sweep", "small.yaml", "model.type=ngram", "model.ngram.order=1,2", "--out",
           "runs/sweep", "--no-report"});
  fail({"reproduce", "runs/sweep"}, {"holds a sweep", "runs/sweep/POINT"});
  reproduce("runs/sweep/order=2", 0);
}

}  // namespace
}  // namespace wordbridge
