#pragma once

#include <torch/types.h>

#include <memory>

#include "models/nplm/nplm_options.h"
#include "models/online_trainer.h"

namespace wordbridge {

/// The parameters of an NPLM with the full softmax and at most one hidden layer; undefined tensors
/// where it has none.
struct NplmParameters {
  torch::Tensor C;        // [V,m]
  torch::Tensor H, d;     // [h,(n-1) m], [h]
  torch::Tensor U, W, b;  // [V,h], [V,(n-1) m], [V]
};

/// Whether the options describe a network of the paper: at most one hidden layer, of tanh units,
/// the full softmax, nothing tied, frozen or dropped.
bool has_online_trainer(const NplmOptions& options);

/// For such networks; write_back() writes to the tensors given.
std::unique_ptr<OnlineTrainer> make_nplm_online(const NplmParameters& parameters);

}  // namespace wordbridge
