#include "tests/train/toy_training.h"

// Training with train.shards in one process. That several processes have the same bits is tested
// with the program (tests/cli/distributed_test.cpp).

namespace wordbridge {
namespace {

class ShardedTrainingTest : public ToyTrainingTest {
 protected:
  static Outcome train(const std::string& model, std::int64_t shards, bool divide_output = false) {
    RunConfig config = RunConfig::parse(
        "data: {reader: wordnet}\n" + model +
            "train: {epochs: 2, batch_size: 33, optimizer: sgd, lr: 2, patience: 0}\n",
        "toy");
    config.train.shards = shards;
    config.train.divide_output = divide_output;
    return train_whole(config, toy_corpus(100));
  }

  /// Without random numbers, the sum over shards is the gradient of the batch, up to rounding.
  static void expect_the_gradient_of_the_batch(const std::string& model,
                                               bool divide_output = false) {
    const Outcome whole = train(model, 1);
    for (const std::int64_t shards : {2, 8}) {
      const Outcome sharded = train(model, shards, divide_output);
      ASSERT_EQ(sharded.vectors.size(), whole.vectors.size());
      for (std::size_t i = 0; i < whole.vectors.size(); ++i)
        ASSERT_NEAR(sharded.vectors[i], whole.vectors[i], 2e-6) << shards << " shards, " << i;
      EXPECT_NE(sharded.vectors, whole.vectors) << "the shards are summed in another order";
    }
  }
};

TEST_F(ShardedTrainingTest, IsThatOfWholeBatches) {
  expect_the_gradient_of_the_batch("model: {type: nplm, nplm: {n: 3, dim: 4, hidden: [8]}}\n");
}

TEST_F(ShardedTrainingTest, ThatOfSequencesToo) {
  expect_the_gradient_of_the_batch(
      "model: {type: transformer, transformer: {dim: 4, heads: 2, layers: 1, "
      "sequences: {length: 4, overlap: 2}}}\n");
}

TEST_F(ShardedTrainingTest, ThatOfADividedOutputLayerToo) {
  expect_the_gradient_of_the_batch(
      "model: {type: nplm, nplm: {n: 3, dim: 4, hidden: [8], direct: true, export: output}}\n",
      true);
  expect_the_gradient_of_the_batch(
      "model: {type: transformer, transformer: {dim: 4, heads: 2, layers: 1, tied: false, "
      "sequences: {length: 4, overlap: 2}}}\n",
      true);
}

}  // namespace
}  // namespace wordbridge
