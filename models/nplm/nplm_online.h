#pragma once

#include <memory>

#include "models/nplm/nplm.h"
#include "models/online_trainer.h"

namespace wordbridge {

/// For the networks of the paper: at most one hidden layer, of tanh units, the full softmax,
/// nothing tied, frozen or dropped. Null for others.
std::unique_ptr<OnlineTrainer> make_nplm_online(NplmImpl& model);

}  // namespace wordbridge
