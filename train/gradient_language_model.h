#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "core/io/container.h"
#include "models/gradient_model.h"
#include "models/language_model/language_model.h"
#include "train/batch_sampler.h"
#include "train/learner_inputs.h"

namespace wordbridge {

/// A trained module as a language model. Contexts that reach before the beginning of the stream are
/// filled with the start word.
class GradientLanguageModel : public LanguageModel, public ContextualModel {
 public:
  /// The parameters of `model` are on `device` and may still be trained.
  GradientLanguageModel(Vocabulary vocabulary, std::shared_ptr<GradientModel> model,
                        std::int32_t start, torch::Device device);

  const Vocabulary& vocabulary() const override { return vocabulary_; }
  /// In batches of evaluation_batch() words, without dropout.
  void log_probs(const std::int32_t* ids, Span span, double* log_probs) const override;
  /// Words that log_probs() computes at once. The parts of a span that end at multiples of it have
  /// the same bits as the whole span.
  std::int64_t evaluation_batch() const;
  /// Replaces out-of-vocabulary context words as in Bengio et al. 2003, section 5.1. The feature
  /// vector of such a word is the mean over the vocabulary, weighted by the probabilities at its
  /// position: C(j) = sum over i of P(i | context) C(i). Words are processed in the order of the
  /// text, so preceding out-of-vocabulary words already have their vectors; those before the first
  /// context of the span keep the vector of the unknown symbol.
  void log_probs_oov_from_context(const std::int32_t* ids, Span span,
                                  double* log_probs) const override;
  void distribution(const std::int32_t* history, std::int64_t size,
                    double* probabilities) const override;
  const ContextualModel* contextual() const override {
    return model_->sequences() ? this : nullptr;
  }
  std::int64_t layers() const override;
  std::int64_t dim() const override { return model_->input_rows().size(1); }
  void visit_vectors(const std::int32_t* ids, Span span, const std::vector<std::int64_t>& positions,
                     const VisitVectors& visit) const override;
  std::vector<float> input_rows() const override;
  std::vector<float> output_rows() const override;
  /// As log_probs(), but with the unnormalised scores of a self-normalised model as ln P.
  void unnormalised_log_probs(const std::int32_t* ids, Span span, double* log_probs) const;

 private:
  using LogProb =
      std::function<torch::Tensor(const torch::Tensor& ids_BN, const torch::Tensor& targets_B)>;
  void evaluate(const LogProb& log_prob, const std::int32_t* ids, Span span,
                double* log_probs) const;
  /// Each word is predicted once, from `evaluation_overlap` + 1 to T words, or from all words
  /// before it and a start word if these are fewer.
  void evaluate_sequences(const LogProb& log_prob, const std::int32_t* ids, Span span,
                          double* log_probs) const;
  /// The outputs of all layers [L+1,B,T,d] for sequences of a text, on the CPU.
  torch::Tensor layer_outputs(const SequenceWindows& windows, const std::int32_t* ids,
                              const std::vector<std::int64_t>& indices) const;

  /// For a model that carries its state: each word is predicted from all words before it, from
  /// `evaluation_overlap` words before the span on.
  void evaluate_stream(const LogProb& log_prob, const std::int32_t* ids, Span span,
                       double* log_probs) const;

  Vocabulary vocabulary_;
  std::shared_ptr<GradientModel> model_;
  std::int32_t start_;
  torch::Device device_;
};

/// Loads the model of a training checkpoint. `start`: id of the word that fills contexts before the
/// beginning of the stream. Error if the checkpoint does not fit the model.
std::shared_ptr<const LanguageModel> load_gradient_language_model(
    const LearnerInputs& inputs, const Vocabulary& vocabulary, std::int32_t start,
    const std::filesystem::path& checkpoint);

/// The type in which a checkpoint stores a tensor: float32, float64 or int64.
DType stored_type(const torch::Tensor& tensor);

/// Copies a checkpoint array into a tensor. Error if its type or shape differs.
void restore_tensor(const ContainerReader& reader, const std::string& name, torch::Tensor tensor);

/// Restores the buffers, lets the model rebuild everything derived from them, then restores the
/// parameters.
void restore_model(const ContainerReader& reader, GradientModel& model);

}  // namespace wordbridge
