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

// Shapes: B predictions, V vocabulary size, E width of a feature vector.

namespace wordbridge {

/// Output of a language model's body for B predictions, the input of its output layer.
struct BodyOutput {
  std::vector<torch::Tensor> features;  // [B,E_i] each, in the order of OutputShape::inputs
  torch::Tensor previous_B;             // int64: the word immediately before each predicted word
};

/// Inputs and initialisation of an output layer.
struct OutputShape {
  struct Input {
    std::string weight;  // name of the parameter that it is multiplied by: "U", "W"
    std::int64_t width;  // E_i
  };
  std::vector<Input> inputs;
  torch::Tensor tied;  // if defined, the weight [V,E_0] of the first input (owned by the body)
  double weight_scale = 0.01;   // standard deviation of the initial weights
  bool unigram_bias = true;     // initial biases: P is the unigram distribution; false: zero
  double bias_smoothing = 1.0;  // added to each count of the unigram distribution
};

class FullSoftmax;

/// The output layer of a language model: logits, normalisation and training loss.
class OutputLayer : public torch::nn::Module {
 public:
  /// The training loss, averaged over the batch: targets_B [B] int64 -> scalar. For exact layers,
  /// the negative log-likelihood in nats. Layers that sample use LibTorch's CPU generator, which
  /// the trainer seeds for each update.
  virtual torch::Tensor loss(const BodyOutput& body, const torch::Tensor& targets_B) = 0;
  /// Whether the loss is the negative log-likelihood.
  virtual bool likelihood_loss() const { return true; }
  /// As GradientModel::recordable(), for loss().
  virtual bool recordable() const { return false; }
  /// The layer, if it is a full softmax whose words can be divided among processes
  /// (train/processes/divided_softmax.h); null if not.
  virtual FullSoftmax* divisible() { return nullptr; }
  /// ln P(target | context), normalised over the full vocabulary -> [B] float32 or float64. Does
  /// not have to be differentiable.
  virtual torch::Tensor log_prob(const BodyOutput& body, const torch::Tensor& targets_B) = 0;
  /// Logits of all words; their softmax is P(word | context) -> [B,V]. Computed by differentiable
  /// LibTorch operations.
  virtual torch::Tensor logits(const BodyOutput& body) = 0;
  /// Whether the scores are trained to be log-probabilities without a normaliser.
  virtual bool self_normalised() const { return false; }
  /// The targets' scores, read as ln P without a normaliser -> [B]; only if self_normalised().
  virtual torch::Tensor unnormalised_log_prob(const BodyOutput& body,
                                              const torch::Tensor& targets_B);
  /// The words' weight rows for the first input -> [V,E_0]; undefined if words have no rows.
  virtual torch::Tensor word_rows() { return {}; }
  /// Called after the buffers have been restored from a checkpoint and before the parameters are.
  /// Rebuilds everything derived from the buffers (word classes, trees), including parameter
  /// shapes.
  virtual void structure_restored() {}
  /// State other than the parameters that training changes; null if there is none.
  virtual TrainingState* training_state() { return nullptr; }
  /// Floating-point operations per training word.
  virtual double flops_per_word() const = 0;
};

/// Builds the layer selected by options.type and initialises its parameters.
std::shared_ptr<OutputLayer> make_output_layer(const OutputOptions& options,
                                               const OutputShape& shape, const ModelInputs& inputs);

}  // namespace wordbridge
