#pragma once

#include <torch/types.h>

#include <cstdint>

namespace wordbridge {

/// What a recurrent model remembers of the words that it has read: R rows of width d for each
/// sequence, its rows of features [B,R,d] after the last word. A batch of sequences is read from
/// zeros, or from the state that start_from() gives for this batch alone.
class SequenceState {
 public:
  SequenceState(std::int64_t rows, std::int64_t width) : rows_(rows), width_(width) {}

  torch::Tensor zeros(std::int64_t sequences) const {
    return torch::zeros({sequences, rows_, width_});
  }
  /// The state from which the next batch is read [B,R,d].
  void start_from(torch::Tensor state_BRd) { start_ = std::move(state_BRd); }
  /// The state after the last batch [B,R,d], without gradient.
  const torch::Tensor& end() const { return end_; }

  /// For the model: the state before a batch of features `like` [B,T,d], and that after it.
  torch::Tensor take_start(const torch::Tensor& like);
  void set_end(const torch::Tensor& state_BRd) { end_ = state_BRd.detach().contiguous(); }

 private:
  const std::int64_t rows_, width_;
  torch::Tensor start_, end_;
};

}  // namespace wordbridge
