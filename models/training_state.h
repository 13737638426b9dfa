#pragma once

#include <torch/types.h>

#include <string>
#include <utility>
#include <vector>

namespace wordbridge {

/// What a model learns beside its parameters and for training only: moved by the updates, kept in
/// checkpoints so that a resumed training is the same, of no use to a trained model.
class TrainingState {
 public:
  TrainingState() = default;
  TrainingState(const TrainingState&) = delete;
  TrainingState& operator=(const TrainingState&) = delete;
  TrainingState(TrainingState&&) = delete;
  TrainingState& operator=(TrainingState&&) = delete;
  virtual ~TrainingState() = default;

  /// Named views of it, on the CPU.
  virtual std::vector<std::pair<std::string, torch::Tensor>> tensors() = 0;
  /// Called when the tensors have been read from a checkpoint.
  virtual void restored() = 0;
  /// Called after each update with the batch whose loss was computed last. Nothing moves before,
  /// so batches that update nothing leave no trace.
  virtual void updated() = 0;
};

}  // namespace wordbridge
