#pragma once

#include <torch/types.h>

#include <string>
#include <utility>
#include <vector>

namespace wordbridge {

/// State other than the parameters that a model learns for training only. The updates change it,
/// and checkpoints store it so that a resumed training is identical. A trained model does not need
/// it.
class TrainingState {
 public:
  TrainingState() = default;
  TrainingState(const TrainingState&) = delete;
  TrainingState& operator=(const TrainingState&) = delete;
  TrainingState(TrainingState&&) = delete;
  TrainingState& operator=(TrainingState&&) = delete;
  virtual ~TrainingState() = default;

  /// Named views of the state, on the CPU.
  virtual std::vector<std::pair<std::string, torch::Tensor>> tensors() = 0;
  /// Called after the tensors have been restored from a checkpoint.
  virtual void restored() = 0;
  /// Called after each update; applies the observations of the batch whose loss was computed last.
  /// The state changes only here, so batches that cause no update leave it unchanged.
  virtual void updated() = 0;
};

}  // namespace wordbridge
