#include "models/sequences/sequence_state.h"

namespace wordbridge {

torch::Tensor SequenceState::take_start(const torch::Tensor& like) {
  const torch::Tensor start = std::move(start_);
  start_ = torch::Tensor();
  if (!start.defined()) return zeros(like.size(0)).to(like.options());
  TORCH_CHECK(start.size(0) == like.size(0), "expected the state of ", like.size(0),
              " sequences, got ", start.size(0));
  return start.to(like.options());
}

}  // namespace wordbridge
