#include "models/lstm/lstm.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <string>
#include <vector>

#include "models/lstm/recurrence.h"
#include "tests/support/sequence_network.h"

namespace wordbridge {
namespace {

using torch::Tensor;
using LstmNetwork = SequenceNetwork<LstmBody, LstmOptions>;

LstmOptions small_lstm(bool tied = true, double dropout = 0) {
  LstmOptions options;
  options.dim = 4;
  options.layers = 2;
  options.tied = tied;
  options.dropout = dropout;
  options.sequences.length = kSequenceLength;
  return options;
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

/// The network in loops over numbers, of one sequence.
class NaiveLstm {
 public:
  explicit NaiveLstm(const LstmNetwork& network)
      : parameters_(network.model->named_parameters()),
        h_(2, std::vector<double>(4, 0)),
        c_(2, std::vector<double>(4, 0)) {}

  /// The h of a layer after the last word.
  const std::vector<double>& h(std::size_t layer) const { return h_[layer]; }

  /// Reads a word and returns the logits of the next one.
  std::vector<double> read(std::int64_t word) {
    std::vector<double> x = row("C", word);
    for (std::size_t l = 0; l < 2; ++l) {
      const std::string name = "layer" + std::to_string(l + 1) + ".";
      std::vector<double> gates(16);
      for (std::size_t r = 0; r < 16; ++r) {
        const auto W = row(name + "W", r), U = row(name + "U", r);
        gates[r] = value(parameters_[name + "b"], {static_cast<std::int64_t>(r)});
        for (std::size_t j = 0; j < 4; ++j) gates[r] += W[j] * x[j] + U[j] * h_[l][j];
      }
      for (std::size_t j = 0; j < 4; ++j) {
        c_[l][j] = sigmoid(gates[4 + j]) * c_[l][j] + sigmoid(gates[j]) * std::tanh(gates[12 + j]);
        h_[l][j] = sigmoid(gates[8 + j]) * std::tanh(c_[l][j]);
      }
      x = h_[l];
    }
    std::vector<double> logits;
    for (std::int64_t w = 0; w < kSequenceWords; ++w) {
      const auto u = row(parameters_.contains("output.U") ? "output.U" : "C", w);
      logits.push_back(value(parameters_["output.b"], {w}));
      for (std::size_t j = 0; j < 4; ++j) logits.back() += u[j] * x[j];
    }
    return logits;
  }

 private:
  template <class Index>
  std::vector<double> row(const std::string& name, Index index) const {
    std::vector<double> values;
    for (std::int64_t j = 0; j < 4; ++j)
      values.push_back(value(parameters_[name], {static_cast<std::int64_t>(index), j}));
    return values;
  }

  const torch::OrderedDict<std::string, Tensor> parameters_;
  std::vector<std::vector<double>> h_, c_;
};

TEST(LstmTest, LayerOutputsEqualLoopsOverNumbers) {
  const LstmNetwork network = LstmNetwork(small_lstm()).randomised();
  network.model->eval();
  const Tensor ids = random_sequences({1, kSequenceLength});
  const auto outputs = network.model->layer_outputs(ids);
  ASSERT_EQ(outputs.size(), 3U);
  NaiveLstm naive(network);
  for (std::int64_t t = 0; t < kSequenceLength; ++t) {
    naive.read(ids[0][t].item<std::int64_t>());
    for (std::int64_t j = 0; j < 4; ++j) {
      EXPECT_EQ(value(outputs[0], {0, t, j}), value(network.body->C[ids[0][t]], {j}));
      for (std::size_t l = 0; l < 2; ++l)
        EXPECT_NEAR(value(outputs[l + 1], {0, t, j}), naive.h(l)[static_cast<std::size_t>(j)], 1e-5)
            << t << " layer " << l + 1;
    }
  }
  expect_last_layer_gives_logits(*network.model, 2);
}

TEST(LstmTest, EqualsLoopsOverNumbers) {
  for (const bool tied : {true, false}) {
    const LstmNetwork network = LstmNetwork(small_lstm(tied)).randomised();
    const Tensor ids = random_sequences({1, kSequenceLength});
    const Tensor logits = network.model->logits(ids)[0];
    NaiveLstm naive(network);
    for (std::int64_t t = 0; t < kSequenceLength; ++t) {
      const auto expected = naive.read(ids[0][t].item<std::int64_t>());
      for (std::int64_t w = 0; w < kSequenceWords; ++w)
        EXPECT_NEAR(value(logits, {t, w}), expected[static_cast<std::size_t>(w)], 1e-5)
            << t << " " << w;
    }
  }
}

TEST(LstmTest, GradientsEqualDifferences) {
  for (const bool tied : {true, false})
    expect_gradients_of_sequences(*LstmNetwork(small_lstm(tied)).randomised().model);
}

TEST(LstmTest, KernelsAgreeWithLibTorch) {
  expect_kernels_agree_with_libtorch(*LstmNetwork(small_lstm()).randomised().model);
}

TEST(LstmTest, LaterWordsChangeNothing) {
  expect_later_words_change_nothing(*LstmNetwork(small_lstm()).randomised().model);
}

TEST(LstmTest, ASequenceDoesNotDependOnItsBatchNorOnItsEnd) {
  expect_sequences_are_independent(*LstmNetwork(small_lstm()).randomised().model);
}

TEST(LstmTest, SameBitsOnAnyNumberOfThreads) {
  expect_same_bits_on_any_threads(*LstmNetwork(small_lstm(true, 0.3)).randomised().model);
}

TEST(LstmTest, NumberOfParameters) {
  // C, the biases of the words, and per layer W, U and b.
  const std::int64_t V = kSequenceWords, d = 4;
  EXPECT_EQ(LstmNetwork(small_lstm(true)).parameter_count(), V * d + V + 2 * (8 * d * d + 4 * d));
  EXPECT_EQ(LstmNetwork(small_lstm(false)).parameter_count(),
            2 * V * d + V + 2 * (8 * d * d + 4 * d));
}

TEST(LstmTest, ForgetGatesStartOpen) {
  const LstmNetwork network(small_lstm());
  const Tensor b = network.model->named_parameters()["layer2.b"];
  EXPECT_EQ(b.sum().item<float>(), 4);
  EXPECT_EQ(b.narrow(0, 4, 4).sum().item<float>(), 4);
}

/// The gradients of all inputs of the recurrence, of the state at its end too.
TEST(LstmTest, GradientsOfTheRecurrenceEqualDifferences) {
  struct Inputs : torch::nn::Module {
    Inputs() {
      const auto add = [&](const char* name, std::vector<std::int64_t> sizes) {
        Tensor values = torch::empty(sizes);
        fill_normal(values, 0.7, 1, name);
        return register_parameter(name, values.to(torch::kFloat64));
      };
      z = add("z", {2, 3, 12}), U = add("U", {12, 3}), h = add("h", {2, 3}), c = add("c", {2, 3});
    }
    Tensor z, U, h, c;
  } inputs;
  Tensor weights = torch::empty({2, 4, 3});
  fill_normal(weights, 1, 1, "weights");
  expect_gradients_equal_differences(inputs, [&] {
    const LstmSteps steps = lstm_steps(inputs.z, inputs.U, inputs.h, inputs.c);
    return (torch::cat({steps.h_BTd, steps.c_Bd.unsqueeze(1)}, 1) * weights.to(torch::kFloat64))
        .sum();
  });
}

TEST(LstmStateTest, PiecesWithTheStateEqualTheWhole) {
  const LstmNetwork network = LstmNetwork(small_lstm()).randomised();
  auto& model = *network.model;
  model.eval();
  SequenceState& state = *model.sequence_state();
  const Tensor ids = random_sequences({9, kSequenceLength});
  const Tensor whole = model.logits(ids);
  const Tensor end = state.end();
  for (std::int64_t first = 1; first < kSequenceLength; ++first) {
    const Tensor start = model.logits(ids.narrow(1, 0, first));
    state.start_from(state.end());
    const Tensor rest = model.logits(ids.narrow(1, first, kSequenceLength - first));
    EXPECT_TRUE(torch::allclose(torch::cat({start, rest}, 1), whole, 1e-5, 1e-6)) << first;
    EXPECT_TRUE(torch::allclose(state.end(), end, 1e-5, 1e-6)) << first;
    // The next batch starts from zeros again.
    EXPECT_TRUE(torch::equal(model.logits(ids), whole));
  }
}

TEST(LstmStateTest, TheStateOfAnotherNumberOfSequencesIsRefused) {
  const LstmNetwork network(small_lstm());
  SequenceState& state = *network.model->sequence_state();
  state.start_from(state.zeros(3));
  EXPECT_THROW(network.model->logits(random_sequences({2, kSequenceLength})), c10::Error);
}

}  // namespace
}  // namespace wordbridge
