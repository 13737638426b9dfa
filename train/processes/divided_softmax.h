#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "models/gradient_model.h"
#include "models/output/full_softmax.h"
#include "train/processes/processes.h"

namespace wordbridge {

/// The gradients of a full softmax whose words are divided among the processes: Bengio et al. 2003,
/// section 3.1. Process r of N, at most 16, has the r-th N-th of the words, and alone updates their
/// rows. What travels are the features of the batch, their gradients, and for each example the sums
/// of exponentials, but neither rows nor gradients of rows. Everything that is added up is added in
/// pairs, then in pairs of pairs, ..., so that 1, 2, 4, ... processes compute the same bits.
class DividedSoftmax {
 public:
  /// `output` must outlive this object. `processes`: null for a single one. Error if there are
  /// more than 16.
  DividedSoftmax(FullSoftmax& output, Processes* processes);

  /// The layer's parameters, and the words whose rows this process updates.
  const std::vector<torch::Tensor>& parameters() const { return parameters_; }
  WordRange words() const;

  struct Result {
    double loss = 0;  // the mean over the predictions of all processes
    std::vector<std::vector<torch::Tensor>> x_gradients;  // as the `x` of the shards
  };
  /// Sets the gradients of this process's rows, and returns those of the features of its shards.
  /// A shard without predictions need not have features.
  /// `targets`: of the predictions of all processes, in their order; `counts`: how many predictions
  /// each process has.
  Result gradients(const std::vector<OutputInputs>& shards,
                   const std::vector<std::int64_t>& targets,
                   const std::vector<std::int64_t>& counts);
  /// Replaces the rows of the other processes' words by theirs, in tensors [V,...] of float32.
  void collect(const std::vector<torch::Tensor>& tensors) const;

 private:
  FullSoftmax& output_;
  Processes* const processes_;
  std::vector<torch::Tensor> parameters_, gradients_;  // the weights, then the biases
};

}  // namespace wordbridge
