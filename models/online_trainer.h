#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace wordbridge {

/// Plain stochastic gradient descent with one example an update, on float64 copies of a model's
/// parameters: the way Bengio et al. 2003 trained theirs (section 3). For `optimizer:
/// online_sgd`.
class OnlineTrainer {
 public:
  virtual ~OnlineTrainer() = default;
  /// Loss of one example, ids [N] and its target, before the update that it makes: theta -= rate
  /// (dloss/dtheta + decay theta), biases without decay. A loss that is not finite updates nothing.
  virtual double update(const std::int64_t* ids, std::int64_t target, double rate,
                        double decay) = 0;
  /// Copies the float64 parameters into the model's.
  virtual void write_back() = 0;
  /// The float64 parameters, by name; a checkpoint holds and restores them.
  virtual std::vector<std::pair<std::string, torch::Tensor>> state() const = 0;
};

}  // namespace wordbridge
