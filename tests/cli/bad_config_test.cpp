#include "tests/cli/cli_test.h"

// Errors in configurations and on the command line.

namespace wordbridge {
namespace {

using BadConfigTest = CliTest;
using testing::HasSubstr;
using testing::Not;

TEST_F(BadConfigTest, AMissingFileIsNamed) {
  fail({"train", "nothing.yaml"}, {"can't open", "nothing.yaml", "No such file"});
}

TEST_F(BadConfigTest, AFolderIsNoConfiguration) {
  std::filesystem::create_directory(folder_ / "folder");
  fail({"train", "folder"}, {"folder", "a regular file"});
}

TEST_F(BadConfigTest, ASyntaxErrorHasItsLine) {
  write("bad.yaml", "train:\n  epochs: [1\nname: x\n");
  fail({"train", "bad.yaml"}, {"invalid YAML", "bad.yaml:3"});
}

TEST_F(BadConfigTest, ATabInTheIndentationHasItsLine) {
  write("bad.yaml", "train:\n\tepochs: 1\n");
  fail({"train", "bad.yaml"}, {"tab in the indentation", "bad.yaml:2"});
}

TEST_F(BadConfigTest, AKeyThatStandsTwiceHasItsLine) {
  write("bad.yaml", "train: {epochs: 1}\nseed: 1\ntrain: {epochs: 2}\n");
  fail({"train", "bad.yaml"}, {"duplicate key 'train'", "first used in line 1", "bad.yaml:3"});
}

TEST_F(BadConfigTest, AMistypedKeyGetsTheNearestName) {
  write("bad.yaml", "extends: small.yaml\ntrain:\n  batchsize: 32\n");
  fail({"train", "bad.yaml"}, {"bad.yaml:3", "unknown key", "did you mean train.batch_size?"});
  fail({"train", "small.yaml", "modle.type=pca"},
       {"command line: modle.type=pca", "did you mean model?"});
}

TEST_F(BadConfigTest, AKeyInTheWrongGroupGetsItsPlace) {
  fail({"train", "small.yaml", "epochs=3"}, {"unknown key", "did you mean", "train.epochs?"});
}

TEST_F(BadConfigTest, AWrongTypeIsNamed) {
  fail({"train", "small.yaml", "train.epochs=many"},
       {"train.epochs", "a number or auto", "'many'"});
  fail({"train", "small.yaml", "train=3"}, {"train", "a group of keys", "'3'"});
  fail({"train", "small.yaml", "model.nplm.hidden=[8, eight]"}, {"hidden[1]", "'eight'"});
}

TEST_F(BadConfigTest, OutOfRangeIsNamed) {
  write("bad.yaml", "extends: small.yaml\ntrain: {epochs: 0, lr: -1}\n");
  fail({"train", "bad.yaml"},
       {"bad.yaml:2", "train.epochs: must be in (0, 1000000], got 0", "train.lr: must be > 0"});
}

TEST_F(BadConfigTest, ContradictionsAreNamed) {
  fail({"train", "small.yaml", "train.momentum=0.5"}, {"train.momentum", "only by sgd", "adamw"});
  fail({"train", "small.yaml", "data.split.train=0.9", "data.split.valid=0.3"},
       {"data.split", "1.3", "more than 1"});
  fail({"train", "small.yaml", "model.nplm.tied=true"}, {"model.nplm.tied", "dim = 4", "got 8"});
}

TEST_F(BadConfigTest, RenamedKeysNameTheNewOnes) {
  fail({"train", "small.yaml", "model.nplm.m=5"}, {"model.nplm.m: is now model.nplm.dim"});
  fail({"train", "small.yaml", "model.lbl.m=5"}, {"model.lbl.m: is now model.lbl.dim"});
}

TEST_F(BadConfigTest, AllMistakesAreToldTogether) {
  write("bad.yaml", "extends: small.yaml\nseed: -1\ntrain:\n  epochs: 0\n");
  fail({"train", "bad.yaml", "train.lr=fast", "model.pca.dmi=3"},
       {"4 problems", "bad.yaml:2: seed", "bad.yaml:4: train.epochs", "train.lr", "'fast'",
        "did you mean model.pca.dim?"});
}

TEST_F(BadConfigTest, ACycleOfExtendsShowsItsFiles) {
  write("a.yaml", "extends: b.yaml\n");
  write("b.yaml", "seed: 1\nextends: a.yaml\n");
  fail({"train", "a.yaml"}, {"extends itself", "b.yaml:2", "a.yaml -> b.yaml -> a.yaml"});
}

TEST_F(BadConfigTest, AMissingExtendsHasItsLine) {
  write("bad.yaml", "seed: 1\nextends: missing.yaml\n");
  fail({"train", "bad.yaml"}, {"'missing.yaml'", "bad.yaml:2", "relative to the folder"});
}

TEST_F(BadConfigTest, AnOverrideNeedsAnEqualsSign) {
  fail({"train", "small.yaml", "train.lr"}, {"key=value", "train.lr (no '=')"}, 2);
}

TEST_F(BadConfigTest, AnUnknownModelGetsTheNearestName) {
  fail({"train", "small.yaml", "model.type=nplmm"},
       {"must be one of nplm", "'nplmm'", "did you mean nplm?"});
  fail({"models", "elmo"}, {"unknown model", "pca", "elmo"});
}

TEST_F(BadConfigTest, AnUnknownDeviceIsNamed) {
  fail({"train", "small.yaml", "device=gpu"}, {"device", "auto, cpu or cuda:N", "'gpu'"});
}

TEST_F(BadConfigTest, TheCommandLineIsChecked) {
  fail({}, {"subcommand is required"}, 2);
  fail({"trian", "small.yaml"}, {"unknown command", "trian", "did you mean train?"}, 2);
  fail({"train", "small.yaml", "--overwrit"}, {"--overwrit"}, 2);
  fail({"train", "small.yaml", "--stop-after-epoch", "0"}, {"--stop-after-epoch"}, 2);
  fail({"train", "small.yaml", "--seeds", "1,x"}, {"--seeds"}, 2);
  fail({"resume"}, {"RUN is required"}, 2);
}

TEST_F(BadConfigTest, EvalRefusesAnUnknownKeyAlone) {
  write("eval.yaml", "eval:\n  similarty: [pairs.tsv]\n");
  write("vectors.txt", "a 1 0\nb 0 1\n");
  const auto result = fail({"eval", "vectors.txt", "--config", "eval.yaml"},
                           {"1 problem", "eval.yaml:2", "did you mean eval.similarity?"});
  EXPECT_THAT(result.err, Not(HasSubstr("data.path")));
}

TEST_F(BadConfigTest, EvalNeedsSomethingToDo) {
  write("vectors.txt", "a 1 0\nb 0 1\n");
  fail({"eval", "vectors.txt"}, {"no benchmark selected", "--similarity"}, 2);
  fail({"eval", "vectors.txt", "--similarity", "gone.tsv"}, {"gone.tsv"}, 2);
}

/// The program without wordbridge-tensor in its folder, as in a broken installation.
TEST_F(BadConfigTest, AMissingCompanionIsSaid) {
  std::filesystem::copy_file(WB_PROGRAM, folder_ / "alone");
  const ProcessResult result =
      Process({(folder_ / "alone").string(), "train", "small.yaml"}, options()).wait();
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("LibTorch"));
  EXPECT_THAT(result.err, HasSubstr((folder_ / "wordbridge-tensor").string()));
  EXPECT_FALSE(exists("runs"));
}

}  // namespace
}  // namespace wordbridge
