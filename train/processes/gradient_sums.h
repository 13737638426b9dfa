#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "train/processes/processes.h"

namespace wordbridge {

/// The gradients of a mini-batch as the sum of those of its shards, parts of equal size that are
/// divided among the processes: process r of N has the r-th N-th of the shards. The sums are those
/// of neighbouring pairs of shards, then of pairs of pairs, ..., so that they have the same bits
/// on 1, 2, 4, ... processes. Row-sparse gradients travel as rows and stay row-sparse.
class GradientSums {
 public:
  /// What all processes know after each sum, besides the gradients.
  struct Totals {
    double loss = 0;         // the sum of the shards' losses
    std::int64_t words = 0;  // that are predicted
    bool stop = false;       // whether a process was asked to stop
  };

  /// `parameters` are float32. `processes`: null for a single one.
  GradientSums(std::vector<torch::Tensor> parameters, std::int64_t shards, Processes* processes);

  std::int64_t shards() const { return shards_; }
  /// The shards of this process.
  std::int64_t first_shard() const { return own_shards() * rank(); }
  std::int64_t own_shards() const { return shards_ / processes(); }

  /// Takes the gradients of the parameters, multiplied by `weight`, as those of this process's next
  /// shard, and clears them.
  void add_shard(double weight, double loss, std::int64_t words);
  /// Sets the gradients of the parameters to the sums over all shards.
  Totals finish(bool stop);

 private:
  /// The sum of 1, 2, 4, ... neighbouring shards; undefined gradients are zero.
  struct Part {
    std::int64_t shards = 1;
    double loss = 0;
    std::vector<torch::Tensor> gradients;
  };

  std::int64_t rank() const { return processes_ == nullptr ? 0 : processes_->rank(); }
  std::int64_t processes() const { return processes_ == nullptr ? 1 : processes_->size(); }
  Totals sum_over_processes(Part& own, bool stop);

  std::vector<torch::Tensor> parameters_;
  const std::int64_t shards_;
  Processes* const processes_;
  std::vector<Part> parts_;
  std::int64_t words_ = 0;
  std::vector<float> dense_;  // the dense gradients, one after the other
};

/// a + b of two gradients of one parameter, either of which may be undefined (zero), dense or
/// row-sparse. The result is row-sparse if both are. It may share memory with `b`, or be `a`,
/// changed.
torch::Tensor added_gradients(const torch::Tensor& a, const torch::Tensor& b);

}  // namespace wordbridge
