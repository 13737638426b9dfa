#pragma once

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/rng.h"
#include "core/threads.h"
#include "models/layers/initialize.h"
#include "models/neural_language_model.h"
#include "tests/support/gradient_check.h"

// Networks that read sequences, and what must hold for all of them. A network under test has
// kSequenceWords words and sequences of kSequenceLength.

namespace wordbridge {

constexpr std::int64_t kSequenceWords = 11, kSequenceLength = 7;

/// A network and its body.
template <class Body, class Options>
struct SequenceNetwork {
  explicit SequenceNetwork(const Options& options, std::int64_t V = kSequenceWords) {
    std::vector<std::string> words;
    for (std::int64_t w = 0; w < V; ++w) words.push_back(std::to_string(w));
    const std::vector<std::int64_t> counts(static_cast<std::size_t>(V), 1);
    const Vocabulary vocabulary(words, counts, "");
    const ModelInputs inputs{vocabulary, counts, 1};
    body = std::make_shared<Body>(options, inputs);
    model = std::make_shared<NeuralLanguageModel>(body, options.output, inputs);
  }
  /// All parameters become random, so that ones and zeros do not hide errors.
  SequenceNetwork& randomised() {
    const torch::NoGradGuard no_grad;
    for (auto& named : model->named_parameters()) fill_normal(named.value(), 0.6, 1, named.key());
    return *this;
  }
  std::int64_t parameter_count() const {
    std::int64_t sum = 0;
    for (const auto& parameter : model->parameters()) sum += parameter.numel();
    return sum;
  }
  std::shared_ptr<Body> body;
  std::shared_ptr<NeuralLanguageModel> model;
};

inline torch::Tensor random_sequences(std::vector<std::int64_t> sizes,
                                      std::int64_t V = kSequenceWords) {
  torch::Tensor ids = torch::empty(sizes, torch::kInt64);
  Rng rng(2, "ids");
  for (std::int64_t i = 0; i < ids.numel(); ++i)
    ids.data_ptr<std::int64_t>()[i] =
        static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(V)));
  return ids;
}

inline std::vector<torch::Tensor> gradients(NeuralLanguageModel& model, const torch::Tensor& ids,
                                            const torch::Tensor& targets) {
  model.zero_grad();
  model.loss(ids, targets).backward();
  std::vector<torch::Tensor> found;
  for (const auto& parameter : model.parameters())
    found.push_back(parameter.grad().to_dense().clone());
  return found;
}

/// A step of the optimiser; gradients may be sparse.
inline void take_step(NeuralLanguageModel& model, torch::optim::Optimizer& optimizer,
                      const torch::Tensor& loss) {
  model.zero_grad();
  loss.backward();
  for (auto& parameter : model.parameters())
    if (parameter.grad().is_sparse()) parameter.mutable_grad() = parameter.grad().to_dense();
  optimizer.step();
}

inline void expect_gradients_of_sequences(NeuralLanguageModel& model) {
  model.to(torch::kFloat64);
  const torch::Tensor ids = random_sequences({3, kSequenceLength});
  torch::Tensor targets_BT = ids.flip(1);
  targets_BT[1][0] = -1;  // not predicted
  expect_gradients_equal_differences(model, [&] { return model.loss(ids, targets_BT); });
}

/// float32 runs through the kernels of linear() and the fused softmax, float64 through LibTorch.
inline void expect_kernels_agree_with_libtorch(NeuralLanguageModel& model) {
  const torch::Tensor ids = random_sequences({3, kSequenceLength}), targets = ids.flip(1);
  const double loss = model.loss(ids, targets).item<double>();
  const auto fast = gradients(model, ids, targets);
  model.to(torch::kFloat64);
  EXPECT_NEAR(model.loss(ids, targets).item<double>(), loss, 1e-5);
  const auto exact = gradients(model, ids, targets);
  for (std::size_t i = 0; i < exact.size(); ++i)
    EXPECT_LT((fast[i] - exact[i]).norm().item<double>(),
              1e-4 * exact[i].norm().item<double>() + 1e-7)
        << model.named_parameters()[i].key();
}

inline void expect_later_words_change_nothing(NeuralLanguageModel& model) {
  model.eval();
  const torch::Tensor ids = random_sequences({1, kSequenceLength});
  const torch::Tensor before = model.logits(ids);
  for (std::int64_t t = 0; t < kSequenceLength; ++t) {
    const torch::Tensor changed = ids.clone();
    changed[0][t] = (ids[0][t].item<std::int64_t>() + 1) % kSequenceWords;
    const torch::Tensor after = model.logits(changed);
    EXPECT_TRUE(torch::equal(after.narrow(1, 0, t), before.narrow(1, 0, t))) << t;
    EXPECT_FALSE(torch::equal(after.narrow(1, t, 1), before.narrow(1, t, 1))) << t;
  }
}

/// A sequence does not depend on its batch nor on its end.
inline void expect_sequences_are_independent(NeuralLanguageModel& model) {
  model.eval();
  const torch::Tensor ids = random_sequences({9, kSequenceLength});
  const torch::Tensor together = model.logits(ids);
  for (std::int64_t T = 1; T < kSequenceLength; ++T)
    for (std::int64_t b = 0; b < 9; ++b) {
      const torch::Tensor alone = model.logits(ids.narrow(0, b, 1).narrow(1, 0, T));
      EXPECT_TRUE(torch::allclose(alone, together.narrow(0, b, 1).narrow(1, 0, T), 1e-5, 1e-6))
          << b << " " << T;
    }
  EXPECT_TRUE(
      torch::allclose(together.softmax(-1).sum(-1), torch::ones({9, kSequenceLength}), 1e-5, 1e-6));
}

/// There are L + 1 outputs, also of a part of the sequences, and the last one times the output rows
/// is the logits without their biases.
inline void expect_last_layer_gives_logits(NeuralLanguageModel& model, std::int64_t layers) {
  model.eval();
  const torch::Tensor ids = random_sequences({9, kSequenceLength});
  const auto outputs = model.layer_outputs(ids);
  ASSERT_EQ(outputs.size(), static_cast<std::size_t>(layers + 1));
  const torch::Tensor bias = model.named_parameters()["output.b"];
  EXPECT_TRUE(torch::allclose(torch::matmul(outputs.back(), model.output_rows().t()) + bias,
                              model.logits(ids), 1e-4, 1e-5));
  const auto alone = model.layer_outputs(ids.narrow(0, 3, 1));
  for (std::size_t l = 0; l < outputs.size(); ++l)
    EXPECT_TRUE(torch::allclose(alone[l], outputs[l].narrow(0, 3, 1), 1e-5, 1e-6)) << l;
}

/// For a model with dropout.
inline void expect_same_bits_on_any_threads(NeuralLanguageModel& model) {
  model.train();
  const torch::Tensor ids = random_sequences({9, kSequenceLength}), targets = ids.flip(1);
  std::vector<std::vector<torch::Tensor>> found;
  for (const int count : {1, 2, 7}) {
    set_threads(count, [] { torch::set_num_threads(1); });
    torch::manual_seed(5);
    found.push_back(gradients(model, ids, targets));
  }
  set_threads(0);
  for (std::size_t i = 0; i < found[0].size(); ++i) {
    EXPECT_TRUE(torch::equal(found[0][i], found[1][i]));
    EXPECT_TRUE(torch::equal(found[0][i], found[2][i]));
  }
}

/// Trains on sequences of 8 random words and their repetition, whose second half is only
/// predictable from what followed the word before, and returns the last loss. V = 8, length 15.
inline double loss_of_copying(NeuralLanguageModel& model, int steps) {
  torch::optim::Adam optimizer(model.parameters(), torch::optim::AdamOptions(3e-3));
  Rng rng(1, "copy");
  double loss = 0;
  for (int step = 0; step < steps; ++step) {
    torch::Tensor half = torch::empty({32, 8}, torch::kInt64);
    for (std::int64_t i = 0; i < half.numel(); ++i)
      half.data_ptr<std::int64_t>()[i] = static_cast<std::int64_t>(rng.below(8));
    const torch::Tensor text = torch::cat({half, half}, 1);
    const torch::Tensor ids = text.narrow(1, 0, 15), targets = text.narrow(1, 1, 15).clone();
    targets.narrow(1, 0, 7).fill_(-1);
    const torch::Tensor mean = model.loss(ids, targets);
    loss = mean.item<double>();
    take_step(model, optimizer, mean);
  }
  return loss;
}

/// Values of a tensor as a function of its indices, in float64.
inline double value(const torch::Tensor& t, std::initializer_list<std::int64_t> indices) {
  torch::Tensor element = t;
  for (const auto i : indices) element = element[i];
  return element.item<double>();
}

}  // namespace wordbridge
