#pragma once

#include <cstdint>
#include <vector>

namespace wordbridge {

/// The softmax over V words of b + W x for one example at a time, in float64, and its update by
/// stochastic gradient descent in the pass that makes the gradient: sections 3.1 and 3.2 of Bengio
/// et al. 2003, output units shared out among the cores. Float32 would not do: most words' steps
/// from one example are smaller than the last bit of their biases and weights.
class OnlineSoftmax {
 public:
  /// weight [V,E] and bias [V] are the caller's, and updated.
  OnlineSoftmax(double* weight, double* bias, std::int64_t vocabulary, std::int64_t width);

  /// -ln P(target | x) before the update, for x [E]; x_gradient [E] is the loss's, by the old
  /// weights. Then w = (1 - rate decay) w - rate dloss/dw, and likewise for the bias without decay.
  double update(const double* x, std::int64_t target, double rate, double decay,
                double* x_gradient);

 private:
  struct Share {
    std::int64_t begin, end;  // of the words
    double maximum, sum;      // of the logits; of exp(logit - maximum)
    std::vector<double> x_gradient;
  };
  double *weight_, *bias_;
  std::int64_t width_;
  std::vector<Share> shares_;
  std::vector<double> exponentials_;  // [V]
};

}  // namespace wordbridge
