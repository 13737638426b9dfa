#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <string>

#include "models/model_inputs.h"
#include "models/model_options.h"
#include "models/online_trainer.h"
#include "models/training_state.h"

// Shapes, here and in all modules: B batch, N context words, m features of a word, V vocabulary,
// E width of a feature vector, h hidden units.

namespace wordbridge {

/// A language model trained by gradients: predicts a word from the N words before it.
/// Everything that the training loop and the evaluation need of a module.
class GradientModel : public torch::nn::Module {
 public:
  /// N: words of context, nearest first: ids_BN[b][0] is the word just before the predicted one.
  virtual std::int64_t context() const = 0;
  /// Mean negative log-likelihood (nats a word): ids_BN [B,N] and targets_B [B], int64 -> scalar.
  virtual torch::Tensor loss(const torch::Tensor& ids_BN, const torch::Tensor& targets_B) = 0;
  /// Whether the loss is that; layers that sample words have others.
  virtual bool likelihood_loss() const { return true; }
  /// ln P(target | context), normalised over the whole vocabulary -> [B].
  virtual torch::Tensor log_prob(const torch::Tensor& ids_BN, const torch::Tensor& targets_B) = 0;
  /// Scores of all words, whose softmax is P(word | context) -> [B,V].
  virtual torch::Tensor logits(const torch::Tensor& ids_BN) = 0;
  /// What contexts are read from -> [V,m]; undefined where that is not one matrix of features.
  virtual torch::Tensor context_features() { return {}; }
  /// log_prob() and logits() of contexts whose ids are rows of other features [R,m].
  virtual torch::Tensor log_prob_reading(const torch::Tensor& /*features_Rm*/,
                                         const torch::Tensor& /*ids_BN*/,
                                         const torch::Tensor& /*targets_B*/) {
    return {};
  }
  virtual torch::Tensor logits_reading(const torch::Tensor& /*features_Rm*/,
                                       const torch::Tensor& /*ids_BN*/) {
    return {};
  }
  /// The vectors that the options chose to export -> [V, d] float32.
  virtual torch::Tensor vectors() = 0;
  /// Whether the scores are trained to be probabilities without a normaliser (NCE), and then the
  /// targets' scores taken as ln P -> [B].
  virtual bool self_normalised() const { return false; }
  virtual torch::Tensor unnormalised_log_prob(const torch::Tensor& /*ids_BN*/,
                                              const torch::Tensor& /*targets_B*/) {
    return {};
  }
  /// Whether weight decay holds for a parameter; as in the paper (section 2), not for biases.
  virtual bool decays(const torch::Tensor& parameter) const { return parameter.dim() > 1; }
  /// Called when the buffers have been read from a checkpoint and before the parameters are.
  virtual void structure_restored() {}
  /// What training moves beside the parameters; null where there is nothing.
  virtual TrainingState* training_state() { return nullptr; }
  /// For `optimizer: online_sgd`; null where a model has no such loop.
  virtual std::unique_ptr<OnlineTrainer> online_trainer() { return nullptr; }
  /// Floating-point operations of training on one word, for the estimate.
  virtual double flops_per_word() const = 0;
};

/// The module of a gradient entry of models.def; `options` are those its make_options() gave.
std::shared_ptr<GradientModel> make_gradient_model(const std::string& name,
                                                   const ModelOptions& options,
                                                   const ModelInputs& inputs);

}  // namespace wordbridge
