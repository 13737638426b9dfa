#pragma once

#include <memory>

#include "models/example_trainer.h"
#include "models/nplm/nplm.h"

namespace wordbridge {

/// For the networks of the paper: at most one hidden layer, of tanh units, the full softmax,
/// nothing tied, frozen or dropped. Null for others.
std::unique_ptr<ExampleTrainer> make_nplm_examples(NplmImpl& model);

}  // namespace wordbridge
