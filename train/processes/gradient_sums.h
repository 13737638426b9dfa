#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "train/processes/processes.h"

namespace wordbridge {

/// The gradients of a mini-batch as the sum of those of its shards, parts of equal size that are
/// divided among the processes: process r of N has the r-th N-th of the shards. The sums are those
/// of neighbouring pairs of shards, then of pairs of pairs, ..., so that they have the same bits
/// on 1, 2, 4, ... processes. Row-sparse gradients travel as rows and stay row-sparse. Dense ones
/// travel while the others are still computed: in pieces, each as soon as the backward pass of the
/// last shard of this process has come to all of its parameters.
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
  ~GradientSums();
  GradientSums(const GradientSums&) = delete;
  GradientSums& operator=(const GradientSums&) = delete;

  std::int64_t shards() const { return shards_; }
  /// The shards of this process.
  std::int64_t first_shard() const { return own_shards() * rank(); }
  std::int64_t own_shards() const { return shards_ / processes(); }

  /// The gradients that are computed from now on are those of this process's next shard, and count
  /// `weight` times.
  void begin_shard(double weight);
  /// Takes the gradients of the parameters, and clears them.
  void end_shard(double loss, std::int64_t words);
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

  /// Neighbours in memory, whose sums travel together.
  struct Piece {
    torch::Tensor values;
    std::size_t parameters = 0;
    std::size_t missing = 0;  // parameters without their gradient
    std::unique_ptr<Processes::PendingSum> sum;
  };
  struct Place {
    torch::Tensor values;  // in its piece, with the shape of the parameter
    std::size_t piece = 0;
    bool filled = false;  // with the gradient of all shards of this process
  };
  /// In the next updates, these parameters travel early.
  void place_in_pieces(const std::vector<std::size_t>& dense);
  bool travels_early(std::size_t parameter) const { return places_[parameter].values.defined(); }
  /// The backward pass of this process's last shard has come to a parameter.
  void add_last(std::size_t parameter, const torch::Tensor& gradient);
  /// Begins the sums of the pieces that are complete. The pieces travel in the same order in all
  /// processes, whatever the order in which they are completed.
  void fill(std::size_t parameter);

  std::vector<torch::Tensor> parameters_;
  const std::int64_t shards_;
  Processes* const processes_;
  std::vector<unsigned> hooks_;  // of the parameters
  double weight_ = 0;            // of the current shard
  std::int64_t begun_ = 0;       // shards
  std::vector<Part> parts_;
  std::int64_t words_ = 0;
  std::vector<Place> places_;  // of each parameter
  std::vector<Piece> pieces_;
  std::size_t next_piece_ = 0;  // the first whose sum has not begun
};

/// a + b of two gradients of one parameter, either of which may be undefined (zero), dense or
/// row-sparse. The result is row-sparse if both are. It may share memory with `b`, or be `a`,
/// changed.
torch::Tensor added_gradients(const torch::Tensor& a, const torch::Tensor& b);

}  // namespace wordbridge
