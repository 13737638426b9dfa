#pragma once

#include <torch/types.h>

#include <memory>

#include "models/nplm/nplm_options.h"
#include "models/online_trainer.h"

namespace wordbridge {

/// Parameters of an NPLM with the full softmax and at most one hidden layer. Unused parameters are
/// undefined tensors.
struct NplmParameters {
  torch::Tensor C;        // [V,m]
  torch::Tensor H, d;     // [h,(n-1) m], [h]
  torch::Tensor U, W, b;  // [V,h], [V,(n-1) m], [V]
};

/// Whether the options describe a network of the paper: at most one hidden layer, with tanh units,
/// and the full softmax, without weight tying, frozen features, bags or dropout.
bool has_online_trainer(const NplmOptions& options);

/// The trainer for these networks. write_back() writes to the given tensors.
std::unique_ptr<OnlineTrainer> make_nplm_online(const NplmParameters& parameters);

}  // namespace wordbridge
