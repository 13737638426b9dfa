#include "models/nplm/nplm.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "core/config/config.h"
#include "core/error.h"
#include "core/rng.h"
#include "core/threads.h"
#include "data/vectors/vector_files.h"
#include "models/layers/initialize.h"
#include "models/registry.h"
#include "tests/support/gradient_check.h"
#include "tests/support/memory.h"
#include "tests/support/nplm_network.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using torch::Tensor;

struct Case {
  const char* name;
  std::int64_t n, dim;
  std::vector<std::int64_t> hidden;
  bool direct, tied;
  Activation activation;
  std::vector<std::int64_t> bags = {};
};

NplmOptions options_of(const Case& c) {
  NplmOptions options;
  options.n = c.n;
  options.dim = c.dim;
  options.hidden = c.hidden;
  options.direct = c.direct;
  options.tied = c.tied;
  options.activation = c.activation;
  options.bags = c.bags;
  options.bag_features = c.bags.empty() ? 0 : 2;
  return options;
}

ModelInputs inputs_of(const Vocabulary& vocabulary, const std::vector<std::int64_t>& counts) {
  return {vocabulary, counts, 1};
}

/// A network with a vocabulary of the words "0", "1", ..., each with count 1.
NplmNetwork network_of(const NplmOptions& options, std::int64_t V) {
  std::vector<std::string> words;
  for (std::int64_t w = 0; w < V; ++w) words.push_back(std::to_string(w));
  const std::vector<std::int64_t> counts(static_cast<std::size_t>(V), 1);
  return NplmNetwork(options, inputs_of(Vocabulary(words, counts, ""), counts));
}

/// A network whose parameters (including biases) are all random, so that zeros do not hide errors.
NplmNetwork random_network(const NplmOptions& options, std::int64_t V) {
  const NplmNetwork network = network_of(options, V);
  const torch::NoGradGuard no_grad;
  for (auto& named : network.model->named_parameters())
    fill_normal(named.value(), 0.5, 1, named.key());
  return network;
}

Tensor random_ids(std::vector<std::int64_t> sizes, std::int64_t V) {
  Tensor ids = torch::empty(sizes, torch::kInt64);
  Rng rng(2, "ids");
  for (std::int64_t i = 0; i < ids.numel(); ++i) {
    ids.data_ptr<std::int64_t>()[i] =
        static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(V)));
  }
  return ids;
}

double squash(Activation activation, double z) {
  if (activation == Activation::tanh) return std::tanh(z);
  if (activation == Activation::sigmoid) return 1 / (1 + std::exp(-z));
  if (activation == Activation::relu) return z > 0 ? z : 0;
  return z;
}

/// y = b + W x + U tanh(d + H x) for one context, as naive float64 loops that follow the paper.
std::vector<double> naive_scores(const NplmNetwork& network, const std::int64_t* context) {
  const auto at = [](const Tensor& t, std::int64_t i, std::int64_t j) {
    return static_cast<double>(t.data_ptr<float>()[i * t.size(1) + j]);
  };
  const NplmBody& body = *network.body;
  std::vector<double> x;
  for (std::int64_t k = 0; k < body.options.n - 1; ++k) {
    for (std::int64_t j = 0; j < body.options.dim; ++j) x.push_back(at(body.C, context[k], j));
  }
  const std::int64_t* bag = context + body.options.n - 1;
  for (const auto words : body.options.bag_sizes()) {
    for (std::int64_t j = 0; j < body.D.size(1); ++j) {
      double mean = 0;
      for (std::int64_t k = 0; k < words; ++k)
        mean += at(body.D, bag[k], j) / static_cast<double>(words);
      x.push_back(mean);
    }
    bag += words;
  }
  std::vector<double> a = x;
  for (std::size_t layer = 0; layer < body.H.size(); ++layer) {
    std::vector<double> next;
    for (std::int64_t i = 0; i < body.H[layer].size(0); ++i) {
      double z = body.d[layer].data_ptr<float>()[i];
      for (std::size_t j = 0; j < a.size(); ++j)
        z += at(body.H[layer], i, static_cast<std::int64_t>(j)) * a[j];
      next.push_back(squash(body.options.activation, z));
    }
    a = next;
  }
  std::vector<double> y;
  const auto output = network.model->output().named_parameters();
  const Tensor b = output["b"];
  const Tensor* W = output.find("W");
  const Tensor* U = body.options.tied ? &body.C : output.find("U");
  for (std::int64_t v = 0; v < b.size(0); ++v) {
    double score = b.data_ptr<float>()[v];
    if (W != nullptr) {
      for (std::size_t j = 0; j < x.size(); ++j)
        score += at(*W, v, static_cast<std::int64_t>(j)) * x[j];
    }
    if (U != nullptr) {
      for (std::size_t j = 0; j < a.size(); ++j)
        score += at(*U, v, static_cast<std::int64_t>(j)) * a[j];
    }
    y.push_back(score);
  }
  return y;
}

class NplmTest : public ::testing::TestWithParam<Case> {};

TEST_P(NplmTest, ForwardAndLossEqualANaiveScalarImplementation) {
  constexpr std::int64_t V = 301, B = 13;  // V: several vocabulary blocks, the last one incomplete
  const auto network = random_network(options_of(GetParam()), V);
  const auto& model = network.model;
  model->eval();
  const Tensor ids_BN = random_ids({B, model->context()}, V), targets_B = random_ids({B}, V);
  const Tensor y_BV = model->logits(ids_BN);
  const Tensor log_prob_B = model->log_prob(ids_BN, targets_B).to(torch::kFloat64);
  double mean = 0;
  for (std::int64_t r = 0; r < B; ++r) {
    const auto y = naive_scores(network, ids_BN.data_ptr<std::int64_t>() + r * model->context());
    double sum = 0;
    for (std::int64_t v = 0; v < V; ++v) {
      EXPECT_NEAR(y_BV[r][v].item<double>(), y[static_cast<std::size_t>(v)], 1e-5);
      sum += std::exp(y[static_cast<std::size_t>(v)]);
    }
    const double expected =
        y[static_cast<std::size_t>(targets_B[r].item<std::int64_t>())] - std::log(sum);
    EXPECT_NEAR(log_prob_B[r].item<double>(), expected, 1e-5);
    mean -= expected / B;
  }
  EXPECT_NEAR(model->loss(ids_BN, targets_B).item<double>(), mean, 1e-5);
}

TEST_P(NplmTest, GradientsEqualCentralDifferences) {
  constexpr std::int64_t V = 7, B = 4;
  const auto network = random_network(options_of(GetParam()), V);
  const auto& model = network.model;
  model->to(torch::kFloat64);
  model->eval();
  const Tensor ids_BN = random_ids({B, model->context()}, V), targets_B = random_ids({B}, V);
  expect_gradients_equal_differences(*model, [&] { return model->loss(ids_BN, targets_B); });
}

TEST_P(NplmTest, FusedGradientsEqualThePlainOnes) {
  constexpr std::int64_t V = 300, B = 5;
  const auto network = random_network(options_of(GetParam()), V);
  const auto& model = network.model;
  const Tensor ids_BN = random_ids({B, model->context()}, V), targets_B = random_ids({B}, V);
  model->loss(ids_BN, targets_B).backward();
  std::vector<Tensor> blocked;
  for (auto& parameter : model->parameters()) {
    blocked.push_back(parameter.grad().clone());
    parameter.mutable_grad() = Tensor();
  }
  torch::nn::functional::cross_entropy(model->logits(ids_BN), targets_B).backward();
  for (std::size_t i = 0; i < blocked.size(); ++i) {
    const Tensor plain = model->parameters()[i].grad();
    EXPECT_LT((blocked[i] - plain).norm().item<double>(), 1e-5 * plain.norm().item<double>()) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Variants, NplmTest,
    ::testing::Values(Case{"paper", 3, 4, {6}, true, false, Activation::tanh},
                      Case{"without_direct", 4, 3, {5}, false, false, Activation::tanh},
                      Case{"no_hidden", 3, 4, {}, true, false, Activation::tanh},
                      Case{"two_hidden", 3, 4, {6, 5}, true, false, Activation::sigmoid},
                      Case{"tied", 3, 4, {6, 4}, false, true, Activation::relu},
                      Case{"bags", 3, 4, {6}, true, false, Activation::tanh, {2, 5}},
                      Case{"bigram", 2, 3, {}, false, true, Activation::identity}),
    [](const auto& variant) { return std::string(variant.param.name); });

TEST(NplmParametersTest, CountsEqualThePapersFormula) {
  const auto count = [](const NplmOptions& options, std::int64_t V) {
    std::int64_t sum = 0;
    for (const auto& parameter : network_of(options, V).model->parameters())
      sum += parameter.numel();
    return sum;
  };
  NplmOptions mlp1;
  mlp1.n = 5, mlp1.dim = 60, mlp1.hidden = {50}, mlp1.direct = true;
  // |V|(1 + n m + h) + h(1 + (n-1) m)
  EXPECT_EQ(count(mlp1, 16383), 5'762'483);
  NplmOptions mlp9;
  mlp9.n = 5, mlp9.dim = 30, mlp9.hidden = {100}, mlp9.direct = false;
  // |V|(1 + m + h) + h(1 + (n-1) m)
  EXPECT_EQ(count(mlp9, 16383), 2'158'273);
}

TEST(NplmExportTest, FeaturesHiddenAndOutputRows) {
  NplmOptions options;
  options.n = 2, options.dim = 3, options.hidden = {2},
  options.export_vectors = NplmOptions::Vectors::hidden;
  const auto network = random_network(options, 5);
  const auto& model = network.model;
  const Tensor hidden = model->vectors();
  ASSERT_EQ(hidden.sizes(), (std::vector<std::int64_t>{5, 2}));
  for (std::int64_t w = 0; w < 5; ++w) {
    for (std::int64_t i = 0; i < 2; ++i) {
      double z = network.body->d[0][i].item<double>();
      for (std::int64_t j = 0; j < 3; ++j)
        z += network.body->H[0][i][j].item<double>() * network.body->C[w][j].item<double>();
      EXPECT_NEAR(hidden[w][i].item<double>(), std::tanh(z), 1e-6);
    }
  }
  options.export_vectors = NplmOptions::Vectors::output;
  const auto of_output = random_network(options, 5);
  EXPECT_TRUE(torch::equal(of_output.model->vectors(), of_output.model->output().word_rows()));
  options.export_vectors = NplmOptions::Vectors::features;
  const auto of_features = random_network(options, 5);
  EXPECT_TRUE(torch::equal(of_features.model->vectors(), of_features.body->C));
}

TEST(NplmDropoutTest, OnlyWhileTrainingAndMeanIsKept) {
  NplmOptions options;
  options.n = 3, options.dim = 4, options.hidden = {400}, options.dropout = 0.5;
  const auto network = random_network(options, 50);
  const auto& model = network.model;
  const Tensor ids_BN = random_ids({20, 2}, 50);
  model->eval();
  EXPECT_TRUE(torch::equal(model->logits(ids_BN), model->logits(ids_BN)));
  const Tensor mean = model->logits(ids_BN);
  model->train();
  torch::manual_seed(1);
  Tensor sum = torch::zeros_like(mean);
  EXPECT_FALSE(torch::equal(model->logits(ids_BN), mean));
  for (int i = 0; i < 400; ++i) sum += model->logits(ids_BN).detach();
  EXPECT_LT(((sum / 400 - mean).norm() / mean.norm()).item<double>(), 0.15);
}

TEST(NplmInitTest, BiasStartsAsTheUnigramAndVectorsAreRead) {
  const TempFolder folder;
  const Vocabulary vocabulary({"a", "b", "c"}, {3, 2, 1}, "");
  const auto file = folder.write("v.txt", "2 2\nb 1 2\nzzz 3 4\n");
  NplmOptions options;
  options.n = 2, options.dim = 2, options.hidden = {4}, options.features.vectors = file,
  options.features.frozen = true;
  options.bias_smoothing = 1;
  const std::int32_t text[] = {0, 1, 2};
  const std::vector<std::int64_t> counts = {3, 2, 1};
  const ModelInputs inputs{vocabulary, counts, 1, text, 3};
  const auto model = make_gradient_model("nplm", options, inputs);
  const auto parameters = model->named_parameters();
  EXPECT_NEAR(parameters["output.b"][0].item<double>(), std::log(4.0 / 9.0), 1e-6);
  EXPECT_EQ(parameters["C"][1][1].item<float>(), 2.0f);
  EXPECT_FALSE(parameters["C"].requires_grad());
  options.dim = 3;
  const auto message = message_of<Error>([&] { make_gradient_model("nplm", options, inputs); });
  EXPECT_NE(message.find("expected: 3 columns"), std::string::npos) << message;
}

/// Gives the fields that the model has small sizes and no dropout; chooses the others.
void make_small(ModelOptions& options) {
  FieldGroup fields = options.describe();
  const auto read = [&](const std::string& key, const std::string& text) {
    Problems problems;
    const Config config = Config::parse(text, "small");
    if (fields.find(key)) config.read(fields, problems);
    config.report(problems);
  };
  read("layers", "{dim: 4, layers: 2, dropout: 0}");
  read("sequences.length", "sequences: {length: 5}");
  read("distant", "{words: 2}");
  ChosenSettings chosen;
  options.choose({15, 5, true}, 0, chosen);  // single examples: without dropout
}

TEST(GradientModelsTest, EveryRegisteredModelIsBuiltAndDifferentiable) {
  const std::vector<std::int64_t> counts = {5, 4, 3, 2, 1};
  const Vocabulary vocabulary({"a", "b", "c", "d", "e"}, counts, "");
  for (const auto& info : registered_models()) {
    if (info.kind != LearnerKind::gradient) continue;
    const auto options = info.make_options();
    make_small(*options);
    const auto model = make_gradient_model(info.name, *options, inputs_of(vocabulary, counts));
    const Tensor ids_BN = random_ids({6, model->context()}, 5);
    const Tensor targets_B = model->sequences() ? ids_BN.flip(1) : random_ids({6}, 5);
    const Tensor mean = -model->log_prob(ids_BN, targets_B).mean();
    model->eval();
    EXPECT_NEAR(model->loss(ids_BN, targets_B).item<double>(), mean.item<double>(), 1e-5)
        << info.name;
    EXPECT_EQ(model->vectors().size(0), 5) << info.name;
    EXPECT_GT(model->flops_per_word(), 0) << info.name;
    {
      const torch::NoGradGuard no_grad;  // initial units are near the kinks of ReLU
      for (auto& named : model->named_parameters()) fill_normal(named.value(), 0.6, 1, named.key());
    }
    model->to(torch::kFloat64);
    expect_gradients_equal_differences(*model, [&] { return model->loss(ids_BN, targets_B); });
  }
}

TEST(FusedSoftmaxTest, AStepsMemoryDoesNotGrowWithBatchTimesVocabulary) {
  constexpr std::int64_t V = 20000;
  NplmOptions options;
  options.n = 3, options.dim = 4, options.hidden = {8};
  const auto network = random_network(options, V);
  const auto& model = network.model;
  const auto step = [&](std::int64_t B) {
    const Tensor ids_BN = random_ids({B, 2}, V), targets_B = random_ids({B}, V);
    model->loss(ids_BN, targets_B).backward();
    model->zero_grad(true);
  };
  step(256);
  forget_peak_memory();
  const double before = memory("VmRSS");
  step(256);
  const double small = memory("VmHWM") - before;
  step(4096);
  const double large = memory("VmHWM") - before;
  std::printf("additional memory: 256 examples %.1f MB, 4096 %.1f MB; their logits %.1f MB\n",
              small / 1e6, large / 1e6, 4e-6 * 4096 * V);
  EXPECT_LT(large, small + 20e6);
  // Check of the measurement: the plain loss holds the logits.
  const Tensor ids_BN = random_ids({1024, 2}, V), targets_B = random_ids({1024}, V);
  torch::nn::functional::cross_entropy(model->logits(ids_BN), targets_B).backward();
  EXPECT_GT(memory("VmHWM") - before, 0.9 * 4 * 1024 * V);
}

TEST(FusedSoftmaxTest, BitsDoNotDependOnThreads) {
  NplmOptions options;
  options.n = 3, options.dim = 8, options.hidden = {16}, options.direct = true;
  const std::int64_t V = 3001;
  const Tensor ids_BN = random_ids({64, 2}, V), targets_B = random_ids({64}, V);
  std::vector<Tensor> first;
  for (const int count : {1, 2, 7}) {
    set_threads(count, [] { at::set_num_threads(1); });
    const auto network = random_network(options, V);
    const auto& model = network.model;
    model->loss(ids_BN, targets_B).backward();
    std::vector<Tensor> gradients;
    for (const auto& parameter : model->parameters())
      gradients.push_back(parameter.grad().to_dense());
    if (first.empty()) first = gradients;
    for (std::size_t i = 0; i < first.size(); ++i)
      EXPECT_TRUE(torch::equal(first[i], gradients[i])) << count;
  }
  set_threads(0);
}

}  // namespace
}  // namespace wordbridge
