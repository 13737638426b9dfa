#pragma once

#include <torch/types.h>

#include <memory>
#include <vector>

#include "models/gradient_model.h"

namespace wordbridge {

/// The loss and the gradients of a model on a GPU, recorded once as a CUDA graph and replayed for
/// each batch: a replay starts all operations at once, where a small model otherwise spends most of
/// an update on starting them one by one. All batches must have the shape of the first one, and no
/// target may be -1.
class RecordedGradients {
 public:
  /// Whether LibTorch can record, and the model's operations can be recorded.
  static bool supports(const GradientModel& model, torch::Device device);

  /// `model` is on a GPU and in training mode.
  explicit RecordedGradients(GradientModel& model);
  ~RecordedGradients();

  /// Whether the gradients of a batch of this shape can be replayed: the first, or one like it.
  bool fits(const torch::Tensor& ids) const;
  /// Sets the gradients of the parameters, and returns the loss.
  torch::Tensor loss(const torch::Tensor& ids, const torch::Tensor& targets);

 private:
  struct Graph;
  void record(const torch::Tensor& ids, const torch::Tensor& targets);

  GradientModel& model_;
  std::unique_ptr<Graph> graph_;
};

}  // namespace wordbridge
