#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/model_inputs.h"
#include "models/model_options.h"
#include "models/online_trainer.h"
#include "models/sequences/sequence_options.h"
#include "models/sequences/sequence_state.h"
#include "models/training_state.h"

// Shapes, here and in all modules: B batch size, N context words, m features per word, V vocabulary
// size, E width of a feature vector, h hidden units.

namespace wordbridge {

class FullSoftmax;

/// The predictions of a batch below the output layer: features x_i [n,E_i] and targets [n] int64,
/// without those that have no target.
struct OutputInputs {
  std::vector<torch::Tensor> x;
  torch::Tensor targets;
};

/// A language model trained by gradient descent, which predicts a word from the N preceding words.
/// The interface that the training loop and the evaluation use.
class GradientModel : public torch::nn::Module {
 public:
  /// N, the number of context words, nearest first: ids_BN[b][0] is the word immediately before the
  /// predicted one.
  virtual std::int64_t context() const = 0;
  /// For a model that reads sequences, how the text is divided into them; context() is then the
  /// length of the longest one, and the ids below are sequences [B,T] (neural_language_model.h).
  virtual std::optional<SequenceShape> sequences() const { return {}; }
  /// The state of a recurrent model; null if the model has none.
  virtual SequenceState* sequence_state() { return nullptr; }
  /// Mean negative log-likelihood in nats per word: ids_BN [B,N] and targets_B [B], int64 ->
  /// scalar.
  virtual torch::Tensor loss(const torch::Tensor& ids_BN, const torch::Tensor& targets_B) = 0;
  /// loss() of targets none of which is -1. On a GPU, it does not wait for the device to check
  /// that.
  virtual torch::Tensor loss_without_gaps(const torch::Tensor& ids, const torch::Tensor& targets) {
    return loss(ids, targets);
  }
  /// The output layer, if its words can be divided among processes (output_layer.h); null if not.
  virtual FullSoftmax* divisible_output() { return nullptr; }
  /// Inputs of the output layer, from which its loss() is computed. Called only if there is a
  /// divisible_output().
  virtual OutputInputs output_inputs(const torch::Tensor& /*ids*/,
                                     const torch::Tensor& /*targets*/) {
    return {};
  }
  /// Whether loss_without_gaps() consists of the same operations for all batches of a shape, all on
  /// the model's device, so that they can be recorded (train/recorded_gradients.h).
  virtual bool recordable() const { return false; }
  /// Whether loss() is the negative log-likelihood. Output layers that sample words have other
  /// losses.
  virtual bool likelihood_loss() const { return true; }
  /// ln P(target | context), normalised over the full vocabulary -> [B].
  virtual torch::Tensor log_prob(const torch::Tensor& ids_BN, const torch::Tensor& targets_B) = 0;
  /// Logits of all words; their softmax is P(word | context) -> [B,V].
  virtual torch::Tensor logits(const torch::Tensor& ids_BN) = 0;
  /// logits() of the word after each context, or after the end of each sequence -> [B,V].
  virtual torch::Tensor next_logits(const torch::Tensor& ids) { return logits(ids); }
  /// The matrix in which the context words are looked up -> [V,m]; undefined if it is not a single
  /// matrix.
  virtual torch::Tensor context_features() { return {}; }
  /// log_prob() and logits() for contexts whose ids are rows of another feature matrix [R,m].
  virtual torch::Tensor log_prob_reading(const torch::Tensor& /*features_Rm*/,
                                         const torch::Tensor& /*ids_BN*/,
                                         const torch::Tensor& /*targets_B*/) {
    return {};
  }
  virtual torch::Tensor logits_reading(const torch::Tensor& /*features_Rm*/,
                                       const torch::Tensor& /*ids_BN*/) {
    return {};
  }
  /// The word vectors selected by the `export` option -> [V, d] float32.
  virtual torch::Tensor vectors() = 0;
  /// For a model that reads sequences: the input of its layers and the outputs of all layers,
  /// [B,T,d] each (neural_language_model.h). Empty for other models.
  virtual std::vector<torch::Tensor> layer_outputs(const torch::Tensor& /*ids_BT*/) { return {}; }
  /// The words' feature vectors [V,d], for a model that has layer_outputs().
  virtual torch::Tensor input_rows() { return {}; }
  /// The words' rows in the output layer [V,E]; undefined if words have no rows.
  virtual torch::Tensor output_rows() { return {}; }
  /// Whether the scores are trained to be log-probabilities without a normaliser (NCE).
  virtual bool self_normalised() const { return false; }
  /// The targets' scores, read as ln P -> [B]; only if self_normalised().
  virtual torch::Tensor unnormalised_log_prob(const torch::Tensor& /*ids_BN*/,
                                              const torch::Tensor& /*targets_B*/) {
    return {};
  }
  /// Whether weight decay applies to a parameter: to all except biases, as in Bengio et al. 2003
  /// (section 2).
  virtual bool decays(const torch::Tensor& parameter) const { return parameter.dim() > 1; }
  /// Epochs at the start of the training in which a parameter is not trained. A parameter that is
  /// never trained requires no gradient.
  virtual std::int64_t frozen_epochs(const torch::Tensor& /*parameter*/) const { return 0; }
  /// Called after the buffers have been restored from a checkpoint and before the parameters are.
  virtual void structure_restored() {}
  /// State other than the parameters that training changes; null if there is none.
  virtual TrainingState* training_state() { return nullptr; }
  /// The trainer for `optimizer: online_sgd`; null if the model does not support it.
  virtual std::unique_ptr<OnlineTrainer> online_trainer() { return nullptr; }
  /// Floating-point operations per training word, for the cost estimate.
  virtual double flops_per_word() const = 0;
};

/// The module of a WB_GRADIENT_MODEL entry of models.def. `options` must come from the entry's
/// make_options().
std::shared_ptr<GradientModel> make_gradient_model(const std::string& name,
                                                   const ModelOptions& options,
                                                   const ModelInputs& inputs);

}  // namespace wordbridge
