#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <memory>
#include <ostream>
#include <string>

#include "core/rng.h"
#include "core/threads.h"
#include "models/layers/initialize.h"
#include "models/layers/random_seed.h"
#include "models/output/output_layer.h"
#include "models/output/own_samples.h"
#include "models/output/sampled_softmax.h"
#include "tests/support/gradient_check.h"

namespace wordbridge {
namespace {

using torch::Tensor;

struct Words {
  explicit Words(std::vector<std::int64_t> of_words) : counts(std::move(of_words)) {
    Rng rng(4, "words");
    std::vector<std::string> names;
    for (std::size_t w = 0; w < counts.size(); ++w) {
      names.push_back(std::to_string(w));
      for (std::int64_t i = 0; i < counts[w]; ++i) ids.push_back(static_cast<std::int32_t>(w));
    }
    rng.shuffle(ids);
    vocabulary = Vocabulary(names, counts, "");
  }
  ModelInputs inputs() const {
    return {vocabulary, counts, 1, ids.data(), static_cast<std::int64_t>(ids.size())};
  }
  Vocabulary vocabulary;
  std::vector<std::int64_t> counts;
  std::vector<std::int32_t> ids;
};

std::vector<std::int64_t> falling_counts(std::int64_t V) {
  std::vector<std::int64_t> counts;
  for (std::int64_t w = 0; w < V; ++w) counts.push_back(1 + 3 * V / (1 + w));
  return counts;
}

/// An output layer with its features [B,5] (and [B,3]) as parameters. All parameters are random.
struct Probe : torch::nn::Module {
  Probe(const OutputOptions& options, bool direct, const Words& words, std::int64_t B) {
    OutputShape shape;
    shape.inputs.push_back({"U", 5});
    if (direct) shape.inputs.push_back({"W", 3});
    layer = register_module("layer", make_output_layer(options, shape, words.inputs()));
    for (const auto& input : shape.inputs)
      x.push_back(register_parameter("x_" + input.weight, torch::zeros({B, input.width})));
    const torch::NoGradGuard no_grad;
    for (auto& named : named_parameters()) fill_normal(named.value(), 0.7, 3, named.key());
    previous_B = torch::empty({B}, torch::kInt64);
    for (std::int64_t r = 0; r < B; ++r)
      previous_B.data_ptr<std::int64_t>()[r] = r % words.vocabulary.size();
  }
  BodyOutput body() const { return {x, previous_B}; }
  /// The loss, with the same samples for the same seed.
  Tensor loss(const Tensor& targets_B, std::uint64_t seed = 5) {
    torch::manual_seed(seed);
    return layer->loss(body(), targets_B);
  }
  /// All gradients as one dense vector.
  Tensor gradients() {
    std::vector<Tensor> all;
    for (auto& parameter : parameters()) {
      const Tensor g = parameter.grad();
      all.push_back((g.is_sparse() ? g.to_dense() : g).flatten().to(torch::kFloat64));
      parameter.mutable_grad() = Tensor();
    }
    return torch::cat(all);
  }

  std::shared_ptr<OutputLayer> layer;
  std::vector<Tensor> x;
  Tensor previous_B;
};

Tensor some_targets(std::int64_t B, std::int64_t V) {
  const Tensor targets_B = torch::empty({B}, torch::kInt64);
  for (std::int64_t r = 0; r < B; ++r) targets_B.data_ptr<std::int64_t>()[r] = (3 * r) % V;
  return targets_B;
}

using Proposal = SampledSoftmaxOptions::Proposal;

struct Case {
  const char* name;
  OutputType type;
  Noise noise;
  Proposal proposal;
  bool direct, shared = true;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

OutputOptions options_of(const Case& c) {
  OutputOptions options;
  options.type = c.type;
  options.nce.noise = c.noise;
  options.sampled.proposal = c.proposal;
  options.nce.shared = c.shared;
  options.nce.samples = options.sampled.samples = 11;
  return options;
}

class SampledLayerTest : public ::testing::TestWithParam<Case> {
 protected:
  void TearDown() override { set_threads(0); }
};

TEST_P(SampledLayerTest, ProbabilitiesSumToOneExactly) {
  constexpr std::int64_t V = 41, B = 6;
  const Words words(falling_counts(V));
  Probe probe(options_of(GetParam()), GetParam().direct, words, B);
  Tensor sum_B = torch::zeros({B}, torch::kFloat64);
  for (std::int64_t w = 0; w < V; ++w) {
    sum_B += probe.layer->log_prob(probe.body(), torch::full({B}, w, torch::kInt64))
                 .to(torch::kFloat64)
                 .exp();
  }
  EXPECT_LT((sum_B - 1).abs().max().item<double>(), 1e-6);
}

TEST_P(SampledLayerTest, GradientsEqualCentralDifferences) {
  constexpr std::int64_t V = 17, B = 9;
  const Words words(falling_counts(V));
  Probe probe(options_of(GetParam()), GetParam().direct, words, B);
  probe.to(torch::kFloat64);
  const Tensor targets_B = some_targets(B, V);
  expect_gradients_equal_differences(probe, [&] { return probe.loss(targets_B); });
}

TEST_P(SampledLayerTest, Float32EqualsFloat64OnTheSameDraws) {
  constexpr std::int64_t V = 60, B = 150;
  const Words words(falling_counts(V));
  Probe probe(options_of(GetParam()), GetParam().direct, words, B);
  const Tensor targets_B = some_targets(B, V);
  const Tensor loss = probe.loss(targets_B);
  loss.backward();
  const Tensor single = probe.gradients();
  probe.to(torch::kFloat64);
  const Tensor exact_loss = probe.loss(targets_B);
  exact_loss.backward();
  const Tensor exact = probe.gradients();
  EXPECT_NEAR(loss.item<double>(), exact_loss.item<double>(), 1e-5 * exact_loss.item<double>());
  EXPECT_LT((single - exact).norm().item<double>(), 1e-5 * exact.norm().item<double>());
}

TEST_P(SampledLayerTest, BitsDoNotDependOnThreadsButOnTheSeed) {
  constexpr std::int64_t V = 300, B = 200;
  const Words words(falling_counts(V));
  const Tensor targets_B = some_targets(B, V);
  Tensor first;
  for (const int count : {1, 2, 7}) {
    set_threads(count, [] { at::set_num_threads(1); });
    Probe probe(options_of(GetParam()), GetParam().direct, words, B);
    probe.loss(targets_B).backward();
    const Tensor gradients = probe.gradients();
    if (!first.defined()) first = gradients;
    EXPECT_TRUE(torch::equal(gradients, first)) << count;
    probe.loss(targets_B, 6).backward();
    EXPECT_FALSE(torch::equal(probe.gradients(), first)) << count;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Layers, SampledLayerTest,
    ::testing::Values(
        Case{"nce_shared", OutputType::nce, Noise::unigram, {}, false},
        Case{"nce_shared_direct", OutputType::nce, Noise::log_uniform, {}, true},
        Case{"nce_own", OutputType::nce, Noise::uniform, {}, true, false},
        Case{"sampled_unigram", OutputType::sampled, {}, Proposal::unigram, false},
        Case{"sampled_log_uniform_direct", OutputType::sampled, {}, Proposal::log_uniform, true},
        Case{"sampled_uniform", OutputType::sampled, {}, Proposal::uniform, false},
        Case{"sampled_bigram_direct", OutputType::sampled, {}, Proposal::bigram, true}),
    [](const auto& c) { return std::string(c.param.name); });

/// With a single word, all noise words are that word and ln(k q) = ln k. For its score s the loss
/// is ln(1 + k e^-s) + k ln(1 + e^s / k).
TEST(NceTest, ByHand) {
  const Words words({5});
  for (const bool shared : {true, false}) {
    OutputOptions options;
    options.type = OutputType::nce;
    options.nce.samples = 4;
    options.nce.shared = shared;
    Probe probe(options, false, words, 2);
    const Tensor targets_B = torch::zeros({2}, torch::kInt64);
    const Tensor s_B = probe.layer->unnormalised_log_prob(probe.body(), targets_B);
    double expected = 0;
    for (int r = 0; r < 2; ++r) {
      const double s = s_B[r].item<double>();
      expected += (std::log1p(4 * std::exp(-s)) + 4 * std::log1p(std::exp(s) / 4)) / 2;
    }
    EXPECT_NEAR(probe.loss(targets_B).item<double>(), expected, 1e-5 * expected) << shared;
    EXPECT_TRUE(probe.layer->self_normalised());
  }
}

/// The loss computed by plain loops from the candidates. Each score is corrected by the candidate's
/// inclusion probability: sampled, or the target of one of the other examples (which are
/// distributed as the counts).
TEST(SampledSoftmaxTest, IsTheSoftmaxOverTheCandidatesWithTheirChances) {
  constexpr std::int64_t V = 30, B = 7, kSamples = 5;
  const Words words(falling_counts(V));
  OutputOptions options;
  options.type = OutputType::sampled;
  options.sampled.samples = kSamples;
  Probe probe(options, false, words, B);
  const auto& layer = dynamic_cast<SampledSoftmax&>(*probe.layer);
  const Tensor targets_B = some_targets(B, V);
  torch::manual_seed(5);
  const auto candidates = layer.draw_candidates(targets_B, draw_seed());
  const auto K = candidates.words_K.size(0);
  ASSERT_LT(K, V);
  double total = 0, smoothed = 0;
  for (const auto count : words.counts) {
    total += static_cast<double>(count);
    smoothed += static_cast<double>(count) + 1;
  }
  const Tensor scores_BV = probe.layer->logits(probe.body()).to(torch::kFloat64);
  double expected = 0;
  for (std::int64_t r = 0; r < B; ++r) {
    double sum = 0, target = 0;
    for (std::int64_t k = 0; k < K; ++k) {
      const auto w = candidates.words_K[k].item<std::int64_t>();
      const auto count = static_cast<double>(words.counts[static_cast<std::size_t>(w)]);
      const double absent =
          std::pow(1 - (count + 1) / smoothed, kSamples) * std::pow(1 - count / total, B - 1);
      const double corrected = scores_BV[r][w].item<double>() - std::log(1 - absent);
      sum += std::exp(corrected);
      if (w == targets_B[r].item<std::int64_t>()) target = corrected;
    }
    expected += (std::log(sum) - target) / B;
  }
  EXPECT_NEAR(probe.loss(targets_B).item<double>(), expected, 1e-5 * expected);
}

/// With enough samples, every word is a candidate, so the loss is that of the full softmax.
TEST(SampledSoftmaxTest, IsTheFullSoftmaxWhenAllWordsAreDrawn) {
  constexpr std::int64_t V = 30, B = 20;
  const Words words(falling_counts(V));
  const Tensor targets_B = some_targets(B, V);
  for (const auto proposal : {Proposal::unigram, Proposal::uniform, Proposal::log_uniform}) {
    OutputOptions options;
    options.type = OutputType::sampled;
    options.sampled.proposal = proposal;
    options.sampled.samples = 20'000;
    Probe sampled(options, true, words, B);
    options.type = OutputType::full;
    Probe full(options, true, words, B);
    sampled.loss(targets_B).backward();
    full.loss(targets_B).backward();
    const Tensor expected = full.gradients();
    EXPECT_LT((sampled.gradients() - expected).norm().item<double>(),
              1e-4 * expected.norm().item<double>())
        << static_cast<int>(proposal);
  }
}

/// The estimators are ratios of sums. Their bias decreases with the number of samples.
TEST(SampledSoftmaxTest, TheMeanGradientApproachesTheFullOne) {
  constexpr std::int64_t V = 30, B = 20;
  const Words words(falling_counts(V));
  const Tensor targets_B = some_targets(B, V);
  OutputOptions options;
  options.type = OutputType::full;
  Probe full(options, false, words, B);
  full.loss(targets_B).backward();
  const Tensor expected = full.gradients();
  for (const auto proposal : {Proposal::unigram, Proposal::bigram}) {
    options.type = OutputType::sampled;
    options.sampled.proposal = proposal;
    const auto difference = [&](std::int64_t samples) {
      options.sampled.samples = samples;
      Probe sampled(options, false, words, B);
      Tensor sum = torch::zeros_like(expected);
      constexpr int kDraws = 300;
      for (int i = 0; i < kDraws; ++i) {
        sampled.loss(targets_B, static_cast<std::uint64_t>(i)).backward();
        sum += sampled.gradients();
      }
      return ((sum / kDraws - expected).norm() / expected.norm()).item<double>();
    };
    EXPECT_LT(difference(400), 0.1) << static_cast<int>(proposal);
  }
}

/// Same result with our kernels in float32 and with LibTorch operations in float64.
TEST(SampledSoftmaxTest, AnAdaptingProposalMovesAfterTheUpdateOnly) {
  constexpr std::int64_t V = 30, B = 40;
  const Words words(falling_counts(V));
  OutputOptions options;
  options.type = OutputType::sampled;
  options.sampled.proposal = Proposal::bigram;
  options.sampled.samples = 11;
  EXPECT_EQ(Probe(options, true, words, B).layer->training_state(), nullptr);
  const auto shares = [](Probe& probe) {
    return probe.layer->training_state()->tensors().at(0).second.clone();
  };
  options.sampled.adaptation = 0.1;
  Probe single(options, true, words, B), exact(options, true, words, B);
  exact.to(torch::kFloat64);
  const Tensor start = shares(single), targets_B = some_targets(B, V);
  single.loss(targets_B);
  exact.loss(targets_B);
  EXPECT_TRUE(torch::equal(shares(single), start));
  single.layer->training_state()->updated();
  exact.layer->training_state()->updated();
  EXPECT_GT((shares(single) - start).abs().max().item<double>(), 0.005);
  EXPECT_LT((shares(single) - shares(exact)).abs().max().item<double>(), 1e-6);
}

}  // namespace
}  // namespace wordbridge
