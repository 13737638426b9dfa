#include "train/recorded_gradients.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "core/error.h"
#include "models/transformer/transformer.h"
#include "tests/support/sequence_network.h"

namespace wordbridge {
namespace {

using torch::Tensor;

TransformerOptions tiny_transformer() {
  TransformerOptions options;
  options.dim = 8;
  options.layers = 2;
  options.heads = 2;
  options.sequences.length = kSequenceLength;
  options.output.type = OutputType::full;
  return options;
}

using Network = SequenceNetwork<TransformerBody, TransformerOptions>;

TEST(RecordedGradientsTest, ALossWithoutGapsIsTheLoss) {
  const Network network(tiny_transformer());
  const Tensor ids = random_sequences({3, kSequenceLength}), targets = random_sequences({3, 7});
  EXPECT_TRUE(torch::equal(network.model->loss(ids, targets),
                           network.model->loss_without_gaps(ids, targets)));
}

TEST(RecordedGradientsTest, OnlyTheFullSoftmaxOnAGpuIsRecorded) {
  TransformerOptions options = tiny_transformer();
  EXPECT_TRUE(Network(options).model->recordable());
  EXPECT_FALSE(RecordedGradients::supports(*Network(options).model, torch::kCPU));
  options.output.type = OutputType::nce;  // draws samples on the CPU
  EXPECT_FALSE(Network(options).model->recordable());
}

TEST(RecordedGradientsTest, EqualThoseOfTheCpu) {
  if (!torch::cuda::is_available()) GTEST_SKIP() << "no CUDA GPU available";
  const Network cpu(tiny_transformer()), gpu(tiny_transformer());
  gpu.model->to(torch::kCUDA);
  RecordedGradients recorded(*gpu.model);
  for (int batch = 0; batch < 3; ++batch) {  // recorded, then replayed
    const Tensor ids = random_sequences({3, kSequenceLength}).roll(batch, 1);
    const Tensor targets = ids.roll(-1, 1);
    const Tensor loss = cpu.model->loss(ids, targets);
    cpu.model->zero_grad();
    loss.backward();
    ASSERT_TRUE(recorded.fits(ids.to(torch::kCUDA)));
    const Tensor gpu_loss = recorded.loss(ids.to(torch::kCUDA), targets.to(torch::kCUDA));
    EXPECT_NEAR(gpu_loss.item<double>(), loss.item<double>(), 1e-5);
    const auto parameters = cpu.model->named_parameters();
    for (const auto& named : gpu.model->named_parameters())
      EXPECT_TRUE(torch::allclose(named.value().grad().cpu(),
                                  parameters[named.key()].grad().to_dense(), 1e-3, 1e-5))
          << named.key();
  }
  EXPECT_FALSE(recorded.fits(random_sequences({2, kSequenceLength})));
}

TEST(Bfloat16LayersTest, RequireAGpuInTraining) {
  TransformerOptions options = tiny_transformer();
  options.precision = SequenceModelOptions::Precision::bfloat16;
  const Network network(options), exact(tiny_transformer());
  const Tensor ids = random_sequences({3, kSequenceLength});
  try {
    network.model->loss(ids, ids);
    ADD_FAILURE() << "expected an error";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("bfloat16 layers require a GPU"), std::string::npos);
  }
  network.model->eval();
  exact.model->eval();
  EXPECT_TRUE(torch::equal(network.model->logits(ids), exact.model->logits(ids)));
}

}  // namespace
}  // namespace wordbridge
