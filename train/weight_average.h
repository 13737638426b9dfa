#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "train/optimizer.h"

namespace wordbridge {

/// Running mean of the parameters of a model over about the last `epochs` epochs (Polyak and
/// Juditsky 1992, with exponential forgetting), validated and kept in place of the parameters
/// themselves. Updated every few steps, since consecutive parameters differ little.
class WeightAverage {
 public:
  WeightAverage(double epochs, std::int64_t epoch_steps,
                const std::vector<Optimizer::Parameter>& parameters);

  /// Adds the parameters after `step` updates to the mean.
  void update(std::int64_t step);
  /// Exchanges the mean and the parameters. A second call restores both.
  void swap();
  /// Means by parameter name; empty without averaging.
  const std::vector<std::pair<std::string, torch::Tensor>>& state() const { return means_; }

 private:
  double forget_ = 1;  // weight of the new parameters in each update, in the long run
  std::vector<torch::Tensor> parameters_;
  std::vector<std::pair<std::string, torch::Tensor>> means_;
};

}  // namespace wordbridge
