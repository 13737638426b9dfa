#pragma once

#include <cstdint>
#include <vector>

namespace wordbridge {

/// Softmax over V words with logits b + W x for one example at a time, in float64. The pass that
/// computes the gradient also applies the stochastic gradient descent update: sections 3.1 and 3.2
/// of Bengio et al. 2003, with the output units divided among the cores. Float32 is not sufficient:
/// the steps of most words from one example are smaller than the last bit of their biases and
/// weights.
class OnlineSoftmax {
 public:
  /// weight [V,E] and bias [V] belong to the caller and are updated.
  OnlineSoftmax(double* weight, double* bias, std::int64_t vocabulary, std::int64_t width);

  /// Returns -ln P(target | x) before the update, for x [E]. x_gradient [E] is the gradient of this
  /// loss with the old weights. Then w = (1 - rate decay) w - rate dloss/dw, and the same for the
  /// bias without decay.
  double update(const double* x, std::int64_t target, double rate, double decay,
                double* x_gradient);

 private:
  struct Share {
    std::int64_t begin, end;  // range of words
    double maximum, sum;      // maximum of the logits, sum of exp(logit - maximum)
    std::vector<double> x_gradient;
  };
  double *weight_, *bias_;
  std::int64_t width_;
  std::vector<Share> shares_;
  std::vector<double> exponentials_;  // [V]
};

}  // namespace wordbridge
