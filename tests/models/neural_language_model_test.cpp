#include "models/neural_language_model.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <string>
#include <vector>

#include "models/layers/initialize.h"

namespace wordbridge {
namespace {

using torch::Tensor;

constexpr std::int64_t kWords = 7, kFeatures = 3;

/// A body with x = 2 C(w), where w is the word immediately before the predicted one. Reads contexts
/// of one word, or sequences.
class LastWordBody : public LanguageModelBody {
 public:
  explicit LastWordBody(bool sequences) : sequences_(sequences) {
    C = register_parameter("C", torch::zeros({kWords, kFeatures}));
    scale = register_buffer("scale", torch::full({1}, 2.0f));
  }
  std::int64_t context() const override { return sequences_ ? 4 : 1; }
  OutputShape output_shape() const override {
    OutputShape shape;
    shape.inputs = {{"U", kFeatures}};
    return shape;
  }
  std::vector<Tensor> features(const Tensor& ids) override { return features_reading(C, ids); }
  Tensor word_features() override { return C; }
  std::vector<Tensor> features_reading(const Tensor& word_features_Rm, const Tensor& ids) override {
    const Tensor x = torch::embedding(word_features_Rm, ids) * scale;
    return {sequences_ ? x : x.select(1, 0)};
  }
  Tensor vectors() override { return {}; }
  double flops_per_word() const override { return 1000; }

  Tensor C, scale;

 private:
  bool sequences_;
};

struct Network {
  Network(bool sequences, const OutputOptions& options) : body(new LastWordBody(sequences)) {
    std::vector<std::string> words;
    for (std::int64_t w = 0; w < kWords; ++w) words.push_back(std::to_string(w));
    const std::vector<std::int64_t> counts(kWords, 2);
    const Vocabulary vocabulary(words, counts, "");
    const std::vector<std::int32_t> text = {0, 1, 2, 0, 1, 3, 0, 4, 5, 6, 1};
    model = std::make_shared<NeuralLanguageModel>(
        body, options,
        ModelInputs{vocabulary, counts, 1, text.data(), static_cast<std::int64_t>(text.size())});
    const torch::NoGradGuard no_grad;
    for (auto& named : model->named_parameters()) fill_normal(named.value(), 0.7, 1, named.key());
  }
  std::shared_ptr<LastWordBody> body;
  std::shared_ptr<NeuralLanguageModel> model;
};

TEST(NeuralLanguageModelTest, ParametersOfTheBodyKeepTheirNames) {
  const Network network(false, {});
  std::vector<std::string> parameters, buffers;
  for (const auto& named : network.model->named_parameters()) parameters.push_back(named.key());
  for (const auto& named : network.model->named_buffers()) buffers.push_back(named.key());
  EXPECT_EQ(parameters, (std::vector<std::string>{"C", "output.U", "output.b"}));
  EXPECT_EQ(buffers, std::vector<std::string>{"scale"});
}

TEST(NeuralLanguageModelTest, TheBodyFollowsTheModel) {
  const Network network(false, {});
  network.model->eval();
  EXPECT_FALSE(network.body->is_training());
  network.model->train();
  EXPECT_TRUE(network.body->is_training());
  network.model->to(torch::kFloat64);
  EXPECT_EQ(network.body->C.scalar_type(), torch::kFloat64);
  EXPECT_EQ(network.body->scale.scalar_type(), torch::kFloat64);
}

TEST(NeuralLanguageModelTest, ScoresAreTheOutputLayersOfTheFeatures) {
  const Network network(false, {});
  const Tensor ids_BN = torch::tensor({{3}, {6}}), targets_B = torch::tensor({1, 0});
  const auto parameters = network.model->named_parameters();
  const Tensor y_BV =
      parameters["output.b"] +
      2 * network.body->C.index_select(0, ids_BN.flatten()).mm(parameters["output.U"].t());
  EXPECT_TRUE(torch::allclose(network.model->logits(ids_BN), y_BV));
  const Tensor log_p_B = y_BV.log_softmax(1).gather(1, targets_B.unsqueeze(1)).flatten();
  EXPECT_TRUE(torch::allclose(network.model->log_prob(ids_BN, targets_B).to(torch::kFloat32),
                              log_p_B, 1e-5, 1e-6));
  EXPECT_NEAR(network.model->loss(ids_BN, targets_B).item<double>(), -log_p_B.mean().item<double>(),
              1e-6);
  // If the body defines no vectors, the words' output rows are exported.
  EXPECT_TRUE(torch::equal(network.model->vectors(), parameters["output.U"]));
  EXPECT_EQ(network.model->flops_per_word(), 1000 + network.model->output().flops_per_word());
  // Row 7 is a copy of word 3.
  const Tensor more = torch::cat({network.body->C, network.body->C.narrow(0, 3, 1)});
  EXPECT_TRUE(torch::equal(network.model->logits_reading(more, torch::tensor({{7}, {6}})),
                           network.model->logits(ids_BN)));
  EXPECT_TRUE(
      torch::equal(network.model->log_prob_reading(more, torch::tensor({{7}, {6}}), targets_B),
                   network.model->log_prob(ids_BN, targets_B)));
}

TEST(NeuralLanguageModelTest, ASequenceIsAContextForEachOfItsPlaces) {
  OutputOptions full, bigram;
  bigram.type = OutputType::sampled;
  bigram.sampled.proposal =
      SampledSoftmaxOptions::Proposal::bigram;  // samples depend on the preceding word
  bigram.sampled.samples = 3;
  const Tensor ids_BT = torch::tensor({{0, 1, 2}, {5, 4, 1}});
  const Tensor targets_BT = torch::tensor({{1, 2, 3}, {4, 1, 6}});
  const Tensor ids_BN = ids_BT.view({6, 1}), targets_B = targets_BT.flatten();
  for (const auto& options : {full, bigram}) {
    const Network contexts(false, options), sequences(true, options);
    torch::manual_seed(3);
    const Tensor loss = contexts.model->loss(ids_BN, targets_B);
    torch::manual_seed(3);
    EXPECT_TRUE(torch::equal(sequences.model->loss(ids_BT, targets_BT), loss));
    EXPECT_TRUE(torch::equal(sequences.model->log_prob(ids_BT, targets_BT),
                             contexts.model->log_prob(ids_BN, targets_B).view({2, 3})));
    EXPECT_TRUE(torch::equal(sequences.model->logits(ids_BT),
                             contexts.model->logits(ids_BN).view({2, 3, kWords})));
    EXPECT_TRUE(torch::equal(sequences.model->next_logits(ids_BT),
                             sequences.model->logits(ids_BT).select(1, -1)));
    EXPECT_TRUE(torch::equal(contexts.model->next_logits(ids_BN), contexts.model->logits(ids_BN)));
    const Tensor C = sequences.body->C;
    EXPECT_TRUE(
        torch::equal(sequences.model->logits_reading(C, ids_BT), sequences.model->logits(ids_BT)));
  }
  OutputOptions nce;
  nce.type = OutputType::nce;
  EXPECT_TRUE(torch::equal(
      Network(true, nce).model->unnormalised_log_prob(ids_BT, targets_BT),
      Network(false, nce).model->unnormalised_log_prob(ids_BN, targets_B).view({2, 3})));
}

}  // namespace
}  // namespace wordbridge
