#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/model_inputs.h"
#include "models/output/output_options.h"
#include "models/training_state.h"

// Shapes: B predictions, V vocabulary, E width of a feature vector.

namespace wordbridge {

/// What a language model's body gives to its output layer, for B predictions.
struct BodyOutput {
  std::vector<torch::Tensor> features;  // [B,E_i] each, in the order of OutputShape::inputs
  torch::Tensor previous_B;             // int64: the word just before each predicted one
};

/// What an output layer is built for.
struct OutputShape {
  struct Input {
    std::string weight;  // the name of the parameter that it is multiplied with: "U", "W"
    std::int64_t width;  // E_i
  };
  std::vector<Input> inputs;
  torch::Tensor tied;  // if defined: the weight [V,E_0] of the first input, a parameter elsewhere
  double weight_scale = 0.01;   // standard deviation of the initial weights
  bool unigram_bias = true;     // biases start so that P is the unigram distribution; else 0
  double bias_smoothing = 1.0;  // added to each count for that
};

/// The output layer of a language model: scores, normalisation and what training minimises.
class OutputLayer : public torch::nn::Module {
 public:
  /// What training minimises, the mean over the batch: targets_B [B] int64 -> scalar. Exact layers:
  /// the negative log-likelihood in nats. Layers that sample draw from LibTorch's generator of the
  /// CPU, which the trainer seeds for each update.
  virtual torch::Tensor loss(const BodyOutput& body, const torch::Tensor& targets_B) = 0;
  /// Whether the loss is the negative log-likelihood.
  virtual bool likelihood_loss() const { return true; }
  /// ln P(target | context), normalised over the whole vocabulary -> [B] float32 or float64;
  /// need not be differentiable.
  virtual torch::Tensor log_prob(const BodyOutput& body, const torch::Tensor& targets_B) = 0;
  /// Scores of all words, whose softmax is P(word | context) -> [B,V], by differentiable plain
  /// operations.
  virtual torch::Tensor logits(const BodyOutput& body) = 0;
  /// Whether training makes the scores probabilities without a normaliser.
  virtual bool self_normalised() const { return false; }
  /// The target's score taken as ln P, without a normaliser -> [B]; only if self_normalised().
  virtual torch::Tensor unnormalised_log_prob(const BodyOutput& body,
                                              const torch::Tensor& targets_B);
  /// The words' output rows of the first input -> [V,E_0]; undefined where a word has no row.
  virtual torch::Tensor word_rows() { return {}; }
  /// Called when the buffers have been read from a checkpoint and before the parameters are: what
  /// follows from the buffers (word classes, trees), shapes of parameters too, is to be made anew.
  virtual void structure_restored() {}
  /// What training moves beside the parameters; null where there is nothing.
  virtual TrainingState* training_state() { return nullptr; }
  /// Floating-point operations of training on one word.
  virtual double flops_per_word() const = 0;
};

/// The layer that the options name, with initial values.
std::shared_ptr<OutputLayer> make_output_layer(const OutputOptions& options,
                                               const OutputShape& shape, const ModelInputs& inputs);

}  // namespace wordbridge
