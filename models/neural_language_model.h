#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "models/gradient_model.h"
#include "models/model_inputs.h"
#include "models/output/output_layer.h"
#include "models/output/output_options.h"

// Shapes: B batch size, N context words, T words in a sequence, m features per word, V vocabulary
// size, E_i width of a feature vector.

namespace wordbridge {

/// The part of a neural language model below its output layer: maps the context words of a
/// prediction to feature vectors x_1, x_2, ... A new model has to define only its body.
class LanguageModelBody : public torch::nn::Module {
 public:
  /// Number of context words of a prediction: N, or the length of the longest sequence.
  virtual std::int64_t context() const = 0;
  /// For a body that reads sequences, how the text is divided into them.
  virtual std::optional<SequenceShape> sequences() const { return {}; }
  /// The state of a recurrent body; null if it has none.
  virtual SequenceState* sequence_state() { return nullptr; }
  /// Names and widths of the feature vectors, and how the output layer is initialised.
  virtual OutputShape output_shape() const = 0;
  /// The feature vectors, in the order of output_shape().inputs. The input of a body is one of:
  ///
  ///   contexts    ids [B,N], nearest word first  -> [B,E_i] each, for the next word
  ///   sequences   ids [B,T], in text order       -> [B,T,E_i] each; position t predicts the word
  ///                                                 after ids[b][t] from the words up to ids[b][t]
  virtual std::vector<torch::Tensor> features(const torch::Tensor& ids) = 0;
  /// For a body that reads sequences: the input of its layers (the words' features, with positions
  /// if the model adds any) and the outputs of layers 1..L, [B,T,d] each. The last is the first of
  /// features(). Empty for other bodies.
  virtual std::vector<torch::Tensor> layer_outputs(const torch::Tensor& /*ids_BT*/) { return {}; }
  /// The words' feature vectors [V,d], for a body that has layer_outputs().
  virtual torch::Tensor input_rows() { return {}; }
  /// The matrix [V,m] in which features() looks words up; undefined if it is not a single matrix.
  virtual torch::Tensor word_features() { return {}; }
  /// features() for ids that are rows of another feature matrix [R,m]. Called only if
  /// word_features() is defined.
  virtual std::vector<torch::Tensor> features_reading(const torch::Tensor& word_features_Rm,
                                                      const torch::Tensor& ids);
  /// The word vectors selected by the `export` option [V,d], float32. If undefined, the words' rows
  /// of the output layer are exported.
  virtual torch::Tensor vectors() = 0;
  /// Epochs at the start of the training in which a parameter of the body is not trained.
  virtual std::int64_t frozen_epochs(const torch::Tensor& /*parameter*/) const { return 0; }
  /// Floating-point operations per training word, without those of the output layer.
  virtual double flops_per_word() const = 0;
  /// As GradientModel::recordable(), for features().
  virtual bool recordable() const { return true; }
  /// Online stochastic gradient descent on this body and its output layer; null if unsupported.
  virtual std::unique_ptr<OnlineTrainer> online_trainer(OutputLayer& /*output*/) { return nullptr; }
};

/// A neural language model: P(word | context) = output(body(context)). The parameters of the body
/// keep their names ("C"), those of the output layer are prefixed with "output." ("output.b").
///
/// `ids` is the input of the body. Targets and results have one entry per prediction: [B], or [B,T]
/// if the body reads sequences (logits: [B,V] or [B,T,V]). In sequences, a target of -1 is not
/// predicted: it is left out of the loss, and its log_prob is 0.
class NeuralLanguageModel : public GradientModel {
 public:
  NeuralLanguageModel(std::shared_ptr<LanguageModelBody> body, const OutputOptions& output_options,
                      const ModelInputs& inputs);

  std::int64_t context() const override { return body_->context(); }
  std::optional<SequenceShape> sequences() const override { return body_->sequences(); }
  SequenceState* sequence_state() override { return body_->sequence_state(); }
  torch::Tensor loss(const torch::Tensor& ids, const torch::Tensor& targets) override;
  torch::Tensor loss_without_gaps(const torch::Tensor& ids, const torch::Tensor& targets) override;
  FullSoftmax* divisible_output() override { return output_->divisible(); }
  OutputInputs output_inputs(const torch::Tensor& ids, const torch::Tensor& targets) override;
  bool recordable() const override { return body_->recordable() && output_->recordable(); }
  bool likelihood_loss() const override { return output_->likelihood_loss(); }
  torch::Tensor log_prob(const torch::Tensor& ids, const torch::Tensor& targets) override;
  torch::Tensor logits(const torch::Tensor& ids) override;
  torch::Tensor next_logits(const torch::Tensor& ids) override;
  torch::Tensor context_features() override { return body_->word_features(); }
  torch::Tensor log_prob_reading(const torch::Tensor& word_features_Rm, const torch::Tensor& ids,
                                 const torch::Tensor& targets) override;
  torch::Tensor logits_reading(const torch::Tensor& word_features_Rm,
                               const torch::Tensor& ids) override;
  torch::Tensor vectors() override;
  std::int64_t frozen_epochs(const torch::Tensor& parameter) const override {
    return body_->frozen_epochs(parameter);
  }
  std::vector<torch::Tensor> layer_outputs(const torch::Tensor& ids_BT) override {
    return body_->layer_outputs(ids_BT);
  }
  torch::Tensor input_rows() override { return body_->input_rows(); }
  torch::Tensor output_rows() override { return output_->word_rows(); }
  bool self_normalised() const override { return output_->self_normalised(); }
  torch::Tensor unnormalised_log_prob(const torch::Tensor& ids,
                                      const torch::Tensor& targets) override;
  void structure_restored() override { output_->structure_restored(); }
  TrainingState* training_state() override { return output_->training_state(); }
  std::unique_ptr<OnlineTrainer> online_trainer() override {
    return body_->online_trainer(*output_);
  }
  double flops_per_word() const override;
  /// As torch::nn::Module::train(), and also switches the body.
  void train(bool on = true) override;

  OutputLayer& output() { return *output_; }

 private:
  std::shared_ptr<LanguageModelBody> body_;
  std::shared_ptr<OutputLayer> output_;
};

}  // namespace wordbridge
