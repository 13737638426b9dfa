#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/lstm/lstm_options.h"
#include "models/sequences/sequence_body.h"

// Shapes: B sequences, T words in a sequence, d cells per layer and features per word, L layers.

namespace wordbridge {

/// One layer: z_t = W x_t + b, and the recurrence of lstm_steps().
class LstmLayer : public torch::nn::Module {
 public:
  LstmLayer(std::int64_t d, std::uint64_t seed, const std::string& name);

  torch::Tensor W, U, b;  // [4d,d], [4d,d], [4d], in the order i, f, o, g
};

/// The body of an LSTM language model: the features, the layers, and dropout before each layer and
/// after the last, not between steps (Zaremba et al. 2014, section 3.1).
class LstmBody : public SequenceBody {
 public:
  LstmBody(const LstmOptions& options, const ModelInputs& inputs);

  double flops_per_word() const override;

  const LstmOptions options;

 protected:
  /// The rows after the T words are the state: h and c of each layer.
  std::vector<torch::Tensor> run_layers(const torch::Tensor& x_BRd) override;

 private:
  std::vector<std::shared_ptr<LstmLayer>> layers_;
};

}  // namespace wordbridge
