#include "tests/cli/cli_test.h"

// `wordbridge reproduce` of models that are trained by gradients.

namespace wordbridge {
namespace {

using testing::HasSubstr;

using ReproduceTrainingTest = CliTest;

TEST_F(ReproduceTrainingTest, ANetworkOnAnyNumberOfThreads) {
  write("pairs.tsv", "man\twoman\t9\napple\torange\t8\ndog\tcat\t8\nman\tapple\t2\n");
  succeed({"-q", "train", "small.yaml", "--out", "runs/a", "model.nplm.dropout=0.2", "threads=2",
           "vectors_epochs=2", "vectors=safetensors", "eval.similarity=pairs.tsv",
           "--stop-after-step", "31"});
  succeed({"-q", "resume", "runs/a"});
  const auto result = succeed({"reproduce", "runs/a", "--threads", "1"});
  EXPECT_THAT(result.out, HasSubstr("bit-identical"));
  for (const char* const file : {"checkpoints/best.wb", "epochs/vectors-0002.safetensors",
                                 "vectors.safetensors", "token_scores.wb", "eval_items.wb"})
    EXPECT_THAT(result.out, HasSubstr(file));
  EXPECT_FALSE(exists("runs/a-reproduced"));
}

TEST_F(ReproduceTrainingTest, ParametersThatDifferAreListed) {
  succeed({"-q", "train", "small.yaml", "--out", "runs/a"});
  std::string config = content("runs/a/config.yaml");
  const auto place = config.find("seed: 1");
  ASSERT_NE(place, std::string::npos);
  write("runs/a/config.yaml", config.replace(place, 7, "seed: 2"));
  const auto result = run({"reproduce", "runs/a"});
  EXPECT_EQ(result.status, 3) << result.err;
  EXPECT_THAT(result.out, HasSubstr("metrics.jsonl: they part at epoch 1, update "));
  EXPECT_THAT(result.out, HasSubstr("checkpoints/best.wb: "));
  EXPECT_THAT(result.out, HasSubstr("model.C"));
  EXPECT_THAT(result.out, HasSubstr("summary.json: results."));
}

}  // namespace
}  // namespace wordbridge
