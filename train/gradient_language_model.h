#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "core/io/container.h"
#include "models/gradient_model.h"
#include "models/language_model/language_model.h"
#include "train/learner_inputs.h"

namespace wordbridge {

/// A module as a language model; before the stream's beginning stands the start word.
class GradientLanguageModel : public LanguageModel {
 public:
  /// The model's parameters are on `device`; they may still be trained.
  GradientLanguageModel(Vocabulary vocabulary, std::shared_ptr<GradientModel> model,
                        std::int32_t start, torch::Device device);

  const Vocabulary& vocabulary() const override { return vocabulary_; }
  /// In batches of fixed size; no dropout.
  void log_probs(const std::int32_t* ids, Span span, double* log_probs) const override;
  /// An out-of-vocabulary word as in Bengio et al. 2003, section 5.1: its features are those of the
  /// words of the vocabulary, weighted by their probabilities there, C(j) = sum over i of
  /// P(i | context) C(i); in the order of the text, so that those before have theirs already (those
  /// before the span's first context keep the unknown symbol's).
  void log_probs_oov_from_context(const std::int32_t* ids, Span span,
                                  double* log_probs) const override;
  void distribution(const std::int32_t* history, std::int64_t size,
                    double* probabilities) const override;
  /// As log_probs(), the scores of a self-normalised model taken as ln P.
  void unnormalised_log_probs(const std::int32_t* ids, Span span, double* log_probs) const;

 private:
  using LogProb =
      std::function<torch::Tensor(const torch::Tensor& ids_BN, const torch::Tensor& targets_B)>;
  void evaluate(const LogProb& log_prob, const std::int32_t* ids, Span span,
                double* log_probs) const;

  Vocabulary vocabulary_;
  std::shared_ptr<GradientModel> model_;
  std::int32_t start_;
  torch::Device device_;
};

/// The model of a training's checkpoint. `start`: the id of the word before the stream's beginning.
/// Error if the checkpoint does not fit the model.
std::shared_ptr<const LanguageModel> load_gradient_language_model(
    const LearnerInputs& inputs, const Vocabulary& vocabulary, std::int32_t start,
    const std::filesystem::path& checkpoint);

/// The type in which a checkpoint holds a tensor, float32 or int64.
DType stored_type(const torch::Tensor& tensor);

/// Copies an array of a checkpoint into a tensor of the same shape. Error if it has another one.
void restore_tensor(const ContainerReader& reader, const std::string& name, torch::Tensor tensor);

/// Reads the buffers, lets the model rebuild what follows from them, and reads the parameters.
void restore_model(const ContainerReader& reader, GradientModel& model);

}  // namespace wordbridge
