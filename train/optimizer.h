#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "train/train_options.h"

namespace wordbridge {

/// The optimisers of `train.optimizer`. Ours rather than torch::optim's: the update is one pass
/// over memory on all cores (kernels/optimizer_updates.h), the state is plain named tensors that a
/// checkpoint holds whole, and LibTorch 1.13's loader forgets the learning rate. On a GPU or in
/// float64 the same formulas run as LibTorch's operations. Row-sparse gradients
/// (models/layers/sparse_rows.h) are never made dense, and give the same bits as if they were.
class Optimizer {
 public:
  struct Parameter {
    std::string name;
    torch::Tensor value;  // a leaf; its gradient is in value.grad()
    bool decays;          // whether weight decay holds for it
  };
  Optimizer(const TrainOptions& options, std::vector<Parameter> parameters);

  /// One update at the given rate from the gradients, which are then cleared. A parameter without a
  /// gradient stays.
  void step(double learning_rate);
  /// Euclidean norm of the whole gradient.
  double gradient_norm() const;
  void scale_gradients(double factor);

  std::int64_t steps() const { return steps_; }
  void set_steps(std::int64_t steps) { steps_ = steps; }
  /// The moments, by name ("C.first", "C.second"); tensors of their parameters' shapes.
  const std::vector<std::pair<std::string, torch::Tensor>>& state() const { return state_; }

 private:
  torch::Tensor& moment(std::size_t parameter, std::size_t which) {
    return state_[parameter * moments_ + which].second;
  }
  /// A parameter's gradient: dense, or row-sparse where the fused loops take it.
  torch::Tensor gradient(std::size_t index) const;
  void update_sgd(std::size_t index, double rate, double decay);
  void update_adagrad(std::size_t index, double rate, double decay);
  void update_adam(std::size_t index, double rate, double decay);

  TrainOptions options_;
  std::vector<Parameter> parameters_;
  std::vector<std::pair<std::string, torch::Tensor>> state_;
  std::size_t moments_ = 0;  // a parameter
  std::int64_t steps_ = 0;
};

}  // namespace wordbridge
