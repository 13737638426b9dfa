#include "train/gradient_language_model.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <vector>

#include "core/error.h"
#include "models/layers/initialize.h"
#include "models/lstm/lstm.h"
#include "models/transformer/transformer.h"
#include "tests/support/nplm_network.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using torch::Tensor;

constexpr std::int64_t kWords = 6;
constexpr std::int32_t kUnknown = 5;

NplmNetwork random_network(const std::vector<std::int64_t>& bags = {}) {
  const std::vector<std::int64_t> counts = {6, 5, 4, 3, 2, 1};
  NplmOptions options;
  options.n = 3, options.dim = 4, options.hidden = {7}, options.direct = true, options.bags = bags;
  const Vocabulary vocabulary({"a", "b", "c", "d", "e", "<unk>"}, counts, "<unk>");
  const NplmNetwork network(options, ModelInputs{vocabulary, counts, 1});
  const torch::NoGradGuard no_grad;
  for (auto& named : network.model->named_parameters())
    fill_normal(named.value(), 0.8, 1, named.key());
  return network;
}

GradientLanguageModel language_model(const NplmNetwork& network) {
  return GradientLanguageModel(
      Vocabulary({"a", "b", "c", "d", "e", "<unk>"}, {6, 5, 4, 3, 2, 1}, "<unk>"), network.model, 0,
      torch::kCPU);
}

/// The sum of P(i | history) C(i) over the known words, computed with loops.
std::vector<double> fitting_features(const NplmNetwork& network,
                                     const std::vector<std::int32_t>& history) {
  std::vector<double> p(kWords), features(4);
  language_model(network).distribution(history.data(), static_cast<std::int64_t>(history.size()),
                                       p.data());
  for (std::int64_t i = 0; i < kUnknown; ++i) {
    for (std::int64_t f = 0; f < 4; ++f) {
      features[static_cast<std::size_t>(f)] +=
          p[static_cast<std::size_t>(i)] / (1 - p[kUnknown]) * network.body->C[i][f].item<double>();
    }
  }
  return features;
}

/// A network with these features as the row of the unknown symbol.
NplmNetwork with_unknown_as(const std::vector<double>& features) {
  auto network = random_network();
  const torch::NoGradGuard no_grad;
  for (std::int64_t f = 0; f < 4; ++f)
    network.body->C[kUnknown][f] = features[static_cast<std::size_t>(f)];
  return network;
}

double log_prob_at(const NplmNetwork& network, const std::vector<std::int32_t>& ids,
                   std::int64_t t) {
  double value = 0;
  language_model(network).log_probs(ids.data(), {t, t + 1}, &value);
  return value;
}

TEST(UnknownAsFittingTest, EqualsTheFeaturesOfTheWordsThatFit) {
  const std::vector<std::int32_t> ids = {1, 0, 3, kUnknown, kUnknown, 2, 4, 0, 1};
  const auto network = random_network();
  std::vector<double> plain(ids.size()), fitting(ids.size());
  const Span all{0, static_cast<std::int64_t>(ids.size())};
  language_model(network).log_probs(ids.data(), all, plain.data());
  language_model(network).log_probs_oov_from_context(ids.data(), all, fitting.data());
  for (const std::size_t t : {0, 1, 2, 3, 7, 8}) EXPECT_NEAR(fitting[t], plain[t], 1e-6) << t;

  // The context of position 4 contains the first unknown word, that of 6 the second, whose features
  // depend on the new features of the first.
  const auto first = with_unknown_as(fitting_features(network, {1, 0, 3}));
  EXPECT_NEAR(fitting[4], log_prob_at(first, ids, 4), 1e-5);
  EXPECT_GT(std::abs(fitting[4] - plain[4]), 0.01);
  const auto second = with_unknown_as(fitting_features(first, {1, 0, 3, kUnknown}));
  EXPECT_NEAR(fitting[6], log_prob_at(second, ids, 6), 1e-5);
  EXPECT_GT(std::abs(fitting[6] - log_prob_at(first, ids, 6)), 1e-4);

  // Unknown words in the first context of a span are replaced too.
  double alone = 0;
  language_model(network).log_probs_oov_from_context(ids.data(), {4, 5}, &alone);
  EXPECT_NEAR(alone, fitting[4], 1e-6);
}

TEST(UnknownAsFittingTest, BagsHaveNoSuchFeatures) {
  const std::vector<std::int32_t> ids = {1, 0};
  double value = 0;
  const auto message = message_of<Error>([&] {
    language_model(random_network({2})).log_probs_oov_from_context(ids.data(), {0, 1}, &value);
  });
  EXPECT_NE(message.find("infer features of out-of-vocabulary words"), std::string::npos);
}

std::shared_ptr<NeuralLanguageModel> random_transformer(std::int64_t length, std::int64_t overlap) {
  const std::vector<std::int64_t> counts = {6, 5, 4, 3, 2, 1};
  const Vocabulary vocabulary({"a", "b", "c", "d", "e", "<unk>"}, counts, "<unk>");
  TransformerOptions options;
  options.dim = 4, options.layers = 1, options.heads = 2;
  options.sequences.length = length, options.sequences.evaluation_overlap = overlap;
  const ModelInputs inputs{vocabulary, counts, 1};
  auto model = std::make_shared<NeuralLanguageModel>(
      std::make_shared<TransformerBody>(options, inputs), options.output, inputs);
  const torch::NoGradGuard no_grad;
  for (auto& named : model->named_parameters()) fill_normal(named.value(), 0.8, 1, named.key());
  return model;
}

TEST(GradientLanguageModelTest, SequencesPredictEachWordOnceFromTheirContext) {
  const std::vector<std::int32_t> ids = {1, 2, 3, 0, 4, 2, 1, 3, 5, 0, 1};
  const Vocabulary vocabulary({"a", "b", "c", "d", "e", "<unk>"}, {6, 5, 4, 3, 2, 1}, "<unk>");
  for (const auto [length, overlap, begin] :
       {std::array{16, 8, 0}, std::array{5, 2, 0}, std::array{5, 2, 4}, std::array{4, 0, 1},
        std::array{4, 3, 3}}) {
    const auto model = random_transformer(length, overlap);
    const GradientLanguageModel language_model(vocabulary, model, 0, torch::kCPU);
    const Span span{begin, 11};
    std::vector<double> log_probs(static_cast<std::size_t>(span.size()));
    language_model.log_probs(ids.data(), span, log_probs.data());
    for (std::int64_t t = begin; t < 11; ++t) {
      const std::int64_t sequence = (t - begin) / (length - overlap);
      const std::int64_t first =
          std::max<std::int64_t>(0, begin + sequence * (length - overlap) - overlap);
      std::vector<std::int64_t> context;
      for (std::int64_t p = first; p <= t; ++p)
        context.push_back(p == 0 ? 0 : ids[static_cast<std::size_t>(p - 1)]);
      const Tensor logits = model->logits(torch::tensor(context).unsqueeze(0)).select(1, -1);
      const double expected =
          logits.log_softmax(-1)[0][ids[static_cast<std::size_t>(t)]].item<double>();
      EXPECT_NEAR(log_probs[static_cast<std::size_t>(t - begin)], expected, 1e-5)
          << length << " " << t;
      if (length < 16) continue;
      std::vector<double> p(kWords);
      language_model.distribution(ids.data(), t, p.data());
      EXPECT_NEAR(std::log(p[static_cast<std::size_t>(ids[static_cast<std::size_t>(t)])]), expected,
                  1e-5);
    }
  }
}

/// The scores of a model that carries its state are those of one long sequence.
TEST(GradientLanguageModelTest, ACarriedStateReadsAllWordsBefore) {
  constexpr std::int64_t kTokens = 2500;  // more than two of the pieces in which it is read
  const std::vector<std::int64_t> counts = {6, 5, 4, 3, 2, 1};
  const Vocabulary vocabulary({"a", "b", "c", "d", "e", "<unk>"}, counts, "<unk>");
  LstmOptions options;
  options.dim = 5, options.layers = 2, options.sequences.length = 16;
  options.sequences.evaluation_overlap = 7;
  const auto model = make_gradient_model("lstm", options, ModelInputs{vocabulary, counts, 1});
  {
    const torch::NoGradGuard no_grad;
    for (auto& named : model->named_parameters()) fill_normal(named.value(), 0.8, 1, named.key());
  }
  std::vector<std::int32_t> ids;
  std::vector<std::int64_t> read = {0};  // the start word and the text
  Rng rng(1, "text");
  for (std::int64_t t = 0; t < kTokens; ++t) {
    ids.push_back(static_cast<std::int32_t>(rng.below(kWords)));
    read.push_back(ids.back());
  }
  const GradientLanguageModel language_model(vocabulary, model, 0, torch::kCPU);
  for (const std::int64_t begin : {0, 3, 400}) {
    const Span span{begin, kTokens};
    std::vector<double> log_probs(static_cast<std::size_t>(span.size()));
    language_model.log_probs(ids.data(), span, log_probs.data());
    const std::int64_t first = std::max<std::int64_t>(0, begin - 7);
    const Tensor expected =
        model->logits(torch::tensor(read).narrow(0, first, kTokens - first).unsqueeze(0))[0]
            .log_softmax(-1);
    for (auto t = begin; t < kTokens; ++t)
      EXPECT_NEAR(log_probs[static_cast<std::size_t>(t - begin)],
                  expected[t - first][ids[static_cast<std::size_t>(t)]].item<double>(), 1e-4)
          << begin << " " << t;
    if (begin > 0) continue;
    std::vector<double> p(kWords);
    language_model.distribution(ids.data(), 40, p.data());
    EXPECT_NEAR(std::log(p[static_cast<std::size_t>(ids[40])]), log_probs[40], 1e-5);
  }
}

}  // namespace
}  // namespace wordbridge
