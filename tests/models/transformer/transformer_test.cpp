#include "models/transformer/transformer.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "tests/support/sequence_network.h"

namespace wordbridge {
namespace {

using torch::Tensor;
using Positions = TransformerOptions::Positions;
using FirstLayer = TransformerOptions::FirstLayer;

struct Case {
  const char* name;
  Positions positions = Positions::learned;
  FirstLayer first_layer = FirstLayer::attention;
  std::int64_t window = 0;
  bool tied = true;
};

TransformerOptions small_options(const Case& c = {}) {
  TransformerOptions options;
  options.dim = 4;
  options.layers = 2;
  options.heads = 2;
  options.hidden = 6;
  options.positions = c.positions;
  options.first_layer = c.first_layer;
  options.first_words = 2;
  options.window = c.window;
  options.tied = c.tied;
  options.sequences.length = kSequenceLength;
  return options;
}

using Network = SequenceNetwork<TransformerBody, TransformerOptions>;

class TransformerTest : public testing::TestWithParam<Case> {};

TEST_P(TransformerTest, GradientsEqualDifferences) {
  expect_gradients_of_sequences(*Network(small_options(GetParam())).randomised().model);
}

TEST_P(TransformerTest, KernelsAgreeWithLibTorch) {
  expect_kernels_agree_with_libtorch(*Network(small_options(GetParam())).randomised().model);
}

TEST_P(TransformerTest, LaterWordsChangeNothing) {
  expect_later_words_change_nothing(*Network(small_options(GetParam())).randomised().model);
}

TEST_P(TransformerTest, ASequenceDoesNotDependOnItsBatchNorOnItsEnd) {
  expect_sequences_are_independent(*Network(small_options(GetParam())).randomised().model);
}

TEST_P(TransformerTest, SameBitsOnAnyNumberOfThreads) {
  TransformerOptions options = small_options(GetParam());
  options.dropout = 0.3;
  expect_same_bits_on_any_threads(*Network(options).randomised().model);
}

TEST_P(TransformerTest, LastLayerGivesLogits) {
  expect_last_layer_gives_logits(*Network(small_options(GetParam())).randomised().model, 2);
}

// Each layer alone, applied to the output of the layer before it; the norm after the last one.
TEST_P(TransformerTest, LayerOutputsAreThoseOfTheLayersOneByOne) {
  Network network(small_options(GetParam()));
  network.randomised().model->eval();
  const Tensor ids = random_sequences({3, kSequenceLength});
  const auto outputs = network.model->layer_outputs(ids);
  const torch::NoGradGuard no_grad;
  const auto parameters = network.body->named_parameters();
  ASSERT_EQ(outputs.size(), 3U);
  if (GetParam().positions != Positions::sinusoidal) {
    Tensor x = torch::embedding(parameters["C"], ids);
    if (network.body->positions.defined()) x = x + network.body->positions.unsqueeze(0);
    EXPECT_TRUE(torch::allclose(outputs[0], x, 1e-6, 1e-7));
  }
  const auto children = network.body->named_children();
  const auto layer = [&](const char* name, const Tensor& x) {
    return dynamic_cast<TransformerLayer&>(*children[name]).forward(x);
  };
  EXPECT_TRUE(torch::allclose(outputs[1], layer("layer1", outputs[0]), 1e-5, 1e-6));
  const Tensor h = layer("layer2", outputs[1]);
  const Tensor deviation = h - h.mean(-1, true);
  const Tensor norm = deviation / (deviation.square().mean(-1, true) + 1e-5).sqrt();
  EXPECT_TRUE(
      torch::allclose(outputs[2], norm * parameters["norm"] + parameters["norm_b"], 1e-4, 1e-5));
}

INSTANTIATE_TEST_SUITE_P(
    Variants, TransformerTest,
    testing::Values(Case{"learned"}, Case{"sinusoidal", Positions::sinusoidal},
                    Case{"rotary", Positions::rotary}, Case{"none", Positions::none},
                    Case{"window", Positions::learned, FirstLayer::attention, 3},
                    Case{"first_window", Positions::rotary, FirstLayer::window},
                    Case{"first_words", Positions::learned, FirstLayer::words},
                    Case{"untied", Positions::learned, FirstLayer::attention, 0, false}),
    [](const auto& variant) { return std::string(variant.param.name); });

// softmax(q k / sqrt(e)) v for each head, in loops over the words that each word attends to.
TEST(AttentionLayerTest, EqualsNaiveLoops) {
  for (const std::int64_t window : {0, 2}) {
    auto options = small_options();
    AttentionLayer layer(options, window, 1, "attention");
    const torch::NoGradGuard no_grad;
    for (auto& named : layer.named_parameters()) fill_normal(named.value(), 1, 3, named.key());
    const std::int64_t T = 5, d = 4, e = 2;
    Tensor x = torch::zeros({1, T, d});
    fill_normal(x, 1, 4, "x");
    const Tensor y = layer.forward(x);
    const auto weights = layer.named_parameters();
    const Tensor W = weights["queries_keys_values"], b = weights["queries_keys_values_b"];
    const auto project = [&](std::int64_t t, std::int64_t row) {
      double sum = value(b, {row});
      for (std::int64_t j = 0; j < d; ++j) sum += value(W, {row, j}) * value(x, {0, t, j});
      return sum;
    };
    for (std::int64_t t = 0; t < T; ++t) {
      std::vector<double> mixed(4, 0);
      for (std::int64_t head = 0; head < 2; ++head) {
        const std::int64_t first = window == 0 ? 0 : std::max<std::int64_t>(0, t - window + 1);
        double sum = 0;
        for (std::int64_t s = first; s <= t; ++s) {
          double score = 0;
          for (std::int64_t i = 0; i < e; ++i)
            score += project(t, head * e + i) * project(s, d + head * e + i);
          const double weight = std::exp(score / std::sqrt(2.0));
          sum += weight;
          for (std::int64_t i = 0; i < e; ++i)
            mixed[static_cast<std::size_t>(head * e + i)] +=
                weight * project(s, 2 * d + head * e + i);
        }
        for (std::int64_t i = 0; i < e; ++i) mixed[static_cast<std::size_t>(head * e + i)] /= sum;
      }
      for (std::int64_t i = 0; i < d; ++i) {
        double expected = value(weights["out_b"], {i});
        for (std::int64_t j = 0; j < d; ++j)
          expected += value(weights["out"], {i, j}) * mixed[static_cast<std::size_t>(j)];
        EXPECT_NEAR(value(y, {0, t, i}), expected, 2e-5) << window << " " << t;
      }
    }
  }
}

TEST(TransformerModelTest, AWindowLimitsHowFarAWordReaches) {
  // Two layers with windows of 2 read the word itself and two words before it.
  Network network(small_options({"", Positions::none, FirstLayer::attention, 2}));
  network.randomised().model->eval();
  const Tensor ids = random_sequences({1, 7}), changed = ids.clone();
  changed[0][1] = (ids[0][1].item<std::int64_t>() + 1) % kSequenceWords;
  const Tensor before = network.model->logits(ids), after = network.model->logits(changed);
  for (std::int64_t t = 0; t < 7; ++t)
    EXPECT_EQ(torch::equal(after.select(1, t), before.select(1, t)), t < 1 || t > 3) << t;
}

TEST(TransformerModelTest, RotaryScoresDependOnDistancesOnly) {
  auto options = small_options({"", Positions::rotary, FirstLayer::attention, 2});
  options.layers = 1;
  Network network(options);
  network.randomised().model->eval();
  const Tensor logits = network.model->logits(torch::tensor({{1, 2, 1, 2, 1, 2, 1}}));
  EXPECT_TRUE(torch::allclose(logits.select(1, 3), logits.select(1, 5), 1e-4, 1e-5));
  EXPECT_FALSE(torch::allclose(logits.select(1, 3), logits.select(1, 4), 1e-4, 1e-5));
}

TEST(TransformerModelTest, CountsOfParameters) {
  const auto count = [](const TransformerOptions& options) {
    return Network(options, 100).parameter_count();
  };
  TransformerOptions options;
  options.dim = 16, options.layers = 3, options.heads = 2, options.sequences.length = 20;
  // C and the biases; positions; 12 d^2 + 13 d per layer; the last norm.
  const std::int64_t embedding = 100 * 16 + 100, layer = 12 * 16 * 16 + 13 * 16;
  EXPECT_EQ(count(options), embedding + 20 * 16 + 3 * layer + 32);
  options.tied = false;
  EXPECT_EQ(count(options), embedding + 100 * 16 + 20 * 16 + 3 * layer + 32);
  options.positions = Positions::rotary;
  EXPECT_EQ(count(options), embedding + 100 * 16 + 3 * layer + 32);
}

TEST(TransformerModelTest, LearnsToCopy) {
  auto options = small_options();
  options.dim = 32, options.hidden = 64, options.sequences.length = 15;
  EXPECT_LT(loss_of_copying(*Network(options, 8).model, 300), 0.1);  // ln 8 = 2.08 at first
}

}  // namespace
}  // namespace wordbridge
