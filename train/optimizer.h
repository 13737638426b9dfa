#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "train/train_options.h"

namespace wordbridge {

/// The optimisers of `train.optimizer`, used instead of torch::optim for three reasons: an update
/// is a single pass over memory on all cores (kernels/optimizer_updates.h), the state consists of
/// named tensors that a checkpoint stores completely, and LibTorch 1.13 loses the learning rate
/// when it loads an optimiser. On a GPU or in float64 the same formulas run as LibTorch operations.
/// Row-sparse gradients (models/layers/sparse_rows.h) are never converted to dense ones in the
/// fused loops; the results are bit for bit the same as with dense gradients.
class Optimizer {
 public:
  struct Parameter {
    std::string name;
    torch::Tensor value;            // a leaf tensor; its gradient is value.grad()
    bool decays;                    // whether weight decay applies
    std::int64_t frozen_steps = 0;  // the first updates, which leave it and its moments unchanged
    std::int64_t first_row = 0, rows = -1;  // that are updated; -1: all
  };
  Optimizer(const TrainOptions& options, std::vector<Parameter> parameters);

  /// Applies one update from the gradients, then clears them. Parameters without a gradient do not
  /// change.
  void step(double learning_rate);
  /// Euclidean norm of the full gradient.
  double gradient_norm() const;
  void scale_gradients(double factor);

  /// From now on, only these rows of a parameter are updated. Its gradient is dense, in its shape.
  void update_only(const torch::Tensor& parameter, std::int64_t first_row, std::int64_t rows);

  std::int64_t steps() const { return steps_; }
  void set_steps(std::int64_t steps) { steps_ = steps; }
  /// Moments by name ("C.first", "C.second"), with the shapes of their parameters.
  const std::vector<std::pair<std::string, torch::Tensor>>& state() const { return state_; }

 private:
  /// The rows of a parameter, its gradient or a moment that are updated.
  torch::Tensor updated(std::size_t index, const torch::Tensor& tensor) const;
  torch::Tensor value(std::size_t index) const { return updated(index, parameters_[index].value); }
  torch::Tensor moment(std::size_t parameter, std::size_t which) const {
    return updated(parameter, state_[parameter * moments_ + which].second);
  }
  /// Gradient of a parameter: dense, or row-sparse if the fused loops support it.
  torch::Tensor gradient(std::size_t index) const;
  void update_sgd(std::size_t index, double rate, double decay);
  void update_adagrad(std::size_t index, double rate, double decay);
  void update_adam(std::size_t index, double rate, double decay);
  /// The divisors of Adam's moments that correct their bias to 0 in the first updates.
  struct Corrections {
    double first, second;
  };
  Corrections corrections(std::size_t index) const;
  /// Updates parameters that the fused loops don't support, all by the same few LibTorch
  /// operations.
  void update_adam_together(const std::vector<std::size_t>& indices, double rate);
  double decay(std::size_t index) const {
    return parameters_[index].decays ? options_.weight_decay : 0.0;
  }

  TrainOptions options_;
  std::vector<Parameter> parameters_;
  std::vector<std::pair<std::string, torch::Tensor>> state_;
  std::size_t moments_ = 0;  // per parameter
  std::int64_t steps_ = 0;
};

}  // namespace wordbridge
