#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "models/gradient_model.h"
#include "models/model_inputs.h"
#include "models/output/output_layer.h"
#include "models/output/output_options.h"

// Shapes: B batch, N context words, T words of a sequence, m features of a word, V vocabulary,
// E_i width of a feature vector.

namespace wordbridge {

/// The part of a neural language model below its output layer: it turns the words before a
/// prediction into feature vectors x_1, x_2, ... A model of one's own is a body and nothing else.
class LanguageModelBody : public torch::nn::Module {
 public:
  /// Words of context that a prediction is made from: N, or the longest sequence.
  virtual std::int64_t context() const = 0;
  /// Names and widths of the feature vectors, and the initial values of the output layer.
  virtual OutputShape output_shape() const = 0;
  /// The feature vectors, in the order of output_shape().inputs. A body reads one of two things:
  ///
  ///   contexts    ids [B,N], nearest word first   -> [B,E_i] each, for the word that follows
  ///   sequences   ids [B,T], in the text's order  -> [B,T,E_i] each; place t is for the word after
  ///                                                  ids[b][t], from the words up to ids[b][t]
  virtual std::vector<torch::Tensor> features(const torch::Tensor& ids) = 0;
  /// The matrix [V,m] in which features() looks words up; undefined if it is not one matrix.
  virtual torch::Tensor word_features() { return {}; }
  /// features() of ids that are rows of other word features [R,m]. Called only where
  /// word_features() is defined.
  virtual std::vector<torch::Tensor> features_reading(const torch::Tensor& word_features_Rm,
                                                      const torch::Tensor& ids);
  /// The vectors that the options chose to export [V,d], float32; undefined: the words' output
  /// rows.
  virtual torch::Tensor vectors() = 0;
  /// Floating-point operations of training on one word, without the output layer's.
  virtual double flops_per_word() const = 0;
  /// Online stochastic gradient descent on this body and its output layer; null if unsupported.
  virtual std::unique_ptr<OnlineTrainer> online_trainer(OutputLayer& /*output*/) { return nullptr; }
};

/// A neural language model: P(word | context) = output(body(context)). The body's parameters are
/// the model's under their own names ("C"), the output layer's begin with "output." ("output.b").
///
/// All functions take the ids that the body reads; targets and results have one entry for each
/// prediction: [B], or [B,T] for a body that reads sequences (likewise [B,V] and [B,T,V]).
class NeuralLanguageModel : public GradientModel {
 public:
  NeuralLanguageModel(std::shared_ptr<LanguageModelBody> body, const OutputOptions& output_options,
                      const ModelInputs& inputs);

  std::int64_t context() const override { return body_->context(); }
  torch::Tensor loss(const torch::Tensor& ids, const torch::Tensor& targets) override;
  bool likelihood_loss() const override { return output_->likelihood_loss(); }
  torch::Tensor log_prob(const torch::Tensor& ids, const torch::Tensor& targets) override;
  torch::Tensor logits(const torch::Tensor& ids) override;
  torch::Tensor context_features() override { return body_->word_features(); }
  torch::Tensor log_prob_reading(const torch::Tensor& word_features_Rm, const torch::Tensor& ids,
                                 const torch::Tensor& targets) override;
  torch::Tensor logits_reading(const torch::Tensor& word_features_Rm,
                               const torch::Tensor& ids) override;
  torch::Tensor vectors() override;
  bool self_normalised() const override { return output_->self_normalised(); }
  torch::Tensor unnormalised_log_prob(const torch::Tensor& ids,
                                      const torch::Tensor& targets) override;
  void structure_restored() override { output_->structure_restored(); }
  TrainingState* training_state() override { return output_->training_state(); }
  std::unique_ptr<OnlineTrainer> online_trainer() override {
    return body_->online_trainer(*output_);
  }
  double flops_per_word() const override;
  /// As torch::nn::Module's, for the body too.
  void train(bool on = true) override;

  OutputLayer& output() { return *output_; }

 private:
  std::shared_ptr<LanguageModelBody> body_;
  std::shared_ptr<OutputLayer> output_;
};

}  // namespace wordbridge
