#include "train/gradient_language_model.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <vector>

#include "core/error.h"
#include "core/threads.h"
#include "models/language_model/context_vectors.h"
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

/// A small LSTM that carries its state, and a random text.
struct CarriedText {
  explicit CarriedText(std::int64_t tokens) {
    LstmOptions options;
    options.dim = 5, options.layers = 2, options.sequences.length = 16;
    options.sequences.evaluation_overlap = 7;
    model = make_gradient_model("lstm", options, ModelInputs{vocabulary, vocabulary.counts(), 1});
    model->eval();
    const torch::NoGradGuard no_grad;
    for (auto& named : model->named_parameters()) fill_normal(named.value(), 0.8, 1, named.key());
    Rng rng(1, "text");
    for (std::int64_t t = 0; t < tokens; ++t) {
      ids.push_back(static_cast<std::int32_t>(rng.below(kWords)));
      read.push_back(ids.back());
    }
  }
  /// Entries [begin, end) of `read`, as one sequence.
  Tensor sequence(std::int64_t begin, std::int64_t end) const {
    return torch::tensor(read).narrow(0, begin, end - begin).unsqueeze(0);
  }

  const Vocabulary vocabulary{{"a", "b", "c", "d", "e", "<unk>"}, {6, 5, 4, 3, 2, 1}, "<unk>"};
  std::shared_ptr<GradientModel> model;
  std::vector<std::int32_t> ids;
  std::vector<std::int64_t> read = {0};  // the start word and the text
};

/// The scores of a model that carries its state are those of one long sequence.
TEST(GradientLanguageModelTest, ACarriedStateReadsAllWordsBefore) {
  constexpr std::int64_t kTokens = 2500;  // more than two of the pieces in which it is read
  const CarriedText text(kTokens);
  const auto& model = text.model;
  const auto& ids = text.ids;
  const GradientLanguageModel language_model(text.vocabulary, model, 0, torch::kCPU);
  for (const std::int64_t begin : {0, 3, 400}) {
    const Span span{begin, kTokens};
    std::vector<double> log_probs(static_cast<std::size_t>(span.size()));
    language_model.log_probs(ids.data(), span, log_probs.data());
    const std::int64_t first = std::max<std::int64_t>(0, begin - 7);
    const Tensor expected = model->logits(text.sequence(first, kTokens))[0].log_softmax(-1);
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

const std::vector<std::int32_t> kSequenceText = {1, 2, 3, 0, 4, 2, 1, 3, 2, 0, 1};

GradientLanguageModel sequence_model(std::int64_t length, std::int64_t overlap) {
  return GradientLanguageModel(
      Vocabulary({"a", "b", "c", "d", "e", "<unk>"}, {6, 5, 4, 3, 2, 1}, "<unk>"),
      random_transformer(length, overlap), 0, torch::kCPU);
}

/// The vectors of all layers at position p, of the sequence that predicts the word after it.
std::vector<std::vector<double>> naive_vectors(std::int64_t p, std::int64_t length,
                                               std::int64_t overlap, std::int64_t begin) {
  const auto& ids = kSequenceText;
  const std::int64_t step = length - overlap, sequence = (p + 1 - begin) / step;
  const std::int64_t first = std::max<std::int64_t>(0, begin + sequence * step - overlap);
  std::vector<std::int64_t> context;
  for (std::int64_t t = first; t <= p + 1; ++t)
    context.push_back(t == 0 ? 0 : ids[static_cast<std::size_t>(t - 1)]);
  const auto model = random_transformer(length, overlap);
  model->eval();
  std::vector<std::vector<double>> vectors;
  for (const auto& layer : model->layer_outputs(torch::tensor(context).unsqueeze(0))) {
    vectors.emplace_back();
    for (std::int64_t j = 0; j < 4; ++j) vectors.back().push_back(layer[0][-1][j].item<double>());
  }
  return vectors;
}

TEST(ContextualModelTest, VectorsAreThoseOfTheSequenceThatPredictsTheNextWord) {
  for (const auto [length, overlap, begin] :
       {std::array{16, 8, 0}, std::array{5, 2, 0}, std::array{5, 2, 4}, std::array{4, 0, 1},
        std::array{4, 3, 3}}) {
    const auto model = sequence_model(length, overlap);
    ASSERT_EQ(model.contextual(), &model);
    EXPECT_EQ(model.layers(), 1);
    EXPECT_EQ(model.dim(), 4);
    std::vector<std::int64_t> positions;
    for (std::int64_t p = begin; p < 11; ++p)
      if (p != 6) positions.push_back(p);
    const Span span{begin, 11};
    std::vector<double> log_probs(static_cast<std::size_t>(span.size()));
    model.log_probs(kSequenceText.data(), span, log_probs.data());
    const auto rows = model.output_rows();
    const auto bias = random_transformer(length, overlap)->named_parameters()["output.b"];
    std::size_t visited = 0;
    model.visit_vectors(
        kSequenceText.data(), span, positions, [&](std::int64_t index, const float* vectors) {
          ASSERT_EQ(index, static_cast<std::int64_t>(visited++));
          const std::int64_t p = positions[static_cast<std::size_t>(index)];
          const auto expected = naive_vectors(p, length, overlap, begin);
          for (std::size_t l = 0; l < 2; ++l)
            for (std::size_t j = 0; j < 4; ++j)
              EXPECT_NEAR(vectors[l * 4 + j], expected[l][j], 1e-5) << length << " " << p;
          if (p + 1 == 11) return;
          // The last layer gives the probability of the next word that the score has.
          std::vector<double> logits;
          double sum = 0;
          for (std::size_t w = 0; w < 6; ++w) {
            logits.push_back(bias[static_cast<std::int64_t>(w)].item<double>());
            for (std::size_t j = 0; j < 4; ++j) logits.back() += rows[w * 4 + j] * vectors[4 + j];
            sum += std::exp(logits.back());
          }
          const auto next =
              static_cast<std::size_t>(kSequenceText[static_cast<std::size_t>(p + 1)]);
          EXPECT_NEAR(logits[next] - std::log(sum),
                      log_probs[static_cast<std::size_t>(p + 1 - begin)], 1e-5);
        });
    EXPECT_EQ(visited, positions.size());
  }
}

TEST(ContextualModelTest, MeansAreThoseOfTheFirstOccurrences) {
  const auto model = sequence_model(5, 2);
  for (const auto& [choice, layers] :
       {std::pair<const char*, std::vector<std::size_t>>{"0", {0}}, {"1", {1}}, {"mean", {0, 1}}}) {
    const auto table = mean_context_vectors(model, model.vocabulary(), kSequenceText.data(),
                                            {0, 11}, LayerChoice(choice, model.layers()), 2, "");
    EXPECT_EQ(table.size(), 5) << "<unk> does not occur";
    EXPECT_EQ(table.find("<unk>"), -1);
    for (std::int64_t word = 0; word < 5; ++word) {
      std::vector<double> mean(4, 0);
      double count = 0;
      for (std::int64_t p = 0; p < 11; ++p) {
        if (kSequenceText[static_cast<std::size_t>(p)] != word || count == 2) continue;
        const auto vectors = naive_vectors(p, 5, 2, 0);
        ++count;
        for (const auto layer : layers)
          for (std::size_t j = 0; j < 4; ++j)
            mean[j] += vectors[layer][j] / static_cast<double>(layers.size());
      }
      EXPECT_EQ(table.word(word), model.vocabulary().word(word));
      for (std::size_t j = 0; j < 4; ++j)
        EXPECT_NEAR(table.row(word)[j], mean[j] / count, 1e-5) << choice << " " << word;
    }
  }
  for (const char* choice : {"2", "-1", "last", ""})
    EXPECT_NE(message_of<UsageError>([&] {
                LayerChoice(choice, 1);
              }).find("0 (the input of the layers) to 1, or mean"),
              std::string::npos);
}

TEST(ContextualModelTest, SameBytesOnAnyNumberOfThreads) {
  const auto model = sequence_model(4, 1);
  std::vector<std::int32_t> ids;
  for (int copy = 0; copy < 300; ++copy)
    ids.insert(ids.end(), kSequenceText.begin(), kSequenceText.end());
  std::vector<std::vector<float>> found;
  for (const int count : {1, 2, 7}) {
    set_threads(count, [] { torch::set_num_threads(1); });
    const auto table = mean_context_vectors(model, model.vocabulary(), ids.data(),
                                            {0, static_cast<std::int64_t>(ids.size())},
                                            LayerChoice("mean", model.layers()), 1000, "");
    found.emplace_back(table.data(), table.data() + table.size() * table.dim());
  }
  set_threads(0);
  EXPECT_EQ(found[0], found[1]);
  EXPECT_EQ(found[0], found[2]);
}

/// The vectors of a model that carries its state are those of one long sequence, also where whole
/// pieces have no position.
TEST(ContextualModelTest, ACarriedStateReadsAllWordsBefore) {
  constexpr std::int64_t kTokens = 3072;  // three of the pieces in which it is read
  const CarriedText text(kTokens);
  const auto& model = text.model;
  const auto& ids = text.ids;
  const GradientLanguageModel language_model(text.vocabulary, model, 0, torch::kCPU);
  for (const std::int64_t begin : {0, 400}) {
    const std::vector<std::int64_t> positions = {begin, begin + 5, 2100, kTokens - 1};
    const std::int64_t first = std::max<std::int64_t>(0, begin - 7);
    const auto expected = model->layer_outputs(text.sequence(first, kTokens + 1));
    std::size_t visited = 0;
    language_model.visit_vectors(
        ids.data(), {begin, kTokens}, positions, [&](std::int64_t index, const float* vectors) {
          ++visited;
          const std::int64_t t = positions[static_cast<std::size_t>(index)] + 1 - first;
          for (std::int64_t l = 0; l < 3; ++l)
            for (std::int64_t j = 0; j < 5; ++j)
              EXPECT_NEAR(vectors[l * 5 + j],
                          expected[static_cast<std::size_t>(l)][0][t][j].item<double>(), 1e-5)
                  << begin << " " << index << " layer " << l;
        });
    EXPECT_EQ(visited, positions.size());
  }
}

TEST(ContextualModelTest, ModelsOfFixedContextsHaveNone) {
  EXPECT_EQ(language_model(random_network()).contextual(), nullptr);
}

}  // namespace
}  // namespace wordbridge
