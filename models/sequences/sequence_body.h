#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "models/neural_language_model.h"
#include "models/sequences/sequence_model_options.h"

namespace wordbridge {

/// A body that reads sequences: the words' features C, and layers of plain LibTorch operations,
/// which run on parts of the batch in parallel (in_parts()). A model defines run_layers().
class SequenceBody : public LanguageModelBody {
 public:
  /// `scale`: standard deviation of the initial output rows. `state_rows`: the rows of width d of a
  /// sequence's state, for a recurrent model.
  SequenceBody(const SequenceModelOptions& options, const ModelInputs& inputs, double scale,
               std::int64_t state_rows = 0);

  std::int64_t context() const override { return shape_.length; }
  std::optional<SequenceShape> sequences() const override { return shape_; }
  SequenceState* sequence_state() override { return state_ ? &*state_ : nullptr; }
  bool recordable() const override { return !state_; }
  OutputShape output_shape() const override;
  std::vector<torch::Tensor> features(const torch::Tensor& ids_BT) override;
  std::vector<torch::Tensor> layer_outputs(const torch::Tensor& ids_BT) override;
  torch::Tensor input_rows() override { return C; }
  /// C, or undefined (the output rows) with `export: output`.
  torch::Tensor vectors() override { return exports_output_ ? torch::Tensor() : C; }
  std::int64_t frozen_epochs(const torch::Tensor& parameter) const override {
    return parameter.is_same(C) ? frozen_epochs_ : 0;
  }

  torch::Tensor C;  // [V,d]

 protected:
  /// The features of words [B,T,d] -> layer_outputs(), [B,T,d] each. For a recurrent model, the
  /// features and the last of the outputs have R further rows: the state before the words, and the
  /// state after them.
  virtual std::vector<torch::Tensor> run_layers(const torch::Tensor& x_BTd) = 0;

 private:
  /// f of the words' features, in parts. For a recurrent model, of these and its state; the last
  /// rows of f are then the state after the words, which the result does not have.
  torch::Tensor read(const torch::Tensor& ids_BT,
                     const std::function<torch::Tensor(const torch::Tensor& x_BTd)>& f);

  const SequenceShape shape_;
  const bool tied_, exports_output_, bfloat16_;
  const std::int64_t frozen_epochs_;
  const double scale_;
  std::optional<SequenceState> state_;  // of a recurrent model
};

}  // namespace wordbridge
