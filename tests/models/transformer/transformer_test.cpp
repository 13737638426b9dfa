#include "models/transformer/transformer.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "core/rng.h"
#include "core/threads.h"
#include "models/layers/initialize.h"
#include "tests/support/gradient_check.h"

namespace wordbridge {
namespace {

using torch::Tensor;
using Positions = TransformerOptions::Positions;
using FirstLayer = TransformerOptions::FirstLayer;

constexpr std::int64_t kWords = 11;

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
  options.sequences.length = 7;
  return options;
}

struct Network {
  explicit Network(const TransformerOptions& options, std::int64_t V = kWords) {
    std::vector<std::string> words;
    for (std::int64_t w = 0; w < V; ++w) words.push_back(std::to_string(w));
    const std::vector<std::int64_t> counts(static_cast<std::size_t>(V), 1);
    const Vocabulary vocabulary(words, counts, "");
    const ModelInputs inputs{vocabulary, counts, 1};
    body = std::make_shared<TransformerBody>(options, inputs);
    model = std::make_shared<NeuralLanguageModel>(body, options.output, inputs);
  }
  /// All parameters become random, so that ones and zeros do not hide errors.
  Network& randomised() {
    const torch::NoGradGuard no_grad;
    for (auto& named : model->named_parameters()) fill_normal(named.value(), 0.6, 1, named.key());
    return *this;
  }
  std::shared_ptr<TransformerBody> body;
  std::shared_ptr<NeuralLanguageModel> model;
};

Tensor random_ids(std::vector<std::int64_t> sizes, std::int64_t V = kWords) {
  Tensor ids = torch::empty(sizes, torch::kInt64);
  Rng rng(2, "ids");
  for (std::int64_t i = 0; i < ids.numel(); ++i)
    ids.data_ptr<std::int64_t>()[i] =
        static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(V)));
  return ids;
}

std::vector<Tensor> gradients(NeuralLanguageModel& model, const Tensor& ids,
                              const Tensor& targets) {
  model.zero_grad();
  model.loss(ids, targets).backward();
  std::vector<Tensor> found;
  for (const auto& parameter : model.parameters())
    found.push_back(parameter.grad().to_dense().clone());
  return found;
}

class TransformerTest : public testing::TestWithParam<Case> {};

TEST_P(TransformerTest, GradientsEqualDifferences) {
  Network network(small_options(GetParam()));
  network.randomised().model->to(torch::kFloat64);
  Tensor targets_BT = random_ids({3, 7}).flip(1);
  targets_BT[1][0] = -1;  // not predicted
  expect_gradients_equal_differences(*network.model, [&] {
    return network.model->loss(random_ids({3, 7}), targets_BT);
  });
}

// float32 runs through the kernels of linear() and the fused softmax, float64 through LibTorch.
TEST_P(TransformerTest, KernelsAgreeWithLibTorch) {
  Network network(small_options(GetParam()));
  network.randomised();
  const Tensor ids = random_ids({3, 7}), targets = ids.flip(1);
  const double loss = network.model->loss(ids, targets).item<double>();
  const auto fast = gradients(*network.model, ids, targets);
  network.model->to(torch::kFloat64);
  EXPECT_NEAR(network.model->loss(ids, targets).item<double>(), loss, 1e-5);
  const auto exact = gradients(*network.model, ids, targets);
  for (std::size_t i = 0; i < exact.size(); ++i)
    EXPECT_LT((fast[i] - exact[i]).norm().item<double>(),
              1e-4 * exact[i].norm().item<double>() + 1e-7)
        << network.model->named_parameters()[i].key();
}

TEST_P(TransformerTest, LaterWordsChangeNothing) {
  Network network(small_options(GetParam()));
  network.randomised().model->eval();
  const Tensor ids = random_ids({1, 7});
  const Tensor before = network.model->logits(ids);
  for (std::int64_t t = 0; t < 7; ++t) {
    const Tensor changed = ids.clone();
    changed[0][t] = (ids[0][t].item<std::int64_t>() + 1) % kWords;
    const Tensor after = network.model->logits(changed);
    EXPECT_TRUE(torch::equal(after.narrow(1, 0, t), before.narrow(1, 0, t))) << t;
    EXPECT_FALSE(torch::equal(after.narrow(1, t, 1), before.narrow(1, t, 1))) << t;
  }
}

TEST_P(TransformerTest, ASequenceDoesNotDependOnItsBatchNorOnItsEnd) {
  Network network(small_options(GetParam()));
  network.randomised().model->eval();
  const Tensor ids = random_ids({9, 7});
  const Tensor together = network.model->logits(ids);
  for (std::int64_t b = 0; b < 9; ++b) {
    const Tensor alone = network.model->logits(ids.narrow(0, b, 1).narrow(1, 0, 5));
    EXPECT_TRUE(torch::allclose(alone, together.narrow(0, b, 1).narrow(1, 0, 5), 1e-5, 1e-6)) << b;
  }
  EXPECT_TRUE(torch::allclose(together.softmax(-1).sum(-1), torch::ones({9, 7}), 1e-5, 1e-6));
}

TEST_P(TransformerTest, SameBitsOnAnyNumberOfThreads) {
  TransformerOptions options = small_options(GetParam());
  options.dropout = 0.3;
  Network network(options);
  network.randomised().model->train();
  const Tensor ids = random_ids({9, 7}), targets = ids.flip(1);
  std::vector<std::vector<Tensor>> found;
  for (const int count : {1, 2, 7}) {
    set_threads(count, [] { torch::set_num_threads(1); });
    torch::manual_seed(5);
    found.push_back(gradients(*network.model, ids, targets));
  }
  set_threads(0);
  for (std::size_t i = 0; i < found[0].size(); ++i) {
    EXPECT_TRUE(torch::equal(found[0][i], found[1][i]));
    EXPECT_TRUE(torch::equal(found[0][i], found[2][i]));
  }
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

/// Values of a tensor as a function of its indices, in float64.
double value(const Tensor& t, std::initializer_list<std::int64_t> indices) {
  Tensor element = t;
  for (const auto i : indices) element = element[i];
  return element.item<double>();
}

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
  const Tensor ids = random_ids({1, 7}), changed = ids.clone();
  changed[0][1] = (ids[0][1].item<std::int64_t>() + 1) % kWords;
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
    std::int64_t sum = 0;
    for (const auto& parameter : Network(options, 100).model->parameters())
      sum += parameter.numel();
    return sum;
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

// A sequence of random words and its repetition: the second half is only predictable by looking up
// what followed the word before.
TEST(TransformerModelTest, LearnsToCopy) {
  auto options = small_options();
  options.dim = 32, options.hidden = 64, options.sequences.length = 15;
  Network network(options, 8);
  torch::optim::Adam optimizer(network.model->parameters(), torch::optim::AdamOptions(3e-3));
  Rng rng(1, "copy");
  double loss = 0;
  for (int step = 0; step < 300; ++step) {
    Tensor half = torch::empty({32, 8}, torch::kInt64);
    for (std::int64_t i = 0; i < half.numel(); ++i)
      half.data_ptr<std::int64_t>()[i] = static_cast<std::int64_t>(rng.below(8));
    const Tensor text = torch::cat({half, half}, 1);
    const Tensor ids = text.narrow(1, 0, 15), targets = text.narrow(1, 1, 15).clone();
    targets.narrow(1, 0, 7).fill_(-1);
    const Tensor mean = network.model->loss(ids, targets);
    loss = mean.item<double>();
    network.model->zero_grad();
    mean.backward();
    for (auto& parameter : network.model->parameters())
      if (parameter.grad().is_sparse()) parameter.mutable_grad() = parameter.grad().to_dense();
    optimizer.step();
  }
  EXPECT_LT(loss, 0.1);  // ln 8 = 2.08 without looking up
}

}  // namespace
}  // namespace wordbridge
