#include <gtest/gtest.h>
#include <torch/torch.h>

#include <memory>
#include <ostream>
#include <string>

#include "core/error.h"
#include "core/threads.h"
#include "models/nplm/nplm_options.h"
#include "models/output/output_layer.h"
#include "tests/support/gradient_check.h"
#include "tests/support/output_probe.h"

namespace wordbridge {
namespace {

using torch::Tensor;

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
  const SkewedWords words(V);
  OutputProbe probe(options_of(GetParam()), GetParam().direct, words, B, GetParam().tied);
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
  const SkewedWords words(V);
  OutputProbe probe(options_of(GetParam()), GetParam().direct, words, B, GetParam().tied);
  const Tensor targets_B = some_targets(B, V);
  const double loss = probe.loss(targets_B).item<double>();
  EXPECT_NEAR(loss, -probe.log_prob(targets_B).mean().item<double>(), 1e-5 * loss);
  probe.to(torch::kFloat64);
  EXPECT_NEAR(loss, probe.loss(targets_B).item<double>(), 1e-5 * loss);
  EXPECT_NEAR(loss, -probe.log_prob(targets_B).mean().item<double>(), 1e-5 * loss);
}

TEST_P(OutputLayerTest, GradientsEqualCentralDifferences) {
  constexpr std::int64_t V = 17, B = 9;
  const SkewedWords words(V);
  OutputProbe probe(options_of(GetParam()), GetParam().direct, words, B, GetParam().tied);
  probe.to(torch::kFloat64);
  const Tensor targets_B = some_targets(B, V);
  expect_gradients_equal_differences(probe, [&] { return probe.loss(targets_B); });
}

TEST_P(OutputLayerTest, Float32GradientsEqualThoseOfFloat64) {
  constexpr std::int64_t V = 300, B = 37;
  const SkewedWords words(V);
  OutputProbe probe(options_of(GetParam()), GetParam().direct, words, B, GetParam().tied);
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
  const SkewedWords words(V);
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
  const SkewedWords words(V);
  const Tensor targets_B = some_targets(B, V);
  std::vector<Tensor> first;
  for (const int count : {1, 2, 7}) {
    set_threads(count, [] { at::set_num_threads(1); });
    OutputProbe probe(options_of(GetParam()), GetParam().direct, words, B, GetParam().tied);
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
  const SkewedWords words(V);
  OutputProbe probe(options_of(GetParam()), GetParam().direct, words, B, GetParam().tied);
  // As when a trained model is loaded: without a corpus, and with counts of another split.
  SkewedWords others(V);
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

TEST_P(OutputLayerTest, AGpuGivesTheSame) {
  if (!torch::cuda::is_available()) GTEST_SKIP() << "no CUDA GPU available";
  constexpr std::int64_t V = 41, B = 70;
  const SkewedWords words(V);
  OutputProbe here(options_of(GetParam()), GetParam().direct, words, B, GetParam().tied);
  OutputProbe there(options_of(GetParam()), GetParam().direct, words, B, GetParam().tied);
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
  const SkewedWords words(V);
  for (const auto& [name, type] : output_type_names()) {
    SCOPED_TRACE(name);
    OutputOptions options;
    options.type = type;
    OutputProbe probe(options, true, words, B);
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
  const SkewedWords words(10);
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
