#include "models/deep_nplm/deep_nplm.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "tests/support/sequence_network.h"

namespace wordbridge {
namespace {

using torch::Tensor;
using Network = SequenceNetwork<DeepNplmBody, DeepNplmOptions>;

struct Case {
  const char* name;
  std::int64_t distant = 3, mid = 5, layers = 3;
  bool residual = true, norm = true, tied = true;
};

DeepNplmOptions small_options(const Case& c = {}) {
  DeepNplmOptions options;
  options.dim = 4;
  options.layers = c.layers;
  options.words = 2;
  options.distant = c.distant;
  options.aggregates = 2;
  options.mid = c.mid;
  options.hidden = 6;
  options.residual = c.residual;
  options.norm = c.norm;
  options.tied = c.tied;
  options.sequences.length = kSequenceLength;
  return options;
}

class DeepNplmTest : public testing::TestWithParam<Case> {};

TEST_P(DeepNplmTest, GradientsEqualDifferences) {
  expect_gradients_of_sequences(*Network(small_options(GetParam())).randomised().model);
}

TEST_P(DeepNplmTest, KernelsAgreeWithLibTorch) {
  expect_kernels_agree_with_libtorch(*Network(small_options(GetParam())).randomised().model);
}

TEST_P(DeepNplmTest, LaterWordsChangeNothing) {
  expect_later_words_change_nothing(*Network(small_options(GetParam())).randomised().model);
}

TEST_P(DeepNplmTest, ASequenceDoesNotDependOnItsBatchNorOnItsEnd) {
  expect_sequences_are_independent(*Network(small_options(GetParam())).randomised().model);
}

TEST_P(DeepNplmTest, SameBitsOnAnyNumberOfThreads) {
  DeepNplmOptions options = small_options(GetParam());
  options.dropout = 0.3;
  expect_same_bits_on_any_threads(*Network(options).randomised().model);
}

TEST_P(DeepNplmTest, LastLayerGivesLogits) {
  const auto options = small_options(GetParam());
  expect_last_layer_gives_logits(*Network(options).randomised().model, *options.layers);
}

using Vector = std::vector<double>;

/// The network in loops over numbers.
class NaiveDeepNplm {
 public:
  NaiveDeepNplm(const DeepNplmOptions& options, const Network& network)
      : options_(options), parameters_(network.model->named_parameters()), d_(*options.dim) {}

  /// The features of the last word and the outputs of the layers there.
  std::vector<Vector> layers(const std::vector<std::int64_t>& ids) const {
    Vector read, sum(size(d_), 0), sum_of_aggregates(size(d_), 0);
    for (std::int64_t i = 0; i < *options_.words; ++i) append(read, sum, word(ids, i));
    for (std::int64_t a = 0; a<options_.aggregates&& * options_.distant> 0; ++a) {
      Vector aggregate(size(d_), 0);
      for (std::int64_t i = 1; i <= *options_.distant; ++i)
        add(aggregate, word(ids, *options_.words - 1 + i),
            value(parameters_["kernels"], {a, i - 1}));
      append(read, sum, aggregate);
      add(sum_of_aggregates, aggregate);
    }
    std::vector<Vector> outputs = {word(ids, 0), layer("layer1.", read, sum)};
    for (std::int64_t l = 2; l <= *options_.layers; ++l) {
      outputs.push_back(layer("layer" + std::to_string(l) + ".", outputs.back(), outputs.back()));
      add(outputs.back(), sum_of_aggregates);
    }
    return outputs;
  }
  /// The logits of the word after the last one.
  Vector logits(const std::vector<std::int64_t>& ids) const {
    return affine(options_.tied ? "C" : "output.U", "output.b", layers(ids).back());
  }

 private:
  static std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }
  static void add(Vector& to, const Vector& x, double times = 1) {
    for (std::size_t j = 0; j < to.size(); ++j) to[j] += times * x[j];
  }
  static void append(Vector& read, Vector& sum, const Vector& x) {
    read.insert(read.end(), x.begin(), x.end());
    add(sum, x);
  }
  /// The features of the word `back` words before the last one.
  Vector word(const std::vector<std::int64_t>& ids, std::int64_t back) const {
    Vector x(size(d_), 0);
    const auto t = static_cast<std::int64_t>(ids.size()) - 1 - back;
    for (std::int64_t j = 0; j < d_ && t >= 0; ++j)
      x[size(j)] = value(parameters_["C"], {ids[size(t)], j}) * std::sqrt(static_cast<double>(d_));
    return x;
  }
  Vector affine(const std::string& W, const std::string& b, const Vector& x) const {
    Vector y;
    for (std::int64_t i = 0; i < parameters_[b].size(0); ++i) {
      y.push_back(value(parameters_[b], {i}));
      for (std::size_t j = 0; j < x.size(); ++j)
        y.back() += value(parameters_[W], {i, static_cast<std::int64_t>(j)}) * x[j];
    }
    return y;
  }
  Vector layer(const std::string& name, const Vector& x, const Vector& residual) const {
    Vector h = affine(name + "W1", name + "b1", x);
    for (auto& unit : h) unit = std::max(0.0, unit);
    if (parameters_.contains(name + "W2")) h = affine(name + "W2", name + "b2", h);
    if (options_.residual) add(h, residual);
    if (!options_.norm) return h;
    double mean = 0, variance = 0;
    for (const double unit : h) mean += unit / static_cast<double>(d_);
    for (const double unit : h) variance += std::pow(unit - mean, 2) / static_cast<double>(d_);
    for (std::int64_t j = 0; j < d_; ++j)
      h[size(j)] = (h[size(j)] - mean) / std::sqrt(variance + 1e-5) *
                       value(parameters_[name + "norm"], {j}) +
                   value(parameters_[name + "norm_b"], {j});
    return h;
  }

  const DeepNplmOptions options_;
  const torch::OrderedDict<std::string, Tensor> parameters_;
  const std::int64_t d_;
};

TEST_P(DeepNplmTest, EqualsNaiveLoops) {
  const auto options = small_options(GetParam());
  Network network(options);
  network.randomised().model->eval();
  network.model->to(torch::kFloat64);
  const NaiveDeepNplm naive(options, network);
  const Tensor ids = random_sequences({2, kSequenceLength});
  const Tensor logits = network.model->logits(ids);
  const auto outputs = network.model->layer_outputs(ids);
  for (std::int64_t b = 0; b < 2; ++b) {
    std::vector<std::int64_t> context;
    for (std::int64_t t = 0; t < kSequenceLength; ++t) {
      context.push_back(ids[b][t].item<std::int64_t>());
      const Vector expected = naive.logits(context);
      for (std::int64_t w = 0; w < kSequenceWords; ++w)
        EXPECT_NEAR(value(logits, {b, t, w}), expected[static_cast<std::size_t>(w)], 1e-9)
            << b << " " << t << " " << w;
      const auto layers = naive.layers(context);
      ASSERT_EQ(outputs.size(), layers.size());
      for (std::size_t l = 0; l < layers.size(); ++l)
        for (std::int64_t j = 0; j < 4; ++j)
          EXPECT_NEAR(value(outputs[l], {b, t, j}), layers[l][static_cast<std::size_t>(j)], 1e-9)
              << b << " " << t << " layer " << l;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Variants, DeepNplmTest,
                         testing::Values(Case{"all_parts"}, Case{"whole_sequence", 5},
                                         Case{"no_aggregates", 0}, Case{"no_mid", 3, 0},
                                         Case{"one_layer", 3, 5, 1},
                                         Case{"no_residual", 3, 5, 3, false},
                                         Case{"no_norm", 3, 5, 3, true, false},
                                         Case{"untied", 3, 5, 3, true, true, false}),
                         [](const auto& variant) { return std::string(variant.param.name); });

// k = (10, 20, 30) and x = 1, 2, 3, ...: 10 x_t-2 + 20 x_t-3 + 30 x_t-4.
TEST(DistantAggregatesTest, EqualHandComputedSums) {
  const Tensor x = torch::arange(1, 7, torch::kFloat64).view({1, 6, 1});
  const Tensor kernels = torch::tensor({{10, 20, 30}, {0, 0, 1}}, torch::kFloat64);
  const Tensor sums = distant_aggregates(x, kernels, 2);
  EXPECT_TRUE(torch::equal(sums.select(2, 0).flatten(),
                           torch::tensor({0, 0, 10, 40, 100, 160}, torch::kFloat64)));
  EXPECT_TRUE(torch::equal(sums.select(2, 1).flatten(),
                           torch::tensor({0, 0, 0, 0, 1, 2}, torch::kFloat64)));
}

TEST(DeepNplmModelTest, ReachesTheNearestAndTheDistantWordsOnly) {
  Network network(small_options());  // 2 nearest and 3 distant words
  network.randomised().model->eval();
  const Tensor ids = random_sequences({1, kSequenceLength}), changed = ids.clone();
  changed[0][1] = (ids[0][1].item<std::int64_t>() + 1) % kSequenceWords;
  const Tensor before = network.model->logits(ids), after = network.model->logits(changed);
  for (std::int64_t t = 0; t < kSequenceLength; ++t)
    EXPECT_EQ(torch::equal(after.select(1, t), before.select(1, t)), t < 1 || t > 5) << t;
}

/// With tied rows: C and the biases of the output; the kernels; first layer; the others.
std::int64_t expected_count(const DeepNplmOptions& options, std::int64_t V) {
  const std::int64_t d = *options.dim, H = options.hidden_units(), M = *options.mid;
  return V * d + V + options.aggregates * *options.distant + (options.blocks() * d + 1) * M +
         (M + 1) * d + 2 * d + (*options.layers - 1) * (2 * d * H + H + d + 2 * d);
}

TEST(DeepNplmModelTest, CountsOfParameters) {
  DeepNplmOptions options;
  options.dim = 16, options.layers = 3, options.words = 4, options.distant = 20, options.mid = 24;
  EXPECT_EQ(Network(options, 100).parameter_count(), expected_count(options, 100));
  options.layers = 5, options.aggregates = 2, options.hidden = 40;
  EXPECT_EQ(Network(options, 100).parameter_count(), expected_count(options, 100));
  options.tied = false;
  EXPECT_EQ(Network(options, 100).parameter_count(), expected_count(options, 100) + 1600);

  // The published network for WikiText-103: 148 million. That of the authors' code has 11,564 more:
  // rows of a padding word and of three clusters, and four sets of kernels that it does not use.
  options = DeepNplmOptions();
  options.dim = 410, options.layers = 16, options.words = 15, options.distant = 496,
  options.mid = 1500, options.hidden = 2100;
  EXPECT_EQ(expected_count(options, 267'735), 148'839'245);
  options.layers = 4;  // published: 128 million
  EXPECT_EQ(expected_count(options, 267'735), 128'135'285);
}

// What is to be copied is 7 words before the nearest one: a kernel learns this distance.
TEST(DeepNplmModelTest, LearnsToCopyWithAggregatesOnly) {
  auto options = small_options();
  options.dim = 32, options.hidden = 64, options.mid = 64, options.sequences.length = 15,
  options.distant = 13, options.layers = 2;
  EXPECT_LT(loss_of_copying(*Network(options, 8).model, 400), 0.1);
  options.distant = 0;
  EXPECT_GT(loss_of_copying(*Network(options, 8).model, 100), 1.9);  // ln 8 = 2.08
}

TEST(DeepNplmModelTest, OverfitsASmallText) {
  auto options = small_options({"", 0});
  options.dim = 16, options.hidden = 32, options.mid = 32, options.words = 7;
  Network network(options);
  torch::optim::Adam optimizer(network.model->parameters(), torch::optim::AdamOptions(5e-3));
  const Tensor text = random_sequences({5, kSequenceLength + 1});
  const Tensor ids = text.narrow(1, 0, kSequenceLength);
  const Tensor targets = text.narrow(1, 1, kSequenceLength).clone();
  targets.narrow(1, 0, 2).fill_(-1);  // one or two words may have several successors
  for (int step = 0; step < 300; ++step)
    take_step(*network.model, optimizer, network.model->loss(ids, targets));
  EXPECT_LT(network.model->loss(ids, targets).item<double>(), 0.02);
}

}  // namespace
}  // namespace wordbridge
