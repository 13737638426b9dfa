#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <string>
#include <vector>

#include "models/output/adaptive_softmax.h"
#include "models/output/class_softmax.h"
#include "models/output/hierarchical_softmax.h"
#include "tests/support/nplm_network.h"
#include "tests/support/output_probe.h"
#include "tests/support/temp_folder.h"

// Probabilities of the layers that are products of smaller softmaxes or decisions, by hand.

namespace wordbridge {
namespace {

using torch::Tensor;

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

double probability(OutputProbe& probe, std::int64_t word) {
  return std::exp(probe.log_prob(torch::full({1}, word, torch::kInt64)).item<double>());
}

TEST(ClassSoftmaxTest, IsTheProductOfTwoSoftmaxes) {
  const TempFolder folder;
  const SkewedWords words(5);
  OutputOptions options;
  options.type = OutputType::classes;
  options.classes.file = folder.write("classes.tsv", "0\tA\n1\tB\n2\tA\n3\tB\n4\tA\n9\tunused\n");
  OutputProbe probe(options, true, words, 1);
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
  const SkewedWords words(V);
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
  SkewedWords words(4);
  words.counts = {0, 1, 2, 4};  // weights 1, 2, 3, 5: the tree of the HuffmanTree test
  OutputOptions options;
  options.type = OutputType::hierarchical;
  OutputProbe probe(options, true, words, 1);
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
  SkewedWords words(6);
  words.counts = {5, 1, 9, 0, 3, 2};  // by rank: 2, 0, 4, 5, 1, 3
  OutputOptions options;
  options.type = OutputType::adaptive;
  options.adaptive.cutoffs = {2, 4};
  options.adaptive.factor = 3;
  OutputProbe probe(options, true, words, 1);
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
  SkewedWords words(6);
  words.counts = {5, 1, 9, 0, 3, 2};  // by rank: 2, 0, 4, 5, 1, 3
  OutputOptions options;
  options.type = OutputType::adaptive;
  options.adaptive.cutoffs = {2, 4};
  OutputProbe probe(options, false, words, 1, true);
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
  const SkewedWords words(41);
  OutputOptions options;
  options.type = OutputType::adaptive;
  OutputProbe probe(options, false, words, 2);
  const Tensor targets_B = torch::zeros({2}, torch::kInt64);
  EXPECT_NEAR(probe.loss(targets_B).item<double>(),
              -probe.log_prob(targets_B).mean().item<double>(), 1e-5);
}

}  // namespace
}  // namespace wordbridge
