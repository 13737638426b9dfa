#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "train/optimizer.h"

namespace wordbridge {

/// The running mean of a model's parameters over about the last `epochs` epochs (Polyak and
/// Juditsky 1992, with exponentially forgotten beginnings), which is validated and kept in place of
/// the parameters themselves. Taken every few updates: neighbours differ little.
class WeightAverage {
 public:
  WeightAverage(double epochs, std::int64_t epoch_steps,
                const std::vector<Optimizer::Parameter>& parameters);

  /// Takes in the parameters after `step` updates.
  void update(std::int64_t step);
  /// Puts the mean where the parameters are, and back again.
  void swap();
  /// The means, by their parameters' names; none if there is no averaging.
  const std::vector<std::pair<std::string, torch::Tensor>>& state() const { return means_; }

 private:
  double forget_ = 1;  // share of the mean that is replaced each time, in the long run
  std::vector<torch::Tensor> parameters_;
  std::vector<std::pair<std::string, torch::Tensor>> means_;
};

}  // namespace wordbridge
