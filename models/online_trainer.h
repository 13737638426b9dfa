#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace wordbridge {

/// Stochastic gradient descent with one example per update, on float64 copies of a model's
/// parameters, as in Bengio et al. 2003 (section 3). Used by `optimizer: online_sgd`.
class OnlineTrainer {
 public:
  virtual ~OnlineTrainer() = default;
  /// Updates the parameters on one example, ids [N] and its target: theta -= rate (dloss/dtheta +
  /// decay theta), without decay for biases. Returns the loss before the update. If the loss is not
  /// finite, nothing is updated.
  virtual double update(const std::int64_t* ids, std::int64_t target, double rate,
                        double decay) = 0;
  /// Copies the float64 parameters into the model's parameters.
  virtual void write_back() = 0;
  /// The float64 parameters by name, which checkpoints store and restore.
  virtual std::vector<std::pair<std::string, torch::Tensor>> state() const = 0;
};

}  // namespace wordbridge
