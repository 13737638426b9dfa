#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <memory>
#include <ostream>
#include <string>

#include "core/error.h"
#include "core/rng.h"
#include "core/threads.h"
#include "models/layers/initialize.h"
#include "models/output/adaptive_softmax.h"
#include "models/output/class_softmax.h"
#include "models/output/hierarchical_softmax.h"
#include "models/output/output_layer.h"
#include "tests/support/gradient_check.h"
#include "tests/support/nplm_network.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using torch::Tensor;

/// A vocabulary of V words whose counts fall roughly as 1/rank, not in order of the ids and with
/// some zeros, and a corpus with these counts.
struct Words {
  explicit Words(std::int64_t V) {
    Rng rng(4, "words");
    std::vector<std::string> names;
    for (std::int64_t w = 0; w < V; ++w) {
      names.push_back(std::to_string(w));
      counts.push_back(w % 7 == 6 ? 0 : 3 * V / (1 + w * 5 % V));
      for (std::int64_t i = 0; i < counts.back(); ++i) ids.push_back(static_cast<std::int32_t>(w));
    }
    rng.shuffle(ids);
    vocabulary = Vocabulary(names, counts, "");
  }
  ModelInputs inputs(bool with_text = true) const {
    ModelInputs result{vocabulary, counts, 1};
    if (with_text) {
      result.train_ids = ids.data();
      result.train_size = static_cast<std::int64_t>(ids.size());
    }
    return result;
  }
  Vocabulary vocabulary;
  std::vector<std::int64_t> counts;
  std::vector<std::int32_t> ids;
};

OutputShape shape_of(bool direct, const Tensor& tied = {}) {
  OutputShape shape;
  shape.tied = tied;
  shape.inputs.push_back({"U", 5});
  if (direct) shape.inputs.push_back({"W", 3});
  return shape;
}

/// An output layer with its features as parameters. All parameters are random.
struct Probe : torch::nn::Module {
  Probe(const OutputOptions& options, bool direct, const Words& words, std::int64_t B,
        bool tied = false) {
    if (tied) C = register_parameter("C", torch::zeros({words.vocabulary.size(), 5}));
    layer =
        register_module("layer", make_output_layer(options, shape_of(direct, C), words.inputs()));
    for (const auto& input : shape_of(direct).inputs)
      x.push_back(register_parameter("x_" + input.weight, torch::zeros({B, input.width})));
    const torch::NoGradGuard no_grad;
    for (auto& named : named_parameters()) fill_normal(named.value(), 0.7, 3, named.key());
  }
  BodyOutput body() const { return {x, {}}; }
  Tensor loss(const Tensor& targets_B) { return layer->loss(body(), targets_B); }
  Tensor log_prob(const Tensor& targets_B) { return layer->log_prob(body(), targets_B); }

  std::shared_ptr<OutputLayer> layer;
  std::vector<Tensor> x;
  Tensor C;  // [V,5], only with weight tying
};

/// B words, including the first, the last and every third in between.
Tensor some_targets(std::int64_t B, std::int64_t V) {
  const Tensor targets_B = torch::empty({B}, torch::kInt64);
  for (std::int64_t r = 0; r < B; ++r)
    targets_B.data_ptr<std::int64_t>()[r] = r == 1 ? V - 1 : (3 * r) % V;
  return targets_B;
}

using By = ClassSoftmaxOptions::By;
using Tree = HierarchicalSoftmaxOptions::Tree;

struct Case {
  const char* name;
  OutputType type;
  bool direct;
  By by = By::frequency;
  Tree tree = Tree::huffman;
  bool tied = false;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

OutputOptions options_of(const Case& c) {
  OutputOptions options;
  options.type = c.type;
  options.classes.by = c.by;
  options.hierarchical.tree = c.tree;
  if (!c.tied) options.adaptive.factor = 2;
  return options;
}

class OutputLayerTest : public ::testing::TestWithParam<Case> {
 protected:
  void TearDown() override { set_threads(0); }
};

TEST_P(OutputLayerTest, ProbabilitiesSumToOneAndAreThoseOfTheLogits) {
  constexpr std::int64_t V = 41, B = 6;
  const Words words(V);
  Probe probe(options_of(GetParam()), GetParam().direct, words, B, GetParam().tied);
  const Tensor from_logits_BV =
      probe.layer->logits(probe.body()).to(torch::kFloat64).log_softmax(1);
  Tensor sum_B = torch::zeros({B}, torch::kFloat64);
  for (std::int64_t w = 0; w < V; ++w) {
    const Tensor log_prob_B =
        probe.log_prob(torch::full({B}, w, torch::kInt64)).to(torch::kFloat64);
    sum_B += log_prob_B.exp();
    EXPECT_LT((log_prob_B - from_logits_BV.select(1, w)).abs().max().item<double>(), 2e-5) << w;
  }
  EXPECT_LT((sum_B - 1).abs().max().item<double>(), 1e-6);
}

TEST_P(OutputLayerTest, LossIsTheMeanAndEqualsFloat64) {
  constexpr std::int64_t V = 41, B = 23;
  const Words words(V);
  Probe probe(options_of(GetParam()), GetParam().direct, words, B, GetParam().tied);
  const Tensor targets_B = some_targets(B, V);
  const double loss = probe.loss(targets_B).item<double>();
  EXPECT_NEAR(loss, -probe.log_prob(targets_B).mean().item<double>(), 1e-5 * loss);
  probe.to(torch::kFloat64);
  EXPECT_NEAR(loss, probe.loss(targets_B).item<double>(), 1e-5 * loss);
  EXPECT_NEAR(loss, -probe.log_prob(targets_B).mean().item<double>(), 1e-5 * loss);
}

TEST_P(OutputLayerTest, GradientsEqualCentralDifferences) {
  constexpr std::int64_t V = 17, B = 9;
  const Words words(V);
  Probe probe(options_of(GetParam()), GetParam().direct, words, B, GetParam().tied);
  probe.to(torch::kFloat64);
  const Tensor targets_B = some_targets(B, V);
  expect_gradients_equal_differences(probe, [&] { return probe.loss(targets_B); });
}

TEST_P(OutputLayerTest, Float32GradientsEqualThoseOfFloat64) {
  constexpr std::int64_t V = 300, B = 37;
  const Words words(V);
  Probe probe(options_of(GetParam()), GetParam().direct, words, B, GetParam().tied);
  const Tensor targets_B = some_targets(B, V);
  (probe.loss(targets_B) * 3).backward();
  std::vector<Tensor> fused;
  for (auto& parameter : probe.parameters()) {
    fused.push_back(parameter.grad().to_dense().to(torch::kFloat64));
    if (parameter.grad().is_sparse()) {  // each row once, ascending
      const Tensor rows = parameter.grad()._indices()[0];
      EXPECT_TRUE((rows.slice(0, 1) > rows.slice(0, 0, -1)).all().item<bool>());
    }
    parameter.mutable_grad() = Tensor();
  }
  probe.to(torch::kFloat64);
  (probe.loss(targets_B) * 3).backward();
  const auto named = probe.named_parameters();
  for (std::size_t i = 0; i < fused.size(); ++i) {
    const Tensor plain = named[i].value().grad();
    EXPECT_LT((fused[i] - plain).norm().item<double>(), 1e-5 * plain.norm().item<double>())
        << named[i].key();
  }
}

TEST_P(OutputLayerTest, StartsAsTheUnigramDistribution) {
  constexpr std::int64_t V = 41;
  const Words words(V);
  const Tensor C = GetParam().tied ? torch::ones({V, 5}) : Tensor();
  const auto layer =
      make_output_layer(options_of(GetParam()), shape_of(GetParam().direct, C), words.inputs());
  BodyOutput body{{torch::zeros({1, 5})}, {}};
  if (GetParam().direct) body.features.push_back(torch::zeros({1, 3}));
  double total = 0;
  for (const auto count : words.counts) total += static_cast<double>(count) + 1;
  for (std::int64_t w = 0; w < V; ++w) {
    const double p = (static_cast<double>(words.counts[static_cast<std::size_t>(w)]) + 1) / total;
    EXPECT_NEAR(layer->log_prob(body, torch::full({1}, w, torch::kInt64)).exp().item<double>() / p,
                1, 1e-5)
        << w;
  }
}

TEST_P(OutputLayerTest, BitsDoNotDependOnThreads) {
  constexpr std::int64_t V = 900, B = 130;
  const Words words(V);
  const Tensor targets_B = some_targets(B, V);
  std::vector<Tensor> first;
  for (const int count : {1, 2, 7}) {
    set_threads(count, [] { at::set_num_threads(1); });
    Probe probe(options_of(GetParam()), GetParam().direct, words, B, GetParam().tied);
    std::vector<Tensor> results{probe.loss(targets_B), probe.log_prob(targets_B)};
    results[0].backward();
    for (auto& parameter : probe.parameters()) results.push_back(parameter.grad().to_dense());
    if (first.empty()) first = results;
    for (std::size_t i = 0; i < first.size(); ++i)
      EXPECT_TRUE(torch::equal(first[i], results[i])) << count << " " << i;
  }
}

TEST_P(OutputLayerTest, StructureComesBackFromTheBuffers) {
  constexpr std::int64_t V = 41, B = 9;
  const Words words(V);
  Probe probe(options_of(GetParam()), GetParam().direct, words, B, GetParam().tied);
  // As when a trained model is loaded: without a corpus, and with counts of another split.
  Words others(V);
  others.counts.assign(static_cast<std::size_t>(V), 5);
  const auto loaded = make_output_layer(options_of(GetParam()),
                                        shape_of(GetParam().direct, probe.C), others.inputs(false));
  const torch::NoGradGuard no_grad;
  for (auto& named : loaded->named_buffers())
    named.value().copy_(probe.layer->named_buffers()[named.key()]);
  loaded->structure_restored();
  for (auto& named : loaded->named_parameters())
    named.value().copy_(probe.layer->named_parameters()[named.key()]);
  const Tensor targets_B = some_targets(B, V);
  EXPECT_TRUE(torch::equal(loaded->log_prob(probe.body(), targets_B), probe.log_prob(targets_B)));
  EXPECT_TRUE(torch::equal(loaded->logits(probe.body()), probe.layer->logits(probe.body())));
  for (auto& named : loaded->named_buffers()) {
    named.value().fill_(-1);
    EXPECT_THROW(loaded->structure_restored(), Error) << named.key();
  }
}

INSTANTIATE_TEST_SUITE_P(Layers, OutputLayerTest,
                         ::testing::Values(Case{"classes", OutputType::classes, false},
                                           Case{"classes_direct", OutputType::classes, true},
                                           Case{"classes_learned", OutputType::classes, true,
                                                By::learned},
                                           Case{"huffman", OutputType::hierarchical, false},
                                           Case{"huffman_direct", OutputType::hierarchical, true},
                                           Case{"tree_of_classes", OutputType::hierarchical, true,
                                                By::frequency, Tree::classes},
                                           Case{"adaptive", OutputType::adaptive, false},
                                           Case{"adaptive_direct", OutputType::adaptive, true},
                                           Case{"adaptive_tied", OutputType::adaptive, false,
                                                By::frequency, Tree::huffman, true}),
                         [](const auto& variant) { return std::string(variant.param.name); });

double naive_dot(const Tensor& row, const Tensor& x) {
  double sum = 0;
  for (std::int64_t e = 0; e < x.numel(); ++e) sum += row[e].item<double>() * x[e].item<double>();
  return sum;
}

/// Scores [R] of one example.
std::vector<double> naive_scores(const std::vector<Tensor>& weights, const Tensor& b,
                                 const std::vector<Tensor>& x) {
  std::vector<double> scores;
  for (std::int64_t r = 0; r < b.size(0); ++r) {
    scores.push_back(b[r].item<double>());
    for (std::size_t i = 0; i < weights.size(); ++i)
      scores.back() += naive_dot(weights[i][r], x[i][0]);
  }
  return scores;
}

double probability(Probe& probe, std::int64_t word) {
  return std::exp(probe.log_prob(torch::full({1}, word, torch::kInt64)).item<double>());
}

TEST(ClassSoftmaxTest, IsTheProductOfTwoSoftmaxes) {
  const TempFolder folder;
  const Words words(5);
  OutputOptions options;
  options.type = OutputType::classes;
  options.classes.file = folder.write("classes.tsv", "0\tA\n1\tB\n2\tA\n3\tB\n4\tA\n9\tunused\n");
  Probe probe(options, true, words, 1);
  const auto& layer = dynamic_cast<ClassSoftmax&>(*probe.layer);
  const auto word = naive_scores(layer.weights, layer.b, probe.x);
  const auto of_class = naive_scores(layer.class_weights, layer.b_class, probe.x);
  ASSERT_EQ(of_class.size(), 2U);
  const double classes = std::exp(of_class[0]) + std::exp(of_class[1]);
  const double a = std::exp(word[0]) + std::exp(word[2]) + std::exp(word[4]);
  EXPECT_NEAR(probability(probe, 2), std::exp(of_class[0]) / classes * std::exp(word[2]) / a, 1e-6);
  const double in_b = std::exp(word[1]) + std::exp(word[3]);
  EXPECT_NEAR(probability(probe, 3), std::exp(of_class[1]) / classes * std::exp(word[3]) / in_b,
              1e-6);
}

TEST(ClassSoftmaxTest, TiedRowsGetTheGradientsOfBothUses) {
  constexpr std::int64_t V = 60;
  const Words words(V);
  NplmOptions options;
  options.n = 3, options.dim = 5, options.hidden = {5}, options.tied = true;
  options.output.type = OutputType::classes;
  const auto [body, model] = NplmNetwork(options, words.inputs());
  const Tensor ids_BN = some_targets(22, V).view({11, 2}), targets_B = some_targets(11, V);
  model->loss(ids_BN, targets_B).backward();
  const Tensor fused = body->C.grad().to_dense().to(torch::kFloat64);
  model->zero_grad(true);
  model->to(torch::kFloat64);
  model->loss(ids_BN, targets_B).backward();
  EXPECT_LT((fused - body->C.grad()).norm().item<double>(),
            1e-5 * body->C.grad().norm().item<double>());
  EXPECT_EQ(model->output().named_parameters().find("U"), nullptr);
}

TEST(HierarchicalSoftmaxTest, IsTheProductOfTheBranches) {
  Words words(4);
  words.counts = {0, 1, 2, 4};  // weights 1, 2, 3, 5: the tree of the HuffmanTree test
  OutputOptions options;
  options.type = OutputType::hierarchical;
  Probe probe(options, true, words, 1);
  const auto& layer = dynamic_cast<HierarchicalSoftmax&>(*probe.layer);
  const auto scores = naive_scores(layer.weights, layer.b, probe.x);
  const auto sigma = [](double z) { return 1 / (1 + std::exp(-z)); };
  EXPECT_NEAR(probability(probe, 3), sigma(scores[2]), 1e-6);
  EXPECT_NEAR(probability(probe, 2), sigma(-scores[2]) * sigma(scores[1]), 1e-6);
  EXPECT_NEAR(probability(probe, 1), sigma(-scores[2]) * sigma(-scores[1]) * sigma(-scores[0]),
              1e-6);
  EXPECT_NEAR(probability(probe, 0), sigma(-scores[2]) * sigma(-scores[1]) * sigma(scores[0]),
              1e-6);
}

TEST(AdaptiveSoftmaxTest, IsTheHeadTimesTheSoftmaxOfTheCluster) {
  Words words(6);
  words.counts = {5, 1, 9, 0, 3, 2};  // by rank: 2, 0, 4, 5, 1, 3
  OutputOptions options;
  options.type = OutputType::adaptive;
  options.adaptive.cutoffs = {2, 4};
  options.adaptive.factor = 3;
  Probe probe(options, true, words, 1);
  const auto& layer = dynamic_cast<AdaptiveSoftmax&>(*probe.layer);
  ASSERT_EQ(layer.tails.size(), 2U);
  EXPECT_EQ(layer.tails[0].projection.sizes(), (std::vector<std::int64_t>{2, 8}));
  EXPECT_EQ(layer.tails[1].projection.sizes(), (std::vector<std::int64_t>{1, 8}));
  const Tensor x = torch::cat({probe.x[0], probe.x[1]}, 1);
  const auto head = naive_scores({layer.head}, layer.b_head, {x});
  double total = 0;
  for (const double score : head) total += std::exp(score);
  EXPECT_NEAR(probability(probe, 0), std::exp(head[1]) / total, 1e-6);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& tail = layer.tails[i];
    Tensor narrow = torch::zeros({1, tail.projection.size(0)});
    for (std::int64_t k = 0; k < narrow.size(1); ++k)
      narrow[0][k] = naive_dot(tail.projection[k], x[0]);
    const auto score = naive_scores({tail.weight}, tail.b, {narrow});
    const double cluster = std::exp(head[2 + i]) / total;
    const double sum = std::exp(score[0]) + std::exp(score[1]);
    EXPECT_NEAR(probability(probe, i == 0 ? 4 : 1), cluster * std::exp(score[0]) / sum, 1e-6);
    EXPECT_NEAR(probability(probe, i == 0 ? 5 : 3), cluster * std::exp(score[1]) / sum, 1e-6);
  }
}

TEST(AdaptiveSoftmaxTest, TiedRowsAreTheFeaturesOfTheWords) {
  Words words(6);
  words.counts = {5, 1, 9, 0, 3, 2};  // by rank: 2, 0, 4, 5, 1, 3
  OutputOptions options;
  options.type = OutputType::adaptive;
  options.adaptive.cutoffs = {2, 4};
  Probe probe(options, false, words, 1, true);
  const auto& layer = dynamic_cast<AdaptiveSoftmax&>(*probe.layer);
  EXPECT_EQ(layer.head.sizes(), (std::vector<std::int64_t>{2, 5}));
  const auto score = [&](std::int64_t word, const Tensor& b) {
    return b.item<double>() + naive_dot(probe.C[word], probe.x[0][0]);
  };
  std::vector<double> head{score(2, layer.b_head[0]), score(0, layer.b_head[1])};
  for (std::int64_t i = 0; i < 2; ++i)
    head.push_back(layer.b_head[2 + i].item<double>() + naive_dot(layer.head[i], probe.x[0][0]));
  double total = 0;
  for (const double s : head) total += std::exp(s);
  EXPECT_NEAR(probability(probe, 0), std::exp(head[1]) / total, 1e-6);
  const double four = score(4, layer.tails[0].b[0]), five = score(5, layer.tails[0].b[1]);
  EXPECT_NEAR(probability(probe, 5),
              std::exp(head[2]) / total * std::exp(five) / (std::exp(four) + std::exp(five)), 1e-6);
  const double one = score(1, layer.tails[1].b[0]), three = score(3, layer.tails[1].b[1]);
  EXPECT_NEAR(probability(probe, 1),
              std::exp(head[3]) / total * std::exp(one) / (std::exp(one) + std::exp(three)), 1e-6);
}

TEST(AdaptiveSoftmaxTest, ABatchWithoutWordsOfAClusterHasALoss) {
  const Words words(41);
  OutputOptions options;
  options.type = OutputType::adaptive;
  Probe probe(options, false, words, 2);
  const Tensor targets_B = torch::zeros({2}, torch::kInt64);
  EXPECT_NEAR(probe.loss(targets_B).item<double>(),
              -probe.log_prob(targets_B).mean().item<double>(), 1e-5);
}

TEST_P(OutputLayerTest, AGpuGivesTheSame) {
  if (!torch::cuda::is_available()) GTEST_SKIP() << "no CUDA GPU available";
  constexpr std::int64_t V = 41, B = 70;
  const Words words(V);
  Probe here(options_of(GetParam()), GetParam().direct, words, B, GetParam().tied);
  Probe there(options_of(GetParam()), GetParam().direct, words, B, GetParam().tied);
  there.to(torch::kCUDA);
  const Tensor targets_B = some_targets(B, V);
  const Tensor expected = here.loss(targets_B), loss = there.loss(targets_B.to(torch::kCUDA));
  EXPECT_NEAR(loss.item<double>(), expected.item<double>(), 1e-5 * expected.item<double>());
  expected.backward();
  loss.backward();
  const auto parameters = here.named_parameters(), on_gpu = there.named_parameters();
  for (const auto& named : parameters) {
    const auto dense = [](const Tensor& g) { return (g.is_sparse() ? g.to_dense() : g).cpu(); };
    const Tensor g = dense(named.value().grad());
    EXPECT_LT((dense(on_gpu[named.key()].grad()) - g).norm().item<double>(),
              1e-5 * g.norm().item<double>() + 1e-7)
        << named.key();
  }
  EXPECT_LT((there.log_prob(targets_B.to(torch::kCUDA)).cpu() - here.log_prob(targets_B))
                .abs()
                .max()
                .item<double>(),
            1e-4);
}

/// Properties of every registered layer, with default options.
TEST(EveryOutputLayer, HasProbabilitiesThoseOfItsLogitsAndTheGradientsOfItsLoss) {
  constexpr std::int64_t V = 11, B = 4;
  const Words words(V);
  for (const auto& [name, type] : output_type_names()) {
    SCOPED_TRACE(name);
    OutputOptions options;
    options.type = type;
    Probe probe(options, true, words, B);
    const Tensor targets_B = some_targets(B, V);
    const Tensor log_p_BV = probe.layer->logits(probe.body()).log_softmax(1);
    EXPECT_TRUE(torch::allclose(probe.log_prob(targets_B).to(torch::kFloat32),
                                log_p_BV.gather(1, targets_B.unsqueeze(1)).squeeze(1), 1e-4, 1e-5));
    EXPECT_EQ(probe.layer->word_rows().defined(), options.has_word_rows());
    EXPECT_GT(probe.layer->flops_per_word(), 0);
    probe.to(torch::kFloat64);
    expect_gradients_equal_differences(probe, [&] {
      torch::manual_seed(5);  // with the same samples
      return probe.loss(targets_B);
    });
  }
}

TEST(OutputOptionsTest, SectionsAreNamedLikeTheTypes) {
  OutputOptions options;
  const FieldGroup group = options.describe();
  std::vector<std::string> sections;
  for (const auto& section : group.groups) sections.push_back(section.name);
  std::vector<std::string> types;
  for (const auto& [name, type] : output_type_names()) types.push_back(name);
  EXPECT_EQ(sections, types);
}

TEST(OutputOptionsTest, WhatDoesNotFitTheVocabularyIsAnError) {
  const Words words(10);
  const auto message = [&](const OutputOptions& options) {
    return message_of<Error>([&] { make_output_layer(options, shape_of(false), words.inputs()); });
  };
  OutputOptions classes, adaptive;
  classes.type = OutputType::classes;
  classes.classes.count = 11;
  EXPECT_NE(message(classes).find("more classes than words"), std::string::npos);
  adaptive.type = OutputType::adaptive;
  adaptive.adaptive.cutoffs = {3, 10};
  EXPECT_NE(message(adaptive).find("expected: less than the vocabulary size 10"), std::string::npos)
      << message(adaptive);
}

TEST(OutputOptionsTest, ContradictionsAreReported) {
  const auto problems = [](const OutputOptions& options, bool tied) {
    Problems found;
    options.validate(found, "output", tied);
    std::string text;
    for (const auto& [key, what] : found.found()) text += key + ": " + what + "\n";
    return text;
  };
  OutputOptions options;
  options.type = OutputType::hierarchical;
  EXPECT_EQ(problems(options, false), "");
  EXPECT_EQ(problems(options, true),
            "output.type: weight tying requires adaptive, or one output row per word, which "
            "hierarchical does not have; types that do: full, classes, nce, sampled\n");
  options.type = OutputType::adaptive;
  EXPECT_EQ(problems(options, true), "");
  options.adaptive.factor = 4;
  EXPECT_EQ(problems(options, false), "");
  EXPECT_EQ(problems(options, true), "output.adaptive.factor: weight tying requires 1\n");
  options.type = OutputType::hierarchical;
  NplmOptions model;
  model.output.type = OutputType::hierarchical;
  model.export_vectors = NplmOptions::Vectors::output;
  Problems found;
  model.validate(found, "nplm");
  ASSERT_EQ(found.found().size(), 1U);
  EXPECT_EQ(found.found()[0].first, "nplm.export");
  options.hierarchical.classes = 4;
  EXPECT_NE(problems(options, false).find("output.hierarchical.classes"), std::string::npos);
  options = {};
  options.type = OutputType::classes;
  EXPECT_EQ(problems(options, true), "");
  options.classes.file = "/no/such/file";
  options.classes.count = 4;
  EXPECT_NE(problems(options, true).find("can't be combined with count or by"), std::string::npos);
  EXPECT_NE(problems(options, true).find("no such file: '/no/such/file'"), std::string::npos);
  options.classes.file = "/";
  EXPECT_NE(problems(options, true).find("'/' is a folder, expected a file"), std::string::npos);
  options = {};
  options.sampled.adaptation = 0.1;
  EXPECT_NE(
      problems(options, false).find("output.sampled.adaptation: only has an effect with proposal"),
      std::string::npos);
  options = {};
  options.type = OutputType::adaptive;
  options.adaptive.cutoffs = {5, 5};
  EXPECT_NE(problems(options, false).find("output.adaptive.cutoffs"), std::string::npos);
}

}  // namespace
}  // namespace wordbridge
